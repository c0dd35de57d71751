"""A machine changes hands: one side writes what both see, the other signs; only then does the fulfilment move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from marketplace.bookings.operations import booking_by_id, end_early
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.listings.catalogue import ResourceType, load_catalogue
from marketplace.listings.media.content import picture_from
from marketplace.listings.models import Listing, Unit
from marketplace.orders.fulfilments.events import RecordWritten
from marketplace.orders.fulfilments.models import (
    Fulfilment,
    FulfilmentKind,
    FulfilmentStatus,
    HandoverPhoto,
    HandoverRecord,
    RecordKind,
    RecordStatus,
)
from marketplace.orders.fulfilments.operations.access import locked_fulfilment, note_step
from marketplace.orders.fulfilments.operations.planning import ACCEPTED_AFTER, BEFORE_HANDOVER
from marketplace.orders.models import Order, Side
from marketplace.orders.operations.access import side_of, write_down

EARLIEST_HANDOVER = timedelta(hours=12)
"""A machine may be fetched the evening before, not a week ahead."""
MOST_PHOTOS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedItem:
    """One point of the checklist; what is not in order needs a note."""

    code: str
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRecord:
    """What is found. `units` are public ids, none means all that are still due; `reading` the meter's figure."""

    order: str
    kind: RecordKind
    checklist: tuple[CheckedItem, ...] = ()
    reading: Decimal | None = None
    note: str = ""
    units: tuple[str, ...] = ()


def write_record(session: Session, command: WriteRecord, *, actor: Actor, clock: Clock) -> HandoverRecord:
    """Write a record, signed by the writer's side; one that still waited for its signature is replaced.

    Adds `RecordWritten`. A delivery needs no second signature: the demander accepts or rejects it. Raises `Invalid`
    naming the field, `Conflict` `fulfilment_transition` or `handover_too_early`.
    """
    order, fulfilment = locked_fulfilment(session, command.order, actor=actor)
    side, kind = side_of(order, actor), resource_type_of(session, order)
    _check_step(order, fulfilment, command, side, now=clock())
    written = HandoverRecord(
        fulfilment_id=fulfilment.id,
        kind=command.kind,
        at=clock(),
        unit_ids=_units(session, fulfilment, command),
        checklist=_checked(kind, command),
        written_side=side,
        written_by=actor.user_id,
        writer=actor.name,
        meter="" if command.reading is None else meter_read(order, kind),
        reading=_reading(session, fulfilment, command),
        note=command.note,
    )
    session.execute(
        update(HandoverRecord)
        .where(HandoverRecord.fulfilment_id == fulfilment.id, HandoverRecord.status == RecordStatus.WAITING)
        .values(status=RecordStatus.REPLACED)
    )
    session.add(written)
    session.flush()
    facts = {"record": written.public_id, "kind": command.kind.value}
    write_down(session, order, "record_written", side, actor, at=clock(), facts=facts)
    if command.kind is RecordKind.DELIVERY:
        _sign(session, order, fulfilment, written, actor=actor, clock=clock)
    else:
        record(session, RecordWritten(written.id, order.id), actor=actor, at=clock())
    return written


def resource_type_of(session: Session, order: Order) -> ResourceType | None:
    """What kind of resource changes hands: it knows the checklist and the meter."""
    return load_catalogue().types.get(session.get_one(Listing, order.listing_id).type_code or "")


def meter_read(order: Order, kind: ResourceType | None) -> str:
    """What the reading counts: what the order is paid by, else the resource type's own meter."""
    return order.counted or ("" if kind is None else kind.meter)


