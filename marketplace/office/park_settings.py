"""What the park office sets: the park's names and rules, its zones, its departments and what each answers for.

Every change locks the park's row, counts the edition of the settings up and is audited with what stood before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Department, OfficeMember, Park, Zone
from marketplace.accounts.queries import zones_of
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.jobs import defer
from marketplace.office.duties import SETTING
from marketplace.office.trail import READERS

EDITION = "edition"
"""Where the park's settings count their changes, so that nobody overwrites what they have not seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkSettings:
    """All that the office can set; `duties` is source → {"responsible": department code, "assisting": [codes]}."""

    park: Park
    zones: Sequence[Zone]
    departments: Sequence[Department]
    duties: Mapping[str, Mapping[str, Any]]
    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePark:
    """`edition` is the one that was read; None overwrites whatever stands."""

    name_zh: str
    name_en: str
    time_zone: str
    payment_required: bool
    edition: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepZone:
    """A zone by its code, new or known; WGS-84, and `polygon` in the units of the park's map."""

    code: str
    name_zh: str
    name_en: str
    latitude: float
    longitude: float
    polygon: tuple[tuple[float, float], ...]
    edition: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepDepartment:
    """A department by its code, new or known."""

    code: str
    name_zh: str
    name_en: str
    edition: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Who answers for one kind of thing that waits: a department's code, and those of the departments that assist."""

    source: str
    responsible: str = ""
    assisting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDuties:
    """Who answers for what; a source that is not named keeps nobody."""

    shares: tuple[Share, ...]
    edition: int | None = None


def settings_of(session: Session, *, actor: Actor) -> ParkSettings:
    """The settings of the actor's park, for admins and auditors. Three statements."""
    actor.require_office(*READERS)
    park = session.get_one(Park, actor.park_id)
    return ParkSettings(
        park=park,
        zones=zones_of(session, park.id),
        departments=departments_of(session, park.id),
        duties=park.settings.get(SETTING, {}),
        edition=_edition(park),
    )


def departments_of(session: Session, park_id: int) -> Sequence[Department]:
    return session.scalars(select(Department).where(Department.park_id == park_id).order_by(Department.id)).all()


def change_park(session: Session, command: ChangePark, *, actor: Actor, clock: Clock) -> None:
    """Set names, time zone and whether orders are paid first. Another time zone opens all calendars anew, by a job.

    Raises `Invalid` for a time zone nobody knows, `Conflict` when somebody else changed the settings meanwhile.
    """
    park = _opened(session, command.edition, actor=actor)
    if command.time_zone not in available_timezones():
        raise Invalid("unknown_time_zone", fields={"time_zone": ["unknown_time_zone"]})
    names = ("name_zh", "name_en", "time_zone", "payment_required")
    before = {name: getattr(park, name) for name in names}
    for name in names:
        setattr(park, name, getattr(command, name))
    if before["time_zone"] != park.time_zone:
        defer(session, "bookings.reopen_park", arguments={"park_id": park.id})
    _written(session, park, before, {name: getattr(park, name) for name in names}, actor=actor, clock=clock)


def keep_zone(session: Session, command: KeepZone, *, actor: Actor, clock: Clock) -> Zone:
    """Add a zone or change the one of that code. Raises `Conflict` when the settings changed meanwhile."""
    park = _opened(session, command.edition, actor=actor)
    zone = session.scalar(select(Zone).where(Zone.park_id == park.id, Zone.code == command.code))
    before = _told(zone)
    polygon = [list(point) for point in command.polygon]
    if zone is None:
        zone = Zone(
            park_id=park.id,
            code=command.code,
            name_zh=command.name_zh,
            name_en=command.name_en,
            polygon=polygon,
            latitude=command.latitude,
            longitude=command.longitude,
        )
        session.add(zone)
    zone.name_zh, zone.name_en, zone.polygon = command.name_zh, command.name_en, polygon
    zone.latitude, zone.longitude = command.latitude, command.longitude
    session.flush()
    _written(session, park, {"zones": before}, {"zones": _told(zone)}, actor=actor, clock=clock)
    return zone


