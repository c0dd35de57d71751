"""What the office arranges with a firm beside its standing: who looks after it, whether it publishes unreviewed."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, Membership, OfficeMember, User
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrange:
    """`officer` is the public id of a person of the office, empty for nobody."""

    enterprise: str
    officer: str = ""
    publishes_unreviewed: bool = False
    version: int | None = None


def arrange(session: Session, command: Arrange, *, actor: Actor, clock: Clock) -> Membership:
    """Name the officer 专人对接 of a firm and whether its listings go online without review. The membership is locked.

    Raises `NotFound` for a firm unknown to the park, `Invalid` for an officer who is not of this office, `Conflict`
    when somebody else changed it meanwhile.
    """
    actor.require_office(OfficeRole.ADMIN)
    membership = session.scalar(
        select(Membership)
        .join(Enterprise, Enterprise.id == Membership.enterprise_id)
        .where(Enterprise.public_id == command.enterprise, Membership.park_id == actor.park_id)
        .with_for_update(of=Membership)
    )
    if membership is None:
        raise NotFound("enterprise")
    if command.version is not None and command.version != membership.version:
        raise Conflict("edited_meanwhile")
    officer = _officer(session, command.officer, park_id=actor.park_id)
    before = _told(session, membership)
    membership.officer_user_id = officer.id if officer else None
    membership.publishes_unreviewed = command.publishes_unreviewed
    session.flush()
    after = _told(session, membership)
    if before != after:
        subject = f"enterprise:{command.enterprise}"
        audit(session, actor, at=clock(), action="enterprise.arranged", subject=subject, before=before, after=after)
    return membership


def _officer(session: Session, public_id: str, *, park_id: int) -> User | None:
    if not public_id:
        return None
    found = session.scalar(
        select(User)
        .join(OfficeMember, OfficeMember.user_id == User.id)
        .where(User.public_id == public_id, OfficeMember.park_id == park_id, User.is_disabled.is_(False))
    )
    if found is None:
        raise Invalid("unknown_officer", fields={"officer": ["unknown_officer"]})
    return found


def _told(session: Session, membership: Membership) -> dict[str, object]:
    officer = session.get(User, membership.officer_user_id) if membership.officer_user_id else None
    return {"officer": officer.name if officer else None, "publishes_unreviewed": membership.publishes_unreviewed}
