"""The command line `gongzao`: set-up, the demo park, the worker, search, imports, people, and a doctor.

Heavy parts are imported by the command that needs them, so that `gongzao import check` starts at once.
"""

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from flask import Flask

from marketplace.app.boot import running_settings
from marketplace.kernel.clusters import ClusterError
from marketplace.kernel.settings import Settings, SettingsError

LAZY = {
    "demo": ("marketplace.app.demo.commands", "demo"),
    "search": ("marketplace.app.search_commands", "search"),
    "import": ("marketplace.app.import_commands", "imports"),
    "credit": ("marketplace.app.credit_commands", "credit"),
    "enterprise": ("marketplace.app.people_commands", "enterprise"),
    "user": ("marketplace.app.people_commands", "user"),
    "billing": ("marketplace.app.billing_commands", "billing"),
    "export": ("marketplace.app.billing_commands", "export"),
    "doctor": ("marketplace.app.doctor", "doctor"),
}
"""Command -> where it lives: (module, attribute)."""


class LazyGroup(click.Group):
    """A group whose commands are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*LAZY, *super().list_commands(ctx)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        module, attribute = LAZY[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command


@contextmanager
def running_application() -> Generator[tuple[Flask, Settings]]:
    """The application on its settings inside an application context; a missing database is told, not traced."""
    from marketplace.app.factory import create_app  # noqa: PLC0415 - heavy

    with running_settings() as settings:
        app = create_app(settings)
        with app.app_context():
            yield app, settings


@click.group(cls=LazyGroup)
def gongzao() -> None:
    """Gongzao 共造, the marketplace of an industrial park."""


@gongzao.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema to REVISION (the newest unless named), as the owner role."""
    from marketplace.app.migrating import upgrade as migrate  # noqa: PLC0415 - heavy

    with running_settings() as settings:
        migrate(settings.owner_database_url, revision)
    click.echo("The schema is up to date.")


@gongzao.command()
def worker() -> None:
    """Run jobs until stopped; any number of workers may run."""
    from marketplace.app.requests import configure_logs  # noqa: PLC0415 - heavy
    from marketplace.app.worker import run_worker  # noqa: PLC0415 - heavy

    configure_logs()
    with running_application() as (_, settings):
        run_worker(settings)


def main() -> Any:
    """The console script: refusals of the set-up are sentences, exit code 2."""
    try:
        return gongzao(standalone_mode=True)
    except (SettingsError, ClusterError) as error:
        raise SystemExit(f"gongzao: {error}") from error
