"""A dispute about an order; while it is open, releases and timers of the order stand still."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.orders.models import Order, Side

ONE_OPEN = "ix_orders_dispute_one_open"


class DisputeStatus(StrEnum):
    """open → answered → decided → closed, with one appeal: decided → appealed → decided."""

    OPEN = "open"
    ANSWERED = "answered"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


class DisputeSubject(StrEnum):
    NOT_AS_AGREED = "not_as_agreed"
    DAMAGE = "damage"
    LATE = "late"
    NO_SHOW = "no_show"
    PRICE = "price"


class Dispute(Keyed, Record):
    """Amounts in minor units of the order's currency. `refund_amount` is what of the order's total goes back to the
    demander, `deduction_amount` what the supplier keeps of the deposit; both None until decided.
    """

    __tablename__ = "orders_dispute"
    __table_args__ = (
        CheckConstraint("refund_amount >= 0 AND deduction_amount >= 0", name="no_negative_split"),
        Index(ONE_OPEN, "order_id", unique=True, postgresql_where=text("status <> 'closed'")),
        Index("ix_orders_dispute_order_id", "order_id", "id"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    park_id: Mapped[int] = mapped_column(index=True)
    subject: Mapped[DisputeSubject] = mapped_column(text_enum(DisputeSubject))
    opened_side: Mapped[Side] = mapped_column(text_enum(Side))
    claim: Mapped[str]
    opened_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    status: Mapped[DisputeStatus] = mapped_column(text_enum(DisputeStatus), default=DisputeStatus.OPEN)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    refund_amount: Mapped[int | None] = mapped_column(default=None)
    deduction_amount: Mapped[int | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    first_decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    appeal: Mapped[str] = mapped_column(default="")
    appealed_at: Mapped[datetime | None] = mapped_column(default=None)
    appeal_by: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)
    order: Mapped[Order] = relationship(init=False, lazy="raise_on_sql")

    __mapper_args__: ClassVar = {"version_id_col": version}

    def move_to(self, status: DisputeStatus) -> None:
        """One step; raises `Conflict` `dispute_transition` for a step the table does not know."""
        known = DisputeStatus
        match (self.status, status):
            case (
                (known.OPEN, known.ANSWERED | known.DECIDED | known.CLOSED)
                | (known.ANSWERED | known.APPEALED, known.DECIDED)
                | (known.ANSWERED, known.CLOSED)
                | (known.DECIDED, known.APPEALED | known.CLOSED)
            ):
                self.status = status
            case _:
                raise Conflict("dispute_transition", before=self.status.value, after=status.value)

    @property
    def is_open(self) -> bool:
        return self.status is not DisputeStatus.CLOSED
