"""What each kind of person comes for, walked from the first page to the last; every page on the way is looked at."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.dialects.postgresql import Range

from marketplace.accounts.models import Enterprise, MembershipStatus, Park, User
from marketplace.accounts.passwords import hash_password
from marketplace.demands.operations.demanding import PostDemand, post_demand
from marketplace.demands.operations.quoting import MakeQuote, QuoteTerms, make_quote
from marketplace.demands.pricing import QuoteLine
from marketplace.kernel.clock import fixed_clock
from marketplace.listings.commands import ListingTerms, SetRatePlan
from marketplace.listings.models import Approval, Listing
from marketplace.listings.operations import set_rate_plan, submit_listing
from marketplace.listings.queries import units_of
from marketplace.orders.operations.placing import PlaceOrder, place_order
from tests.application import NOW
from tests.factories import (
    create_enterprise,
    create_member,
    create_officer,
    create_park,
    create_zone,
    firm_actor,
)
from tests.journeys.conftest import Live
from tests.listings.factories import MILL, create_draft, create_published_listing, rent
from tests.listings.imports.ledgers import ROWS, ledger

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

HOUR = timedelta(hours=1)
CLOCK = fixed_clock(NOW)
LOOKS = pytest.mark.parametrize(
    "look", [{"language": "zh_CN", "width": 375}, {"language": "en", "width": 1280}], ids=["phone-zh", "desk-en"]
)
PASSWORD = "park of quiet lathes"
SOON = ("2026-11-24T10:00", "2026-11-24T14:00")


@dataclass
class Firm:
    firm: Enterprise
    user: User
    park: Park

    @property
    def actor(self):
        return firm_actor(self.user, self.park, self.firm)


@dataclass
class Town:
    """A park of its own for each journey: a factory, a small firm that looks for machines, an officer."""

    live: Live
    park: Park
    factory: Firm
    small: Firm
    officer: User

    def machine(self, **more: object) -> Listing:
        listing = create_published_listing(self.live.session, self.park, self.factory.firm, **more)
        self.live.session.commit()
        return listing

    def order(self, listing: Listing, start: int = 26, hours: int = 4):
        during = Range(NOW + start * HOUR, NOW + (start + hours) * HOUR)
        placed = place_order(
            self.live.session, PlaceOrder(listing=listing.public_id, during=during), actor=self.small.actor, clock=CLOCK
        )
        self.live.session.commit()
        return placed


@pytest.fixture
def town(live: Live) -> Iterator[Town]:
    session = live.session
    park = create_park(session)
    zone = create_zone(session, park)
    firms = []
    for _ in range(2):
        firm = create_enterprise(session, park, zone=zone)
        firms.append(Firm(firm, create_member(session, firm), park))
    officer = create_officer(session, park)
    session.commit()
    yield Town(live, park, firms[0], firms[1], officer)
    session.rollback()


@pytest.fixture
def clock_at(live: Live) -> Iterator[Callable[[timedelta], None]]:
    """Let the product's clock stand so much later; back at `NOW` after the test."""
    yield lambda later: live.app.config.update(CLOCK=fixed_clock(NOW + later))
    live.app.config["CLOCK"] = fixed_clock(NOW)


def until(page: Page, seen: Callable[[], bool], patience: int = 120) -> None:
    """Open the page again until the worker has done its part."""
    for _ in range(patience):
        if seen():
            return
        page.wait_for_timeout(250)
        page.reload()
    raise AssertionError(f"the worker did not come to it: {page.url}")


@LOOKS
def test_factory_lists_its_machines_from_a_ledger_and_prices_them(town: Town, look: dict, tmp_path: Path):
    town.factory.user.password_hash = hash_password(PASSWORD)
    town.live.session.commit()
    file = tmp_path / "ledger.csv"
    file.write_bytes(ledger(*ROWS))
    with town.live.visitor(**look) as visitor:
        page = visitor.go("/sign-in?next=/machines/import/")
        visitor.look()
        page.fill("#f-email", town.factory.user.email)
        page.fill("#f-password", PASSWORD)
        page.click("main form.gz-form .btn-primary")
        page.set_input_files("input[type=file]", file)
        page.click("main form.gz-form .btn-primary")
        page.wait_for_selector("#commit .btn-primary")
        visitor.look()
        page.click("#commit .btn-primary")
        page.wait_for_selector("form[action$='/publish'] .btn-primary")
        visitor.look()
        page.click("form[action$='/publish'] .btn-primary")
        visitor.go("/machines/")
        expect(page.locator("tbody tr")).to_have_count(2)
        visitor.look()
        page.locator("tbody a").first.click()
        visitor.look()
        page.click("#price a")
        with page.expect_response("**/examples"):
            page.fill("[name='rates.hour']", "150")
            page.press("[name='rates.hour']", "Tab")
        expect(page.locator("#examples")).to_contain_text("150")
        visitor.look()
        page.click("#price-form .btn-primary")
        page.wait_for_url(re.compile(r"/machines/[0-9a-z]{14}$"))
        visitor.look()


