"""localstripe, a payment server that keeps its state and sends signed webhooks; a program beside ours, in its own environment."""

import os
import urllib.error
import urllib.request
from pathlib import Path

from scripts.services.environments import virtual_environment
from scripts.services.state import (
    CHECKOUT,
    download_folder,
    end,
    free_port,
    running_pid,
    spawn,
    state_folder,
    wait_until,
)

NAME = "localstripe"
LOCK = CHECKOUT / "requirements" / "localstripe.txt"
SERVE = """
import sys
from aiohttp import web
from localstripe import resources, server
resources.Store.dump_to_disk = lambda store: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""
"""On loopback alone, and nothing of a run is kept for the next: its own command listens everywhere and writes to /tmp."""


def install() -> None:
    _environment()


def start() -> None:
    if running():
        return
    python = _environment() / "bin" / "python"
    stop()
    folder, port = state_folder(NAME), free_port()
    spawn([str(python), "-c", SERVE, str(port)], folder=folder, environment=os.environ, as_system_user=False)
    (folder / "port").write_text(str(port))
    wait_until(running, seconds=30, what="localstripe")


def stop() -> None:
    folder = state_folder(NAME)
    end(folder)
    (folder / "port").unlink(missing_ok=True)


def running() -> bool:
    folder = state_folder(NAME)
    if running_pid(folder) is None or not (folder / "port").exists():
        return False
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{_port(folder)}/v1/events", timeout=5).close()
    except urllib.error.HTTPError:
        return True  # it wants a key, so it answers
    except OSError:
        return False
    return True


def exports() -> dict[str, str]:
    return {"GONGZAO_TEST_LOCALSTRIPE_URL": f"http://127.0.0.1:{_port(state_folder(NAME))}"}


def _port(folder: Path) -> int:
    return int((folder / "port").read_text())


def _environment() -> Path:
    return virtual_environment(download_folder() / "localstripe", LOCK)