def _check_step(order: Order, fulfilment: Fulfilment, command: WriteRecord, side: Side, *, now: datetime) -> None:
    is_service = fulfilment.kind is FulfilmentKind.SERVICE
    if is_service is not (command.kind is RecordKind.DELIVERY):
        raise Invalid("record_kind", fields={"kind": ["record_kind"]})
    if is_service and side is not Side.SUPPLIER:
        raise Forbidden("other_side_decides")
    expected = {FulfilmentStatus.HANDED_OVER} if command.kind is RecordKind.RETURN else BEFORE_HANDOVER
    if fulfilment.status not in expected:
        raise Conflict("fulfilment_transition", before=fulfilment.status.value, after=command.kind.value)
    start = order.booking.during.lower
    if command.kind is RecordKind.HANDOVER and start is not None and now < start - EARLIEST_HANDOVER:
        raise Conflict("handover_too_early")


def _units(session: Session, fulfilment: Fulfilment, command: WriteRecord) -> list[int]:
    """The units meant, checked to be due."""
    due = [unit for unit in fulfilment.unit_ids if unit not in fulfilment.returned_unit_ids]
    if not command.units:
        return due
    named = session.scalars(select(Unit.id).where(Unit.public_id.in_(command.units)).order_by(Unit.id)).all()
    if len(named) != len(set(command.units)) or not set(named) <= set(due):
        raise Invalid("unknown_unit", fields={"units": ["unknown_unit"]})
    if command.kind is RecordKind.HANDOVER and set(named) != set(due):
        raise Invalid("all_units_together", fields={"units": ["all_units_together"]})
    return list(named)


def _checked(kind: ResourceType | None, command: WriteRecord) -> list[dict[str, Any]]:
    """Every point answered once; what is not in order says why."""
    if command.kind is RecordKind.DELIVERY:
        return []
    wanted = [item.code for item in kind.checklist] if kind is not None else []
    answers = {item.code: item for item in command.checklist}
    errors = {f"checklist.{code}": ["check_missing"] for code in wanted if code not in answers}
    errors |= {f"checklist.{code}": ["unknown_check"] for code in answers if code not in wanted}
    errors |= {
        f"checklist.{code}": ["check_note_missing"]
        for code, item in answers.items()
        if not item.ok and not item.note.strip()
    }
    if errors:
        raise Invalid("checklist_incomplete", fields=errors)
    return [{"code": code, "ok": answers[code].ok, "note": answers[code].note.strip()} for code in wanted]


def _reading(session: Session, fulfilment: Fulfilment, command: WriteRecord) -> Decimal | None:
    """A counter does not run backwards between handover and return."""
    if command.reading is None:
        return None
    before = session.scalar(
        select(func.max(HandoverRecord.reading)).where(
            HandoverRecord.fulfilment_id == fulfilment.id, HandoverRecord.status == RecordStatus.SIGNED
        )
    )
    if not command.reading.is_finite() or command.reading < 0:
        raise Invalid("bad_reading", fields={"reading": ["bad_reading"]})
    if before is not None and command.reading < before and command.kind is not RecordKind.DELIVERY:
        raise Invalid("reading_backwards", fields={"reading": ["reading_backwards"]}, before=str(before))
    return command.reading


