"""Which parts the product is made of: blueprints, event handlers, sentences for error codes, navigation."""

from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as lazy  # pyright: ignore[reportUnknownVariableType]
from flask_smorest import Api

import billing.contracts.runs
import billing.payments.card_jobs
import billing.payments.handlers
import billing.payouts.handlers  # noqa: F401 - imported for its jobs
import credit.pages.firm
import credit.pages.office  # noqa: F401 - these two are imported for their routes
import marketplace.accounts.pages.firms
import marketplace.accounts.pages.people
import marketplace.accounts.pages.security
import marketplace.bookings.calendar_api
import marketplace.bookings.calendar_pages
import marketplace.bookings.feeds_pages
import marketplace.bookings.holidays_pages
import marketplace.conversations.handlers
import marketplace.demands.pages.demands
import marketplace.demands.pages.quotes
import marketplace.demands.pages.wizard
import marketplace.discovery.matching.api
import marketplace.discovery.matching.pages
import marketplace.office.pages.audit
import marketplace.office.pages.figures
import marketplace.office.pages.firms
import marketplace.office.pages.queue
import marketplace.office.pages.settings
import marketplace.orders.handlers
import marketplace.orders.messages_api
import marketplace.orders.messages_pages
import marketplace.orders.quotes_api
import marketplace.orders.quotes_pages  # noqa: F401 - these are imported for their routes and jobs
from billing.bills.api import blueprint as billing_bills_api
from billing.bills.pages import blueprint as billing_bills_pages
from billing.contracts.api import blueprint as billing_contracts_api
from billing.contracts.errors import SENTENCES as contracts_sentences  # noqa: N811
from billing.contracts.pages import blueprint as billing_contracts_pages
from billing.contracts.subjects import lead_with
from billing.ledger.api import blueprint as billing_ledger_api
from billing.ledger.errors import SENTENCES as ledger_sentences  # noqa: N811
from billing.ledger.pages import blueprint as billing_ledger_pages
from billing.metering.api import blueprint as billing_meters_api
from billing.metering.errors import SENTENCES as metering_sentences  # noqa: N811
from billing.metering.pages import blueprint as billing_meters_pages
from billing.payments import notices as funds_notices
from billing.payments.api import blueprint as billing_funds_api
from billing.payments.card_api import blueprint as billing_cards_api
from billing.payments.card_board_pages import blueprint as billing_card_board_pages
from billing.payments.card_pages import blueprint as billing_cards_pages
from billing.payments.demo_cards_pages import blueprint as billing_test_cards_pages
from billing.payments.errors import SENTENCES as payments_sentences  # noqa: N811
from billing.payments.pages import blueprint as billing_payments_pages
from billing.payments.webhooks_api import blueprint as billing_webhooks_api
from billing.payouts import notices as payouts_notices
from billing.payouts.api import blueprint as billing_payouts_api
from billing.payouts.batch_api import blueprint as billing_batches_api
from billing.payouts.batch_pages import blueprint as billing_batches_pages
from billing.payouts.errors import SENTENCES as payouts_sentences  # noqa: N811
from billing.payouts.pages import blueprint as billing_payouts_pages
from billing.statements.api import blueprint as billing_statements_api
from billing.statements.errors import SENTENCES as statements_sentences  # noqa: N811
from billing.statements.pages import blueprint as billing_statements_pages
from credit import jobs as credit_jobs
from credit import notices as credit_notices
from credit.api import blueprint as credit_api
from credit.errors import SENTENCES as credit_sentences  # noqa: N811
from credit.pages.blueprint import blueprint as credit_pages
from marketplace.accounts.api import blueprint as accounts_api
from marketplace.accounts.errors import SENTENCES as accounts_sentences  # noqa: N811 - a package's table under the package's name
from marketplace.accounts.operations.tokens import know_areas
from marketplace.accounts.pages.blueprint import blueprint as accounts_pages
from marketplace.accounts.personal_data import tell_also
from marketplace.bookings import handlers as bookings_handlers
from marketplace.bookings.api import blueprint as bookings_api
from marketplace.bookings.errors import SENTENCES as bookings_sentences  # noqa: N811
from marketplace.bookings.handlers import Calendars
from marketplace.bookings.keepers import keep_holds_of
from marketplace.bookings.pages import blueprint as bookings_pages
from marketplace.bookings.working_days import ParkHolidays
from marketplace.conversations import account_notices
from marketplace.conversations.api import blueprint as conversations_api
from marketplace.conversations.pages import blueprint as conversations_pages
from marketplace.conversations.queries import notices_told
from marketplace.conversations.wording import Wording, word_notices
from marketplace.demands import handlers as demands_handlers
from marketplace.demands.api import blueprint as demands_api
from marketplace.demands.errors import SENTENCES as demands_sentences  # noqa: N811
from marketplace.demands.pages.blueprint import blueprint as demands_pages
from marketplace.demands.quotes_api import blueprint as quotes_api
from marketplace.discovery import handlers as discovery_handlers
from marketplace.discovery.api import blueprint as discovery_api
from marketplace.discovery.matching import handlers as matching_handlers
from marketplace.discovery.pages import blueprint as discovery_pages
from marketplace.discovery.similar import SimilarByType
from marketplace.kernel.events import Subscription, subscribe
from marketplace.kernel.problems import Sentences, explain
from marketplace.kernel.working_days import count_working_days_by
from marketplace.listings import handlers as listings_handlers
from marketplace.listings.blueprints import APIS as LISTINGS_APIS
from marketplace.listings.blueprints import PAGES as LISTINGS_PAGES
from marketplace.listings.calendars import keep_calendars_with
from marketplace.listings.errors import SENTENCES as listings_sentences  # noqa: N811
from marketplace.listings.imports import jobs as listings_jobs  # noqa: F401 - imported for its jobs
from marketplace.office.api import blueprint as office_api
from marketplace.office.errors import SENTENCES as office_sentences  # noqa: N811
from marketplace.office.pages.blueprint import blueprint as office_pages
from marketplace.orders import handlers as orders_handlers
from marketplace.orders.alternatives import find_similar_with
from marketplace.orders.api import blueprint as orders_api
from marketplace.orders.disputes.api import blueprint as disputes_api
from marketplace.orders.disputes.pages import blueprint as disputes_pages
from marketplace.orders.errors import SENTENCES as orders_sentences  # noqa: N811
from marketplace.orders.fulfilments import handlers as fulfilments_handlers
from marketplace.orders.fulfilments.api import blueprint as fulfilments_api
from marketplace.orders.fulfilments.pages import blueprint as handovers_pages
from marketplace.orders.pages import blueprint as orders_pages
from marketplace.orders.panels import show_panels_of
from marketplace.settlement import handlers as settlement_handlers
from marketplace.settlement.api import blueprint as settlement_api
from marketplace.settlement.errors import SENTENCES as settlement_sentences  # noqa: N811
from marketplace.settlement.operations.taking_up import PaidHolds
from marketplace.settlement.pages import MoneyPanels, OrderLinks
from marketplace.settlement.pages import blueprint as settlement_pages
from marketplace.ui.frame import NavItem

