"""The two sides of a completed order say what they think of each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credit.reviews.models import Review
from credit.reviews.operations import WriteReview, write_review
from credit.reviews.queries import reviews_of_subject
from credit.scoring.events import Role
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import locked_order, side_of
from marketplace.orders.queries import side_seen_by
from marketplace.settlement.operations.evidence import FINAL_AFTER
from marketplace.settlement.subjects import subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOrder:
    """Stars 1 to 5 by criterion of the other side's role, and a word."""

    order: str
    stars: Mapping[str, int]
    text: str = ""


def review_order(session: Session, command: ReviewOrder, *, actor: Actor, clock: Clock) -> Review:
    """Review the other side of a completed order, until the order is final; the same again changes nothing.

    Raises `NotFound`, `Invalid` naming the criterion, `Conflict` `nothing_to_review`, `too_late_to_review` or
    `review_written`. Locks the order.
    """
    order = locked_order(session, command.order, actor=actor)
    side = side_of(order, actor)
    if order.status is not OrderStatus.COMPLETED:
        raise Conflict("nothing_to_review")
    if _is_final(order, clock()):
        raise Conflict("too_late_to_review")
    about, role = _other(order, side)
    review = WriteReview(
        subject_ref=subject_of(order), about_id=about, role=role, stars=command.stars, text=command.text
    )
    return write_review(session, review, actor=actor, clock=clock)


def may_review(order: Order, reviews: Sequence[Review], *, actor: Actor, now: datetime) -> bool:
    """Whether the reader's side can still write: the order is completed, not final, and it has not written yet."""
    is_party = side_seen_by(order, actor) is not None and actor.admitted
    may_write = is_party and actor.firm_role in {FirmRole.OPERATOR, FirmRole.OWNER}
    has_written = any(review.author_id == actor.enterprise_id for review in reviews)
    return may_write and order.status is OrderStatus.COMPLETED and not _is_final(order, now) and not has_written


def reviews_of_order(session: Session, order: Order, *, actor: Actor, now: datetime) -> Sequence[Review]:
    """What the reader may read by now: its own review, and the other side's once both wrote or a week passed."""
    return reviews_of_subject(session, subject_of(order), actor=actor, now=now)


def reviewed_role(side: Side) -> Role:
    """The part that the other side played."""
    return Role.DEMANDER if side is Side.SUPPLIER else Role.SUPPLIER


def _other(order: Order, side: Side) -> tuple[int, Role]:
    return (order.demander_id if side is Side.SUPPLIER else order.supplier_id), reviewed_role(side)


def _is_final(order: Order, now: datetime) -> bool:
    return order.ended_at is not None and order.ended_at + FINAL_AFTER <= now
