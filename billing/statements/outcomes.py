"""What a line of a statement would do, in one word: the preview's column."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from billing.payments.models import RequestStatus
from billing.statements.operations import Proposal


class Outcome(StrEnum):
    """`matched` pays all that is missing, `partial` less, `over` more or too late, `payout` confirms one of ours,
    `unmatched` waits for the clerk, `known` was brought by an earlier statement.
    """

    MATCHED = "matched"
    PARTIAL = "partial"
    OVER = "over"
    PAYOUT = "payout"
    UNMATCHED = "unmatched"
    KNOWN = "known"


def outcomes_of(proposals: Sequence[Proposal]) -> list[Outcome]:
    """One for each line; several lines for one request add up in their order."""
    left: dict[int, int] = {}
    return [_outcome(proposal, left) for proposal in proposals]


def _outcome(proposal: Proposal, left: dict[int, int]) -> Outcome:
    if proposal.is_known:
        return Outcome.KNOWN
    if proposal.payout is not None:
        return Outcome.PAYOUT
    if proposal.request is None:
        return Outcome.UNMATCHED
    request, amount = proposal.request, proposal.line.amount.amount
    missing = left.get(request.id, request.missing.amount if request.status is RequestStatus.AWAITED else 0)
    left[request.id] = max(0, missing - amount)
    if amount == missing:
        return Outcome.MATCHED
    return Outcome.PARTIAL if amount < missing else Outcome.OVER


def counted(outcomes: Sequence[Outcome]) -> Mapping[Outcome, int]:
    """How many of each, all kinds named."""
    return {outcome: outcomes.count(outcome) for outcome in Outcome}
