"""Which accounts move when held money goes somewhere: the money's place moves together with what it is held for."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.ledger.accounts import MARKET_ASSETS, AccountKind, AccountName
from billing.ledger.models import Account, Transaction
from billing.ledger.operations import Leg, Posting, credit, debit, lock_accounts, post
from billing.payments.models import FundsKind, FundsRequest
from billing.payments.operations.access import account_of
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money

DRAWN_FIRST = (AccountKind.CUSTODY, AccountKind.GATEWAY_CLEARING, AccountKind.APPLICATION_FEE)
FEE_DRAWN_FIRST = (AccountKind.APPLICATION_FEE, AccountKind.CUSTODY)
FEE_GOES_TO = {
    AccountKind.APPLICATION_FEE: AccountKind.PLATFORM_BANK,
    AccountKind.CUSTODY: AccountKind.COMMISSION_CLEARING,
}
"""A card gateway has paid the platform already; the custody bank moves its part when it is told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where held money goes and under which name: `to_payee` net, `fee` with `fee_tax` inside to the platform, `to_payer` back."""

    posting_kind: str
    key: str
    memo: str
    to_payee: Money
    to_payer: Money
    fee: Money
    fee_tax: Money

    @property
    def total(self) -> Money:
        return self.to_payee + self.to_payer + self.fee


def pay_out_of(
    session: Session,
    request: FundsRequest,
    kind: FundsKind,
    ways: Ways,
    *,
    actor: Actor,
    clock: Clock,
) -> Transaction:
    """Move held money to where it goes, in one transaction. Raises `Conflict` `insufficient_funds`.

    Locks the accounts in the order of their ids.
    """
    owed = _owed(request, kind, ways)
    places = {leg.account for leg in owed} | _assets(session, request)
    if ways.fee.amount:
        places |= {AccountName(goes_to) for kind, goes_to in FEE_GOES_TO.items() if _own(request, kind) in places}
    currency = request.currency
    locked = lock_accounts(session, [(place, currency) for place in places], actor=actor, clock=clock)
    there = {name: account for (name, _), account in locked.items()}
    posting = Posting(
        kind=ways.posting_kind,
        key=ways.key,
        source=f"funds_request:{request.public_id}",
        subject_ref=request.subject_ref,
        legs=[*owed, *_moved(request, ways, there)],
        memo=ways.memo,
    )
    return post(session, posting, actor=actor, clock=clock)


def _owed(request: FundsRequest, kind: FundsKind, ways: Ways) -> list[Leg]:
    """What the money is held for."""
    legs = [
        debit(account_of(request, kind), ways.total),
        credit(AccountName(AccountKind.PAYABLE, request.payee_id), ways.to_payee),
        credit(AccountName(AccountKind.CUSTOMER_CREDIT, request.payer_id), ways.to_payer),
        credit(AccountName(AccountKind.COMMISSION), ways.fee - ways.fee_tax),
        credit(AccountName(AccountKind.VAT_OUTPUT), ways.fee_tax),
    ]
    return [leg for leg in legs if leg.amount.amount]


def _assets(session: Session, request: FundsRequest) -> set[AccountName]:
    """The places in which the payer has money, and the payee's of the same kind."""
    kinds = session.scalars(
        select(Account.kind).where(
            Account.park_id == request.park_id,
            Account.enterprise_id == request.payer_id,
            Account.currency == request.currency,
            Account.kind.in_(MARKET_ASSETS),
        )
    ).all()
    return {AccountName(kind, firm) for kind in kinds for firm in (request.payer_id, request.payee_id)}


def _moved(request: FundsRequest, ways: Ways, there: dict[AccountName, Account]) -> list[Leg]:
    """Where the money lies: the fee is the platform's, the payee's part changes its owner."""
    left = {kind: there[name].available for kind in DRAWN_FIRST if (name := _own(request, kind)) in there}
    legs: list[Leg] = []
    for kind, amount in drawn(left, ways.fee, FEE_DRAWN_FIRST):
        legs += [credit(_own(request, kind), amount), debit(AccountName(FEE_GOES_TO[kind]), amount)]
    for kind, amount in drawn(left, ways.to_payee, DRAWN_FIRST):
        legs += [credit(_own(request, kind), amount), debit(AccountName(kind, request.payee_id), amount)]
    return legs


def _own(request: FundsRequest, kind: AccountKind) -> AccountName:
    return AccountName(kind, request.payer_id)


def drawn(left: dict[AccountKind, int], wanted: Money, order: Sequence[AccountKind]) -> list[tuple[AccountKind, Money]]:
    """How much comes from which place; takes it off `left`."""
    parts: list[tuple[AccountKind, Money]] = []
    missing = wanted.amount
    for kind in order:
        part = min(missing, left.get(kind, 0))
        if part > 0:
            left[kind] -= part
            missing -= part
            parts.append((kind, Money(part, wanted.currency)))
    if missing:
        raise Conflict("insufficient_funds")
    return parts
