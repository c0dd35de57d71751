"""Cards of tests behind the real operations."""

import pytest

from billing.payments.gateways.installed import take_cards_with
from tests.billing.payments.cards import CardDesk, cards_at


@pytest.fixture
def cards(app, tmp_path):
    """The application takes cards that exist only here."""
    installed = cards_at(tmp_path)
    take_cards_with(installed)
    yield installed
    take_cards_with(None)


@pytest.fixture
def card_desk(session, cards, run_jobs):
    return CardDesk(session, cards.gateway, run_jobs)
