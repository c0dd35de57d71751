"""The schema's history: one line of it, equal to the models, passable in both directions with rows in the tables."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from marketplace.app.migrating import configuration, downgrade, upgrade
from marketplace.app.tables import metadata
from tests.access import world as worlds
from tests.servers import Template, database_from

FIRST = "0001"


@pytest.fixture
def owner_url(template: Template, cluster: str) -> Iterator[str]:
    with database_from(template, cluster) as urls:
        yield urls.owner


@pytest.fixture
def owner(owner_url: str) -> Iterator[Engine]:
    engine = create_engine(owner_url)
    yield engine
    engine.dispose()


def is_ours(_: object, name: str | None, kind: str, *__: object) -> bool:
    """The queue's own tables are the library's to describe."""
    return not (name or "").startswith("procrastinate" if kind == "table" else "idx_procrastinate")


def differences(owner: Engine) -> list[object]:
    options = {"compare_type": True, "include_object": is_ours}
    with owner.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def test_the_history_has_one_head_and_no_branch(owner_url: str):
    script = ScriptDirectory.from_config(configuration(owner_url))
    assert len(script.get_heads()) == 1
    assert script.get_bases() == [FIRST]


def test_the_migrated_schema_is_that_of_the_models(owner: Engine):
    assert differences(owner) == []


def test_all_migrations_go_down_and_up_again_with_rows_in_the_tables(app, owner: Engine, owner_url: str):
    with app.app_context(), Session(owner) as session:
        worlds.build(app, session)
        session.commit()
    steps = [step.revision for step in ScriptDirectory.from_config(configuration(owner_url)).walk_revisions()]
    with owner.connect() as connection:
        firms = connection.scalar(text("SELECT count(*) FROM accounts_enterprise"))
    assert firms
    for revision in steps[1:]:
        downgrade(owner_url, revision)
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == FIRST
    upgrade(owner_url)
    assert differences(owner) == []


def test_the_database_itself_refuses_two_bookings_of_one_hour(owner: Engine):
    with owner.connect() as connection:
        guard = connection.scalar(
            text(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'bookings_occupancy'::regclass "
                "AND contype = 'x'"
            )
        )
    assert guard.startswith("EXCLUDE USING gist (int8range(unit_id, unit_id, '[]'::text) WITH &&, occupied WITH &&)")
    assert "held" in guard
    assert "confirmed" in guard
