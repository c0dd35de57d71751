"""Reads of fulfilments: whoever sees the order sees what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from marketplace.bookings.models import Booking
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.listings.models import Listing, Unit
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentStatus, HandoverPhoto, HandoverRecord
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.queries import order_of

RUNNING = (FulfilmentStatus.PLANNED, FulfilmentStatus.HANDED_OVER, FulfilmentStatus.RETURNED, FulfilmentStatus.REWORK)


def fulfilment_of(session: Session, order: Order) -> Fulfilment | None:
    """What becomes of the order; None until it is agreed."""
    return session.scalar(select(Fulfilment).where(Fulfilment.order_id == order.id))


def records_of(session: Session, fulfilment: Fulfilment | None) -> Sequence[HandoverRecord]:
    """The handover records, oldest first, replaced ones included."""
    if fulfilment is None:
        return ()
    rows = select(HandoverRecord).where(HandoverRecord.fulfilment_id == fulfilment.id).order_by(HandoverRecord.id)
    return session.scalars(rows).all()


def photos_of(session: Session, records: Sequence[HandoverRecord]) -> dict[int, list[HandoverPhoto]]:
    """The pictures by record, oldest first, in one statement."""
    found: dict[int, list[HandoverPhoto]] = {}
    rows = select(HandoverPhoto).where(HandoverPhoto.record_id.in_([one.id for one in records]))
    for photo in session.scalars(rows.order_by(HandoverPhoto.id)):
        found.setdefault(photo.record_id, []).append(photo)
    return found


def visible_record(session: Session, public_id: str, *, actor: Actor) -> tuple[Order, HandoverRecord]:
    """One record and its order. Raises `NotFound` for whoever does not see the order."""
    row = session.execute(
        select(HandoverRecord, Order.public_id)
        .join(HandoverRecord.fulfilment)
        .join(Order, Order.id == Fulfilment.order_id)
        .where(HandoverRecord.public_id == public_id)
        .options(contains_eager(HandoverRecord.fulfilment))
    ).one_or_none()
    if row is None:
        raise NotFound("handover_record")
    return order_of(session, row[1], actor=actor), row[0]


def visible_photo(session: Session, record: str, photo: str, *, actor: Actor) -> bytes:
    """A picture of a record that the actor sees. Raises `NotFound`."""
    _, found = visible_record(session, record, actor=actor)
    content = session.scalar(
        select(HandoverPhoto.content).where(HandoverPhoto.public_id == photo, HandoverPhoto.record_id == found.id)
    )
    if content is None:
        raise NotFound("photo")
    return content


def units_named(session: Session, unit_ids: Sequence[int]) -> Sequence[Unit]:
    """The units of a fulfilment in their order."""
    return session.scalars(select(Unit).where(Unit.id.in_(unit_ids)).order_by(Unit.id)).all()


@dataclass(frozen=True, slots=True)
class AtMachine:
    """Who stands before a unit: the unit, its listing, and the actor's order on it, if there is one now."""

    unit: Unit
    listing: Listing
    order: Order | None
    fulfilment: Fulfilment | None


def at_machine(session: Session, unit: str, *, actor: Actor, now: datetime) -> AtMachine:
    """What a person at this unit can do. Raises `NotFound` for a unit of another park."""
    found = session.execute(
        select(Unit, Listing)
        .join(Listing, Listing.id == Unit.listing_id)
        .where(Unit.public_id == unit, Listing.park_id == actor.park_id)
    ).one_or_none()
    if found is None:
        raise NotFound("unit")
    firm = actor.require_firm()
    fulfilment = session.scalar(
        select(Fulfilment)
        .join(Fulfilment.order)
        .join(Booking, Booking.id == Order.booking_id)
        .where(Fulfilment.unit_ids.contains([found[0].id]), Fulfilment.status.in_(RUNNING))
        .where(or_(Order.supplier_id == firm, Order.demander_id == firm), Order.status == OrderStatus.ACTIVE)
        .options(
            contains_eager(Fulfilment.order).options(
                contains_eager(Order.booking), joinedload(Order.supplier), joinedload(Order.demander)
            )
        )
        .order_by(func.abs(func.extract("epoch", func.lower(Booking.during) - now)))
        .limit(1)
    )
    return AtMachine(found[0], found[1], fulfilment.order if fulfilment else None, fulfilment)
