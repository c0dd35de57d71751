"""Verbs on the machines of a listing: add, describe, take out of booking."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.listings import queries
from marketplace.listings.calendars import calendars
from marketplace.listings.commands import UnitContent
from marketplace.listings.identity import number_key
from marketplace.listings.lines import set_members
from marketplace.listings.models import ASSET_UNIQUE, LineMember, Listing, Unit
from marketplace.listings.operations import LISTED, add_unit_rows, changed, told

MOST_UNITS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUnits:
    listing: str
    units: tuple[UnitContent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditUnit:
    """New words for one machine; `is_bookable` False takes it out of booking from now on, agreed bookings stay."""

    listing: str
    unit: str
    content: UnitContent
    is_bookable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMembers:
    """The units and lines (public ids) that a line is made of, in the order of the flow."""

    listing: str
    units: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


def add_units(session: Session, command: AddUnits, *, actor: Actor, clock: Clock) -> list[Unit]:
    """More identical machines for a listing; a line has none of its own and takes members instead."""
    listing = queries.own_listing(session, command.listing, actor=actor, roles=(FirmRole.OPERATOR,))
    before = told(listing)
    if session.scalar(select(LineMember.id).where(LineMember.line_id == listing.id).limit(1)):
        raise Conflict("line_has_members")
    count = session.scalar(select(func.count()).select_from(Unit).where(Unit.listing_id == listing.id)) or 0
    if count + len(command.units) > MOST_UNITS:
        raise Invalid("too_many_units", fields={"units": ["too_many_units"]})
    rows = add_unit_rows(session, listing, command.units, first=count)
    _told_of_units(session, listing, actor=actor, clock=clock, before=before)
    return rows


def edit_unit(session: Session, command: EditUnit, *, actor: Actor, clock: Clock) -> Unit:
    """Describe a machine anew. Raises `Conflict` `asset_known` for a number the enterprise has already."""
    listing = queries.own_listing(session, command.listing, actor=actor, roles=(FirmRole.OPERATOR,))
    before = told(listing)
    unit = session.scalar(
        select(Unit).where(Unit.public_id == command.unit, Unit.listing_id == listing.id).with_for_update()
    )
    if unit is None:
        raise NotFound("unit")
    content = command.content
    with refusing(session, {ASSET_UNIQUE: lambda: Conflict("asset_known", fields={"asset_number": ["asset_known"]})}):
        if content.asset_number != unit.asset_number:
            unit.asset_number, unit.asset_key = content.asset_number, number_key(content.asset_number)
        unit.serial, unit.label, unit.is_bookable = content.serial, content.label, command.is_bookable
        session.flush()
    _told_of_units(session, listing, actor=actor, clock=clock, before=before)
    return unit


def change_members(session: Session, command: ChangeMembers, *, actor: Actor, clock: Clock) -> Listing:
    """Make a line of other machines. Raises what `lines.set_members` raises."""
    listing = queries.own_listing(session, command.listing, actor=actor, roles=(FirmRole.OPERATOR,))
    before = told(listing)
    set_members(session, listing, units=command.units, lines=command.lines)
    _told_of_units(session, listing, actor=actor, clock=clock, before=before)
    return listing


def _told_of_units(
    session: Session, listing: Listing, *, actor: Actor, clock: Clock, before: dict[str, object]
) -> None:
    session.flush()
    if listing.status in LISTED and not queries.bookable_pieces(session, [listing.id]):
        raise Invalid("listing_not_ready", fields={"units": ["no_bookable_unit"]})
    changed(session, listing, actor=actor, clock=clock, action="listing.units_changed", before=before)
    if listing.is_offered:
        calendars().open_calendars(session, [listing.id], clock=clock)
