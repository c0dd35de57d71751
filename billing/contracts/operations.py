"""Open, start, suspend, end and settle contracts. Everything flushes and nothing commits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.bills.models import Bill
from billing.bills.operations import IssueBill, issue_bill
from billing.contracts.credits import credit_period
from billing.contracts.events import ContractBilled, ContractEnded, ContractResumed, ContractSuspended, PeriodSettled
from billing.contracts.models import (
    ONE_CONTRACT,
    BuyOutQuote,
    Contract,
    ContractKind,
    ContractMeter,
    ContractStatus,
    Period,
    PeriodStatus,
)
from billing.contracts.queries import contract_of, paid_instalments, quote_of
from billing.contracts.terms import Terms, terms_to_json
from billing.pricing.calculations.answers import money_line
from billing.pricing.rent_to_own import position
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.events import Event, record
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenContract:
    """A contract in draft. `anchor_day` is the day of `starts_on` unless given; `ends_on` is exclusive, None: open."""

    supplier_id: int
    demander_id: int
    subject_ref: str
    title: str
    terms: Terms
    starts_on: date
    ends_on: date | None = None
    anchor_day: int | None = None
    time_zone: str = "Asia/Shanghai"
    pays_within_days: int = 7
    data_grace_hours: int = 24
    meter_ids: tuple[int, ...] = ()


def open_contract(session: Session, command: OpenContract, *, actor: Actor, clock: Clock) -> Contract:
    """Write the terms down. Raises `Conflict` `contract_exists` for a subject that has one."""
    body = terms_to_json(command.terms)
    contract = Contract(
        park_id=actor.park_id,
        supplier_id=command.supplier_id,
        demander_id=command.demander_id,
        subject_ref=command.subject_ref,
        kind=ContractKind(body["kind"]),
        title=command.title,
        terms=body,
        currency=command.terms.currency,
        time_zone=command.time_zone,
        anchor_day=command.anchor_day or command.starts_on.day,
        starts_on=command.starts_on,
        next_cut_on=command.starts_on,
        ends_on=command.ends_on,
        pays_within_days=command.pays_within_days,
        data_grace_hours=command.data_grace_hours,
        created_at=clock(),
    )
    with refusing(session, {ONE_CONTRACT: lambda: Conflict("contract_exists")}):
        session.add(contract)
        session.flush()
    session.add_all(ContractMeter(contract_id=contract.id, meter_id=meter_id) for meter_id in command.meter_ids)
    session.flush()
    note(session, contract, "opened", actor=actor, at=clock())
    return contract


@dataclass(frozen=True, slots=True, kw_only=True)
class StartContract:
    """`starts_on` where it begins on another day than was written down; `metered_from`: later readings count."""

    contract: str
    starts_on: date | None = None
    metered_from: datetime | None = None


def start_contract(session: Session, command: StartContract, *, actor: Actor, clock: Clock) -> Contract:
    """From now on its periods are cut and billed."""
    contract = locked_contract(session, command.contract, actor=actor)
    contract.move_to(ContractStatus.RUNNING)
    contract.metered_from = command.metered_from
    if command.starts_on is not None and command.starts_on != contract.starts_on:
        contract.starts_on = contract.next_cut_on = command.starts_on
        contract.anchor_day = command.starts_on.day
    note(session, contract, "started", actor=actor, at=clock())
    session.flush()
    return contract


def suspend_contract(session: Session, contract: Contract, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Use stops until what is due is paid; rent goes on."""
    contract.move_to(ContractStatus.SUSPENDED, reason=reason)
    event = ContractSuspended(contract=contract.public_id, subject_ref=contract.subject_ref, reason=reason)
    note(session, contract, "suspended", actor=actor, at=clock(), event=event)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndContract:
    """`on` is the first day that is no longer part of the contract."""

    contract: str
    on: date
    reason: str = ""


