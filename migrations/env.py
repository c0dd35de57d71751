"""Runs the migrations as the owner role, one transaction each, with time limits; procrastinate's tables are its own."""

from typing import Any

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from marketplace.app.tables import metadata

ADVISORY_LOCK = 7_221_003
NOT_OURS = ("procrastinate_",)


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether autogenerate and `check` look at a thing of the database."""
    return not (kind == "table" and name is not None and name.startswith(NOT_OURS))


def run() -> None:
    """Migrate the database whose address stands in `sqlalchemy.url`."""
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.execute(text("SET statement_timeout = '10min'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=include_name,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()
    engine.dispose()


run()