def sign_record(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> HandoverRecord:
    """The other side signs, and the machine has changed hands. Again changes nothing.

    Adds `FulfilmentMoved`. Raises `NotFound`, `Forbidden` for the writer's own side, `Conflict` `record_not_waiting`.
    """
    order, fulfilment, found = _record(session, public_id, actor=actor)
    if found.status is RecordStatus.SIGNED:
        return found
    _require_other_side(order, found, actor)
    _sign(session, order, fulfilment, found, actor=actor, clock=clock)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseRecord:
    """Not signed, and why; the writer sees it and writes anew."""

    record: str
    reason: str


def refuse_record(session: Session, command: RefuseRecord, *, actor: Actor, clock: Clock) -> HandoverRecord:
    """The other side does not agree with what was written; a reason is owed."""
    order, _, found = _record(session, command.record, actor=actor)
    _require_other_side(order, found, actor)
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    found.status, found.reason = RecordStatus.REFUSED, command.reason.strip()
    facts = {"record": found.public_id, "reason": found.reason}
    write_down(session, order, "record_refused", side_of(order, actor), actor, at=clock(), facts=facts)
    return found


def add_record_photo(session: Session, public_id: str, upload: bytes, *, actor: Actor, clock: Clock) -> HandoverPhoto:
    """Either side adds a picture to a record that is not refused. Raises `Conflict` `too_many_photos`."""
    order, _, found = _record(session, public_id, actor=actor)
    if found.status not in {RecordStatus.WAITING, RecordStatus.SIGNED}:
        raise Conflict("record_not_waiting")
    count = session.scalar(select(func.count(HandoverPhoto.id)).where(HandoverPhoto.record_id == found.id)) or 0
    if count >= MOST_PHOTOS:
        raise Conflict("too_many_photos", most=MOST_PHOTOS)
    picture = picture_from(upload)
    photo = HandoverPhoto(
        record_id=found.id,
        width=picture.width,
        height=picture.height,
        content=picture.content,
        thumbnail=picture.thumbnail,
        uploaded_at=clock(),
        side=side_of(order, actor),
    )
    session.add(photo)
    session.flush()
    facts = {"record": found.public_id, "photo": photo.public_id}
    write_down(session, order, "photo_added", photo.side, actor, at=clock(), facts=facts)
    return photo


def _record(session: Session, public_id: str, *, actor: Actor) -> tuple[Order, Fulfilment, HandoverRecord]:
    """The record with its order and fulfilment locked; only the parties find it."""
    order_id = session.scalar(
        select(Order.public_id)
        .join(Fulfilment, Fulfilment.order_id == Order.id)
        .join(HandoverRecord, HandoverRecord.fulfilment_id == Fulfilment.id)
        .where(HandoverRecord.public_id == public_id)
    )
    if order_id is None:
        raise NotFound("handover_record")
    order, fulfilment = locked_fulfilment(session, order_id, actor=actor)
    found = session.scalars(
        select(HandoverRecord)
        .where(HandoverRecord.public_id == public_id)
        .options(joinedload(HandoverRecord.fulfilment))
        .execution_options(populate_existing=True)
    ).one()
    return order, fulfilment, found


def _require_other_side(order: Order, found: HandoverRecord, actor: Actor) -> None:
    if side_of(order, actor) is found.written_side:
        raise Forbidden("other_side_decides")
    if found.status is not RecordStatus.WAITING:
        raise Conflict("record_not_waiting")


def _sign(
    session: Session, order: Order, fulfilment: Fulfilment, found: HandoverRecord, *, actor: Actor, clock: Clock
) -> None:
    now = clock()
    found.status, found.signed_at, found.signed_by, found.signer = RecordStatus.SIGNED, now, actor.user_id, actor.name
    match found.kind:
        case RecordKind.HANDOVER:
            fulfilment.move_to(FulfilmentStatus.HANDED_OVER)
            fulfilment.handed_over_at, fulfilment.accept_by = found.at, None
        case RecordKind.DELIVERY:
            fulfilment.move_to(FulfilmentStatus.DELIVERED)
            fulfilment.delivered_at, fulfilment.accept_by = found.at, found.at + ACCEPTED_AFTER
        case RecordKind.RETURN:
            back = _came_back(fulfilment, found.unit_ids)
            if not back:
                facts = {"record": found.public_id, "units": len(found.unit_ids)}
                write_down(session, order, "part_returned", side_of(order, actor), actor, at=now, facts=facts)
                return
            fulfilment.move_to(FulfilmentStatus.RETURNED)
            fulfilment.returned_at, fulfilment.accept_by = found.at, found.at + ACCEPTED_AFTER
            end_early(session, booking_by_id(session, order.booking_id), now, actor=actor, clock=clock)
    facts = {"record": found.public_id}
    note_step(session, order, fulfilment, side_of(order, actor), actor, clock=clock, facts=facts)


def _came_back(fulfilment: Fulfilment, unit_ids: Sequence[int]) -> bool:
    """Note the units that are back; whether all are."""
    fulfilment.returned_unit_ids = sorted({*fulfilment.returned_unit_ids, *unit_ids})
    return set(fulfilment.returned_unit_ids) >= set(fulfilment.unit_ids)
