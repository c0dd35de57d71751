"""Fixtures that every package's tests may use; the servers are real and shared, the databases are each worker's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.kernel.embedded import DatabaseUrls
from tests import servers

pytest_plugins = ["tests.application"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A superuser's URL of the PostgreSQL that the tests share."""
    with servers.postgresql() as admin_url:
        yield admin_url


@pytest.fixture(scope="session")
def database_urls(cluster: str, template: servers.Template) -> Iterator[DatabaseUrls]:
    """This worker's own database, a copy of the template, as owner and as the running product."""
    with servers.database_from(template, cluster) as urls:
        yield urls


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    with servers.service("elasticsearch", "GONGZAO_TEST_ELASTICSEARCH_URL") as url:
        yield url


@pytest.fixture(scope="session")
def stripe_mock_url() -> Iterator[str]:
    with servers.service("stripe-mock", "GONGZAO_TEST_STRIPE_MOCK_URL") as url:
        yield url


@pytest.fixture(scope="session")
def localstripe_url() -> Iterator[str]:
    with servers.service("localstripe", "GONGZAO_TEST_LOCALSTRIPE_URL") as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> Iterator[Path]:
    with servers.service("chromium", "GONGZAO_TEST_CHROMIUM") as path:
        yield Path(path)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[servers.SmtpSink]:
    with servers.mail_server() as sink:
        yield sink


@pytest.fixture
def smtp_sink(mail_server: servers.SmtpSink) -> servers.SmtpSink:
    """A mail server whose `messages` are those of this test."""
    mail_server.messages.clear()
    return mail_server
