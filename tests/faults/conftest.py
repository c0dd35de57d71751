"""The product as a process of its own, its database behind a line that can be broken."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from marketplace.kernel.settings import Settings
from scripts.services.state import free_port
from tests.faults.proxy import FaultProxy, Line

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_SECONDS = 60


@dataclass
class Product:
    """A running server and its line to the database."""

    address: str
    line: FaultProxy
    environment: dict[str, str]

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker process; whoever starts it ends it."""
        return subprocess.Popen(
            [sys.executable, "-c", "from marketplace.app.commands import main; main()", "worker"],
            cwd=ROOT,
            env=self.environment,
        )


@pytest.fixture(scope="module")
def shared_line(settings: Settings) -> Iterator[FaultProxy]:
    url = make_url(settings.database_url)
    proxy = FaultProxy((url.host or "127.0.0.1", url.port or 5432))
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def running_product(
    settings: Settings, shared_line: FaultProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """gunicorn on `wsgi:application`, as in production; its database is this worker's, past the line."""
    environment = {
        **os.environ,
        "DATABASE_URL": make_url(settings.database_url)
        .set(host="127.0.0.1", port=shared_line.port)
        .render_as_string(hide_password=False),
        "DATABASE_OWNER_URL": settings.owner_database_url,
        "SECRET_KEY": settings.secret_key,
        "GONGZAO_DATA": str(tmp_path_factory.mktemp("faults")),
        "PYTHONPATH": str(ROOT),
    }
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "--bind", address, "--threads", "8", "--worker-class", "gthread"]
    process = subprocess.Popen([*command, "wsgi:application"], cwd=ROOT, env=environment)
    try:
        _wait(f"http://{address}/healthz", process)
        yield Product(f"http://{address}", shared_line, environment)
    finally:
        shared_line.turn(Line.REFUSED)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


@pytest.fixture
def product(running_product: Product) -> Product:
    """The running product with a whole line, whatever the last test did to it."""
    running_product.line.turn(Line.WHOLE)
    running_product.line.cut()
    return running_product


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer")
