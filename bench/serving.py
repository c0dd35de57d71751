"""A server under measurement: gunicorn with one gthread worker, its CPU read from /proc, asked one request after another."""

import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

from scripts.services.state import free_port

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Took:
    """What requests took: CPU of the whole server tree each, and how long their caller waited, in ms."""

    cpu: float
    p95: float


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time of the process and its children, the living and the ended."""
        return sum(_spent(pid) for pid in tree(self.pid))

    def ask(self, path: str, *, cookie: str = "", times: int = 1) -> Took:
        """The same page again and again over one connection; raises when an answer is not 200."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": cookie} if cookie else {}
        waited: list[float] = []
        before = self.cpu_seconds()
        for _ in range(times):
            started = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            waited.append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")
        spent = self.cpu_seconds() - before
        connection.close()
        return Took(spent * 1000 / times, quantiles(waited, n=20)[-1] if times > 1 else waited[0])


def tree(pid: int) -> Sequence[int]:
    """The process and all that came from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in tree(int(child)))]


def _spent(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS


@contextmanager
def serving(application: str, environ: Mapping[str, str], *, threads: int = 4) -> Generator[Server]:
    """One worker of `application` (`module:name`) that answers as long as the block lasts."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "-w", "1", "-k", "gthread", "--threads", str(threads)]
    command += ["-b", f"127.0.0.1:{port}", "--log-level", "error", "--keep-alive", "30"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=quiet, stderr=quiet)
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            connection.close()
            return
    raise RuntimeError("the server did not answer")
