"""Reads of listings, always scoped to the actor: own, published in my park or a partner park, or the park office."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload, load_only

from billing.models import RatePlan
from marketplace.accounts.models import Enterprise, Membership, MembershipStatus, Park
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.errors import NotFound
from marketplace.listings.models import LineMember, Listing, ListingStatus, Unit


def may_see(actor: Actor) -> ColumnElement[bool]:
    """The rule of visibility as a condition on `Listing`."""
    return seen_by(actor.park_id, actor.enterprise_id, is_office=actor.is_office)


def seen_by(park_id: Any, enterprise_id: Any, *, is_office: bool) -> ColumnElement[bool]:
    """The rule for ids or for parameters that stand for them; without a firm `enterprise_id` is None."""
    supplier_trades = exists().where(
        Membership.enterprise_id == Listing.enterprise_id,
        Membership.park_id == Listing.park_id,
        Membership.status == MembershipStatus.ADMITTED,
    )
    partners = select(func.unnest(Park.partner_park_ids)).where(Park.id == park_id).scalar_subquery()
    near = or_(Listing.park_id == park_id, Listing.park_id.in_(partners))
    allowed = [and_(Listing.status == ListingStatus.PUBLISHED, near, supplier_trades)]
    if enterprise_id is not None:
        allowed.append(Listing.enterprise_id == enterprise_id)
    if is_office:
        allowed.append(Listing.park_id == park_id)
    return or_(*allowed)


def with_parts() -> Select[Listing]:
    """Listings with what every card and page shows of them: firm, zone, plan. One statement."""
    return select(Listing).options(
        joinedload(Listing.enterprise), joinedload(Listing.zone), joinedload(Listing.rate_plan)
    )


def for_cards() -> Select[Listing]:
    """`with_parts` for many at once: only what a card, a map and a price need; anything else of them raises."""
    listing = load_only(
        Listing.public_id,
        Listing.park_id,
        Listing.enterprise_id,
        Listing.kind,
        Listing.type_code,
        Listing.title_zh,
        Listing.title_en,
        Listing.attributes,
        Listing.suggested_attributes,
        Listing.zone_id,
        Listing.latitude,
        Listing.longitude,
        Listing.status,
        Listing.operator,
        raiseload=True,
    )
    firm = joinedload(Listing.enterprise).load_only(
        Enterprise.name_zh,
        Enterprise.name_en,
        Enterprise.short_name_zh,
        Enterprise.short_name_en,
        Enterprise.latitude,
        Enterprise.longitude,
        raiseload=True,
    )
    zone = joinedload(Listing.zone)
    plan = joinedload(Listing.rate_plan).load_only(RatePlan.public_id, RatePlan.plan, raiseload=True)
    return select(Listing).options(listing, firm, zone, plan)


@cache
def _statement(wanted: str, *, has_firm: bool, is_office: bool) -> Select[Listing]:
    """One of the two reads that every visitor does again and again, put together once for each kind of reader."""
    rule = seen_by(bindparam("park_id"), bindparam("enterprise_id") if has_firm else None, is_office=is_office)
    if wanted == "page":
        return with_parts().where(Listing.public_id == bindparam("listing"), rule)
    return for_cards().where(Listing.id == any_(bindparam("listings", type_=ARRAY(BigInteger))), rule)


def _given(actor: Actor, **values: object) -> dict[str, object]:
    firm = {} if actor.enterprise_id is None else {"enterprise_id": actor.enterprise_id}
    return {"park_id": actor.park_id, **firm, **values}


def listings_for_cards(session: Session, listing_ids: Sequence[int], *, actor: Actor) -> Sequence[Listing]:
    """Those of the listings that the actor may see, with what a card shows. One statement."""
    if not listing_ids:
        return ()
    wanted = _statement("cards", has_firm=actor.enterprise_id is not None, is_office=actor.is_office)
    return session.scalars(wanted, _given(actor, listings=list(listing_ids))).all()


def visible_listing(session: Session, public_id: str, *, actor: Actor) -> Listing:
    """The listing with firm, zone and plan; `NotFound` when it is absent or not the actor's to see."""
    wanted = _statement("page", has_firm=actor.enterprise_id is not None, is_office=actor.is_office)
    listing = session.scalar(wanted, _given(actor, listing=public_id))
    if listing is None:
        raise NotFound("listing")
    return listing


