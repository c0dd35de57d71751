"""Verbs that make, change and withdraw listings. They flush and never commit; the edge does, once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from billing.operations import StorePlan, store_plan
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.events import record
from marketplace.listings import queries
from marketplace.listings.calendars import calendars
from marketplace.listings.commands import CreateListing, EditListing, SetRatePlan, UnitContent
from marketplace.listings.content import apply_content, lacking
from marketplace.listings.events import (
    ListingApproved,
    ListingChanged,
    ListingPublished,
    ListingRefused,
    ListingSubmitted,
    ListingWithdrawn,
)
from marketplace.listings.identity import number_key
from marketplace.listings.lines import set_members
from marketplace.listings.models import ASSET_UNIQUE, Listing, ListingKind, ListingStatus, Source, Unit, WithheldReason
from marketplace.listings.priceable import check_term

LISTED = (ListingStatus.IN_REVIEW, ListingStatus.PUBLISHED, ListingStatus.PAUSED)


def create_listing(session: Session, command: CreateListing, *, actor: Actor, clock: Clock) -> Listing:
    """A draft with its units. Raises `Invalid` naming every wrong field, `Conflict` `asset_known` for a known machine."""
    enterprise_id = actor.require_trading(FirmRole.OPERATOR)
    now = clock()
    listing = Listing(
        park_id=actor.park_id,
        enterprise_id=enterprise_id,
        kind=ListingKind.EQUIPMENT,
        type_code=None,
        title_zh=command.content.title_zh,
        created_at=now,
        updated_at=now,
        source=Source.FORM,
    )
    apply_content(session, listing, command.content)
    is_line = bool(command.member_units or command.member_lines)
    session.add(listing)
    session.flush()
    if is_line:
        set_members(session, listing, units=command.member_units, lines=command.member_lines)
    else:
        add_unit_rows(session, listing, command.units)
    audit(session, actor, at=now, action="listing.created", subject=f"listing:{listing.public_id}", after=told(listing))
    return listing


def add_unit_rows(session: Session, listing: Listing, units: Sequence[UnitContent], *, first: int = 0) -> list[Unit]:
    """The units as rows; raises `Conflict` `asset_known` when the enterprise has a machine of the same number."""
    rows = [
        Unit(
            listing_id=listing.id,
            enterprise_id=listing.enterprise_id,
            asset_number=unit.asset_number,
            asset_key=number_key(unit.asset_number),
            serial=unit.serial,
            label=unit.label,
            position=first + position,
        )
        for position, unit in enumerate(units)
    ]
    with refusing(session, {ASSET_UNIQUE: lambda: Conflict("asset_known", fields={"asset_number": ["asset_known"]})}):
        session.add_all(rows)
    return rows


def edit_listing(session: Session, command: EditListing, *, actor: Actor, clock: Clock) -> Listing:
    """Change what a listing says. Raises `Conflict` `edited_meanwhile` when it is not the version its editor saw."""
    listing = queries.own_listing(session, command.listing, actor=actor, roles=(FirmRole.OPERATOR,))
    check_version(listing, command.version)
    before = told(listing)
    apply_content(session, listing, command.content)
    if listing.status in LISTED:
        _require_ready(session, listing, at=clock())
    return changed(session, listing, actor=actor, clock=clock, action="listing.edited", before=before)


def submit_listing(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Listing:
    """Send a draft to the office; of a firm that publishes unreviewed it is published at once.

    Raises `Invalid` `listing_not_ready` naming what is missing.
    """
    listing = queries.own_listing(session, public_id, actor=actor, roles=(FirmRole.OPERATOR,))
    _require_ready(session, listing, at=clock())
    if queries.publishes_unreviewed(session, listing.park_id, listing.enterprise_id):
        return _publish(session, listing, actor=actor, clock=clock)
    _move(session, listing, ListingStatus.IN_REVIEW, actor=actor, clock=clock)
    record(session, ListingSubmitted(listing.id), actor=actor, at=clock())
    return listing


def take_back_listing(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Listing:
    """The owner takes a listing out of review, to go on writing."""
    listing = queries.own_listing(session, public_id, actor=actor, roles=(FirmRole.OPERATOR,))
    if listing.status is not ListingStatus.IN_REVIEW:
        raise Conflict("listing_transition", before=listing.status.value, after=ListingStatus.DRAFT.value)
    return _move(session, listing, ListingStatus.DRAFT, actor=actor, clock=clock)


def approve_listing(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Listing:
    """The office lets a submitted listing go online."""
    listing = queries.listing_for_office(session, public_id, actor=actor)
    if listing.status is not ListingStatus.IN_REVIEW:
        raise Conflict("listing_transition", before=listing.status.value, after=ListingStatus.PUBLISHED.value)
    _require_ready(session, listing, at=clock())
    record(session, ListingApproved(listing.id), actor=actor, at=clock())
    return _publish(session, listing, actor=actor, clock=clock)


def refuse_listing(session: Session, public_id: str, *, reason: str, actor: Actor, clock: Clock) -> Listing:
    """The office sends a submitted or published listing back to its owner, with a reason."""
    listing = queries.listing_for_office(session, public_id, actor=actor)
    if not reason.strip():
        raise Invalid("reason_missing", fields={"reason": ["reason_missing"]})
    _move(session, listing, ListingStatus.DRAFT, actor=actor, clock=clock, reason=reason.strip())
    record(session, ListingRefused(listing.id), actor=actor, at=clock())
    return listing


def pause_listing(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Listing:
    """Take a published listing off the market for a while; bookings made stay."""
    listing = queries.own_listing(session, public_id, actor=actor, roles=(FirmRole.OPERATOR,))
    return _move(session, listing, ListingStatus.PAUSED, actor=actor, clock=clock)


def resume_listing(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Listing:
    """Offer a paused listing again; raises `Invalid` `listing_not_ready` when something ran out meanwhile."""
    listing = queries.own_listing(session, public_id, actor=actor, roles=(FirmRole.OPERATOR,))
    if listing.status is not ListingStatus.PAUSED:
        raise Conflict("listing_transition", before=listing.status.value, after=ListingStatus.PUBLISHED.value)
    _require_ready(session, listing, at=clock())
    return _publish(session, listing, actor=actor, clock=clock)


def archive_listing(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Listing:
    """Put a listing away; `restore_listing` brings it back as a draft."""
    listing = queries.own_listing(session, public_id, actor=actor, roles=(FirmRole.OPERATOR,))
    return _move(session, listing, ListingStatus.ARCHIVED, actor=actor, clock=clock)


def restore_listing(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Listing:
    """Bring an archived listing back as a draft."""
    listing = queries.own_listing(session, public_id, actor=actor, roles=(FirmRole.OPERATOR,))
    if listing.status is not ListingStatus.ARCHIVED:
        raise Conflict("listing_transition", before=listing.status.value, after=ListingStatus.DRAFT.value)
    return _move(session, listing, ListingStatus.DRAFT, actor=actor, clock=clock)


def withhold_listing(
    session: Session, public_id: str, *, reason: WithheldReason | None, actor: Actor, clock: Clock
) -> Listing:
    """Mark a draft as not to be offered, or (None) as one that may be."""
    listing = queries.own_listing(session, public_id, actor=actor, roles=(FirmRole.OPERATOR,))
    if listing.status is not ListingStatus.DRAFT:
        raise Conflict("only_drafts_withheld")
    before = told(listing)
    listing.withheld_reason = reason
    return changed(session, listing, actor=actor, clock=clock, action="listing.withheld", before=before)


def set_rate_plan(session: Session, command: SetRatePlan, *, actor: Actor, clock: Clock) -> Listing:
    """Price the listing by a new version of its plan; None leaves only what is written, which reads "on request"."""
    listing = queries.own_listing(session, command.listing, actor=actor, roles=(FirmRole.OPERATOR, FirmRole.FINANCE))
    check_version(listing, command.version)
    check_term(command.plan)
    before = told(listing)
    if command.plan is None:
        listing.rate_plan_id = None
    else:
        wanted = StorePlan(
            subject_ref=f"listing:{listing.public_id}",
            plan=command.plan,
            label_zh=command.label_zh,
            label_en=command.label_en,
        )
        listing.rate_plan_id = store_plan(session, wanted, clock=clock).id
    listing.price_as_written = command.price_as_written
    session.flush()
    session.expire(listing, ["rate_plan"])
    return changed(session, listing, actor=actor, clock=clock, action="listing.priced", before=before)


def _publish(session: Session, listing: Listing, *, actor: Actor, clock: Clock) -> Listing:
    _move(session, listing, ListingStatus.PUBLISHED, actor=actor, clock=clock)
    calendars().open_calendars(session, [listing.id], clock=clock)
    return listing


def _move(
    session: Session, listing: Listing, status: ListingStatus, *, actor: Actor, clock: Clock, reason: str = ""
) -> Listing:
    """One step of the listing's life, told to the audit and to whoever follows it."""
    now = clock()
    before = listing.status
    listing.move_to(status, at=now, reason=reason)
    session.flush()
    note_move(session, listing, before, actor=actor, at=now)
    if status is ListingStatus.PUBLISHED:
        record(session, ListingPublished(listing.id), actor=actor, at=now)
    elif before is ListingStatus.PUBLISHED:
        record(session, ListingWithdrawn(listing.id), actor=actor, at=now)
    return listing


