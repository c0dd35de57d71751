"""stripe-mock, by Stripe's maintainers: checks the shape of every call and keeps nothing. Built once from its Go module."""

import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from scripts.services.environments import run, virtual_environment
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

NAME = "stripe-mock"
VERSION = "0.203.0"
MODULE = f"github.com/stripe/stripe-mock@v{VERSION}"
GO_AT_LEAST = (1, 22)
GO_LOCK = CHECKOUT / "requirements" / "go.txt"


def install() -> None:
    _program()


def start() -> None:
    if running():
        return
    program = _program()
    stop()
    folder, port = state_folder(NAME), free_port()
    command = [str(program), "-http-addr", f"127.0.0.1:{port}", "-https-addr", f"127.0.0.1:{free_port()}"]
    spawn(command, folder=folder, environment=os.environ, as_system_user=False)
    (folder / "port").write_text(str(port))
    wait_until(running, seconds=60, what="stripe-mock")


def stop() -> None:
    folder = state_folder(NAME)
    end(folder)
    (folder / "port").unlink(missing_ok=True)


def running() -> bool:
    folder = state_folder(NAME)
    if running_pid(folder) is None or not (folder / "port").exists():
        return False
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{_port(folder)}", timeout=5).close()
    except urllib.error.HTTPError:
        return True  # it wants a key, so it answers
    except OSError:
        return False
    return True


def exports() -> dict[str, str]:
    return {"GONGZAO_TEST_STRIPE_MOCK_URL": f"http://127.0.0.1:{_port(state_folder(NAME))}"}


def _port(folder: Path) -> int:
    return int((folder / "port").read_text())


def _program() -> Path:
    """The program in the download folder; Go checks the module against its public checksum database."""
    program = download_folder() / f"stripe-mock-{VERSION}"
    if not program.exists():
        with tempfile.TemporaryDirectory(dir=program.parent) as draft:
            environment = {
                **os.environ,
                "GOBIN": draft,
                "GOPATH": f"{draft}/path",
                "GOCACHE": f"{draft}/cache",
                "GOFLAGS": "-modcacherw -buildvcs=false",
                "CGO_ENABLED": "0",
            }
            run([str(_go(program.parent)), "install", MODULE], environment)
            (Path(draft) / NAME).rename(program)
    return program


def _go(downloads: Path) -> Path:
    """The machine's Go when it is new enough, else the one of PyPI, pinned and in an environment of its own."""
    found = [shutil.which("go"), "/usr/local/go/bin/go"]
    for candidate in found:
        if candidate and _go_version(candidate) >= GO_AT_LEAST:
            return Path(candidate)
    return virtual_environment(downloads / "go", GO_LOCK) / "bin" / "go"


def _go_version(program: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return (0,)
    match = re.search(r"go(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0,)
