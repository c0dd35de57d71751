"""How a contract ends before or with its time: the machine is back, one side gives notice, unused days come back."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.bills.models import Bill
from billing.contracts.credits import credit_period
from billing.contracts.models import LIVE, Contract, ContractKind, ContractStatus, Period, PeriodStatus
from billing.contracts.operations import end_contract, go_on, locked_contract, note
from billing.contracts.runs import bill_periods, cut_periods
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid

NOT_BILLED = (PeriodStatus.OPEN, PeriodStatus.METERED)
BILLED = (PeriodStatus.BILLED, PeriodStatus.SETTLED)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindUp:
    """The use is over at the moment `until`; its day is the last one that is charged."""

    contract: str
    until: datetime
    reason: str = ""


def wind_up(session: Session, command: WindUp, *, actor: Actor, clock: Clock) -> Contract:
    """Bill everything up to the end of use now; the contract ends once it is paid.

    A rent-to-own given back before its last rent is terminated, and the days left in the month are credited where its
    terms say so. A contract that never began is terminated; again changes nothing. Locks the contract.
    """
    contract = locked_contract(session, command.contract, actor=actor)
    if contract.is_over or contract.metered_until is not None:
        return contract
    if contract.status is ContractStatus.DRAFT:
        end_contract(session, contract, ContractStatus.TERMINATED, reason=command.reason, actor=actor, clock=clock)
        return contract
    contract.metered_until = command.until
    last_day = max(command.until.astimezone(contract.zone).date(), contract.starts_on)
    _shorten(session, contract, last_day + _DAY, clock=clock)
    bill_periods(session, {contract.id: contract}, clock=clock)
    if contract.kind is ContractKind.RENT_TO_OWN:
        credit_unused_days(session, contract, actor=actor, clock=clock)
        done = _instalments_cut(session, contract) >= contract.rent_to_own.instalments
        status = ContractStatus.COMPLETED if done else ContractStatus.TERMINATED
        end_contract(session, contract, status, reason=command.reason, actor=actor, clock=clock)
        return contract
    note(session, contract, "wound_up", actor=actor, at=clock())
    session.flush()
    go_on(session, contract, actor=actor, clock=clock)
    return contract


def _shorten(session: Session, contract: Contract, ends_on: date, *, clock: Clock) -> None:
    """Cut up to the end and no further; what is not billed yet may be billed now."""
    contract.ends_on = ends_on
    session.add_all(cut_periods(contract, until=datetime.combine(ends_on, time(), contract.zone)))
    session.flush()
    now = clock()
    due_on = now.astimezone(contract.zone).date() + timedelta(days=contract.pays_within_days)
    waiting = session.scalars(
        select(Period).where(Period.contract_id == contract.id, Period.status.in_(NOT_BILLED)).order_by(Period.number)
    )
    for period in waiting.all():
        if period.starts_on >= ends_on:
            session.delete(period)
            continue
        period.bill_at, period.due_on = now, due_on
        if contract.kind is not ContractKind.RENT_TO_OWN:
            period.ends_on = min(period.ends_on, ends_on)
    session.flush()


def _instalments_cut(session: Session, contract: Contract) -> int:
    numbers = session.scalars(select(Period.number).where(Period.contract_id == contract.id)).all()
    return max(numbers, default=0)


def credit_unused_days(session: Session, contract: Contract, *, actor: Actor, clock: Clock) -> Bill | None:
    """The days of a billed month that lie after the end come back, where the terms say so."""
    terms, ends_on = contract.rent_to_own, contract.ends_on
    if not terms.credits_unused_days or ends_on is None:
        return None
    period = session.scalar(
        select(Period).where(
            Period.contract_id == contract.id,
            Period.status.in_(BILLED),
            Period.starts_on < ends_on,
            Period.ends_on > ends_on,
        )
    )
    if period is None:
        return None
    return credit_period(session, contract, period, (ends_on, period.ends_on), actor=actor, clock=clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveNotice:
    """End a running contract with the day before `on`, with a reason the other side sees."""

    contract: str
    on: date
    reason: str


def give_notice(session: Session, command: GiveNotice, *, actor: Actor, clock: Clock) -> Contract:
    """The demander may end any day from today on; the supplier only a contract suspended for unpaid rent.

    Raises `Invalid` naming `on` or `reason`, `Forbidden` `not_a_party`, `Conflict` `contract_not_running` or
    `contract_not_suspended`. Locks the contract.
    """
    firm = actor.require_firm(FirmRole.OPERATOR, FirmRole.FINANCE)
    contract = locked_contract(session, command.contract, actor=actor)
    if firm not in {contract.demander_id, contract.supplier_id}:
        raise Forbidden("not_a_party")
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    if contract.status is ContractStatus.TERMINATED:
        return contract
    if contract.status not in LIVE:
        raise Conflict("contract_not_running")
    if firm == contract.supplier_id and contract.status is not ContractStatus.SUSPENDED:
        raise Conflict("contract_not_suspended")
    session.add_all(cut_periods(contract, until=clock()))
    session.flush()
    today = clock().astimezone(contract.zone).date()
    latest = max(contract.next_cut_on, today + _DAY)
    if not max(today, contract.starts_on + _DAY) <= command.on <= latest:
        raise Invalid("notice_day", fields={"on": ["notice_day"]})
    _stop(session, contract, command, actor=actor, clock=clock)
    return contract


def _stop(session: Session, contract: Contract, command: GiveNotice, *, actor: Actor, clock: Clock) -> None:
    """No period begins on or after the day; what is not billed is cut down to it and billed soon after."""
    contract.ends_on = command.on
    grace = timedelta(hours=contract.data_grace_hours) if contract.kind is ContractKind.USAGE else timedelta()
    waiting = session.scalars(
        select(Period).where(Period.contract_id == contract.id, Period.status.in_(NOT_BILLED)).order_by(Period.number)
    )
    for period in waiting.all():
        if period.starts_on >= command.on:
            session.delete(period)
            continue
        period.bill_at = datetime.combine(command.on, time(), contract.zone) + grace
        if contract.kind is not ContractKind.RENT_TO_OWN:
            period.ends_on = min(period.ends_on, command.on)
    session.flush()
    if contract.kind is ContractKind.RENT_TO_OWN:
        credit_unused_days(session, contract, actor=actor, clock=clock)
    end_contract(session, contract, ContractStatus.TERMINATED, reason=command.reason.strip(), actor=actor, clock=clock)
