"""How money and evidence name an order, who know no orders themselves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.orders.models import Order

PREFIX = "order:"


def subject_of(order: Order) -> str:
    """`order:3kq0…`, the name under which funds, bills, evidence and reviews of an order are kept."""
    return PREFIX + order.public_id


def order_id_named(session: Session, subject_ref: str) -> int | None:
    """The order behind such a name; None for money of anything else."""
    if not subject_ref.startswith(PREFIX):
        return None
    return session.scalar(select(Order.id).where(Order.public_id == subject_ref.removeprefix(PREFIX)))
