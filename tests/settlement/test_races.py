"""Twenty at once: money moves once, and nobody waits for somebody who waits for him."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.payments.models import GatewayName
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from marketplace.kernel.money import Money
from marketplace.kernel.web import db
from marketplace.orders.fulfilments.operations.accepting import accept_result
from marketplace.orders.models import Order, OrderStatus
from marketplace.settlement.operations.settling import settle_order
from tests.settlement.trade import DEPOSIT, FEE, START, TOTAL, Trade, at

CLIENTS = 20


def at_once(app, work):
    def run(number):
        with app.app_context(), Session(db.engine) as session:
            work(session, number)
            session.commit()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(run, range(CLIENTS)))


def test_twenty_acceptances_release_once(app, committing):
    trade = Trade(committing).receive().use()
    order_id, public_id, engineer = trade.order.id, trade.order.public_id, trade.engineer
    committing.commit()

    def accept(session, _number):
        accept_result(session, public_id, actor=engineer, clock=at(START + 5))
        settle_order(session, order_id, clock=at(START + 5))

    at_once(app, accept)
    assert (trade.earned, trade.commission, trade.credit) == (TOTAL - FEE, FEE, DEPOSIT)
    assert len(trade.bills) == 1
    assert trade.books_are_right()


def test_twenty_transfers_and_twenty_settlements_meet(app, committing):
    trade = Trade(committing)
    order_id, request_id, system = trade.order.id, trade.request.id, trade.system
    committing.commit()
    part = Money((TOTAL + DEPOSIT) // CLIENTS, "CNY")

    def receive(session, number):
        command = ReceiveMoney(
            request_id=request_id, gateway=GatewayName.BANK_TRANSFER, gateway_ref=f"part-{number}", amount=part
        )
        receive_money(session, command, actor=system, clock=at(1))
        session.commit()
        settle_order(session, order_id, clock=at(1))

    at_once(app, receive)
    order = committing.scalars(
        select(Order).where(Order.id == order_id).execution_options(populate_existing=True)
    ).one()
    assert order.status is OrderStatus.ACTIVE
    assert trade.books_are_right()
