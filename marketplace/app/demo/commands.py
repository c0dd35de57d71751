"""`gongzao demo`: load the demo park, move its time, serve it."""

import logging
import os
import re
import socket
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.progress import Progress

from marketplace.app.boot import running_settings
from marketplace.app.demo.park import (
    FULL,
    SMALL,
    DemoSignIn,
    DemoSize,
    NotTheDemo,
    advance_demo,
    is_loaded,
    load_demo,
    sign_ins_of,
)
from marketplace.app.factory import create_app
from marketplace.app.lan import lan_address, self_made_certificate
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
@click.option("--small", is_flag=True, help="Few machines and orders: there in seconds.")
def load(*, seed: int, small: bool) -> None:
    """Migrate the database and load the demo park into it, unless it is there."""
    with running_settings() as settings:
        _ensure_loaded(settings.as_demo(), seed=seed, size=SMALL if small else FULL)


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
@click.option("--lan", is_flag=True, help="Serve the local network too, with TLS.")
def serve(*, port: int, lan: bool) -> None:
    """Serve the demo park on this machine, loading it first; Ctrl-C ends everything."""
    host = "0.0.0.0" if lan else "127.0.0.1"  # noqa: S104 - asked for by --lan
    _refuse_taken(host, port)
    with running_settings() as found:
        settings = replace(found, is_demo=True, public_url=_public_url(port, lan=lan))
        certificate = None
        if lan:
            name = urlsplit(settings.public_url).hostname or "localhost"
            certificate = self_made_certificate(settings.data_folder / "tls", name)
        offers = _ensure_loaded(settings, seed=SEED)
        _greet(offers, settings.public_url)
        configure_logs()
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        MachineServer(lambda: create_app(settings), settings, f"{host}:{port}", certificate).run()


def _public_url(port: int, *, lan: bool) -> str:
    """PUBLIC_URL, else this machine's address: phones keep the session's cookie over TLS alone."""
    if chosen := os.environ.get("PUBLIC_URL"):
        return chosen.rstrip("/")
    return f"https://{lan_address()}:{port}" if lan else f"http://127.0.0.1:{port}"


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} cannot be used ({error.strerror}). Choose another: make demo PORT={port + 1}"
            ) from error


def _ensure_loaded(settings: Settings, *, seed: int, size: DemoSize = FULL) -> list[DemoSignIn]:
    upgrade(settings.owner_database_url)
    app = create_app(settings)
    try:
        if not is_loaded(app):
            with Progress() as bar:
                load_demo(app, seed=seed, progress=bar, size=size)
    except NotTheDemo as error:
        raise click.ClickException(str(error)) from error
    return sign_ins_of(app)


def _greet(offers: list[DemoSignIn], address: str) -> None:
    console = Console()
    console.print(f"\n共造 Gongzao: [bold]{address}[/bold]\n")
    for offer in offers:
        console.print(f"  {offer.email}  {offer.password}", highlight=False, soft_wrap=True)
        console.print(f"      {offer.label_zh} / {offer.label_en}", highlight=False, soft_wrap=True)
    console.print("\nCtrl-C 结束 / ends the server\n")
