"""Pay-per-use and rent-to-own walked in a browser: priced, booked, paid, used, billed, bought; every page is looked at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from billing.contracts.models import Contract
from billing.payments.models import FundsRequest
from marketplace.accounts.models import SignInSession
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.listings.commands import SetRatePlan
from marketplace.listings.operations import set_rate_plan
from marketplace.orders.models import Order
from marketplace.settlement.operations.paying_in import receive_by_reference
from marketplace.settlement.operations.settling import settle_order
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_park, firm_actor
from tests.journeys.conftest import Live, Visitor
from tests.listings.factories import create_published_listing
from tests.settlement.contract_trade import BY_HOUR

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOOKS = pytest.mark.parametrize(
    "look", [{"language": "zh_CN", "width": 375}, {"language": "en", "width": 1280}], ids=["phone-zh", "desk-en"]
)


@dataclass
class Street:
    """Two firms and a machine in a park that wants the money first."""

    live: Live

    def __post_init__(self) -> None:
        session = self.live.session
        self.park = create_park(session)
        self.park.payment_required = True
        self.supplier, self.demander = create_enterprise(session, self.park), create_enterprise(session, self.park)
        self.owner, self.engineer = create_member(session, self.supplier), create_member(session, self.demander)
        self.listing = create_published_listing(session, self.park, self.supplier)
        session.commit()

    def price(self, plan) -> None:
        command = SetRatePlan(listing=self.listing.public_id, version=None, plan=plan)
        actor = firm_actor(self.owner, self.park, self.supplier)
        set_rate_plan(self.live.session, command, actor=actor, clock=fixed_clock(NOW))
        self.live.session.commit()

    def pay(self, reference: str, clock) -> None:
        """What the bank's statement would say."""
        session = self.live.session
        session.rollback()
        receive_by_reference(session, reference, actor=system_actor(self.park.id), clock=clock)
        session.commit()

    def settle(self, clock) -> Contract:
        session = self.live.session
        session.rollback()
        order = session.query(Order).filter_by(park_id=self.park.id).one()
        settle_order(session, order.id, clock=clock)
        session.commit()
        return session.query(Contract).filter_by(park_id=self.park.id).one()


@pytest.fixture
def street(live: Live) -> Street:
    return Street(live)


@pytest.fixture
def clock_at(live: Live) -> Iterator[Callable[[str], object]]:
    """Move the product's clock to a local time of the park."""

    def move(text: str):
        clock = fixed_clock(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))
        live.app.config["CLOCK"] = clock
        return clock

    yield move
    live.app.config["CLOCK"] = fixed_clock(NOW)


def book(visitor: Visitor, street: Street, start: str, end: str = "") -> str:
    """Through the panel of the listing's page; the address of the order."""
    window = f"?start={start}" + (f"&end={end}" if end else "")
    page = visitor.go(f"/listings/{street.listing.public_id}{window}")
    expect(page.locator("#booking-panel .gz-sum, #booking-panel table").first).to_be_visible()
    visitor.look()
    page.locator("#booking-panel button.btn-primary").click()
    page.wait_for_url("**/orders/*")
    visitor.look()
    return page.url


def reference_on(visitor: Visitor, street: Street, order: str) -> str:
    """The reference of the first thing to pay, from its own page."""
    page = visitor.go(order.removeprefix(visitor.address))
    page.locator('a[href*="/money/requests/"].btn-primary').first.click()
    page.wait_for_url("**/money/requests/*")
    visitor.look()
    street.live.session.rollback()
    asked = street.live.session.query(FundsRequest).filter_by(public_id=page.url.rpartition("/")[2]).one()
    return asked.reference


def change_hands(writer: Visitor, signer: Visitor, order: str, kind: str, reading: str) -> None:
    path = order.removeprefix(writer.address)
    page = writer.go(f"{path}/records/{kind}")
    for choice in page.locator('input[type="radio"][value="ok"]').all():
        choice.check(force=True)
    if reading:
        page.locator("#f-reading").fill(reading)
    writer.look()
    page.locator('form[data-guard] button[type="submit"]').last.click()
    page.wait_for_url("**/orders/*")
    there = signer.go(path)
    there.click("main form[action$='/sign'] .btn-primary")
    there.wait_for_load_state()
    signer.look()


