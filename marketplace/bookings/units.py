"""Which units a listing stands for: its own, or for a line every unit below it, nested lines included."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Select, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from marketplace.listings.models import LineMember, Listing, ListingKind, Unit


def line_unit_ids(line_id: int) -> Select[int | None]:
    """The ids of every unit below a line; a cycle of lines ends by itself."""
    lines = select(literal(line_id, BigInteger).label("line_id")).cte("lines", recursive=True)
    member = aliased(LineMember)
    lines = lines.union(
        select(member.nested_line_id).where(member.line_id == lines.c.line_id, member.nested_line_id.is_not(None))
    )
    return select(LineMember.unit_id).where(
        LineMember.line_id.in_(select(lines.c.line_id)), LineMember.unit_id.is_not(None)
    )


def bookable_unit_ids(session: Session, listing: Listing) -> Sequence[int]:
    """Ids of the units that a booking of the listing may take, lowest first.

    A line stands for all its units at once: with one of them out of use it has none to offer.
    """
    if listing.kind is not ListingKind.LINE:
        wanted = select(Unit.id).where(Unit.listing_id == listing.id, Unit.is_bookable).order_by(Unit.id)
        return session.scalars(wanted).all()
    rows = session.execute(select(Unit.id, Unit.is_bookable).where(Unit.id.in_(line_unit_ids(listing.id)))).all()
    return sorted(unit_id for unit_id, _ in rows) if rows and all(usable for _, usable in rows) else []


def listing_ids_touched_by(session: Session, unit_ids: Sequence[int]) -> Sequence[int]:
    """Every listing whose free time these units make up: their own listings and the lines above them."""
    own = select(Unit.listing_id.label("listing_id")).where(Unit.id.in_(unit_ids), Unit.listing_id.is_not(None))
    lines = select(LineMember.line_id.label("listing_id")).where(LineMember.unit_id.in_(unit_ids))
    directly = union_all(own, lines).subquery()
    found = select(directly.c.listing_id).cte("found", recursive=True)
    above = aliased(LineMember)
    found = found.union(select(above.line_id).where(above.nested_line_id == found.c.listing_id))
    return session.scalars(select(found.c.listing_id).distinct().order_by(found.c.listing_id)).all()
