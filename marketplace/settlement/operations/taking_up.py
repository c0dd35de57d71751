"""Money that came in time and was seen late: the order goes on if its time can still be had, else the money goes back."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from billing.payments.models import FundsRequest, RequestStatus
from billing.payments.operations.access import ORDER
from billing.payments.operations.late_notice import came_in_time, secure_late
from marketplace.conversations.operations import Recipients, notify
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.listings.models import Listing
from marketplace.orders.models import Order
from marketplace.orders.operations.paying import reinstate_paid
from marketplace.settlement.operations.access import HeldMoney
from marketplace.settlement.subjects import PREFIX, subject_of
from marketplace.ui.formats import money as in_words

SLOT_GONE = "settlement.slot_gone"


class PaidHolds:
    """`bookings.keepers.HoldKeeper`: a hold stays once its order's money is held, however late that is taken note of."""

    def keeps(self, session: Session, booking_id: int) -> bool:
        """Whether the money of the booking's order is there."""
        paid = exists().where(
            Order.booking_id == booking_id,
            FundsRequest.park_id == Order.park_id,
            FundsRequest.subject_ref == func.concat(PREFIX, Order.public_id),
            FundsRequest.purpose == ORDER,
            FundsRequest.status == RequestStatus.SECURED,
        )
        return bool(session.scalar(select(paid)))


def take_up_again(session: Session, order: Order, money: HeldMoney, *, actor: Actor, clock: Clock) -> None:
    """Make a lapsed order active whose money had come in time; where its time is gone, tell the payer so.

    The caller holds the locks of the order and its money. What is held then goes back by the usual way; what waits as
    the payer's credit is paid out the next morning.
    """
    if not came_in_time(session, money.request):
        return
    try:
        with session.begin_nested():
            reinstate_paid(session, order, actor=actor, clock=clock)
            secure_late(session, subject_of(order), ORDER, actor=actor, clock=clock)
    except (Conflict, NotFound):
        session.refresh(order)
        _tell_payer(session, order, money, clock=clock)


def _tell_payer(session: Session, order: Order, money: HeldMoney, *, clock: Clock) -> None:
    listing = session.get_one(Listing, order.listing_id)
    notify(
        session,
        park_id=order.park_id,
        to=Recipients(enterprise_id=order.demander_id, firm_roles=(FirmRole.FINANCE, FirmRole.OPERATOR)),
        code=SLOT_GONE,
        facts={
            "number": order.number,
            "zh": listing.title("zh_CN"),
            "en": listing.title("en"),
            "sum": in_words(money.request.total),
        },
        link=f"/orders/{order.public_id}",
        at=clock(),
        once_key=f"{SLOT_GONE}:{order.id}",
    )
