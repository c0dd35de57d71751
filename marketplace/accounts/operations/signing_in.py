"""Signing in and out, sessions, passwords."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.accounts.models import (
    Enterprise,
    FirmMember,
    Membership,
    MemberStatus,
    OfficeMember,
    Park,
    SignInSession,
    User,
)
from marketplace.accounts.operations.two_factor import take_code
from marketplace.accounts.passwords import check_password_rules, hash_password, is_password
from marketplace.accounts.sessions import open_session
from marketplace.accounts.throttle import check_throttle, forget_failures
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Forbidden, Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """`needs_second_factor` tells whether this installation asks the park office for one (the demo does not)."""

    email: str
    password: str
    address: str
    agent: str = ""
    needs_second_factor: bool = True


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """The password was right; the person's second factor is still to come."""

    user: str


class WrongSignIn(Invalid):
    """Address or password is wrong; which one is not said. The edge counts it by a side write."""


class WrongCode(Invalid):
    """The code is wrong, too old or used already. The edge counts it by a side write."""


def sign_in(session: Session, command: SignIn, *, clock: Clock) -> str | CodeWanted:
    """Open a session and return its token; whoever has a second factor is asked for it first.

    Raises `WrongSignIn`, or `TooManyAttempts` before looking at the password.
    """
    now, email = clock(), command.email.strip().lower()
    check_throttle(session, email=email, address=command.address, now=now)
    user = session.scalar(select(User).where(User.email == email))
    right = is_password(user.password_hash if user else None, command.password)
    if user is None or not right or user.is_disabled:
        raise WrongSignIn("wrong_sign_in", fields={"password": ["wrong_sign_in"]})
    if user.totp_secret is not None:
        return CodeWanted(user.public_id)
    forget_failures(session, email=email)
    return _open(session, user, command, at=now, is_verified=not command.needs_second_factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCode:
    """The second step: a code of the phone, or a recovery code."""

    user: str
    code: str
    address: str
    agent: str = ""


def sign_in_with_code(session: Session, command: GiveCode, *, clock: Clock) -> str:
    """Open a verified session for whoever gave the right password before. The person is locked: a code counts once.

    Raises `WrongCode`, or `TooManyAttempts` before looking at the code.
    """
    user = session.scalar(select(User).where(User.public_id == command.user).with_for_update())
    if user is None or user.is_disabled or user.totp_secret is None:
        raise WrongCode("wrong_code", fields={"code": ["wrong_code"]})
    now = clock()
    check_throttle(session, email=user.email, address=command.address, now=now)
    if not take_code(session, user, command.code, at=now):
        raise WrongCode("wrong_code", fields={"code": ["wrong_code"]}, email=user.email)
    forget_failures(session, email=user.email)
    return _open(session, user, command, at=now, is_verified=True)


def _open(session: Session, user: User, command: SignIn | GiveCode, *, at: datetime, is_verified: bool) -> str:
    park_id, enterprise_id = first_place(session, user.id)
    return open_session(
        session,
        user=user,
        park_id=park_id,
        enterprise_id=enterprise_id,
        at=at,
        address=command.address,
        agent=command.agent,
        is_verified=is_verified,
    )


def first_place(session: Session, user_id: int) -> tuple[int, int | None]:
    """Where a person lands: the park office they serve, else their first firm and its park, else the first park."""
    office = session.scalar(
        select(OfficeMember.park_id).where(OfficeMember.user_id == user_id).order_by(OfficeMember.id)
    )
    if office is not None:
        return office, None
    firm = session.execute(
        select(Membership.park_id, FirmMember.enterprise_id)
        .join(Membership, Membership.enterprise_id == FirmMember.enterprise_id)
        .where(FirmMember.user_id == user_id, FirmMember.status == MemberStatus.ACTIVE)
        .order_by(FirmMember.id, Membership.id)
        .limit(1)
    ).one_or_none()
    if firm is not None:
        return firm[0], firm[1]
    park_id = session.scalar(select(Park.id).order_by(Park.id))
    if park_id is None:
        raise NotFound("park")
    return park_id, None


def sign_out(session: Session, session_id: int, *, at: datetime) -> None:
    """End one browser's session; again changes nothing."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def touch(session: Session, session_id: int, *, at: datetime) -> None:
    """Note that a session is in use (a side write, at most once in five minutes)."""
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(used_at=at))


def revoke_session(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> None:
    """End one of the person's own sessions elsewhere. Raises `NotFound` for anybody else's."""
    kept = session.scalar(
        select(SignInSession).where(SignInSession.public_id == public_id, SignInSession.user_id == actor.user_id)
    )
    if kept is None:
        raise NotFound("session")
    kept.revoked_at = kept.revoked_at or clock()
    audit(session, actor, at=clock(), action="session.revoked", subject=f"session:{kept.public_id}")


def end_other_sessions(session: Session, user_id: int, *, but: int | None, at: datetime) -> None:
    """End every session of a person but one."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == user_id, SignInSession.revoked_at.is_(None))
        .where(SignInSession.id.is_distinct_from(but))
        .values(revoked_at=at)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """`session_id` is the session that goes on; every other one ends."""

    current: str
    new: str
    session_id: int | None = None


def change_password(session: Session, command: ChangePassword, *, actor: Actor, clock: Clock) -> None:
    """Set a new password and end all other sessions. Raises `Invalid` naming the field that is wrong."""
    user = session.get_one(User, actor.user_id)
    if not is_password(user.password_hash, command.current):
        raise Invalid("wrong_password", fields={"current": ["wrong_password"]})
    check_password_rules(command.new, email=user.email, field="new")
    user.password_hash = hash_password(command.new)
    end_other_sessions(session, user.id, but=command.session_id, at=clock())
    audit(session, actor, at=clock(), action="user.password_changed", subject=f"user:{user.public_id}")


def switch_place(session: Session, session_id: int, firm: str, *, actor: Actor) -> None:
    """Act for another of the person's firms, or for the office (`office`). Raises `NotFound` for a firm not theirs."""
    kept = session.get_one(SignInSession, session_id)
    if firm == "office":
        if not actor.is_office:
            raise Forbidden("office_role_required", roles=[])
        kept.enterprise_id = None
        return
    row = session.execute(
        select(FirmMember.enterprise_id, Membership.park_id)
        .join(Enterprise, Enterprise.id == FirmMember.enterprise_id)
        .outerjoin(Membership, Membership.enterprise_id == Enterprise.id)
        .where(Enterprise.public_id == firm, FirmMember.user_id == actor.user_id)
        .where(FirmMember.status == MemberStatus.ACTIVE)
        .order_by((Membership.park_id == actor.park_id).desc(), Membership.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("enterprise")
    kept.enterprise_id, kept.park_id = row[0], row[1] or actor.park_id
