"""Where the servers of this checkout live, and how one is started, watched and ended."""

import hashlib
import os
import pwd
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from marketplace.kernel.clusters import system_user

CHECKOUT = Path(__file__).resolve().parents[2]
STOP_TIMEOUT_SECONDS = 30
_children: dict[int, subprocess.Popen[bytes]] = {}


class ServiceMissingError(Exception):
    """A server that this machine cannot provide; the text says what to install."""


def state_folder(service: str) -> Path:
    """A short folder outside the tree, one for each user and checkout; refused when somebody else made it."""
    digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    base = Path(tempfile.gettempdir()) / f"gongzao-{os.geteuid()}-{digest}"
    for folder in (base, base / service):
        folder.mkdir(mode=0o755, exist_ok=True)
        if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
            raise ServiceMissingError(f"{folder} belongs to somebody else: remove it or set TMPDIR")
    return base / service


def download_folder() -> Path:
    """Downloads are kept outside the tree, for all checkouts: GONGZAO_CACHE, /var/cache/gongzao or ~/.cache/gongzao."""
    if chosen := os.environ.get("GONGZAO_CACHE"):
        folder = Path(chosen).expanduser().absolute()
    elif os.geteuid() == 0:
        folder = Path("/var/cache/gongzao")
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gongzao"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ServiceMissingError(f"{what} did not answer within {seconds:.0f} s")
        time.sleep(0.2)


def spawn(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], as_system_user: bool) -> int:
    """Start a server in a session of its own, so that Ctrl-C in the terminal does not reach it, and note its pid."""
    user = system_user() if as_system_user else None
    with (folder / "output.log").open("wb") as output:
        child = subprocess.Popen(
            command,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            cwd="/",
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[child.pid] = child
    (folder / "pid").write_text(f"{child.pid} {birth(child.pid)}")
    return child.pid


def running_pid(folder: Path) -> int | None:
    """The pid noted at the start, if that very process still lives (a pid may have been given to another since)."""
    note = folder / "pid"
    if not note.exists():
        return None
    pid, born = note.read_text().split()
    return int(pid) if birth(int(pid)) == born else None


def end(folder: Path) -> None:
    pid = running_pid(folder)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
        while running_pid(folder) is not None and time.monotonic() < deadline:
            _reap(pid)
            time.sleep(0.05)
        if running_pid(folder) is not None:
            os.kill(pid, signal.SIGKILL)
        if pid in _children:
            _children.pop(pid).wait()
    (folder / "pid").unlink(missing_ok=True)


def birth(pid: int) -> str:
    """A word that names this process among all that ever have this pid; empty when it is gone or only a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def own(path: Path, user: str | None) -> None:
    """Give a whole folder to the system user."""
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for item in (path, *path.rglob("*")):
        os.chown(item, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def _reap(pid: int) -> None:
    if pid in _children and _children[pid].poll() is not None:
        del _children[pid]
