"""Owners bring people into their firm: by invitation, with roles, and out again."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import EMAIL_UNIQUE, Enterprise, FirmMember, Invitation, MemberStatus, User
from marketplace.accounts.operations.admission import NewPerson
from marketplace.accounts.passwords import check_password_rules, hash_password
from marketplace.accounts.sessions import new_token, token_hash
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.jobs import defer

VALID_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    email: str
    role: FirmRole


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and the secret of its link, which goes into the mail alone."""

    invitation: Invitation
    secret: str


def invite(session: Session, command: Invite, *, actor: Actor, clock: Clock) -> Invited:
    """An owner offers a place in the firm; the newest invitation of an address counts. Writes the job that mails it."""
    enterprise_id, now = actor.require_firm(FirmRole.OWNER), clock()
    email = command.email.strip().lower()
    known = session.scalar(
        select(FirmMember.id)
        .join(User, User.id == FirmMember.user_id)
        .where(User.email == email, FirmMember.enterprise_id == enterprise_id, FirmMember.status == MemberStatus.ACTIVE)
    )
    if known is not None:
        raise Conflict("already_member", fields={"email": ["already_member"]})
    secret = new_token()
    invitation = Invitation(
        enterprise_id=enterprise_id,
        email=email,
        role=command.role,
        token_hash=token_hash(secret),
        invited_by=actor.user_id,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    session.add(invitation)
    session.flush()
    after = {"email": email, "role": command.role.value}
    audit(session, actor, at=now, action="member.invited", subject=f"invitation:{invitation.public_id}", after=after)
    defer(session, "conversations.mail_invitation", arguments={"invitation_id": invitation.id, "secret": secret})
    return Invited(invitation, secret)


def open_invitation(session: Session, secret: str, *, clock: Clock) -> Invitation:
    """The invitation behind a link. Raises `NotFound` when it is unknown, used or too old."""
    found = session.scalar(
        select(Invitation).where(
            Invitation.token_hash == token_hash(secret),
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > clock(),
        )
    )
    if found is None:
        raise NotFound("invitation")
    return found


def accept_invitation(
    session: Session, secret: str, person: NewPerson | None, *, actor: Actor | None, clock: Clock
) -> FirmMember:
    """The invited person joins: with their account when signed in with that address, else by making one."""
    invitation, now = open_invitation(session, secret, clock=clock), clock()
    user = _invited_person(session, invitation, person, actor, clock=clock)
    member = session.scalar(
        select(FirmMember).where(FirmMember.user_id == user.id, FirmMember.enterprise_id == invitation.enterprise_id)
    )
    if member is None:
        member = FirmMember(user_id=user.id, enterprise_id=invitation.enterprise_id, role=invitation.role, since=now)
        session.add(member)
    member.role, member.status, member.since = invitation.role, MemberStatus.ACTIVE, now
    invitation.accepted_at = now
    session.flush()
    firm = session.get_one(Enterprise, invitation.enterprise_id)
    who = actor or Actor(park_id=0, user_id=user.id, enterprise_id=firm.id, name=user.name)
    audit(session, who, at=now, action="member.joined", subject=f"enterprise:{firm.public_id}")
    return member


def _invited_person(
    session: Session, invitation: Invitation, person: NewPerson | None, actor: Actor | None, *, clock: Clock
) -> User:
    if actor is not None and actor.user_id is not None:
        user = session.get_one(User, actor.user_id)
        if user.email != invitation.email:
            raise Invalid("invited_another", fields={"email": ["invited_another"]}, email=invitation.email)
        return user
    if person is None:
        raise Invalid("person_required", fields={"name": ["required"]})
    check_password_rules(person.password, email=invitation.email)
    user = User(
        email=invitation.email,
        name=person.name,
        password_hash=hash_password(person.password),
        locale=person.locale,
        created_at=clock(),
    )
    with refusing(session, {EMAIL_UNIQUE: lambda: Conflict("email_known", fields={"email": ["email_known"]})}):
        session.add(user)
    return user


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMember:
    """A new role, or None to remove the person from the firm."""

    member: str
    role: FirmRole | None


def change_member(session: Session, command: ChangeMember, *, actor: Actor, clock: Clock) -> FirmMember:
    """An owner changes a person's role or removes them; the last owner stays. Raises `NotFound` outside the firm."""
    enterprise_id = actor.require_firm(FirmRole.OWNER)
    members = session.scalars(
        select(FirmMember)
        .where(FirmMember.enterprise_id == enterprise_id, FirmMember.status == MemberStatus.ACTIVE)
        .order_by(FirmMember.id)
        .with_for_update()
    ).all()
    member = next((one for one in members if one.public_id == command.member), None)
    if member is None:
        raise NotFound("member")
    owners = [one for one in members if one.role is FirmRole.OWNER]
    if member.role is FirmRole.OWNER and command.role is not FirmRole.OWNER and len(owners) == 1:
        raise Conflict("last_owner")
    before = {"role": member.role.value}
    if command.role is None:
        member.status = MemberStatus.REMOVED
    else:
        member.role = command.role
    after = {"role": command.role.value if command.role else None}
    audit(
        session,
        actor,
        at=clock(),
        action="member.changed",
        subject=f"member:{member.public_id}",
        before=before,
        after=after,
    )
    return member
