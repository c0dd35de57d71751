"""Firms come into a park: applying, joining a known firm, and what the office decides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.codes import checked_uscc
from marketplace.accounts.events import EnterpriseApplied, JoinDecided, JoinRequested, StandingChanged
from marketplace.accounts.licences import CheckedLicence
from marketplace.accounts.models import (
    EMAIL_UNIQUE,
    USCC_UNIQUE,
    Enterprise,
    FirmMember,
    Licence,
    Membership,
    MembershipStatus,
    MemberStatus,
    SizeClass,
    TaxpayerType,
    User,
    Zone,
)
from marketplace.accounts.passwords import check_password_rules, hash_password
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    name: str
    email: str
    password: str
    locale: str = "zh_CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmDetails:
    """What a firm says of itself. Coordinates are WGS-84 already."""

    uscc: str
    name_zh: str
    name_en: str = ""
    industry_code: str | None = None
    size_class: SizeClass | None = None
    taxpayer_type: TaxpayerType = TaxpayerType.GENERAL
    legal_person: str = ""
    controller: str = ""
    phone: str = ""
    bank_account: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    zone_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply:
    """An application: by a person who is signed in, or by a new one."""

    park_id: int
    firm: FirmDetails
    licence: CheckedLicence | None
    person: NewPerson | None = None


def apply_for_admission(session: Session, command: Apply, *, actor: Actor | None, clock: Clock) -> FirmMember:
    """A firm asks to be admitted and its first person becomes its owner; for a known firm the person asks to join.

    Adds `EnterpriseApplied` or `JoinRequested`. Raises `Invalid` naming the field: a wrong USCC (with the right check
    digit), a missing licence, a password or an address that cannot be; `Conflict` when the person is in already.
    """
    now, code = clock(), checked_uscc(command.firm.uscc)
    user = _person(session, command, actor, at=now)
    who = actor or Actor(park_id=command.park_id, user_id=user.id, name=user.name)
    known = session.scalar(select(Enterprise).where(Enterprise.uscc == code))
    if known is not None:
        return _ask_to_join(session, known, user, command.park_id, who, at=now)
    if command.licence is None:
        raise Invalid("licence_required", fields={"licence": ["licence_required"]})
    enterprise = _new_enterprise(session, command.firm, code, at=now)
    member = FirmMember(user_id=user.id, enterprise_id=enterprise.id, role=FirmRole.OWNER, since=now)
    session.add(member)
    session.add(
        Licence(
            enterprise_id=enterprise.id,
            content_type=command.licence.content_type,
            content=command.licence.content,
            uploaded_at=now,
            uploaded_by=user.id,
        )
    )
    _apply(session, enterprise, command.park_id, command.firm.zone_code, who, at=now)
    return member


def _person(session: Session, command: Apply, actor: Actor | None, *, at: datetime) -> User:
    if actor is not None and actor.user_id is not None:
        return session.get_one(User, actor.user_id)
    new = command.person
    if new is None:
        raise Invalid("person_required", fields={"email": ["required"]})
    email = new.email.strip().lower()
    check_password_rules(new.password, email=email)
    user = User(email=email, name=new.name, password_hash=hash_password(new.password), locale=new.locale, created_at=at)
    with refusing(session, {EMAIL_UNIQUE: lambda: Conflict("email_known", fields={"email": ["email_known"]})}):
        session.add(user)
    return user


def _new_enterprise(session: Session, firm: FirmDetails, code: str, *, at: datetime) -> Enterprise:
    enterprise = Enterprise(
        uscc=code,
        name_zh=firm.name_zh,
        name_en=firm.name_en,
        industry_code=firm.industry_code,
        size_class=firm.size_class,
        taxpayer_type=firm.taxpayer_type,
        legal_person=firm.legal_person,
        controller=firm.controller,
        phone=firm.phone,
        bank_account=firm.bank_account,
        address=firm.address,
        latitude=firm.latitude,
        longitude=firm.longitude,
        created_at=at,
    )
    with refusing(
        session, {USCC_UNIQUE: lambda: Conflict("uscc_just_applied", fields={"uscc": ["uscc_just_applied"]})}
    ):
        session.add(enterprise)
    return enterprise


def _apply(
    session: Session, enterprise: Enterprise, park_id: int, zone_code: str | None, actor: Actor, *, at: datetime
) -> Membership:
    zone_id = session.scalar(select(Zone.id).where(Zone.park_id == park_id, Zone.code == zone_code))
    if zone_code and zone_id is None:
        raise Invalid("unknown_zone", fields={"zone_code": ["unknown_zone"]})
    membership = Membership(enterprise_id=enterprise.id, park_id=park_id, zone_id=zone_id, applied_at=at)
    session.add(membership)
    session.flush()
    audit(session, actor, at=at, action="enterprise.applied", subject=f"enterprise:{enterprise.public_id}")
    record(session, EnterpriseApplied(membership.id), actor=actor, at=at)
    return membership


def _ask_to_join(
    session: Session, enterprise: Enterprise, user: User, park_id: int, actor: Actor, *, at: datetime
) -> FirmMember:
    """A second applicant with a known USCC asks to join that firm; a firm new to this park applies by it too."""
    standing = session.scalar(
        select(Membership).where(Membership.enterprise_id == enterprise.id, Membership.park_id == park_id)
    )
    if standing is None:
        _apply(session, enterprise, park_id, None, actor, at=at)
    member = session.scalar(
        select(FirmMember).where(FirmMember.user_id == user.id, FirmMember.enterprise_id == enterprise.id)
    )
    if member is not None and member.status in {MemberStatus.ACTIVE, MemberStatus.REQUESTED}:
        raise Conflict("already_member", status=member.status.value)
    if member is None:
        member = FirmMember(
            user_id=user.id,
            enterprise_id=enterprise.id,
            role=FirmRole.OPERATOR,
            status=MemberStatus.REQUESTED,
            since=at,
        )
        session.add(member)
    member.status = MemberStatus.REQUESTED
    session.flush()
    audit(session, actor, at=at, action="member.join_requested", subject=f"enterprise:{enterprise.public_id}")
    record(session, JoinRequested(member.id), actor=actor, at=at)
    return member


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideStanding:
    """What the office decides of a firm: admitted, refused, suspended or left. A reason is owed for all but admitting."""

    enterprise: str
    status: MembershipStatus
    reason: str = ""
    version: int | None = None
    publishes_unreviewed: bool | None = None


def decide_standing(session: Session, command: DecideStanding, *, actor: Actor, clock: Clock) -> Membership:
    """Change a firm's standing in the actor's park. Adds `StandingChanged`.

    Raises `NotFound` for a firm unknown to the park, `Invalid` without a reason, `Conflict` for a step the rules do
    not know or a decision somebody else took meanwhile.
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
    if command.status is not MembershipStatus.ADMITTED and not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    before = membership.status.value
    membership.move_to(command.status, reason=command.reason.strip(), at=clock())
    if command.publishes_unreviewed is not None:
        membership.publishes_unreviewed = command.publishes_unreviewed
    session.flush()
    audit(
        session,
        actor,
        at=clock(),
        action=f"enterprise.{command.status.value}",
        subject=f"enterprise:{command.enterprise}",
        before={"status": before},
        after={"status": command.status.value, "reason": membership.reason},
    )
    changed = StandingChanged(membership.id, membership.enterprise_id, membership.park_id, command.status.value)
    record(session, changed, actor=actor, at=clock())
    return membership


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideJoin:
    member: str
    accept: bool
    role: FirmRole = FirmRole.OPERATOR


