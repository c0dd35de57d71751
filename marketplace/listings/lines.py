"""Lines 生产线: which units and lines they are made of, and every unit below them."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.kernel.errors import Invalid, NotFound
from marketplace.listings import queries
from marketplace.listings.models import LineMember, Listing, ListingKind, Unit


def set_members(session: Session, line: Listing, *, units: Sequence[str] = (), lines: Sequence[str] = ()) -> None:
    """Make the line of these own units and lines (public ids, in the order of the flow).

    Raises `Invalid` when the listing is no line or would contain itself, `NotFound` for what is not its owner's.
    """
    if line.kind is not ListingKind.LINE:
        raise Invalid("not_a_line", fields={"type_code": ["not_a_line"]})
    unit_ids = [_own_id(session, Unit, unit, line.enterprise_id) for unit in units]
    line_ids = [_own_id(session, Listing, nested, line.enterprise_id) for nested in lines]
    if line.id in line_ids or any(line.id in queries.lines_below(session, nested) for nested in line_ids):
        raise Invalid("line_in_itself", fields={"member_lines": ["line_in_itself"]})
    session.execute(delete(LineMember).where(LineMember.line_id == line.id))
    members = [LineMember(line_id=line.id, unit_id=unit_id) for unit_id in dict.fromkeys(unit_ids)]
    members += [LineMember(line_id=line.id, nested_line_id=line_id) for line_id in dict.fromkeys(line_ids)]
    for position, member in enumerate(members):
        member.position = position
    session.add_all(members)
    session.flush()


def _own_id(session: Session, model: type[Unit] | type[Listing], public_id: str, enterprise_id: int) -> int:
    found = session.scalar(select(model.id).where(model.public_id == public_id, model.enterprise_id == enterprise_id))
    if found is None:
        raise NotFound("line_member", member=public_id)
    return found
