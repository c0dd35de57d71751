"""The bill run: cut what is due into periods, meter, bill; and what a missed payment brings.

A run works in batches of contracts, each batch a transaction: killed anywhere, it is simply run again. What was
committed is found by its keys, what was not left no trace, not even a number.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from billing.bills.models import Bill
from billing.bills.operations import IssueBill, issue_bill, issue_bills
from billing.contracts.events import ContractBilled, PeriodBilled
from billing.contracts.models import LIVE, Contract, ContractKind, ContractStatus, Period, PeriodStatus
from billing.contracts.operations import suspend_contract
from billing.contracts.terms import (
    RentTerms,
    UsageTerms,
    instalment_lines,
    once_lines,
    rent_lines,
    usage_lines,
    whole_period,
)
from billing.contracts.used import Late, late_readings, meter_periods
from billing.pricing.calculations.answers import AnswerLine, money_line
from billing.pricing.proration import Dates
from billing.pricing.rent_to_own import RentToOwnTerms
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer, job
from marketplace.kernel.money import Money

BATCH = 100
RUN = "billing.run"
BATCH_JOB = "billing.bill_batch"
DUNNING = "billing.chase"
_DAY = timedelta(days=1)


@job(RUN, cron="7 * * * *")
def run_bills(session: Session, *, clock: Clock) -> None:
    """One job for each batch of contracts with something to cut or to bill; every hour, safe at any time."""
    ids = due_contracts(session, at=clock())
    for start in range(0, len(ids), BATCH):
        defer(session, BATCH_JOB, arguments={"contract_ids": ids[start : start + BATCH]})


@job(BATCH_JOB)
def bill_batch(session: Session, *, clock: Clock, contract_ids: list[int]) -> None:
    """Bring these contracts up to date. Locks them in the order of their ids; those another worker holds are its own."""
    now = clock()
    contracts = session.scalars(
        select(Contract).where(Contract.id.in_(contract_ids)).order_by(Contract.id).with_for_update(skip_locked=True)
    ).all()
    cut = [period for contract in contracts if contract.status in LIVE for period in cut_periods(contract, until=now)]
    session.add_all(cut)
    session.flush()
    bill_periods(session, {contract.id: contract for contract in contracts}, clock=clock)


def bring_up_to_date(session: Session, contract: Contract, *, clock: Clock) -> None:
    """Cut and bill one contract now, which the caller has locked, instead of waiting for the next run."""
    if contract.status in LIVE:
        session.add_all(cut_periods(contract, until=clock()))
    session.flush()
    bill_periods(session, {contract.id: contract}, clock=clock)


def due_contracts(session: Session, *, at: datetime) -> list[int]:
    """Contracts with a period to cut or to bill, by id."""
    tomorrow = (at + _DAY).date()
    unbilled = select(Period.contract_id).where(
        Period.status.in_((PeriodStatus.OPEN, PeriodStatus.METERED)), Period.bill_at <= at
    )
    to_cut = (Contract.next_cut_on <= tomorrow) & (
        Contract.ends_on.is_(None) | (Contract.next_cut_on < Contract.ends_on)
    )
    rows = select(Contract.id).where(or_(Contract.status.in_(LIVE) & to_cut, Contract.id.in_(unbilled)))
    return list(session.scalars(rows.order_by(Contract.id)))


def cut_periods(contract: Contract, *, until: datetime) -> list[Period]:
    """The periods that have begun by now, from where the last cut ended."""
    today = until.astimezone(contract.zone).date()
    periods: list[Period] = []
    number = _cuts_before(contract)
    while contract.next_cut_on <= today and (contract.ends_on is None or contract.next_cut_on < contract.ends_on):
        start = contract.next_cut_on
        whole = whole_period(start, contract.anchor_day)
        end = whole.end if contract.ends_on is None else min(whole.end, contract.ends_on)
        number += 1
        periods.append(_period(contract, number, Dates(start, end), whole))
        contract.next_cut_on = end
        if contract.kind is ContractKind.RENT_TO_OWN and number >= contract.rent_to_own.instalments:
            contract.ends_on = end
    return periods


def _cuts_before(contract: Contract) -> int:
    """How many periods lie before the next cut: counted on the calendar, so that nothing has to be asked."""
    count, at = 0, contract.starts_on
    while at < contract.next_cut_on:
        at = whole_period(at, contract.anchor_day).end
        count += 1
    return count


def _period(contract: Contract, number: int, part: Dates, whole: Dates) -> Period:
    behind = contract.kind is ContractKind.USAGE
    begins = datetime.combine(part.end if behind else part.start, time(), contract.zone)
    grace = timedelta(hours=contract.data_grace_hours) if behind else timedelta()
    return Period(
        contract_id=contract.id,
        number=number,
        starts_on=part.start,
        ends_on=part.end,
        whole_start=whole.start,
        whole_end=whole.end,
        bill_at=begins + grace,
        due_on=(part.end if behind else part.start) + timedelta(days=contract.pays_within_days),
    )


def bill_periods(session: Session, contracts: Mapping[int, Contract], *, clock: Clock) -> None:
    """Meter and bill what may be billed by now of these contracts, which the caller has locked."""
    now = clock()
    periods = session.scalars(
        select(Period)
        .where(
            Period.contract_id.in_(contracts),
            Period.status.in_((PeriodStatus.OPEN, PeriodStatus.METERED)),
            Period.bill_at <= now,
        )
        .order_by(Period.contract_id, Period.number)
    ).all()
    meter_periods(session, contracts, periods)
    late = late_readings(session, contracts, periods)
    commands: dict[int, IssueBill] = {}
    for period in periods:
        contract = contracts[period.contract_id]
        lines = [*period_lines(contract, period), *_late_lines(late.get(period.id, ()))]
        if period.status is PeriodStatus.OPEN:
            period.move_to(PeriodStatus.METERED)
        if any(line.amount.amount for line in lines):
            commands[period.id] = _command(contract, period, lines)
    bills: dict[tuple[int, str], Bill] = {}
    for park_id in sorted({command.park_id for command in commands.values()}):
        of_park = [command for command in commands.values() if command.park_id == park_id]
        bills |= issue_bills(session, of_park, actor=system_actor(park_id), clock=clock)
    for period in periods:
        command = commands.get(period.id)
        bill = None if command is None else bills[command.issuer_id, command.key]
        _close(session, contracts[period.contract_id], period, bill, at=now)
    session.flush()


def _close(session: Session, contract: Contract, period: Period, bill: Bill | None, *, at: datetime) -> None:
    period.move_to(PeriodStatus.BILLED)
    if bill is None:
        period.is_free = True
        period.move_to(PeriodStatus.SETTLED)
        period.settled_at = at
        return
    period.bill_id = bill.id
    event = PeriodBilled(
        contract=contract.public_id,
        subject_ref=contract.subject_ref,
        number=period.number,
        bill=bill.public_id,
        amount=bill.total,
        currency=bill.currency,
        due_on=period.due_on.isoformat(),
    )
    record(session, event, actor=system_actor(contract.park_id), at=at)


def _late_lines(late: Sequence[Late]) -> Sequence[AnswerLine]:
    """Lines for periods billed before; what is billed for them now is kept on them."""
    lines: list[AnswerLine] = []
    for one in late:
        lines.extend(one.lines())
        one.period.late_quantity += one.now - one.before
    return lines


def period_lines(contract: Contract, period: Period) -> Sequence[AnswerLine]:
    """What one period costs by its contract's terms."""
    part, whole = Dates(period.starts_on, period.ends_on), Dates(period.whole_start, period.whole_end)
    match contract.value:
        case RentTerms() as terms:
            return rent_lines(terms, part, whole)
        case UsageTerms() as terms:
            is_whole_job = period.number == 1 and period.ends_on == contract.ends_on
            used = usage_lines(terms, period.quantity or Decimal(0), part, part if is_whole_job else whole)
            return [*used, *once_lines(terms)] if period.number == 1 else used
        case RentToOwnTerms() as terms:
            return instalment_lines(terms, period.number, part)


