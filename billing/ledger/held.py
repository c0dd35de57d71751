"""How much market money was held over time, and how much of it went to payees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from billing.ledger.queries import BOOK_READERS
from marketplace.kernel.actor import Actor

MOVED = text(
    """
    SELECT span, sum(held), sum(paid) FILTER (WHERE held <> 0) FROM (
        SELECT width_bucket(happened.effective_at, cast(:bounds AS timestamptz[])) AS span,
            coalesce(-sum(entry.amount) FILTER (WHERE account.kind IN ('escrow', 'deposit')), 0) AS held,
            coalesce(-sum(entry.amount) FILTER (WHERE account.kind = 'payable'), 0) AS paid
        FROM billing_transaction AS happened
        JOIN billing_entry AS entry ON entry.transaction_id = happened.id
        JOIN billing_account AS account ON account.id = entry.account_id
        WHERE happened.park_id = :park AND happened.effective_at < :until AND entry.currency = :currency
            AND account.kind IN ('escrow', 'deposit', 'payable')
        GROUP BY happened.id
    ) AS each
    GROUP BY span
    """
)


@dataclass(frozen=True, slots=True)
class HeldMoney:
    """Minor units: escrow and deposits `held` when a span ended, and what was `released` of them to payees within it."""

    held: int
    released: int


def held_money(
    session: Session, bounds: Sequence[datetime], *, actor: Actor, currency: str = "CNY"
) -> Sequence[HeldMoney]:
    """The spans between one bound and the next, in one statement; a moment counts to the span it begins.

    Released is net of commission; what a reversal takes back counts against it. Raises `Forbidden` as `trial_balance`.
    """
    actor.require_office(*BOOK_READERS)
    given = {"bounds": list(bounds), "until": bounds[-1], "park": actor.park_id, "currency": currency}
    moved = {span: (int(held), int(paid or 0)) for span, held, paid in session.execute(MOVED, given)}
    held, spans = moved.get(0, (0, 0))[0], list[HeldMoney]()
    for number in range(1, len(bounds)):
        more, released = moved.get(number, (0, 0))
        held += more
        spans.append(HeldMoney(held, released))
    return spans
