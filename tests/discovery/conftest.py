"""A market with one machine, a reader of it, and an index that each test leaves empty."""

import pytest

from marketplace.discovery.index import engine
from search.documents import Deletion
from tests.factories import create_zone
from tests.orders.test_orders import Market


@pytest.fixture
def market(session, run_jobs):
    market = Market(session)
    create_zone(session, market.park)
    session.commit()
    run_jobs()
    yield market
    versions = engine().versions()
    engine().write([], [Deletion(identity, version + 1_000_000) for identity, version in versions.items()])


@pytest.fixture
def engineer(market, browser_of):
    return browser_of(market.session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)


@pytest.fixture(scope="module", autouse=True)
def _index(index_left_empty: None) -> None:
    """Each module begins with an index that holds nothing."""
