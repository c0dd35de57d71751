"""A small firm pays its order by card, in a real browser, with the gateway's page of tests in the middle."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from billing.ledger.check import check_ledger
from billing.payments.check import check_funds
from billing.payments.gateways.fake import FakeGateway
from billing.payments.gateways.installed import Cards, take_cards_with
from billing.payments.models import Payment, PaymentStatus
from marketplace.kernel.actor import OfficeRole
from marketplace.orders.models import OrderStatus
from tests.factories import create_officer
from tests.journeys.test_journeys import LOOKS, Town, town, until  # noqa: F401 - a fixture among them

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


@pytest.fixture
def gateway(live, tmp_path: Path) -> Iterator[FakeGateway]:
    made = FakeGateway(tmp_path)
    take_cards_with(Cards(gateway=made, environment="test", public_url="", webhook_secrets=("whsec_test",)))
    yield made
    take_cards_with(None)


@LOOKS
def test_small_firm_pays_by_card_and_the_clerk_sees_it(town: Town, gateway: FakeGateway, look: dict):  # noqa: F811
    session = town.live.session
    town.park.payment_required = True
    order = town.order(town.machine(), start=24 * 7 + 2)
    with town.live.signed_in(town.small.user, town.park, town.small.firm, **look) as visitor:
        page = visitor.go(f"/orders/{order.public_id}")
        until(page, lambda: page.locator("#pay a.btn-primary").count() == 1)
        visitor.look()
        page.click("#pay a.btn-primary")
        visitor.look()
        page.click("#card .btn-primary")
        page.wait_for_url("**/test-cards/*")
        visitor.look()
        page.click("form[action$='/bad'] button")
        expect(page.locator(".gz-flash-blocked")).to_be_visible()
        visitor.look()
        page.click("form[action$='/good'] button")
        page.wait_for_url("**/card?back=1")
        page.wait_for_selector(".gz-flash-done")
        visitor.look()
        page.click("main .btn-primary")
        expect(page.locator(".gz-flash-done")).to_be_visible()
        visitor.look()
    session.rollback()
    payment = session.scalars(select(Payment).order_by(Payment.id.desc())).first()
    assert payment.status is PaymentStatus.SUCCEEDED
    session.refresh(order)
    until_active(town, order, look)
    clerk = create_officer(session, town.park, OfficeRole.FINANCE)
    session.commit()
    with town.live.signed_in(clerk, town.park, **look) as visitor:
        page = visitor.go("/office/money/cards/")
        expect(page.locator("tbody tr")).to_have_count(1)
        visitor.look()
    assert check_ledger(session) + check_funds(session) == []


def until_active(town: Town, order, look: dict) -> None:  # noqa: F811
    """The worker makes the order active by the event that a transfer would have brought."""
    with town.live.signed_in(town.small.user, town.park, town.small.firm, **look) as visitor:
        page = visitor.go(f"/orders/{order.public_id}")

        def is_active() -> bool:
            town.live.session.rollback()
            town.live.session.refresh(order)
            return order.status is OrderStatus.ACTIVE

        until(page, is_active)
        visitor.look()