def _command(contract: Contract, period: Period, lines: Sequence[AnswerLine]) -> IssueBill:
    return IssueBill(
        park_id=contract.park_id,
        issuer_id=contract.supplier_id,
        recipient_id=contract.demander_id,
        key=f"period:{contract.public_id}:{period.number}",
        subject_ref=contract.subject_ref,
        title=contract.title,
        currency=contract.currency,
        lines=lines,
        due_on=period.due_on,
        zone=contract.zone,
        service=(period.starts_on, period.ends_on),
        policy=str(contract.terms.get("proration", "")),
    )


@job(DUNNING, cron="20 1 * * *")
def chase_missed_payments(session: Session, *, clock: Clock) -> None:
    """Rent-to-own: after the days of grace a late fee, later suspension; every day, each only once."""
    now = clock()
    rows = session.scalars(
        select(Period)
        .join(Period.contract)
        .where(
            Period.status == PeriodStatus.BILLED,
            Period.due_on < now.date(),
            Contract.kind == ContractKind.RENT_TO_OWN,
            Contract.status.in_(LIVE),
        )
        .options(joinedload(Period.contract))
        .order_by(Period.contract_id, Period.number)
        .with_for_update(of=Contract)
    )
    for period in rows.all():
        _chase(session, period, today=now.astimezone(period.contract.zone).date(), clock=clock)
    session.flush()


def _chase(session: Session, period: Period, *, today: date, clock: Clock) -> None:
    contract, terms = period.contract, period.contract.rent_to_own
    actor = system_actor(contract.park_id)
    late = (today - period.due_on).days
    fee = Money.of(terms.late_fee, terms.currency)
    if late > terms.grace_days and fee.amount and period.late_fee_bill_id is None:
        command = IssueBill(
            park_id=contract.park_id,
            issuer_id=contract.supplier_id,
            recipient_id=contract.demander_id,
            key=f"late:{contract.public_id}:{period.number}",
            subject_ref=contract.subject_ref,
            title=contract.title,
            currency=contract.currency,
            lines=[money_line("late_fee", fee, terms.vat)],
            due_on=today + timedelta(days=contract.pays_within_days),
            zone=contract.zone,
        )
        bill = issue_bill(session, command, actor=actor, clock=clock)
        period.late_fee_bill_id = bill.id
        event = ContractBilled(contract=contract.public_id, subject_ref=contract.subject_ref, bill=bill.public_id)
        record(session, event, actor=actor, at=clock())
    if late > terms.suspend_days and contract.status is ContractStatus.RUNNING:
        suspend_contract(session, contract, reason=f"instalment {period.number} unpaid", actor=actor, clock=clock)
