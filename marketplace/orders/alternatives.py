"""What to offer whoever came too late: other times of the listing, other machines free at that time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.models import RatePlan
from marketplace.bookings.other_times import Wanted, other_times
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.listings.models import Listing
from marketplace.orders.pricing import spans_closed_hours

EACH = 3
"""How many other times, and how many other machines, are offered."""


class AlternativeKind(StrEnum):
    """The same listing at another time, another machine of the same supplier, or another firm's similar machine."""

    OTHER_TIME = "other_time"
    OTHER_UNIT = "other_unit"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarListing:
    """A listing that could do the same job. `total` is the price of the job, None on request."""

    listing: Listing
    total: Money | None


class SimilarListings(Protocol):
    """Finds what could stand in for a listing; the composition root registers who knows."""

    def similar(
        self,
        session: Session,
        listing: Listing,
        during: Range[datetime],
        *,
        actor: Actor,
        now: datetime,
        units: int = 1,
    ) -> Sequence[SimilarListing]:
        """Published listings of the same leaf type or family that the actor may book in that window, best first."""
        ...


class NoSimilarListings:
    """Where nothing searches: there is none."""

    def similar(
        self,
        session: Session,  # noqa: ARG002 - the protocol's
        listing: Listing,  # noqa: ARG002
        during: Range[datetime],  # noqa: ARG002
        *,
        actor: Actor,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
        units: int = 1,  # noqa: ARG002
    ) -> Sequence[SimilarListing]:
        return ()


_finder: list[SimilarListings] = [NoSimilarListings()]


def find_similar_with(finder: SimilarListings) -> None:
    """Register who finds similar listings; `marketplace.app` calls it."""
    _finder[:] = [finder]


def similar_listings() -> SimilarListings:
    return _finder[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to get the job done after all; `total` is None where the price is on request or the same as asked."""

    kind: AlternativeKind
    listing: Listing
    during: Range[datetime]
    total: Money | None = None

    def to_json(self) -> dict[str, object]:
        """As a program reads it."""
        lower, upper = self.during.lower, self.during.upper
        return {
            "kind": self.kind.value,
            "listing": self.listing.public_id,
            "title_zh": self.listing.title_zh,
            "title_en": self.listing.title_en,
            "start": lower.isoformat() if lower else None,
            "end": upper.isoformat() if upper else None,
            "total": {"amount": self.total.amount, "currency": self.total.currency} if self.total is not None else None,
        }


def instead_of(
    session: Session, listing: Listing, during: Range[datetime], *, quantity: int, actor: Actor, now: datetime
) -> list[Alternative]:
    """Other times of the listing, then other machines in the same window: the supplier's own first.

    To be called after the refused transaction was rolled back; reads only.
    """
    if during.isempty or during.lower is None or during.upper is None:
        return []
    plan = session.get(RatePlan, listing.rate_plan_id) if listing.rate_plan_id else None
    spans = spans_closed_hours(plan.value() if plan is not None else None)
    wanted = Wanted(during=during, quantity=quantity, spans_closed_hours=spans)
    found = [
        Alternative(kind=AlternativeKind.OTHER_TIME, listing=listing, during=window)
        for window in other_times(session, listing, wanted, now=now, limit=EACH)
    ]
    others = [
        Alternative(kind=_kind_of(one.listing, listing), listing=one.listing, during=during, total=one.total)
        for one in similar_listings().similar(session, listing, during, actor=actor, now=now, units=quantity)[:EACH]
    ]
    return found + sorted(others, key=_own_first)


def _kind_of(other: Listing, listing: Listing) -> AlternativeKind:
    return AlternativeKind.OTHER_UNIT if other.enterprise_id == listing.enterprise_id else AlternativeKind.SIMILAR


def _own_first(one: Alternative) -> bool:
    return one.kind is not AlternativeKind.OTHER_UNIT
