"""What a final order says about its two sides, by the formulas of the credit model; pure.

Source: `credit/models/v1.toml`, the `x` of each dimension. Shares are whole millionths, 1,000,000 good … 0 bad.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from credit.scoring.events import Role
from credit.scoring.model import MICRO
from marketplace.kernel.money import rounded

ON_TIME = timedelta(minutes=30)
LEAST_LIMIT, MOST_LIMIT = Fraction(4), Fraction(72)
"""Hours late at which a handover is worth nothing: a quarter of the booked hours, within these."""
AHEAD = timedelta(days=7)
DAYS_LATE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What happened. Amounts in minor units; `secured_at` None where no money was held.

    `cancelled_by` and `missed_by` name the role that stepped back or did not come; `refunded` and `deducted` are what
    the park decided, out of `total` and `deposit`.
    """

    start: datetime
    end: datetime
    ended_at: datetime
    is_completed: bool
    total: int
    handed_over_at: datetime | None = None
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    was_rejected: bool = False
    was_reworked: bool = False
    cancelled_by: Role | None = None
    missed_by: Role | None = None
    cancellation_fee: int = 0
    secured_at: datetime | None = None
    due_at: datetime | None = None
    deposit: int = 0
    claimed: int = 0
    is_decided: bool = False
    refunded: int = 0
    deducted: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about one side."""

    role: Role
    dimension: str
    kind: str
    x: int


def facts_of(order: OrderFacts) -> list[Fact]:
    """At most one fact for each dimension of each role; nothing for an order that cost nobody anything."""
    return [*_of_supplier(order), *_of_demander(order)]


def _of_supplier(order: OrderFacts) -> Iterator[Fact]:
    role = Role.SUPPLIER
    if order.missed_by is role:
        yield Fact(role, "handover", "no_show", 0)
        yield Fact(role, "completion", "no_show", 0)
    elif order.cancelled_by is role:
        is_early = order.start - order.ended_at > AHEAD
        yield Fact(role, "completion", "cancelled_early" if is_early else "cancelled", MICRO // 2 if is_early else 0)
    elif order.is_completed:
        if (late := _hours_late(order)) is not None:
            x = _share(1 - late / _limit(order)) if late else MICRO
            yield Fact(role, "handover", "handed_over_late" if x < MICRO else "handed_over", x)
        yield _quality(order)
        yield Fact(role, "completion", "delivered", MICRO)
    yield from _dispute(order, role, Fraction(order.refunded, order.total or 1))


def _hours_late(order: OrderFacts) -> Fraction | None:
    """Hours after the agreed moment, nothing within half an hour; None where nobody wrote it down."""
    at, due = (order.handed_over_at, order.start) if order.handed_over_at else (order.delivered_at, order.end)
    if at is None:
        return None
    late = at - due
    return Fraction(int(late.total_seconds()), 3600) if late > ON_TIME else Fraction(0)


def _limit(order: OrderFacts) -> Fraction:
    booked = Fraction(int((order.end - order.start).total_seconds()), 3600)
    return max(LEAST_LIMIT, min(booked / 4, MOST_LIMIT))


def _quality(order: OrderFacts) -> Fact:
    if order.was_rejected and order.refunded:
        return Fact(Role.SUPPLIER, "quality", "rejected", 0)
    if order.was_reworked:
        return Fact(Role.SUPPLIER, "quality", "reworked", MICRO // 2)
    return Fact(Role.SUPPLIER, "quality", "accepted", MICRO)


def _of_demander(order: OrderFacts) -> Iterator[Fact]:
    role = Role.DEMANDER
    if order.missed_by is role:
        yield Fact(role, "cancellation", "no_show", 0)
    elif order.cancelled_by is role:
        if order.cancellation_fee:
            yield Fact(role, "cancellation", "cancelled_late", MICRO // 2)
    elif order.is_completed:
        if order.secured_at is not None and order.due_at is not None:
            yield _payment(order.secured_at, order.due_at)
        if order.deposit and order.returned_at is not None:
            x = _share(1 - Fraction(order.claimed, order.deposit))
            yield Fact(role, "deposit", "damaged" if x < MICRO else "undamaged", x)
        yield Fact(role, "cancellation", "used", MICRO)
    yield from _dispute(order, role, Fraction(order.deducted, order.deposit or 1))


def _payment(secured_at: datetime, due_at: datetime) -> Fact:
    """Days late are counted as they begin."""
    days = -((due_at - secured_at) // timedelta(days=1)) if secured_at > due_at else 0
    x = _share(1 - Fraction(days, DAYS_LATE))
    return Fact(Role.DEMANDER, "payment", "paid_late" if days else "paid_on_time", x)


def _dispute(order: OrderFacts, role: Role, lost: Fraction) -> Iterator[Fact]:
    """The share that was decided against this side; an order without one is praise only when it was completed."""
    x = _share(1 - lost) if order.is_decided else MICRO
    if order.is_completed or x < MICRO:
        yield Fact(role, "disputes", "decided_against" if x < MICRO else "no_dispute_lost", x)


def _share(good: Fraction) -> int:
    return rounded(max(Fraction(0), min(good, Fraction(1))) * MICRO)
