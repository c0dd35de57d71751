"""The application under test: one a worker, on a database of its own, with isolation by rollback or by emptying."""

import contextvars
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.accounts.sessions import open_session
from marketplace.app.factory import create_app
from marketplace.app.migrating import MIGRATIONS, upgrade
from marketplace.discovery.documents import ListingSource
from marketplace.discovery.index import engine
from marketplace.kernel.clock import Clock, fixed_clock
from marketplace.kernel.settings import Settings
from marketplace.kernel.web import db
from search.maintenance import rebuild
from tests.servers import Template

NOW = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Monday morning in the park: where tests stand unless they move the clock."""


@pytest.fixture(scope="session")
def template() -> Template:
    digest = hashlib.sha256()
    for path in sorted(MIGRATIONS.rglob("*.py")):
        digest.update(path.read_bytes())
    return Template(key=digest.hexdigest()[:16], fill=lambda urls: upgrade(urls.owner))


@pytest.fixture(scope="session")
def settings(database_urls, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        database_url=database_urls.app,
        owner_database_url=database_urls.owner,
        secret_key="only for tests",
        data_folder=tmp_path_factory.mktemp("data"),
        pool_size=30,
    )


class Browser(FlaskClient):
    """Each request sees nothing of the test around it: its own application context, `g` and session."""

    def open(self, *args: object, **kwargs: object) -> object:
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def shared_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings, TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return fixed_clock(NOW)


@pytest.fixture
def app(shared_app: Flask, clock: Clock) -> Flask:
    """The application with the test's clock."""
    shared_app.config["CLOCK"] = clock
    return shared_app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session whose commits last for one test: everything happens inside a transaction that is rolled back."""
    with app.app_context():
        database = db.engine
    with database.connect() as connection:
        outer = connection.begin()
        _use(app, connection, join_transaction_mode="create_savepoint")
        try:
            with app.app_context():
                yield db.session()
                db.session.remove()
        finally:
            _use(app, database, join_transaction_mode="conditional_savepoint")
            outer.rollback()


def _use(app: Flask, bind: object, *, join_transaction_mode: str) -> None:
    with app.app_context():
        db.session.remove()
        db._app_engines[app][None] = bind
        db.session.session_factory.configure(join_transaction_mode=join_transaction_mode)


@pytest.fixture
def committing(app: Flask, cluster: str, settings: Settings) -> Iterator[Session]:
    """A session that really commits, for races and rollbacks; afterwards every table is emptied."""
    with app.app_context():
        yield db.session()
        db.session.remove()
        database: Engine = db.engine
        database.dispose()
    empty(cluster, settings)


def empty(cluster: str, settings: Settings) -> None:
    """Empty every table as the cluster's superuser, past the guards of the append-only ones."""
    name = settings.database_url.rpartition("/")[2].partition("?")[0]
    from sqlalchemy.engine import make_url

    address = make_url(cluster).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE " + ", ".join(row[0] for row in rows) + " RESTART IDENTITY CASCADE")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody's browser."""
    return app.test_client()


@pytest.fixture
def browser_of(app: Flask) -> Callable[..., FlaskClient]:
    """`browser_of(session, user, park_id=…, enterprise_id=…)`: a browser in which that person is signed in."""

    def sign_in(session: Session, user: User, *, park_id: int, enterprise_id: int | None = None) -> FlaskClient:
        token = open_session(session, user=user, park_id=park_id, enterprise_id=enterprise_id, at=app.config["CLOCK"]())
        session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return sign_in


@pytest.fixture
def run_jobs(session: Session) -> Callable[[], list[str]]:
    """Run the jobs written so far, as a worker would, until none is due; returns their names."""
    from marketplace.kernel.jobs import queue

    def run() -> list[str]:
        done: list[str] = []
        while rows := session.execute(
            text(
                "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= :now)"
                " RETURNING id, task_name, args"
            ),
            {"now": NOW},
        ).all():
            session.commit()
            for _, name, arguments in sorted(rows):
                queue.tasks[name].func(**arguments)
                done.append(name)
        return done

    return run


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with statements() as seen:` collects the SQL of a block, to hold list pages to a fixed number."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return collect


@pytest.fixture(scope="module")
def index_left_empty(shared_app: Flask) -> Iterator[None]:
    """The shared index holds nothing before and after a module that uses it: ids begin anew when tables are emptied,
    and an index that remembers newer versions of them would refuse the next test's rows."""
    _empty_index(shared_app)
    yield
    _empty_index(shared_app)


def _empty_index(app: Flask) -> None:
    with app.app_context():
        rebuild(engine(), ListingSource(db.session()))
        db.session.remove()
