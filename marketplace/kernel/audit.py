"""The audit trail: who did what to which thing, with what stood before and after. Append-only in the database itself."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel.actor import Actor
from marketplace.kernel.database import JSON, Record


class AuditRow(Record):
    """One act. `subject` is `kind:public_id`, for example `listing:3kq0…`."""

    __tablename__ = "kernel_audit"
    __table_args__ = (
        Index("ix_kernel_audit_park_id_at", "park_id", "at"),
        Index("ix_kernel_audit_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    at: Mapped[datetime]
    park_id: Mapped[int | None]
    user_id: Mapped[int | None]
    enterprise_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True))
    request_id: Mapped[str]


def audit(
    session: Session,
    actor: Actor,
    *,
    at: datetime,
    action: str,
    subject: str,
    before: JSON | None = None,
    after: JSON | None = None,
) -> None:
    """Write down an act in the caller's transaction. `action` is `noun.verb_past`, such as `listing.published`."""
    session.add(
        AuditRow(
            at=at,
            park_id=actor.park_id,
            user_id=actor.user_id,
            enterprise_id=actor.enterprise_id,
            actor_name=actor.name,
            action=action,
            subject=subject,
            before=before,
            after=after,
            request_id=actor.request_id,
        )
    )
