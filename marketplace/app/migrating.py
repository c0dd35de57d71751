"""Brings the database to the schema this version of the product needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for the database of `owner_url`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    return config


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Run the migrations that are still missing, as the owner of the schema."""
    command.upgrade(configuration(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Take migrations back to a revision."""
    command.downgrade(configuration(owner_url), revision)
