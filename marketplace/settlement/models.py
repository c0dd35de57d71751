"""Which orders are final, and what the bills of running orders still ask for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.bills.models import Bill
from marketplace.kernel.database import Record
from marketplace.orders.models import Order


class FinalOrder(Record):
    """An order whose evidence has been written, with the moment; one that says nothing is here as well."""

    __tablename__ = "settlement_final_order"

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    at: Mapped[datetime]


class Due(Record):
    """A bill of an order's contract and the money that pays it, in minor units.

    `from_escrow` is taken from what was paid in up front, the rest is asked for under `purpose`; `waived` is owed no
    more. Paid money is held until `releases_on`, or until the order is complete.
    """

    __tablename__ = "settlement_due"
    __table_args__ = (
        CheckConstraint("from_escrow >= 0 AND waived >= 0", name="no_negative_part"),
        Index("ix_settlement_due_releases_on", "releases_on", postgresql_where=text("NOT is_released")),
    )

    bill_id: Mapped[int] = mapped_column(ForeignKey(Bill.id), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    from_escrow: Mapped[int]
    releases_on: Mapped[date]
    waived: Mapped[int] = mapped_column(default=0)
    is_paid: Mapped[bool] = mapped_column(default=False)
    is_released: Mapped[bool] = mapped_column(default=False)
    bill: Mapped[Bill] = relationship(init=False, lazy="raise_on_sql")

    @property
    def owed(self) -> int:
        """What the bill still stands for."""
        return self.bill.total - self.waived

    @property
    def escrow_part(self) -> int:
        return min(self.from_escrow, self.owed)

    @property
    def asked_part(self) -> int:
        return self.owed - self.escrow_part
