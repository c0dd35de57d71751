"""Reads of reviews: closed to the other side until both wrote or seven days passed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from credit.reviews.models import Review
from marketplace.kernel.actor import Actor

BLIND = timedelta(days=7)


def _is_open(now: datetime) -> ColumnElement[bool]:
    other = aliased(Review)
    answered = exists().where(other.subject_ref == Review.subject_ref, other.author_id == Review.about_id)
    return or_(answered, Review.written_at <= now - BLIND)


def reviews_of_subject(session: Session, subject_ref: str, *, actor: Actor, now: datetime) -> Sequence[Review]:
    """What a party may read of an order's reviews: its own at once, the other side's when they are open.

    The office reads open ones only, like the parties.
    """
    rows = select(Review).where(Review.park_id == actor.park_id, Review.subject_ref == subject_ref)
    if actor.is_office and actor.enterprise_id is None:
        return session.scalars(rows.where(_is_open(now)).order_by(Review.id)).all()
    firm = actor.require_firm()
    own = Review.author_id == firm
    return session.scalars(rows.where(or_(own, (Review.about_id == firm) & _is_open(now))).order_by(Review.id)).all()


def open_reviews_about(
    session: Session, enterprise_id: int, *, park_id: int, now: datetime, size: int = 20
) -> Sequence[Review]:
    """Open reviews of a firm, the newest first; anybody in the park may read them."""
    rows = (
        select(Review)
        .where(Review.park_id == park_id, Review.about_id == enterprise_id, _is_open(now))
        .order_by(Review.id.desc())
        .limit(size)
    )
    return session.scalars(rows).all()
