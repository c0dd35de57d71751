"""What was released has to be given back: claimed at once, met out of what the debtor has here, now and later.

The platform never advances anything: whoever is owed gets what the other side's account holds, and the rest when
something comes in there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.models import Account
from billing.ledger.operations import Leg, Posting, credit, debit, lock_accounts, post, require_positive
from billing.payments.events import RecoveryMoved
from billing.payments.models import Funds, FundsRequest, Recovery, RecoveryKind
from billing.payments.operations.access import ORDER, known_transaction, locked_request, require_currency
from billing.payments.operations.flows import DRAWN_FIRST, drawn
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid
from marketplace.kernel.events import record
from marketplace.kernel.money import Money

POTS = {
    RecoveryKind.PAYABLE: AccountKind.PAYABLE,
    RecoveryKind.CUSTOMER_CREDIT: AccountKind.CUSTOMER_CREDIT,
}
"""What a firm has free here: earned first, then its credit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBack:
    """`to` is owed `amount` of what a subject released before: by the other side, but `fee` of it by the platform.

    `fee_tax` is the VAT inside the commission that is given back.
    """

    subject_ref: str
    key: str
    to: RecoveryKind
    amount: Money
    fee: Money
    fee_tax: Money
    purpose: str = ORDER
    reason: str = ""


def claim_back(session: Session, command: ClaimBack, *, actor: Actor, clock: Clock) -> Sequence[Recovery]:
    """Write down who owes whom and take at once what is there; the same key again changes nothing.

    A payer is given back escrow (`customer_credit`), a payee is given damage out of a deposit returned before
    (`payable`). Raises `NotFound`, `Invalid` for amounts that make no sense. Locks the request, then the accounts;
    adds `RecoveryMoved`.
    """
    request = locked_request(session, command.subject_ref, command.purpose, actor=actor)
    require_currency(request, require_positive(command.amount), command.fee, command.fee_tax)
    if not 0 <= command.fee_tax.amount <= command.fee.amount <= command.amount.amount:
        raise Invalid("commission_too_high", fields={"commission": ["commission_too_high"]})
    debtor = request.payee_id if command.to is RecoveryKind.CUSTOMER_CREDIT else request.payer_id
    parts = ((debtor, command.amount - command.fee), (None, command.fee))
    made = [
        _claimed(session, request, command, owes, part, actor=actor, clock=clock) for owes, part in parts if part.amount
    ]
    for recovery in made:
        if recovery.open_amount:
            recover_from(session, recovery.debtor_id, recovery.currency, actor=actor, clock=clock)
    return made


def _claimed(
    session: Session,
    request: FundsRequest,
    command: ClaimBack,
    debtor: int | None,
    amount: Money,
    *,
    actor: Actor,
    clock: Clock,
) -> Recovery:
    key = f"recovery:{command.subject_ref}:{command.purpose}:{command.key}:{debtor or 'platform'}"
    known = session.scalar(select(Recovery).where(Recovery.park_id == actor.park_id, Recovery.key == key))
    if known is not None:
        return known
    recovery = Recovery(
        park_id=actor.park_id,
        key=key,
        subject_ref=command.subject_ref,
        request_id=request.id,
        creditor_id=request.payer_id if command.to is RecoveryKind.CUSTOMER_CREDIT else request.payee_id,
        becomes=command.to,
        currency=amount.currency,
        amount=amount.amount,
        created_at=clock(),
        debtor_id=debtor,
    )
    session.add(recovery)
    session.flush()
    claim = credit(_claim(recovery), amount)
    if debtor is None:
        owed = [
            debit(AccountName(AccountKind.COMMISSION), amount - command.fee_tax),
            debit(AccountName(AccountKind.VAT_OUTPUT), command.fee_tax),
        ]
    else:
        owed = [debit(_debt(recovery), amount)]
    _post(session, recovery, "claim_made", [*owed, claim], memo=command.reason, actor=actor, clock=clock)
    return recovery


