"""The second factor: time-based codes of a phone (TOTP, RFC 6238), and recovery codes for a lost one."""

import secrets
from datetime import datetime
from hmac import compare_digest

from pyotp import random_base32
from pyotp.totp import TOTP
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from marketplace.accounts.models import RecoveryCode, SignInSession, User
from marketplace.accounts.sessions import token_hash
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid

ISSUER = "Gongzao 共造"
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A phone's clock may be half a minute off."""
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def begin(session: Session, *, actor: Actor) -> None:
    """Make the secret that the phone will read; nothing is asked for until a code proves it. Again makes another.

    Raises `Conflict` `second_factor_on` when one is in use already.
    """
    user = _locked(session, actor)
    if user.totp_secret is not None:
        raise Conflict("second_factor_on")
    user.totp_pending = random_base32()


def provisioning_uri(user: User) -> str:
    """What the QR code says to the phone. Raises `Conflict` when no secret waits to be read."""
    if user.totp_pending is None:
        raise Conflict("no_second_factor")
    return TOTP(user.totp_pending).provisioning_uri(name=user.email, issuer_name=ISSUER)


def confirm(session: Session, code: str, *, actor: Actor, session_id: int | None, clock: Clock) -> list[str]:
    """The first right code switches the second factor on; returns the recovery codes, which are shown this once.

    The session it happens in counts as verified. Raises `Invalid` `wrong_code`.
    """
    user, now = _locked(session, actor), clock()
    if user.totp_pending is None:
        raise Conflict("no_second_factor")
    step = _step_of(user.totp_pending, code, at=now)
    if step is None:
        raise Invalid("wrong_code", fields={"code": ["wrong_code"]})
    user.totp_secret, user.totp_pending, user.totp_step = user.totp_pending, None, step
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.user_id == user.id)
        .values(is_verified=True)
    )
    audit(session, actor, at=now, action="user.two_factor_enabled", subject=f"user:{user.public_id}")
    return _new_codes(session, user, at=now)


def renew_codes(session: Session, code: str, *, actor: Actor, clock: Clock) -> list[str]:
    """New recovery codes against a code of the phone; the old ones end. Raises `Invalid` `wrong_code`."""
    user, now = _locked(session, actor), clock()
    if user.totp_secret is None:
        raise Conflict("no_second_factor")
    if not take_code(session, user, code, at=now):
        raise Invalid("wrong_code", fields={"code": ["wrong_code"]})
    audit(session, actor, at=now, action="user.recovery_codes_renewed", subject=f"user:{user.public_id}")
    return _new_codes(session, user, at=now)


def switch_off(session: Session, user: User, *, actor: Actor, clock: Clock) -> None:
    """Forget a person's second factor (a lost phone, by the operator of the installation); their sessions end."""
    user.totp_secret = user.totp_pending = user.totp_step = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == user.id, SignInSession.revoked_at.is_(None))
        .values(revoked_at=clock())
    )
    audit(session, actor, at=clock(), action="user.two_factor_reset", subject=f"user:{user.public_id}")


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes a person still has."""
    return (
        session.scalar(select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))) or 0
    )


def take_code(session: Session, user: User, code: str, *, at: datetime) -> bool:
    """Whether the code is right, and use it up. The caller holds the person's row locked."""
    given = code.strip().replace(" ", "").replace("-", "").lower()
    step = _step_of(user.totp_secret, given, at=at) if user.totp_secret else None
    if step is not None and (user.totp_step is None or step > user.totp_step):
        user.totp_step = step
        return True
    used = session.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == token_hash(given))
        .where(RecoveryCode.used_at.is_(None))
        .values(used_at=at)
        .returning(RecoveryCode.id)
    )
    return used is not None


def _step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The step whose code this is, within the drift; None when it is none."""
    now = int(at.timestamp()) // STEP_SECONDS
    made = TOTP(secret)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if compare_digest(made.generate_otp(step).encode(), code.strip().encode()):
            return step
    return None


def _new_codes(session: Session, user: User, *, at: datetime) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=token_hash(code), made_at=at) for code in codes)
    session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _locked(session: Session, actor: Actor) -> User:
    return session.scalars(select(User).where(User.id == actor.user_id).with_for_update()).one()