@LOOKS
def test_factory_blocks_time_on_its_timetable(town: Town, look: dict):
    listing = town.machine()
    with town.live.signed_in(town.factory.user, town.park, town.factory.firm, **look) as visitor:
        page = visitor.go("/machines/timeline")
        visitor.look()
        page.goto(f"{visitor.address}/machines/{listing.public_id}/block")
        page.fill("#f-start", SOON[0])
        page.fill("#f-end", SOON[1])
        page.locator("input[value=maintenance]").check()
        page.click("main form.gz-form .btn-primary")
        expect(page.locator("tr[id^=blackout-]")).to_have_count(1)
        visitor.look()
        visitor.go("/machines/timeline")
        visitor.look()


@LOOKS
def test_factory_answers_a_request_and_quotes_for_a_demand(town: Town, look: dict):
    town.order(town.machine(terms=ListingTerms(approval=Approval.BY_OWNER)))
    wanted = PostDemand(title_zh="铣一批支架", title_en="Mill a batch of brackets", type_code=MILL)
    demand = post_demand(town.live.session, wanted, actor=town.small.actor, clock=CLOCK)
    town.live.session.commit()
    with town.live.signed_in(town.factory.user, town.park, town.factory.firm, **look) as visitor:
        page = visitor.go("/orders")
        page.click("tbody th a")
        visitor.look()
        page.click("form[action$='/approve'] .btn-primary")
        expect(page.locator("#fulfilment")).to_be_visible()
        visitor.look()
        visitor.go("/demands/matching")
        visitor.look()
        page.click(f"a[href$='/demands/{demand.public_id}']")
        visitor.look()
        page.locator("a[href*='/quote?listing=']").first.click()
        visitor.look()
        page.fill("#f-start", "2026-11-25T09:00")
        page.fill("#f-end", "2026-11-25T12:00")
        page.fill("[name='line.0.name']", "CNC")
        page.fill("[name='line.0.quantity']", "3")
        page.fill("[name='line.0.price']", "140")
        page.fill("#f-valid_until", "2026-11-24T18:00")
        page.click("main form.gz-form .btn-primary")
        page.wait_for_url(re.compile(r"/quotes/[0-9a-z]{14}$"))
        expect(page.locator("h1")).to_contain_text("420.00")
        visitor.look()


@LOOKS
def test_small_firm_searches_books_and_lets_others_quote(town: Town, look: dict):
    mill = town.machine()
    town.machine(plan=rent("150"))
    with town.live.signed_in(town.small.user, town.park, town.small.firm, **look) as visitor:
        page = visitor.go("/")
        visitor.look()
        page.fill("#q", "立式加工中心 X行程 800mm")
        page.click(".gz-ask .btn-primary")
        until(page, lambda: page.locator(f"a[href*='{mill.public_id}']").count() > 0)
        chips = page.locator(".gz-chip")
        before = chips.count()
        assert before >= 2
        visitor.look()
        page.locator(".gz-chip > a").last.click()
        expect(chips).to_have_count(before - 1)
        page.locator(f".gz-res a[href*='/listings/{mill.public_id}']").first.click()
        visitor.look()
        _choose(page, *SOON)
        expect(page.locator("#booking-panel")).to_contain_text("480")
        visitor.look()
        page.click("#booking-panel .btn-primary")
        page.wait_for_url(re.compile(r"/orders/[0-9a-z]{14}$"))
        visitor.look()
        visitor.go(f"/listings/{mill.public_id}")
        _choose(page, *SOON)
        page.click("#booking-panel .btn-primary")
        expect(page.locator("#booking-panel .gz-note").first).to_be_visible()
        assert page.locator("#booking-panel .gz-note a").count() >= 2
        visitor.complaints.clear()
        visitor.look()


def _choose(page: Page, start: str, end: str) -> None:
    """Type a window; after each field the panel answers by a new one with the price."""
    for field, value in (("#f-start", start), ("#f-end", end)):
        page.locator("#booking-panel").evaluate("panel => panel.dataset.old = '1'")
        page.fill(field, value)
        expect(page.locator("#booking-panel[data-old]")).to_have_count(0, timeout=15_000)
    expect(page.locator("#f-end")).to_have_value(end)


