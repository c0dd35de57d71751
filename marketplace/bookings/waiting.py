"""Who wants a taken window and is told when it is free, in the order of asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, joinedload

from billing.models import RatePlan
from billing.pricing.plans import RentPlan
from marketplace.bookings.models import Wait
from marketplace.bookings.other_times import Wanted, is_bookable
from marketplace.conversations.operations import Recipients, notify
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.jobs import defer
from marketplace.listings.models import Listing
from marketplace.listings.queries import may_see

HEAD_START = timedelta(minutes=30)
"""The first who is told has this long before the next one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWaitlist:
    """A window of a listing that is taken now. `listing` is a public id."""

    listing: str
    during: Range[datetime]
    quantity: int = 1


def join_waitlist(session: Session, command: JoinWaitlist, *, actor: Actor, clock: Clock) -> Wait:
    """Be told when the window is free; asking again for the same window changes nothing.

    Raises `NotFound`, `Invalid` for a past window or an own listing, `Conflict` `free_already`.
    """
    now, firm = clock(), actor.require_trading(FirmRole.OPERATOR)
    listing = session.scalar(
        select(Listing).where(Listing.public_id == command.listing, Listing.park_id == actor.park_id, may_see(actor))
    )
    if listing is None or not listing.is_offered:
        raise NotFound("listing_not_offered")
    if actor.user_id is None or listing.enterprise_id == firm:
        raise Invalid("own_listing", fields={"listing": ["own_listing"]})
    start, end = command.during.lower, command.during.upper
    if start is None or end is None or start >= end:
        raise Invalid("end_before_start", fields={"end": ["end_before_start"]})
    if start <= now:
        raise Invalid("starts_in_the_past", fields={"start": ["starts_in_the_past"]})
    if (known := _mine(session, listing, command, actor)) is not None:
        return known
    if _is_free(session, listing, command.during, command.quantity, now=now):
        raise Conflict("free_already")
    wait = Wait(
        listing_id=listing.id,
        park_id=listing.park_id,
        enterprise_id=firm,
        user_id=actor.user_id,
        during=command.during,
        quantity=command.quantity,
        created_at=now,
    )
    session.add(wait)
    session.flush()
    audit(session, actor, at=now, action="wait.joined", subject=f"wait:{wait.public_id}")
    return wait


def _mine(session: Session, listing: Listing, command: JoinWaitlist, actor: Actor) -> Wait | None:
    return session.scalar(
        select(Wait).where(
            Wait.listing_id == listing.id,
            Wait.user_id == actor.user_id,
            Wait.enterprise_id == actor.enterprise_id,
            Wait.during == command.during,
            Wait.quantity == command.quantity,
            Wait.told_at.is_(None),
            Wait.left_at.is_(None),
        )
    )


def leave_waitlist(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Wait:
    """Wait no longer; again changes nothing. Raises `NotFound` for anybody else's."""
    wait = session.scalar(
        select(Wait).where(Wait.public_id == public_id, Wait.user_id == actor.user_id, Wait.park_id == actor.park_id)
    )
    if wait is None:
        raise NotFound("wait")
    if wait.left_at is None:
        wait.left_at = clock()
        audit(session, actor, at=clock(), action="wait.left", subject=f"wait:{wait.public_id}")
    return wait


def waits_of(session: Session, *, actor: Actor, now: datetime) -> Sequence[Wait]:
    """What the person waits for, or was told of, as long as it lies ahead; by start."""
    rows = (
        select(Wait)
        .options(joinedload(Wait.listing))
        .where(Wait.user_id == actor.user_id, Wait.park_id == actor.park_id, Wait.left_at.is_(None))
        .where(func.lower(Wait.during) > now)
        .order_by(Wait.during, Wait.id)
        .limit(100)
    )
    return session.scalars(rows).all()


def tell_next_waiter(session: Session, listing_id: int, *, clock: Clock) -> None:
    """Tell the first waiter whose window is free now; the next one is looked for after a head start.

    Locks the wait; a person is told once.
    """
    now, listing = clock(), session.get_one(Listing, listing_id)
    if not listing.is_offered:
        return
    waiting = (
        select(Wait)
        .where(Wait.listing_id == listing_id, Wait.told_at.is_(None), Wait.left_at.is_(None))
        .where(func.lower(Wait.during) > now)
        .order_by(Wait.id)
        .with_for_update(skip_locked=True)
    )
    for wait in session.scalars(waiting).all():
        if _is_free(session, listing, wait.during, wait.quantity, now=now):
            _tell(session, wait, listing, at=now)
            defer(session, "bookings.tell_next_waiter", at=now + HEAD_START, arguments={"listing_id": listing_id})
            return


def _tell(session: Session, wait: Wait, listing: Listing, *, at: datetime) -> None:
    start, end = wait.during.lower, wait.during.upper
    if start is None or end is None:
        return
    wait.told_at = at
    notify(
        session,
        park_id=wait.park_id,
        to=Recipients(user_ids=(wait.user_id,)),
        code="wait.free",
        facts={
            "zh": listing.title("zh_CN"),
            "en": listing.title("en"),
            "start": start.isoformat(),
            "end": end.isoformat(),
        },
        link=f"/listings/{listing.public_id}",
        at=at,
        once_key=f"wait:{wait.id}",
    )


def _is_free(session: Session, listing: Listing, during: Range[datetime], quantity: int, *, now: datetime) -> bool:
    row = session.get(RatePlan, listing.rate_plan_id) if listing.rate_plan_id else None
    plan = row.value() if row is not None else None
    spans = isinstance(plan, RentPlan) and plan.spans_closed_hours
    return is_bookable(session, listing, Wanted(during=during, quantity=quantity, spans_closed_hours=spans), now=now)
