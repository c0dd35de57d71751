"""What contracts of usage used in their periods, by the readings that counted when each was billed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.contracts.models import Contract, ContractKind, ContractMeter, Period, PeriodStatus
from billing.contracts.terms import UsageTerms, late_lines
from billing.metering.aggregates import Stretch, used_in
from billing.pricing.calculations.answers import AnswerLine
from billing.pricing.proration import Dates
from billing.pricing.quotes import as_decimal
from marketplace.kernel.money import exact


@dataclass(frozen=True, slots=True)
class Late:
    """A period billed before, what was billed for it so far, and what its readings say by now."""

    period: Period
    terms: UsageTerms
    before: Decimal
    now: Decimal

    def lines(self) -> Sequence[AnswerLine]:
        part = Dates(self.period.starts_on, self.period.ends_on)
        return late_lines(
            self.terms, self.before, self.now, part, Dates(self.period.whole_start, self.period.whole_end)
        )


def meter_periods(session: Session, contracts: Mapping[int, Contract], periods: Sequence[Period]) -> None:
    """Freeze the use of each usage period on it: the readings that came in time, else what both reckoned with."""
    by_use = [period for period in periods if contracts[period.contract_id].kind is ContractKind.USAGE]
    meters = _meters(session, [period.contract_id for period in by_use])
    for period in by_use:
        contract = contracts[period.contract_id]
        read = _read(session, contract, period, meters[contract.id], received_by=period.bill_at)
        period.quantity = _reckoned(contract, period) if read is None else read


def late_readings(
    session: Session, contracts: Mapping[int, Contract], periods: Sequence[Period]
) -> Mapping[int, Sequence[Late]]:
    """For the first of the periods of each contract billed now: the earlier ones whose readings have changed since."""
    first: dict[int, Period] = {}
    for period in periods:
        if contracts[period.contract_id].kind is ContractKind.USAGE:
            first.setdefault(period.contract_id, period)
    later = [
        contract_id
        for contract_id, period in first.items()
        if period.number > 1 and _bills_late(contracts[contract_id])
    ]
    if not later:
        return {}
    meters = _meters(session, later)
    found: dict[int, list[Late]] = defaultdict(list)
    for past in session.scalars(
        select(Period)
        .where(Period.contract_id.in_(later), Period.status.in_((PeriodStatus.BILLED, PeriodStatus.SETTLED)))
        .order_by(Period.contract_id, Period.number)
    ):
        contract, billing = contracts[past.contract_id], first[past.contract_id]
        before = (past.quantity or Decimal(0)) + past.late_quantity
        now = _read(session, contract, past, meters[contract.id], received_by=billing.bill_at)
        if now is not None and now != before:
            found[billing.id].append(Late(past, _terms(contract), before, now))
    return found


def used_so_far(session: Session, contract: Contract) -> Decimal | None:
    """What was used since the contract began, by all readings that count now; None where nothing was read."""
    meters = _meters(session, [contract.id])[contract.id]
    received_by = datetime.max.replace(tzinfo=UTC)
    return used_in(session, meters, whole_window(contract), received_by=received_by) if meters else None


def whole_window(contract: Contract) -> Stretch:
    """The moments at which readings count for the contract at all."""
    return Stretch(
        start=None if contract.metered_from else _midnight(contract, contract.starts_on),
        after=contract.metered_from,
        until=contract.metered_until,
    )


def window_of(contract: Contract, period: Period) -> Stretch:
    """The moments of a period: its days in the contract's zone, within the time the machine was in other hands."""
    begins_with_use = period.number == 1 and contract.metered_from is not None
    ends_with_use = contract.metered_until is not None and period.ends_on == contract.ends_on
    return Stretch(
        start=None if begins_with_use else _midnight(contract, period.starts_on),
        end=None if ends_with_use else _midnight(contract, period.ends_on),
        after=contract.metered_from,
        until=contract.metered_until,
    )


def _midnight(contract: Contract, day: date) -> datetime:
    return datetime.combine(day, time(), contract.zone)


def _read(
    session: Session, contract: Contract, period: Period, meter_ids: Sequence[int], *, received_by: datetime
) -> Decimal | None:
    """None only where nothing was read since the contract began."""
    if not meter_ids:
        return None
    read = used_in(session, meter_ids, window_of(contract, period), received_by=received_by)
    if read is not None:
        return read
    whole = used_in(session, meter_ids, whole_window(contract), received_by=received_by)
    return None if whole is None else Decimal(0)


def _reckoned(contract: Contract, period: Period) -> Decimal:
    """The expected use, all of it for a contract of one period, else the share of the period's days."""
    terms = _terms(contract)
    if terms.expected is None:
        return Decimal(0)
    days = (period.ends_on - period.starts_on).days
    is_only = period.number == 1 and period.ends_on == contract.ends_on
    if is_only or not terms.expected_days:
        return terms.expected
    return as_decimal(exact(terms.expected) * min(days, terms.expected_days) / terms.expected_days)


def _terms(contract: Contract) -> UsageTerms:
    terms = contract.value
    if not isinstance(terms, UsageTerms):
        raise TypeError("usage_terms")
    return terms


def _bills_late(contract: Contract) -> bool:
    return _terms(contract).bills_late_data


def _meters(session: Session, contract_ids: Sequence[int]) -> Mapping[int, Sequence[int]]:
    meters: dict[int, list[int]] = defaultdict(list)
    rows = select(ContractMeter.contract_id, ContractMeter.meter_id).where(ContractMeter.contract_id.in_(contract_ids))
    for contract_id, meter_id in session.execute(rows.order_by(ContractMeter.meter_id)):
        meters[contract_id].append(meter_id)
    return meters