PACKAGE_FOLDER = Path(__file__).resolve().parents[1]

PAGES: tuple[Blueprint, ...] = (
    discovery_pages,
    demands_pages,
    bookings_pages,
    orders_pages,
    handovers_pages,
    disputes_pages,
    settlement_pages,
    accounts_pages,
    conversations_pages,
    office_pages,
    billing_payouts_pages,
    billing_payments_pages,
    billing_cards_pages,
    billing_card_board_pages,
    billing_test_cards_pages,
    billing_statements_pages,
    billing_batches_pages,
    billing_ledger_pages,
    billing_bills_pages,
    billing_contracts_pages,
    billing_meters_pages,
    credit_pages,
    *LISTINGS_PAGES,
)

APIS: tuple[Blueprint, ...] = (
    accounts_api,
    discovery_api,
    conversations_api,
    demands_api,
    quotes_api,
    bookings_api,
    orders_api,
    fulfilments_api,
    disputes_api,
    settlement_api,
    office_api,
    billing_funds_api,
    billing_cards_api,
    billing_webhooks_api,
    billing_payouts_api,
    billing_statements_api,
    billing_batches_api,
    billing_ledger_api,
    billing_bills_api,
    billing_contracts_api,
    billing_meters_api,
    credit_api,
    *LISTINGS_APIS,
)

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    *account_notices.SUBSCRIPTIONS,
    *listings_handlers.SUBSCRIPTIONS,
    *demands_handlers.SUBSCRIPTIONS,
    *bookings_handlers.SUBSCRIPTIONS,
    *orders_handlers.SUBSCRIPTIONS,
    *fulfilments_handlers.SUBSCRIPTIONS,
    *discovery_handlers.SUBSCRIPTIONS,
    *credit_jobs.SUBSCRIPTIONS,
    *credit_notices.SUBSCRIPTIONS,
    *matching_handlers.SUBSCRIPTIONS,
    *settlement_handlers.SUBSCRIPTIONS,
    *funds_notices.SUBSCRIPTIONS,
    *payouts_notices.SUBSCRIPTIONS,
)