def own_listing(session: Session, public_id: str, *, actor: Actor, roles: Sequence[FirmRole] = ()) -> Listing:
    """A listing of the actor's firm in this park; with `roles` only for who holds one of them (or owns the firm)."""
    enterprise_id = actor.require_trading(*roles) if roles else actor.require_firm()
    listing = session.scalar(
        with_parts().where(
            Listing.public_id == public_id,
            Listing.enterprise_id == enterprise_id,
            Listing.park_id == actor.park_id,
        )
    )
    if listing is None:
        raise NotFound("listing")
    return listing


def own_listings(session: Session, public_ids: Sequence[str], *, actor: Actor) -> Sequence[Listing]:
    """Those of the listings that are the actor's firm's, in a stable order."""
    return session.scalars(
        with_parts()
        .where(
            Listing.public_id.in_(public_ids),
            Listing.enterprise_id == actor.require_firm(),
            Listing.park_id == actor.park_id,
        )
        .order_by(Listing.id)
    ).all()


def listing_for_office(session: Session, public_id: str, *, actor: Actor) -> Listing:
    """Any listing of the office's park."""
    actor.require_office()
    listing = session.scalar(with_parts().where(Listing.public_id == public_id, Listing.park_id == actor.park_id))
    if listing is None:
        raise NotFound("listing")
    return listing


def publishes_unreviewed(session: Session, park_id: int, enterprise_id: int) -> bool:
    """Whether the office trusts the firm's listings unseen."""
    return bool(
        session.scalar(
            select(Membership.publishes_unreviewed).where(
                Membership.enterprise_id == enterprise_id, Membership.park_id == park_id
            )
        )
    )


def unit_ids_of(session: Session, listing_ids: Sequence[int]) -> Mapping[int, list[int]]:
    """Listing → ids of the units that a booking of it may take, rising: its own, of a line every one below it."""
    if not listing_ids:
        return {}
    below = _lines_below(listing_ids)
    own = select(Unit.listing_id.label("root"), Unit.id).where(Unit.listing_id.in_(listing_ids), Unit.is_bookable)
    members = select(below.c.root, LineMember.unit_id).join(
        below, and_(below.c.line_id == LineMember.line_id, LineMember.unit_id.is_not(None))
    )
    found: dict[int, list[int]] = {}
    both = own.union(members).subquery()
    for root, unit_id in session.execute(select(both.c.root, both.c.id).order_by(both.c.root, both.c.id)):
        found.setdefault(root, []).append(unit_id)
    return found


def units_of(session: Session, listing_id: int) -> Sequence[Unit]:
    """The units that a booking of the listing may take, in the order in which they are locked: by id."""
    ids = unit_ids_of(session, [listing_id]).get(listing_id, [])
    return session.scalars(select(Unit).where(Unit.id.in_(ids)).order_by(Unit.id)).all()


def member_unit_ids(session: Session, line_id: int) -> Sequence[str]:
    """Public ids of the units that a line names itself, in the order of its flow."""
    return session.scalars(
        select(Unit.public_id)
        .join(LineMember, LineMember.unit_id == Unit.id)
        .where(LineMember.line_id == line_id)
        .order_by(LineMember.position)
    ).all()


def bookable_pieces(session: Session, listing_ids: Sequence[int]) -> Mapping[int, int]:
    """Listing → how many units stand behind it."""
    return {listing_id: len(units) for listing_id, units in unit_ids_of(session, listing_ids).items()}


def lines_below(session: Session, line_id: int) -> frozenset[int]:
    """The line and every line nested in it."""
    below = _lines_below([line_id])
    return frozenset(session.scalars(select(below.c.line_id)))


def _lines_below(line_ids: Sequence[int]):  # noqa: ANN202 - a CTE of (root, line_id)
    start = select(Listing.id.label("root"), Listing.id.label("line_id")).where(Listing.id.in_(line_ids))
    below = start.cte("below", recursive=True)
    nested = aliased(LineMember)
    return below.union(
        select(below.c.root, nested.nested_line_id).where(
            nested.line_id == below.c.line_id, nested.nested_line_id.is_not(None)
        )
    )


def public_ids_of(session: Session, listing_ids: Collection[int]) -> Mapping[int, str]:
    """Listing → what the world calls it."""
    rows = session.execute(select(Listing.id, Listing.public_id).where(Listing.id.in_(listing_ids)))
    return {row[0]: row[1] for row in rows}


def own_listings_offered(session: Session, *, actor: Actor) -> Sequence[Listing]:
    """What the actor's firm offers in this park, with firm, zone and plan, in a stable order."""
    return session.scalars(
        with_parts()
        .where(Listing.enterprise_id == actor.require_firm(), Listing.park_id == actor.park_id)
        .where(Listing.status == ListingStatus.PUBLISHED)
        .order_by(Listing.id)
    ).all()
