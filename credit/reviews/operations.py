"""Write a review, once for an order and side; what it says stays closed to the other side for a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.reviews.models import Review
from credit.scoring.events import Role
from credit.scoring.model import MICRO
from marketplace.accounts.models import Membership
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound

MOST_TEXT = 2000
CRITERIA: Mapping[Role, tuple[str, ...]] = {
    Role.SUPPLIER: ("as_described", "punctual", "communication"),
    Role.DEMANDER: ("care", "punctual", "communication"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReview:
    """Stars 1 to 5 for each criterion of the role that the reviewed firm played. Whoever calls knows the order's parties."""

    subject_ref: str
    about_id: int
    role: Role
    stars: Mapping[str, int]
    text: str = ""


def write_review(session: Session, command: WriteReview, *, actor: Actor, clock: Clock) -> Review:
    """Keep the actor's firm's review; a second one for the same order is refused, the same one answers itself.

    Raises `Invalid` naming the criterion, `NotFound` for a firm of another park, `Conflict` `review_written`.
    """
    author = actor.require_firm(FirmRole.OPERATOR)
    wrong = {name: ["one_to_five"] for name in CRITERIA[command.role] if not 1 <= command.stars.get(name, 0) <= 5}
    if wrong or set(command.stars) != set(CRITERIA[command.role]) or len(command.text) > MOST_TEXT:
        raise Invalid("bad_review", fields=wrong or {"stars": ["unknown_criterion"]})
    member = select(Membership.id).where(
        Membership.park_id == actor.park_id, Membership.enterprise_id == command.about_id
    )
    if command.about_id == author or session.scalar(member) is None:
        raise NotFound("enterprise")
    known = session.scalar(select(Review).where(Review.subject_ref == command.subject_ref, Review.author_id == author))
    if known is not None:
        if (known.stars, known.text) == (dict(command.stars), command.text):
            return known
        raise Conflict("review_written")
    review = Review(
        park_id=actor.park_id,
        subject_ref=command.subject_ref,
        author_id=author,
        about_id=command.about_id,
        role=command.role,
        stars=dict(command.stars),
        text=command.text,
        written_at=clock(),
        written_by=actor.user_id,
    )
    with refusing(session, {"uq_credit_review_subject_ref": lambda: Conflict("review_written")}):
        session.add(review)
    audit(
        session,
        actor,
        at=review.written_at,
        action="credit_review.written",
        subject=f"credit_review:{review.public_id}",
    )
    return review


def share_of_stars(stars: Mapping[str, int]) -> int:
    """What a review says as evidence: the mean of (stars - 1) / 4 in whole millionths, half up."""
    mean = Fraction(sum(stars.values()) - len(stars), 4 * len(stars))
    return int(mean * MICRO + Fraction(1, 2))
