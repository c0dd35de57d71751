"""An order and its money under their locks: the order first, then the request, its funds, and the ledger's accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from billing.payments.models import Funds, FundsKind, FundsRequest, FundsStatus, RequestStatus
from billing.payments.operations.access import ORDER, locked_funds, locked_request
from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.orders.models import Order
from marketplace.settlement.subjects import subject_of


@dataclass(frozen=True, slots=True)
class HeldMoney:
    """What was asked for an order and what is held of it now."""

    request: FundsRequest
    funds: Sequence[Funds]

    @property
    def is_secured(self) -> bool:
        return self.request.status is RequestStatus.SECURED

    @property
    def is_frozen(self) -> bool:
        return any(funds.status is FundsStatus.FROZEN for funds in self.funds)

    def of_kind(self, kind: FundsKind) -> Funds | None:
        return next((funds for funds in self.funds if funds.kind is kind), None)

    def held(self, kind: FundsKind) -> Money:
        """How much of the escrow or the deposit is still held; nothing when none was asked for."""
        funds = self.of_kind(kind)
        return funds.held if funds is not None else Money.zero(self.request.currency)


def order_under_lock(session: Session, order_id: int) -> tuple[Order, Actor]:
    """The order, locked and read anew, and the system acting in its park."""
    order = session.scalars(
        select(Order)
        .where(Order.id == order_id)
        .options(joinedload(Order.booking))
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    ).one()
    return order, system_actor(order.park_id)


def money_under_lock(session: Session, order: Order, *, actor: Actor) -> HeldMoney | None:
    """What is held for a locked order; None while nothing was asked for."""
    try:
        request = locked_request(session, subject_of(order), ORDER, actor=actor)
    except NotFound:
        return None
    return HeldMoney(request, locked_funds(session, request))