def terminate_contract(session: Session, command: EndContract, *, actor: Actor, clock: Clock) -> Contract:
    """End before its time: no period begins on or after `on`, and periods not yet billed are cut down to it."""
    contract = locked_contract(session, command.contract, actor=actor)
    contract.move_to(ContractStatus.TERMINATED, reason=command.reason, on=command.on)
    contract.ends_on = max(command.on, contract.starts_on + timedelta(days=1))
    unbilled = session.scalars(
        select(Period).where(
            Period.contract_id == contract.id, Period.status.in_((PeriodStatus.OPEN, PeriodStatus.METERED))
        )
    )
    for period in unbilled:
        if period.starts_on >= command.on:
            session.delete(period)
        else:
            period.ends_on = min(period.ends_on, command.on)
    _tell_end(session, contract, actor=actor, at=clock())
    return contract


def end_contract(
    session: Session, contract: Contract, status: ContractStatus, *, reason: str = "", actor: Actor, clock: Clock
) -> None:
    """The locked contract is over. Adds `ContractEnded`; raises `Conflict` `contract_transition`."""
    contract.move_to(status, reason=reason, on=clock().astimezone(contract.zone).date())
    _tell_end(session, contract, actor=actor, at=clock())


def settle_bill(session: Session, bill: Bill, *, actor: Actor, clock: Clock) -> None:
    """A bill was paid in full: its period is settled, and the contract goes on, completes, or is bought out.

    Calling it again changes nothing. Locks the contract. Adds `PeriodSettled`, `ContractResumed`, `ContractEnded`.
    """
    quote = session.scalar(select(BuyOutQuote).where(BuyOutQuote.bill_id == bill.id))
    period = session.scalar(select(Period).where(Period.bill_id == bill.id))
    contract_id = quote.contract_id if quote else period.contract_id if period else None
    if contract_id is None:
        return
    contract = session.scalars(
        select(Contract).where(Contract.id == contract_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if quote is not None:
        _bought(session, contract, quote, actor=actor, clock=clock)
        return
    if period is None or period.status is PeriodStatus.SETTLED:
        return
    period.move_to(PeriodStatus.SETTLED)
    period.settled_at = clock()
    event = PeriodSettled(contract=contract.public_id, subject_ref=contract.subject_ref, number=period.number)
    note(session, contract, "period_settled", actor=actor, at=clock(), event=event)
    session.flush()
    go_on(session, contract, actor=actor, clock=clock)


def _bought(session: Session, contract: Contract, quote: BuyOutQuote, *, actor: Actor, clock: Clock) -> None:
    """Rents that began after the buy-out was agreed are not owed any more."""
    if contract.status is ContractStatus.BOUGHT_OUT:
        return
    agreed_on = (quote.accepted_at or clock()).astimezone(contract.zone).date()
    later = session.scalars(
        select(Period).where(
            Period.contract_id == contract.id, Period.starts_on > agreed_on, Period.status != PeriodStatus.SETTLED
        )
    )
    for period in later.all():
        if period.bill_id is None:
            session.delete(period)
        else:
            credit_period(session, contract, period, (period.starts_on, period.ends_on), actor=actor, clock=clock)
    end_contract(session, contract, ContractStatus.BOUGHT_OUT, actor=actor, clock=clock)


def go_on(session: Session, contract: Contract, *, actor: Actor, clock: Clock) -> None:
    """Resume when nothing overdue is left; complete when everything is paid.

    A rent-to-own with an option price waits for what the demander does: buy at that price, or give the machine back.
    """
    today = clock().astimezone(contract.zone).date()
    waiting = session.scalars(
        select(Period).where(Period.contract_id == contract.id, Period.status != PeriodStatus.SETTLED)
    ).all()
    overdue = any(period.status is PeriodStatus.BILLED and period.due_on < today for period in waiting)
    if contract.status is ContractStatus.SUSPENDED and not overdue:
        contract.move_to(ContractStatus.RUNNING)
        event = ContractResumed(contract=contract.public_id, subject_ref=contract.subject_ref)
        note(session, contract, "resumed", actor=actor, at=clock(), event=event)
    cut_to_the_end = contract.ends_on is not None and contract.next_cut_on >= contract.ends_on
    has_option = contract.kind is ContractKind.RENT_TO_OWN and contract.rent_to_own.option.amount > 0
    if cut_to_the_end and not waiting and not has_option and contract.status is ContractStatus.RUNNING:
        contract.move_to(ContractStatus.COMPLETED, on=contract.ends_on)
        _tell_end(session, contract, actor=actor, at=clock())


def quote_buy_out(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> BuyOutQuote:
    """What buying costs today, with the inputs frozen. Raises `Conflict` for contracts that do not run or owe rent."""
    contract = locked_contract(session, public_id, actor=actor)
    terms = contract.rent_to_own
    if contract.status is not ContractStatus.RUNNING:
        raise Conflict("contract_not_running")
    now = clock()
    today = now.astimezone(contract.zone).date()
    paid = paid_instalments(session, contract)
    _require_nothing_overdue(session, contract, today)
    standing = position(terms, paid)
    quote = BuyOutQuote(
        contract_id=contract.id,
        quoted_at=now,
        valid_until=today + timedelta(days=terms.quote_valid_days),
        paid_instalments=paid,
        amount=standing.buy_out.amount,
        inputs={
            "terms": contract.terms,
            "paid_instalments": paid,
            "rent_earned": standing.rent_earned.to_json(),
            "credit": standing.credit.to_json(),
            "option_price": standing.option_price.to_json(),
        },
    )
    session.add(quote)
    session.flush()
    note(session, contract, "buy_out_quoted", actor=actor, at=now)
    return quote


def accept_buy_out(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Bill:
    """The demander buys at a quote that still holds; the bill's payment makes it so. Again gives the same bill."""
    quote = quote_of(session, public_id, actor=actor)
    contract = session.scalars(select(Contract).where(Contract.id == quote.contract_id).with_for_update()).one()
    if actor.require_firm(FirmRole.FINANCE) != contract.demander_id:
        raise NotFound("quote")
    now = clock()
    today = now.astimezone(contract.zone).date()
    if quote.bill_id is None:
        if contract.status is not ContractStatus.RUNNING:
            raise Conflict("contract_not_running")
        if today > quote.valid_until:
            raise Conflict("quote_expired")
        if paid_instalments(session, contract) != quote.paid_instalments:
            raise Conflict("quote_outdated")
        _require_nothing_overdue(session, contract, today)
    terms = contract.rent_to_own
    line = money_line("buy_out", Money(quote.amount, contract.currency), terms.vat)
    command = IssueBill(
        park_id=contract.park_id,
        issuer_id=contract.supplier_id,
        recipient_id=contract.demander_id,
        key=f"buy_out:{quote.public_id}",
        subject_ref=contract.subject_ref,
        title=contract.title,
        currency=contract.currency,
        lines=[line],
        due_on=quote.valid_until,
        zone=contract.zone,
    )
    bill = issue_bill(session, command, actor=actor, clock=clock)
    if quote.bill_id is None:
        quote.bill_id, quote.accepted_at = bill.id, now
        event = ContractBilled(contract=contract.public_id, subject_ref=contract.subject_ref, bill=bill.public_id)
        note(session, contract, "buy_out_accepted", actor=actor, at=now, event=event)
    session.flush()
    return bill


def _require_nothing_overdue(session: Session, contract: Contract, today: date) -> None:
    overdue = session.scalar(
        select(Period.id)
        .where(Period.contract_id == contract.id, Period.status == PeriodStatus.BILLED, Period.due_on < today)
        .limit(1)
    )
    if overdue is not None:
        raise Conflict("overdue_first")


def locked_contract(session: Session, public_id: str, *, actor: Actor) -> Contract:
    """One contract under its lock. Raises `NotFound` for whoever is no party to it."""
    contract = contract_of(session, public_id, actor=actor)
    return session.scalars(
        select(Contract).where(Contract.id == contract.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _tell_end(session: Session, contract: Contract, *, actor: Actor, at: datetime) -> None:
    event = ContractEnded(contract=contract.public_id, subject_ref=contract.subject_ref, status=contract.status.value)
    note(session, contract, contract.status.value, actor=actor, at=at, event=event)
    session.flush()


def note(
    session: Session, contract: Contract, what: str, *, actor: Actor, at: datetime, event: Event | None = None
) -> None:
    """Into the audit, and the event for whoever follows."""
    after = {"status": contract.status.value, "reason": contract.reason}
    audit(session, actor, at=at, action=f"contract.{what}", subject=f"contract:{contract.public_id}", after=after)
    if event is not None:
        record(session, event, actor=actor, at=at)