def recover_from(session: Session, debtor: int | None, currency: str, *, actor: Actor, clock: Clock) -> int:
    """Meet open claims against a firm, or the platform (None), oldest first, out of what it has free; how much was met.

    What contested subjects have released to it stays. Locks the claims in the order of their ids, then the accounts;
    adds `RecoveryMoved` for each that moves.
    """
    open_ones = session.scalars(
        select(Recovery)
        .where(
            Recovery.park_id == actor.park_id,
            Recovery.debtor_id.is_not_distinct_from(debtor),
            Recovery.currency == currency,
            Recovery.recovered_amount < Recovery.amount,
        )
        .order_by(Recovery.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    met = 0
    for recovery in open_ones:
        met += _meet(session, recovery, actor=actor, clock=clock)
    return met


def _meet(session: Session, recovery: Recovery, *, actor: Actor, clock: Clock) -> int:
    names = _places(session, recovery) | {_claim(recovery), AccountName(POTS[recovery.becomes], recovery.creditor_id)}
    wanted = [(name, recovery.currency) for name in names]
    there = {name: account for (name, _), account in lock_accounts(session, wanted, actor=actor, clock=clock).items()}
    legs = (
        _from_platform(recovery, there)
        if recovery.debtor_id is None
        else _from_firm(session, recovery, there, actor=actor)
    )
    if not legs:
        return 0
    taken = sum(leg.amount.amount for leg in legs if leg.account == _claim(recovery))
    recovery.recovered_amount += taken
    if not recovery.open_amount:
        recovery.settled_at = clock()
    _post(session, recovery, "claim_met", legs, memo="", actor=actor, clock=clock)
    return taken


def _places(session: Session, recovery: Recovery) -> set[AccountName]:
    """Where the debtor has something, and where the creditor then has it."""
    if recovery.debtor_id is None:
        return {AccountName(AccountKind.COMMISSION_CLEARING), AccountName(AccountKind.CUSTODY, recovery.creditor_id)}
    kinds = session.scalars(
        select(Account.kind).where(
            Account.park_id == recovery.park_id,
            Account.enterprise_id == recovery.debtor_id,
            Account.currency == recovery.currency,
            Account.kind.in_([*POTS.values(), *DRAWN_FIRST]),
        )
    ).all()
    own = {AccountName(kind, recovery.debtor_id) for kind in kinds}
    return own | {AccountName(kind, recovery.creditor_id) for kind in kinds if kind in DRAWN_FIRST} | {_debt(recovery)}


def _from_platform(recovery: Recovery, there: dict[AccountName, Account]) -> list[Leg]:
    """Out of commission that has not left the custody bank."""
    pool = AccountName(AccountKind.COMMISSION_CLEARING)
    amount = Money(min(recovery.open_amount, there[pool].available), recovery.currency)
    if not amount.amount:
        return []
    return [
        debit(_claim(recovery), amount),
        credit(AccountName(POTS[recovery.becomes], recovery.creditor_id), amount),
        credit(pool, amount),
        debit(AccountName(AccountKind.CUSTODY, recovery.creditor_id), amount),
    ]


def _from_firm(session: Session, recovery: Recovery, there: dict[AccountName, Account], *, actor: Actor) -> list[Leg]:
    """Out of what the firm has earned or got back here, the money's place moving along with it."""
    firm = recovery.debtor_id

    def free(kind: AccountKind) -> int:
        account = there.get(AccountName(kind, firm))
        return account.available if account is not None else 0

    left = {
        kind: max(0, free(kind) - contested_of(session, firm, recovery.currency, pot, actor=actor))
        for pot, kind in POTS.items()
    }
    places = {kind: free(kind) for kind in DRAWN_FIRST}
    amount = Money(min(recovery.open_amount, sum(left.values()), sum(places.values())), recovery.currency)
    if not amount.amount:
        return []
    legs = [
        debit(_claim(recovery), amount),
        credit(_debt(recovery), amount),
        credit(AccountName(POTS[recovery.becomes], recovery.creditor_id), amount),
    ]
    legs += [debit(AccountName(kind, firm), part) for kind, part in drawn(left, amount, [*POTS.values()])]
    for kind, part in drawn(places, amount, DRAWN_FIRST):
        legs += [credit(AccountName(kind, firm), part), debit(AccountName(kind, recovery.creditor_id), part)]
    return legs


def contested_of(session: Session, firm: int | None, currency: str, kind: RecoveryKind, *, actor: Actor) -> int:
    """What subjects that are contested now have brought a firm: released to it, or given back to it as credit."""
    is_payee = kind is RecoveryKind.PAYABLE
    brought = Funds.released_amount if is_payee else Funds.refunded_amount
    whose = FundsRequest.payee_id if is_payee else FundsRequest.payer_id
    total = session.scalar(
        select(func.coalesce(func.sum(brought), 0))
        .join(FundsRequest, FundsRequest.id == Funds.request_id)
        .where(
            FundsRequest.park_id == actor.park_id,
            whose == firm,
            Funds.currency == currency,
            FundsRequest.is_contested,
        )
    )
    return int(total or 0)


def _claim(recovery: Recovery) -> AccountName:
    return AccountName(AccountKind.CLAIM, recovery.creditor_id, recovery.subject_ref)


def _debt(recovery: Recovery) -> AccountName:
    return AccountName(AccountKind.RECEIVABLE, recovery.debtor_id, recovery.subject_ref)


def _post(
    session: Session, recovery: Recovery, kind: str, legs: Sequence[Leg], *, memo: str, actor: Actor, clock: Clock
) -> None:
    request = session.get_one(FundsRequest, recovery.request_id)
    posting = Posting(
        kind=kind,
        key=f"{kind}:{recovery.public_id}:{recovery.recovered_amount}",
        source=f"funds_request:{request.public_id}",
        subject_ref=recovery.subject_ref,
        legs=[leg for leg in legs if leg.amount.amount],
        memo=memo,
    )
    post(session, posting, actor=actor, clock=clock)
    session.flush()
    audit(
        session,
        actor,
        at=clock(),
        action=f"recovery.{kind.removeprefix('claim_')}",
        subject=f"recovery:{recovery.public_id}",
        after={
            "subject": recovery.subject_ref,
            "amount": recovery.amount,
            "recovered": recovery.recovered_amount,
            "currency": recovery.currency,
        },
    )
    moved = RecoveryMoved(recovery.id, recovery.subject_ref, recovery.recovered_amount, recovery.open_amount)
    record(session, moved, actor=actor, at=clock())


def given_back(session: Session, request: FundsRequest, to: RecoveryKind) -> Money:
    """What has been claimed back of a request so far, met or not."""
    total = session.scalar(
        select(func.coalesce(func.sum(Recovery.amount), 0)).where(
            Recovery.park_id == request.park_id,
            Recovery.subject_ref == request.subject_ref,
            Recovery.becomes == to,
        )
    )
    return Money(int(total or 0), request.currency)


def was_decided(session: Session, subject_ref: str, key: str, *, actor: Actor, purpose: str = ORDER) -> bool:
    """Whether a decision of that key divided the escrow, or took something out of the deposit, while it was held."""
    names = [f"{verb}:{subject_ref}:{purpose}:{key}" for verb in ("split", "claim")]
    return any(known_transaction(session, name, actor=actor) is not None for name in names)


def claimed_back(session: Session, subject_ref: str, key: str, *, actor: Actor, purpose: str = ORDER) -> bool:
    """Whether something was claimed back under that key."""
    begins = f"recovery:{subject_ref}:{purpose}:{key}:"
    known = select(Recovery.id).where(
        Recovery.park_id == actor.park_id, Recovery.key.startswith(begins, autoescape=True)
    )
    return session.scalar(known.limit(1)) is not None
