"""Guessing passwords is slow: failures are counted by account and by address across all workers."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import SignInAttempt
from marketplace.kernel.errors import DomainError

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 30


class TooManyAttempts(DomainError):
    """Too many failures of late; `minutes` tells how long to wait."""

    status = 429


def check_throttle(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Raise `TooManyAttempts` when the account or the address has failed too often within the window."""
    for subject, limit in ((f"account:{email}", PER_ACCOUNT), (f"address:{address}", PER_ADDRESS)):
        failures, oldest = session.execute(
            select(func.count(), func.min(SignInAttempt.at)).where(
                SignInAttempt.subject == subject, SignInAttempt.at > now - WINDOW
            )
        ).one()
        if failures >= limit:
            minutes = max(1, -(-int((oldest + WINDOW - now).total_seconds()) // 60))
            raise TooManyAttempts("too_many_attempts", minutes=minutes)


def count_failure(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Remember a failure (a side write: it outlives the refusal) and forget those that no longer count."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - 4 * WINDOW))
    session.add_all(SignInAttempt(subject=subject, at=now) for subject in (f"account:{email}", f"address:{address}"))


def forget_failures(session: Session, *, email: str) -> None:
    """A right password clears its account's count."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.subject == f"account:{email}"))