WORDINGS: tuple[Mapping[str, Wording], ...] = (
    account_notices.WORDINGS,
    demands_handlers.WORDINGS,
    matching_handlers.WORDINGS,
    bookings_handlers.WORDINGS,
    orders_handlers.WORDINGS,
    settlement_handlers.WORDINGS,
    credit_notices.WORDINGS,
    fulfilments_handlers.WORDINGS,
    listings_handlers.WORDINGS,
    funds_notices.WORDINGS,
    payouts_notices.WORDINGS,
)

SENTENCES: tuple[Sentences, ...] = (
    ledger_sentences,
    payments_sentences,
    contracts_sentences,
    metering_sentences,
    payouts_sentences,
    statements_sentences,
    accounts_sentences,
    bookings_sentences,
    demands_sentences,
    orders_sentences,
    settlement_sentences,
    listings_sentences,
    office_sentences,
    credit_sentences,
)

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(
        "office_pages.queue",
        lazy("晨间队列"),
        who=frozenset({"office"}),
        within=("office_pages.job", "listings_review.look"),
    ),
    NavItem("discovery_pages.home", lazy("找资源"), who=frozenset({"signed_in"}), within=("discovery_pages.",)),
    NavItem(
        "listings_pages.index",
        lazy("我的设备"),
        who=frozenset({"firm"}),
        within=("listings_pages.", "listings_editing.", "listings_prices.", "listings_imports."),
    ),
    NavItem(
        "demands_pages.index",
        lazy("我的需求"),
        who=frozenset({"firm"}),
        within=("demands_pages.new", "demands_pages.create", "demands_pages.show"),
    ),
    NavItem("demands_pages.board", lazy("匹配的需求"), who=frozenset({"firm"}), within=("demands_pages.",)),
    NavItem("bookings_pages.timeline", lazy("时间表"), who=frozenset({"firm"}), within=("bookings_pages.",)),
    NavItem("orders_pages.index", lazy("订单"), who=frozenset({"firm"}), within=("orders_pages.", "orders_handovers.")),
    NavItem(
        "billing_payouts.index",
        lazy("资金"),
        who=frozenset({"firm"}),
        within=(
            "billing_payouts.",
            "billing_payments.",
            "billing_cards.",
            "billing_bills.",
            "billing_contracts.",
            "billing_meters.",
        ),
    ),
    NavItem("credit_pages.own", lazy("信用"), who=frozenset({"firm"}), within=("credit_pages.",)),
    NavItem("credit_pages.board", lazy("信用"), who=frozenset({"office"}), within=("credit_pages.",)),
    NavItem("office_pages.firms", lazy("企业"), who=frozenset({"office"}), within=("office_pages.firm",)),
    NavItem("listings_review.queue", lazy("待审供给"), who=frozenset({"office"})),
    NavItem("office_pages.figures", lazy("数据"), who=frozenset({"office"})),
    NavItem("bookings_pages.holidays", lazy("节假日"), who=frozenset({"office"})),
    NavItem(
        "billing_statements.index",
        lazy("园区资金"),
        who=frozenset({"office_finance", "office_admin", "office_auditor"}),
        within=("billing_statements.", "billing_card_board.", "billing_batches.", "billing_ledger."),
    ),
    NavItem("office_pages.audit", lazy("审计"), who=frozenset({"office_admin", "office_auditor"})),
    NavItem("office_pages.settings", lazy("设置"), who=frozenset({"office_admin", "office_auditor"})),
)
"""The main navigation in its order; `who` holds words of `app.frame`: firm, office, signed_in."""


def register(app: Flask, api: Api) -> None:
    """Bind every part to the application."""
    keep_calendars_with(Calendars())
    find_similar_with(SimilarByType())
    count_working_days_by(ParkHolidays())
    keep_holds_of(PaidHolds())
    show_panels_of(MoneyPanels())
    lead_with(OrderLinks())
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    for blueprint in APIS:
        api.register_blueprint(blueprint)  # type: ignore[arg-type]
    know_areas(blueprint.name.removesuffix("_api") for blueprint in APIS)
    tell_also("notices", notices_told)
    subscribe(*SUBSCRIPTIONS)
    for wordings in WORDINGS:
        word_notices(wordings)
    for sentences in SENTENCES:
        explain(sentences)
