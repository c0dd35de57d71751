"""Which orders are final: nobody can contest them any more and what they say is written down."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Record
from marketplace.orders.models import Order


class FinalOrder(Record):
    """An order whose evidence has been written, with the moment; one that says nothing is here as well."""

    __tablename__ = "settlement_final_order"

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), primary_key=True)
    at: Mapped[datetime]
