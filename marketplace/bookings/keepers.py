"""Holds that must outlast their time: whoever knows that the money has come says so."""

from typing import Protocol

from sqlalchemy.orm import Session


class HoldKeeper(Protocol):
    """Says which holds are kept although their time is up; the composition root registers who does."""

    def keeps(self, session: Session, booking_id: int) -> bool:
        """Whether the hold stays: what it waits for has come and is only not taken note of yet."""
        ...


class NoKeeper:
    """Where nothing is paid, a hold ends with its time."""

    def keeps(self, session: Session, booking_id: int) -> bool:  # noqa: ARG002 - the protocol's
        return False


_keeper: list[HoldKeeper] = [NoKeeper()]


def keep_holds_of(keeper: HoldKeeper) -> None:
    """Register who knows; `marketplace.app` calls it."""
    _keeper[:] = [keeper]


def is_kept(session: Session, booking_id: int) -> bool:
    return _keeper[0].keeps(session, booking_id)
