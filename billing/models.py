"""Rate plans as stored: one immutable version after another."""

from datetime import datetime
from enum import StrEnum
from threading import Lock

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.pricing.plan_json import plan_from_json
from billing.pricing.plans import Plan
from marketplace.kernel.database import JSON, Keyed, Record, text_enum

ONE_CURRENT = "ix_billing_rate_plan_current"
MOST_REMEMBERED = 2048


class PlanKind(StrEnum):
    RENT = "rent"
    USAGE = "usage"
    RENT_TO_OWN = "rent_to_own"
    AS_WRITTEN = "as_written"


class RatePlan(Keyed, Record):
    """One version of what a subject costs; never changed, only superseded, so that an agreement can name its version.

    `subject_ref` says whose plan it is, as `listing:3kq0…`; billing does not look behind it.
    """

    __tablename__ = "billing_rate_plan"
    __table_args__ = (
        UniqueConstraint("subject_ref", "version"),
        Index(ONE_CURRENT, "subject_ref", unique=True, postgresql_where=text("superseded_at IS NULL")),
    )

    subject_ref: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    kind: Mapped[PlanKind] = mapped_column(text_enum(PlanKind))
    plan: Mapped[JSON]
    created_at: Mapped[datetime]
    label_zh: Mapped[str] = mapped_column(default="")
    label_en: Mapped[str] = mapped_column(default="")
    superseded_at: Mapped[datetime | None] = mapped_column(default=None)

    def value(self) -> Plan:
        """The plan as `billing.pricing` computes with it."""
        return stored_plan(self.public_id, self.plan)


_remembered: dict[str, Plan] = {}
_lock = Lock()


def stored_plan(public_id: str, body: JSON) -> Plan:
    """The plan of a stored version, read once: a version never changes."""
    plan = _remembered.get(public_id)
    if plan is None:
        plan = plan_from_json(body)
        with _lock:
            if len(_remembered) >= MOST_REMEMBERED:
                del _remembered[next(iter(_remembered))]
            _remembered[public_id] = plan
    return plan
