"""The job on each machine: the first window that fits it, and what it costs there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.models import RatePlan, stored_plan
from billing.pricing.jobs import Job
from billing.pricing.plans import Plan
from billing.pricing.quotes import Line, quick_total, quote
from marketplace.bookings.free_listings import free_listing_ids
from marketplace.bookings.other_times import rounded_up
from marketplace.bookings.queries import Question, first_fitting_windows
from marketplace.discovery.asking import HORIZON, Limit, Reader, Wish
from marketplace.kernel.money import Money
from marketplace.listings.models import Listing

Slot = tuple[datetime, datetime]
SHORTEST_MINUTES = 15
SHOWN_STEP = timedelta(minutes=15)
"""A window that begins now is shown from the next quarter of an hour on: nobody books 08:02."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """When the job could run first (None: not within the window), and its price (None: on request).

    `lines` are what the price is made of, None while nobody has asked.
    """

    slot: Slot | None
    price: Money | None
    lines: tuple[Line, ...] | None = None


def free_ids(session: Session, wish: Wish) -> frozenset[int] | None:
    """Ids that are free as the line asks; None when it says nothing about time."""
    question = wish.window
    if question is None:
        return None
    return frozenset() if question.window.isempty else frozenset(free_listing_ids(session, question))


def fitted(
    session: Session,
    plans: Mapping[int, Plan | None],
    wish: Wish,
    reader: Reader,
    *,
    in_window: bool = True,
    with_lines: bool = False,
) -> dict[int, Fitted]:
    """For each listing with its plan the first window that fits and the price of the job there, if asked with its lines.

    `in_window` false looks at the next thirty days instead of the window that was asked for.
    """
    span = search_span(wish, reader, in_window=in_window)
    minutes = run_minutes(wish)
    found = {} if span.isempty else first_fitting_windows(session, list(plans), span, minutes)
    length = timedelta(minutes=max(int(wish.hours * 60), SHORTEST_MINUTES))
    answer: dict[int, Fitted] = {}
    for identity, plan in plans.items():
        run = found.get(identity)
        begin = run[0] if run else span.lower or reader.now
        slot = (begin, min(begin + length, run[1])) if run else None
        if plan is not None and with_lines:
            priced = quote(plan, job_at(begin, wish.hours, wish, reader))
            answer[identity] = Fitted(slot, priced.total, priced.lines) if priced else Fitted(slot, None, ())
        else:
            answer[identity] = Fitted(slot, total_of(plan, begin, wish.hours, wish, reader))
    return answer


def search_span(wish: Wish, reader: Reader, *, in_window: bool = True) -> Range[datetime]:
    """Where a first window is looked for."""
    if in_window and wish.window is not None:
        return wish.window.window
    return Range(rounded_up(reader.now, SHOWN_STEP), reader.now + HORIZON)


def run_minutes(wish: Wish) -> int:
    """How long a free stretch must be to be shown; hours that may be split show from an hour on."""
    if wish.window is not None and wish.window.kind is Question.TOTAL:
        return 60
    return max(int(wish.hours * 60), SHORTEST_MINUTES)


def total_of(plan: Plan | None, begin: datetime, hours: Decimal, wish: Wish, reader: Reader) -> Money | None:
    """What so many hours from a moment on cost, with VAT; None on request."""
    return None if plan is None else quick_total(plan, job_at(begin, hours, wish, reader))


def lines_of(plan: RatePlan | None, known: Fitted, wish: Wish, reader: Reader) -> tuple[Line, ...]:
    """What the price of the job is made of; empty on request."""
    if known.lines is not None:
        return known.lines
    if plan is None or known.price is None:
        return ()
    begin = known.slot[0] if known.slot else search_span(wish, reader).lower or reader.now
    priced = quote(plan.value(), job_at(begin, wish.hours, wish, reader))
    return priced.lines if priced else ()


def job_at(begin: datetime, hours: Decimal, wish: Wish, reader: Reader) -> Job:
    """So many hours from a moment on, with as many units as were asked for."""
    length = timedelta(minutes=max(int(hours * 60), SHORTEST_MINUTES))
    return Job(start=begin, end=begin + length, units=wish.units, zone=reader.zone)


def plans_of(session: Session, listing_ids: Sequence[int]) -> dict[int, Plan | None]:
    """Listing → its current plan, without the listing itself: for thousands of prices. One statement."""
    rows = session.execute(
        select(Listing.id, RatePlan.public_id, RatePlan.plan)
        .outerjoin(RatePlan, RatePlan.id == Listing.rate_plan_id)
        .where(Listing.id.in_(listing_ids))
    )
    known = {row[0]: stored_plan(row[1], row[2]) if row[1] else None for row in rows}
    return {identity: known.get(identity) for identity in listing_ids if identity in known}


def is_within(limit: Limit, plan: Plan | None, begin: datetime, wish: Wish, reader: Reader) -> bool:
    """Whether the job keeps to the budget; a price on request keeps to none."""
    price = total_of(plan, begin, limit.hours, wish, reader)
    return price is not None and price.currency == "CNY" and price.amount <= limit.amount
