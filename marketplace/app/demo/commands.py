"""`gongzao demo`: load the demo park, move its time, serve it."""

import re
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import Progress

from marketplace.app.boot import running_settings
from marketplace.app.demo.park import DemoSignIn, NotTheDemo, advance_demo, is_loaded, load_demo, sign_ins_of
from marketplace.app.factory import create_app
from marketplace.app.migrating import upgrade
from marketplace.app.requests import configure_logs
from marketplace.app.serve import MachineServer
from marketplace.kernel.settings import Settings

SEED = 20261123
PORT = 8000
STEP = re.compile(r"^(\d+)([dhm])$")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@click.group()
def demo() -> None:
    """The demo park."""


@demo.command()
@click.option("--seed", default=SEED, show_default=True, help="Same seed, same park up to the week it is loaded in.")
def load(*, seed: int) -> None:
    """Migrate the database and load the demo park into it, unless it is there."""
    with running_settings() as settings:
        _ensure_loaded(settings.as_demo(), seed=seed)


@demo.command()
@click.argument("by", metavar="TIME")
def advance(by: str) -> None:
    """Move the demo park's time forward by TIME (8d, 12h, 30m) and run the timers that fall due."""
    match = STEP.match(by)
    if match is None:
        raise click.BadParameter("write 8d, 12h or 30m", param_hint="TIME")
    step = timedelta(**{UNITS[match[2]]: int(match[1])})
    with running_settings() as settings:
        now = advance_demo(create_app(settings.as_demo()), settings, step)
    click.echo(f"It is now {now:%Y-%m-%d %H:%M} in the demo park.")


@demo.command()
@click.option("--port", default=PORT, show_default=True)
@click.option("--lan", is_flag=True, help="Serve the local network too.")
def serve(*, port: int, lan: bool) -> None:
    """Serve the demo park on this machine, loading it first; Ctrl-C ends everything."""
    with running_settings() as found:
        settings = found.as_demo()
        offers = _ensure_loaded(settings, seed=SEED)
        _greet(offers, port)
        configure_logs()
        host = "0.0.0.0" if lan else "127.0.0.1"  # noqa: S104 - asked for by --lan
        MachineServer(lambda: create_app(settings), settings, f"{host}:{port}").run()


def _ensure_loaded(settings: Settings, *, seed: int) -> list[DemoSignIn]:
    upgrade(settings.owner_database_url)
    app = create_app(settings)
    try:
        if not is_loaded(app):
            with Progress() as bar:
                load_demo(app, seed=seed, progress=bar)
    except NotTheDemo as error:
        raise click.ClickException(str(error)) from error
    return sign_ins_of(app)


def _greet(offers: list[DemoSignIn], port: int) -> None:
    console = Console()
    console.print(f"\n共造 Gongzao: [bold]http://127.0.0.1:{port}[/bold]\n")
    for offer in offers:
        console.print(f"  {offer.label_zh} / {offer.label_en}: {offer.email}  {offer.password}")
    console.print("\nCtrl-C 结束 / ends the server\n")