@LOOKS
def test_small_firm_posts_a_demand_and_accepts_a_quote(town: Town, look: dict):
    listing = town.machine()
    with town.live.signed_in(town.small.user, town.park, town.small.firm, **look) as visitor:
        page = visitor.go("/demands/new")
        page.fill("#f-q", "立式加工中心 铣支架")
        visitor.look()
        for _ in range(2):
            page.click("#wizard .btn-primary")
            page.wait_for_load_state("networkidle")
            visitor.look()
        page.click("#wizard .btn-primary")
        page.wait_for_url(re.compile(r"/demands/[0-9a-z]{14}$"))
        visitor.look()
        address = page.url
        _quote(town, listing, address.rsplit("/", 1)[1])
        page.reload()
        visitor.look()
        page.click("#quotes th a")
        visitor.look()
        page.click("form[action$='/accept'] .btn-primary")
        page.wait_for_url(re.compile(r"/orders/[0-9a-z]{14}$"))
        visitor.look()
        visitor.go("/orders")
        visitor.look()


def _quote(town: Town, listing: Listing, demand: str) -> None:
    terms = QuoteTerms(
        during=Range(NOW + 26 * HOUR, NOW + 30 * HOUR),
        lines=(QuoteLine(name="铣削", quantity=Decimal(4), unit="小时", unit_price=Decimal(110)),),
        valid_until=NOW + 5 * HOUR,
    )
    offer = MakeQuote(demand=demand, listing=listing.public_id, terms=terms)
    make_quote(town.live.session, offer, actor=town.factory.actor, clock=CLOCK)
    town.live.session.commit()


@LOOKS
def test_park_office_works_through_its_queue(town: Town, look: dict):
    session = town.live.session
    asking = create_enterprise(session, town.park, status=MembershipStatus.APPLIED)
    create_member(session, asking)
    for _ in range(2):
        _submitted(town)
    session.commit()
    with town.live.signed_in(town.officer, town.park, **look) as visitor:
        page = visitor.go("/office")
        visitor.look()
        page.click(".gz-head .btn-primary")
        expect(page).to_have_url(re.compile(asking.public_id))
        visitor.look()
        page.locator("input[value=admitted]").check()
        page.click(".gz-side .btn-primary")
        page.wait_for_url(re.compile("/office/listings/"))
        first = page.url
        visitor.look()
        page.locator("input[value=approve]").check()
        page.click("#decision .btn-primary")
        page.wait_for_url(re.compile("/office/listings/"))
        expect(page).not_to_have_url(first)
        page.locator("input[value=refuse]").check()
        page.locator(".gz-tpl button").first.click()
        page.click("#decision .btn-primary")
        page.wait_for_url(re.compile("/office$"))
        visitor.look()
        for path in (
            "/office/figures",
            "/office/audit",
            "/office/firms",
            f"/office/firms/{asking.public_id}",
            f"/office/firms/{town.factory.firm.public_id}?tab=listings",
            f"/office/firms/{asking.public_id}?tab=audit",
        ):
            visitor.go(path)
            visitor.look()


def _submitted(town: Town) -> None:
    session, supplier = town.live.session, town.factory.actor
    draft = create_draft(session, town.park, town.factory.firm)
    price = SetRatePlan(listing=draft.public_id, version=None, plan=rent())
    set_rate_plan(session, price, actor=supplier, clock=CLOCK)
    submit_listing(session, draft.public_id, actor=supplier, clock=CLOCK)


@LOOKS
def test_machine_changes_hands_at_the_machine(town: Town, look: dict, clock_at: Callable[[timedelta], None]):
    listing = town.machine()
    town.order(listing, start=2, hours=4)
    unit = units_of(town.live.session, listing.id)[0].public_id
    clock_at(2 * HOUR)
    with town.live.signed_in(town.factory.user, town.park, town.factory.firm, **look) as visitor:
        page = visitor.go(f"/at/{unit}")
        visitor.look()
        page.click("main .btn-primary")
        visitor.look()
        for point in page.locator("main input[type=radio][value=ok]").all():
            point.check()
        page.click("main .gz-form .btn-primary")
        page.wait_for_url(re.compile(r"/orders/[0-9a-z]{14}$"))
        visitor.look()
    with town.live.signed_in(town.small.user, town.park, town.small.firm, **look) as visitor:
        page = visitor.go(f"/at/{unit}")
        visitor.look()
        page.click("form[action$='/sign'] .btn-primary")
        page.wait_for_url(re.compile(r"/orders/[0-9a-z]{14}$"))
        visitor.look()
        visitor.go(f"/at/{unit}")
        expect(page.locator("main a.btn-primary")).to_have_attribute("href", re.compile("/records/return$"))