def keep_department(session: Session, command: KeepDepartment, *, actor: Actor, clock: Clock) -> Department:
    """Add a department or rename the one of that code. Raises `Conflict` when the settings changed meanwhile."""
    park = _opened(session, command.edition, actor=actor)
    found = _department(session, park, command.code)
    before = _told(found)
    if found is None:
        found = Department(park_id=park.id, code=command.code, name_zh=command.name_zh, name_en=command.name_en)
        session.add(found)
    found.name_zh, found.name_en = command.name_zh, command.name_en
    session.flush()
    _written(session, park, {"departments": before}, {"departments": _told(found)}, actor=actor, clock=clock)
    return found


def drop_department(session: Session, code: str, *, edition: int | None = None, actor: Actor, clock: Clock) -> None:
    """Take a department away. Raises `Conflict` `department_in_use` while it has people or duties."""
    park = _opened(session, edition, actor=actor)
    found = _department(session, park, code)
    if found is None:
        raise NotFound("department")
    duties: Mapping[str, Mapping[str, Any]] = park.settings.get(SETTING, {})
    named = {one for duty in duties.values() for one in (duty.get("responsible"), *duty.get("assisting", ()))}
    has_people = session.scalar(select(OfficeMember.id).where(OfficeMember.department_id == found.id).limit(1))
    if code in named or has_people:
        raise Conflict("department_in_use")
    before = _told(found)
    session.delete(found)
    session.flush()
    _written(session, park, {"departments": before}, {"departments": None}, actor=actor, clock=clock)


def share_duties(session: Session, command: ShareDuties, *, sources: Sequence[str], actor: Actor, clock: Clock) -> None:
    """Say which department answers for which of the `sources` and which assist; those not named have nobody.

    Raises `Invalid` naming the source for a department or a source that the park does not have.
    """
    park = _opened(session, command.edition, actor=actor)
    known = {department.code for department in departments_of(session, park.id)}
    duties: dict[str, dict[str, Any]] = {}
    for share in command.shares:
        named = {share.responsible, *share.assisting} - {""}
        if share.source not in sources or named - known:
            raise Invalid("unknown_department", fields={share.source: ["unknown_department"]})
        assisting = [code for code in dict.fromkeys(share.assisting) if code != share.responsible]
        if named:
            duties[share.source] = {"responsible": share.responsible, "assisting": assisting}
    before = park.settings.get(SETTING, {})
    park.settings = {**park.settings, SETTING: duties}
    _written(session, park, {"duties": before}, {"duties": duties}, actor=actor, clock=clock)


def _opened(session: Session, edition: int | None, *, actor: Actor) -> Park:
    """The actor's park, locked, in the edition that its writer read."""
    actor.require_office(OfficeRole.ADMIN)
    wanted = select(Park).where(Park.id == actor.park_id).with_for_update().execution_options(populate_existing=True)
    park = session.scalars(wanted).one()
    if edition is not None and edition != _edition(park):
        raise Conflict("edited_meanwhile")
    return park


def _edition(park: Park) -> int:
    return int(park.settings.get(EDITION, 0))


def _department(session: Session, park: Park, code: str) -> Department | None:
    return session.scalar(select(Department).where(Department.park_id == park.id, Department.code == code))


def _told(one: Zone | Department | None) -> dict[str, Any] | None:
    """What the trail keeps of a zone or a department."""
    if one is None:
        return None
    told: dict[str, Any] = {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en}
    if isinstance(one, Zone):
        told |= {"latitude": one.latitude, "longitude": one.longitude, "polygon": one.polygon}
    return told


def _written(
    session: Session,
    park: Park,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Audit what differs and count the edition up; what changes nothing leaves no trace."""
    changed = [name for name in after if before[name] != after[name]]
    if not changed:
        return
    park.settings = {**park.settings, EDITION: _edition(park) + 1}
    session.flush()
    audit(
        session,
        actor,
        at=clock(),
        action="park.changed",
        subject=f"park:{park.public_id}",
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
