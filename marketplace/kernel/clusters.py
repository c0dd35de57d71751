"""A PostgreSQL cluster in a folder of our own: made, started and stopped with the programs of any installation."""

import os
import pwd
import re
import shlex
import stat
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

IMPOSSIBLE_PID = 2**22 + 1  # above the highest pid of Linux
SOCKET_PATH_LIMIT_BYTES = 100
SYSTEM_USER = "gongzao"
START_TIMEOUT_SECONDS = 60
DYING_SECONDS = 3


class ClusterError(Exception):
    """The cluster cannot be made or started; the text says why and what to do."""


def system_user() -> str | None:
    """PostgreSQL and Elasticsearch refuse to run as root, so root gets a system user for them; others run them as
    themselves, which is None.
    """
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--home-dir", "/nonexistent", SYSTEM_USER]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin"], check=True, capture_output=True)
    return SYSTEM_USER


def hand_over(folder: Path, user: str | None) -> None:
    """The folder exists and belongs to the system user, who alone may enter it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def refuse_unusable_folder(folder: Path, user: str | None) -> None:
    """A path with white space or quotes, one too long for a socket, or, for root, one that the system user cannot
    reach is refused before anything is written; no permission of an existing folder is ever widened.
    """
    text = str(folder)
    if re.search(r"[\s'\"\\,]", text):
        raise ClusterError(f"{text}: PostgreSQL cannot live in a path with spaces, quotes or commas; choose another.")
    if len(os.fsencode(folder / "socket" / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT_BYTES:
        raise ClusterError(f"{text}: this path is too long for PostgreSQL's socket; choose a shorter one.")
    if user is None:
        return
    for parent in folder.parents:
        if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
            raise ClusterError(
                f"{text}: {parent} is closed to other users, and PostgreSQL does not run as root; "
                "choose a folder such as /var/lib/gongzao."
            )


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL: `programs` is the folder of initdb and pg_ctl, `folder` ends up holding data, socket and log.

    `port` 0 means: by socket only. Local users who may enter the folder are trusted; with a port, so is loopback,
    which is for test clusters.
    """

    programs: Path
    folder: Path
    user: str | None
    port: int = 0
    settings: tuple[str, ...] = ()

    @property
    def admin_url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder / 'socket'))}"

    @property
    def tcp_admin_url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def ensure_running(self) -> None:
        """Make the cluster if it is new, start it if it does not answer. Raises ClusterError with the log's end."""
        if self.answers():
            return
        refuse_unusable_folder(self.folder, self.user)
        self._make()
        self._forget_dead_server()
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in self._settings())
        command = ["--options", options, "--log", str(self.folder / "log"), "--timeout", str(START_TIMEOUT_SECONDS)]
        self._pg_ctl("start", command)

    def stop(self) -> None:
        """Shut down at once but cleanly: open transactions are rolled back. Nothing happens when it is not running."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._pg_ctl("stop", ["--mode", "fast"])

    def answers(self) -> bool:
        if not (self.folder / "data" / "postmaster.pid").exists():
            return False
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self._socket_url()).close()
            except psycopg.OperationalError as error:
                if "starting up" not in str(error) and "shutting down" not in str(error):
                    return False
                time.sleep(0.1)
            else:
                return True
        return False

    def _socket_url(self) -> str:
        return f"{self.admin_url}&port={self.port or 5432}&connect_timeout=5"

    def _settings(self) -> tuple[str, ...]:
        return (
            f"unix_socket_directories={self.folder / 'socket'}",
            f"listen_addresses={'127.0.0.1' if self.port else ''}",
            f"port={self.port or 5432}",
            "timezone=UTC",
            *self.settings,
        )

    def _make(self) -> None:
        for part in (self.folder, self.folder / "data", self.folder / "socket"):
            hand_over(part, self.user)
        if (self.folder / "data" / "PG_VERSION").exists():
            return
        command = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run([str(self.programs / "initdb"), *command, "--pgdata", str(self.folder / "data")])

    def _forget_dead_server(self) -> None:
        """PostgreSQL will not start while the pid it left exists, be it a zombie's or, after a reboot, a stranger's.

        Only the pid is replaced, by one that cannot exist: the rest of the note guards against surviving children.
        """
        for note in (self.folder / "data" / "postmaster.pid", *(self.folder / "socket").glob(".s.PGSQL.*.lock")):
            if note.exists() and not _still_runs(note.read_text().partition("\n")[0]):
                _, _, rest = note.read_text().partition("\n")
                note.write_text(f"{IMPOSSIBLE_PID}\n{rest}")

    def _pg_ctl(self, verb: str, options: Sequence[str]) -> None:
        self._run([str(self.programs / "pg_ctl"), verb, "--wait", "--pgdata", str(self.folder / "data"), *options])

    def _run(self, command: Sequence[str]) -> None:
        done = subprocess.run(
            command,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ClusterError(f"{Path(command[0]).name} failed: {done.stderr.strip()}\n{self._end_of_log()}")

    def _end_of_log(self) -> str:
        log = self.folder / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def _still_runs(pid: str) -> bool:
    """Whether this process is a PostgreSQL that goes on living; one that was just killed needs a moment to die."""
    deadline = time.monotonic() + DYING_SECONDS
    while _is_postgres(pid):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.05)
    return False


def _is_postgres(pid: str) -> bool:
    """Whether this process is alive and a PostgreSQL; taken for true where there is no /proc to ask."""
    if not Path("/proc/self").exists():
        return True
    status = Path("/proc", pid, "stat")
    said = status.read_text() if status.exists() else ""
    return "(postgres)" in said and "(postgres) Z" not in said
