"""Reads of public-credit records: of rows with one document number the newest speaks."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from credit.public_records.models import PublicBatch, PublicRecordRow
from credit.scoring.events import PublicRecord
from marketplace.kernel.actor import Actor


def speaking_records(session: Session, park_id: int, *, enterprise_id: int | None = None) -> Sequence[PublicRecordRow]:
    """The newest row of each document, whether in force or not."""
    rows = (
        select(PublicRecordRow)
        .where(PublicRecordRow.park_id == park_id)
        .ext(distinct_on(PublicRecordRow.enterprise_id, PublicRecordRow.document_number))
        .order_by(PublicRecordRow.enterprise_id, PublicRecordRow.document_number, PublicRecordRow.id.desc())
    )
    if enterprise_id is not None:
        rows = rows.where(PublicRecordRow.enterprise_id == enterprise_id)
    return session.scalars(rows).all()


def scoring_records(session: Session, park_id: int, *, enterprise_id: int | None = None) -> list[PublicRecord]:
    """Public records as the scorer takes them; it drops them by itself at `max_until`."""
    return [
        PublicRecord(
            id=row.document_number,
            party=str(row.enterprise_id),
            record_class=row.record_class,
            published_from=row.published_from.toordinal(),
            min_until=row.min_until.toordinal() if row.min_until else None,
            max_until=row.max_until.toordinal() if row.max_until else None,
            repaired=row.is_repaired,
            points=row.points,
        )
        for row in speaking_records(session, park_id, enterprise_id=enterprise_id)
    ]


def batches_of(session: Session, *, actor: Actor, size: int = 10) -> Sequence[PublicBatch]:
    """The last imports of the office's park, newest first."""
    actor.require_office()
    rows = select(PublicBatch).where(PublicBatch.park_id == actor.park_id).order_by(PublicBatch.id.desc()).limit(size)
    return session.scalars(rows).all()
