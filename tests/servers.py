"""The real servers of a test run, found by environment variable or leased; each says why when it cannot be had."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from aiosmtpd.controller import Controller
from psycopg import sql

from marketplace.kernel.clusters import Cluster, ClusterError
from marketplace.kernel.embedded import DatabaseUrls, embedded_server, prepare_cluster
from scripts.services.leasing import LeasedService
from scripts.services.state import ServiceMissingError, free_port


@dataclass(frozen=True)
class Template:
    """How a test database begins: `fill` runs once for each `key` and closes its connections before it returns."""

    key: str
    fill: Callable[[DatabaseUrls], None]


@dataclass
class SmtpSink:
    """A mail server in this process that keeps what it is given."""

    url: str = ""
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


@contextmanager
def service(name: str, variable: str) -> Iterator[str]:
    """What the variable says, or a leased server; skips without one, and fails instead when CI is set."""
    if given := os.environ.get(variable):
        yield given
        return
    leased = LeasedService(name)
    try:
        found = leased.take()[variable]
    except (ServiceMissingError, ClusterError) as error:
        missing(f"{name}: {error}")
    try:
        yield found
    finally:
        leased.give_back()


@contextmanager
def postgresql() -> Iterator[str]:
    """A superuser's URL of the cluster for tests; without Debian's PostgreSQL, and without CI, of an embedded one."""
    try:
        with service("postgresql", "GONGZAO_TEST_DATABASE_ADMIN_URL") as url:
            yield url
    except pytest.skip.Exception:
        with tempfile.TemporaryDirectory(prefix="gz") as folder:
            Path(folder).chmod(0o755)  # root's server runs as another user
            server = embedded_server(Path(folder))
            try:
                yield Cluster(Path(), Path(folder) / "postgresql", None).admin_url
            finally:
                server.stop()


def missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def database_from(template: Template, admin_url: str) -> Iterator[DatabaseUrls]:
    """A database of our own, copied from the template and dropped afterwards."""
    name = f"gongzao_test_{os.getpid()}_{os.urandom(3).hex()}"
    source = f"gongzao_template_{hashlib.sha256(template.key.encode()).hexdigest()[:16]}"
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext('gongzao template'))")
        _ensure_template(connection, admin_url, source, template)
        copy = sql.SQL("create database {} owner gongzao_owner template {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(source)))
    try:
        yield prepare_cluster(admin_url, name)
    finally:
        _drop(admin_url, name)


def _ensure_template(connection: psycopg.Connection, admin_url: str, source: str, template: Template) -> None:
    if connection.execute("select 1 from pg_database where datname = %s", [source]).fetchone():
        return
    draft = f"{source}_draft"
    _drop(admin_url, draft)
    template.fill(prepare_cluster(admin_url, draft))
    rename = sql.SQL("alter database {} rename to {}")
    connection.execute(rename.format(sql.Identifier(draft), sql.Identifier(source)))


def _drop(admin_url: str, name: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def mail_server() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    sink.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield sink
    finally:
        controller.stop()