def decide_join(session: Session, command: DecideJoin, *, actor: Actor, clock: Clock) -> FirmMember:
    """An owner of the firm, or the office of a park where the firm is, lets a person in or not; again changes nothing.

    Adds `JoinDecided`. Raises `NotFound` for a request the actor may not decide.
    """
    found = select(FirmMember).where(FirmMember.public_id == command.member)
    if actor.is_office and actor.enterprise_id is None:
        actor.require_office(OfficeRole.ADMIN)
        found = found.join(Membership, Membership.enterprise_id == FirmMember.enterprise_id).where(
            Membership.park_id == actor.park_id
        )
    else:
        found = found.where(FirmMember.enterprise_id == actor.require_firm(FirmRole.OWNER))
    member = session.scalar(found.with_for_update(of=FirmMember))
    if member is None:
        raise NotFound("member")
    wanted = MemberStatus.ACTIVE if command.accept else MemberStatus.REFUSED
    if member.status is wanted:
        return member
    if member.status is not MemberStatus.REQUESTED:
        raise Conflict("join_decided", status=member.status.value)
    member.status, member.since = wanted, clock()
    if command.accept:
        member.role = command.role
    audit(
        session,
        actor,
        at=clock(),
        action=f"member.{wanted.value}",
        subject=f"member:{member.public_id}",
        after={"role": member.role.value},
    )
    record(session, JoinDecided(member.id), actor=actor, at=clock())
    return member
