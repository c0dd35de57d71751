"""The whole amount of an order comes in at once, as a bank's statement would tell it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.payments.models import FundsRequest, GatewayName, RequestStatus
from billing.payments.operations.access import ORDER
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Forbidden, NotFound
from marketplace.orders.models import Order
from marketplace.settlement.operations.settling import settle_order
from marketplace.settlement.subjects import order_id_named, subject_of


def receive_in_full(session: Session, order: Order, *, actor: Actor, clock: Clock) -> FundsRequest:
    """A transfer over all that an order still waits for arrives under its reference, and the order is active.

    For the system alone, where no bank is connected: the demo park, drills. Again changes nothing. Raises `NotFound`
    for an order that asks for no money.
    """
    if not actor.is_system:
        raise Forbidden("system_only")
    settle_order(session, order.id, clock=clock)
    request = session.scalar(
        select(FundsRequest).where(
            FundsRequest.park_id == order.park_id,
            FundsRequest.subject_ref == subject_of(order),
            FundsRequest.purpose == ORDER,
        )
    )
    if request is None:
        raise NotFound("funds_request")
    return receive_by_reference(session, request.reference, actor=actor, clock=clock)


def receive_by_reference(session: Session, reference: str, *, actor: Actor, clock: Clock) -> FundsRequest:
    """As `receive_in_full`, by the reference the payer writes on the transfer."""
    if not actor.is_system:
        raise Forbidden("system_only")
    request = session.scalar(
        select(FundsRequest).where(FundsRequest.park_id == actor.park_id, FundsRequest.reference == reference)
    )
    if request is None:
        raise NotFound("funds_request")
    if request.status is RequestStatus.AWAITED and request.missing.amount:
        command = ReceiveMoney(
            request_id=request.id,
            gateway=GatewayName.BANK_TRANSFER,
            gateway_ref=f"full:{reference}",
            amount=request.missing,
            effective_at=clock(),
        )
        receive_money(session, command, actor=actor, clock=clock)
    order_id = order_id_named(session, request.subject_ref)
    if order_id is not None:
        settle_order(session, order_id, clock=clock)
    return request
