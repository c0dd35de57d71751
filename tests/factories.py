"""Small real rows for tests; each call makes a new one, flushed."""

from itertools import count

from sqlalchemy.orm import Session
from stdnum.cn import uscc

from marketplace.accounts.models import (
    Enterprise,
    FirmMember,
    Membership,
    MembershipStatus,
    OfficeMember,
    Park,
    User,
    Zone,
)
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole
from tests.application import NOW

_numbers = count(1)


def create_park(session: Session) -> Park:
    n = next(_numbers)
    park = Park(code=f"park-{n}", name_zh=f"云溪智造园{n}", name_en=f"Yunxi Park {n}")
    session.add(park)
    session.flush()
    return park


def create_zone(session: Session, park: Park, *, code: str = "north-1") -> Zone:
    zone = Zone(
        park_id=park.id,
        code=code,
        name_zh="北一区",
        name_en="North 1",
        polygon=[[0, 0], [100, 0], [100, 80], [0, 80]],
        latitude=31.2,
        longitude=120.6,
    )
    session.add(zone)
    session.flush()
    return zone


def new_uscc() -> str:
    """A code with a right check digit."""
    body = f"91320500MA{next(_numbers):07d}"
    return body + uscc.calc_check_digit(body)


def create_enterprise(
    session: Session, park: Park, *, zone: Zone | None = None, status: MembershipStatus = MembershipStatus.ADMITTED
) -> Enterprise:
    n = next(_numbers)
    enterprise = Enterprise(
        uscc=new_uscc(), name_zh=f"砺川精密机械{n}有限公司", name_en=f"Lichuan Precision {n}", created_at=NOW
    )
    session.add(enterprise)
    session.flush()
    session.add(
        Membership(
            enterprise_id=enterprise.id,
            park_id=park.id,
            zone_id=zone.id if zone else None,
            status=status,
            applied_at=NOW,
        )
    )
    session.flush()
    return enterprise


def create_user(session: Session) -> User:
    n = next(_numbers)
    user = User(email=f"person{n}@example.com", name=f"王工{n}", password_hash="-", created_at=NOW)
    session.add(user)
    session.flush()
    return user


def create_member(session: Session, enterprise: Enterprise, *, role: FirmRole = FirmRole.OWNER) -> User:
    user = create_user(session)
    session.add(FirmMember(user_id=user.id, enterprise_id=enterprise.id, role=role, since=NOW))
    session.flush()
    return user


def create_officer(session: Session, park: Park, *roles: OfficeRole) -> User:
    user = create_user(session)
    session.add(
        OfficeMember(user_id=user.id, park_id=park.id, roles=[role.value for role in roles or (OfficeRole.ADMIN,)])
    )
    session.flush()
    return user


def firm_actor(user: User, park: Park, enterprise: Enterprise, *, role: FirmRole = FirmRole.OWNER) -> Actor:
    """The person acting for an admitted firm."""
    return Actor(
        park_id=park.id,
        user_id=user.id,
        enterprise_id=enterprise.id,
        admitted=True,
        firm_role=role,
        name=user.name,
    )


def office_actor(user: User, park: Park, *roles: OfficeRole) -> Actor:
    return Actor(park_id=park.id, user_id=user.id, office_roles=frozenset(roles or (OfficeRole.ADMIN,)), name=user.name)