def note_move(session: Session, listing: Listing, before: ListingStatus, *, actor: Actor, at: datetime) -> None:
    """The audit's row of a change of standing."""
    audit(
        session,
        actor,
        at=at,
        action=f"listing.moved_to_{listing.status.value}",
        subject=f"listing:{listing.public_id}",
        before={"status": before.value},
        after={"status": listing.status.value, "reason": listing.moderation_reason},
    )


def changed(
    session: Session, listing: Listing, *, actor: Actor, clock: Clock, action: str, before: dict[str, object]
) -> Listing:
    """After any edit: time stamp, audit, and the event when others can see the listing."""
    now = clock()
    listing.updated_at = now
    session.flush()
    audit(
        session,
        actor,
        at=now,
        action=action,
        subject=f"listing:{listing.public_id}",
        before=before,
        after=told(listing),
    )
    if listing.status is ListingStatus.PUBLISHED:
        record(session, ListingChanged(listing.id), actor=actor, at=now)
    return listing


def told(listing: Listing) -> dict[str, object]:
    """The listing as the audit keeps it."""
    return {
        "title_zh": listing.title_zh,
        "title_en": listing.title_en,
        "type_code": listing.type_code,
        "status": listing.status.value,
        "attributes": listing.attributes,
        "rate_plan_id": listing.rate_plan_id,
        "withheld_reason": listing.withheld_reason.value if listing.withheld_reason else None,
    }


def check_version(listing: Listing, version: int | None) -> None:
    """Raise `Conflict` `edited_meanwhile` unless the listing is the version its editor saw."""
    if version is not None and listing.version != version:
        raise Conflict("edited_meanwhile", version=listing.version)


def _require_ready(session: Session, listing: Listing, *, at: datetime) -> None:
    pieces = queries.bookable_pieces(session, [listing.id]).get(listing.id, 0)
    lacks = lacking(listing, bookable_pieces=pieces, today=at.date())
    if lacks:
        raise Invalid("listing_not_ready", fields=lacks)