@contextmanager
def both(street: Street, look: dict) -> Iterator[tuple[Visitor, Visitor]]:
    """The owner's and the engineer's windows, signed in at the product's present time."""
    with (
        street.live.signed_in(street.owner, street.park, street.supplier, **look) as owner,
        street.live.signed_in(street.engineer, street.park, street.demander, **look) as engineer,
    ):
        now = street.live.app.config["CLOCK"]()
        still = update(SignInSession).values(used_at=now, expires_at=now + timedelta(hours=11))
        street.live.session.execute(still)
        street.live.session.commit()
        yield owner, engineer


@LOOKS
def test_paid_by_use_from_the_price_to_the_bill(street: Street, look: dict, clock_at):
    street.price(BY_HOUR)
    with both(street, look) as (owner, engineer):
        page = owner.go(f"/machines/{street.listing.public_id}/price")
        expect(page.locator("#f-unit_price")).to_have_value("100")
        owner.look()
        order = book(engineer, street, "2026-12-01T08:00", "2026-12-01T18:00")
        _ask(street, clock_at("2026-11-23T09:00"))
        street.pay(reference_on(engineer, street, order), clock_at("2026-11-23T12:00"))
    for now, kind, reading in (("2026-12-01T08:00", "handover", "1200"), ("2026-12-01T16:00", "return", "1206.5")):
        clock_at(now)
        with both(street, look) as (owner, engineer):
            change_hands(owner, engineer, order, kind, reading)
    now = clock_at("2026-12-02T09:00")
    with both(street, look) as (owner, engineer):
        page = engineer.go(order.removeprefix(engineer.address))
        page.locator('form[action*="/acceptance"] button').click()
        page.wait_for_load_state()
        contract = street.settle(now)
        assert contract.status.value == "completed"
        page = engineer.go(order.removeprefix(engineer.address))
        expect(page.locator("#contract")).to_contain_text("650.00")
        engineer.look()
        page.locator('#contract a[href*="/money/contracts/"]').first.click()
        expect(page.locator("#readings")).to_contain_text("1,206.5")
        engineer.look()
        page = owner.go("/money/meters/")
        owner.look()
        page.locator("th a").first.click()
        page.wait_for_load_state()
        owner.look()


@LOOKS
def test_rented_to_own_and_bought_out(street: Street, look: dict, clock_at):
    with both(street, look) as (owner, engineer):
        page = owner.go(f"/machines/{street.listing.public_id}/price")
        page.locator('input[name="kind"][value="rent_to_own"]').check(force=True)
        for name, value in (("price", "12000"), ("rent", "1100"), ("months", "12"), ("credit.percent", "80")):
            page.locator(f'[id="f-{name}"]').fill(value)
        expect(page.locator("#examples")).to_contain_text("12,000.00")
        owner.look()
        page.locator('#price-form button[type="submit"]').last.click()
        page.wait_for_url("**/machines/*")
        owner.look()
        order = book(engineer, street, "2026-12-01T08:00", "2026-12-01T12:00")
        _ask(street, clock_at("2026-11-23T09:00"))
        street.pay(reference_on(engineer, street, order), clock_at("2026-11-23T12:00"))
    now = clock_at("2026-12-01T08:00")
    with both(street, look) as (owner, engineer):
        change_hands(owner, engineer, order, "handover", "")
    contract = street.settle(now)
    now = clock_at("2026-12-05T08:00")
    with both(street, look) as (_, engineer):
        page = engineer.go(f"/money/contracts/{contract.public_id}")
        expect(page.locator("main")).to_contain_text("880.00")
        engineer.look()
        page.locator('form[action$="/quote"] button').click()
        page.wait_for_load_state()
        engineer.look()
        page.locator('form[action*="/buy/"] button').click()
        page.locator("dialog[open] .btn-primary").click()
        page.wait_for_url("**/money/bills/*")
        engineer.complaints.clear()
        engineer.look()
        street.settle(now)
        street.pay(reference_on(engineer, street, order), now)
        contract = street.settle(now)
        assert contract.status.value == "bought_out"
        page = engineer.go(order.removeprefix(engineer.address))
        expect(page.locator("#contract")).to_be_visible()
        engineer.look()


def _ask(street: Street, clock) -> None:
    """The worker's handler, here and now."""
    session = street.live.session
    session.rollback()
    order = session.query(Order).filter_by(park_id=street.park.id).one()
    settle_order(session, order.id, clock=clock)
    session.commit()
