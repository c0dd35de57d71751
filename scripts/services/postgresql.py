"""A real Debian PostgreSQL in a folder of its own; nothing in it outlives the tests, so it does not wait for disks."""

import shutil
from pathlib import Path

from marketplace.kernel.clusters import Cluster, system_user
from scripts.services import debian
from scripts.services.state import free_port, state_folder

NAME = "postgresql"
SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=256MB",
)


def install() -> None:
    debian.need(lambda: _programs() is not None, "postgresql")


def start() -> None:
    install()
    folder = state_folder(NAME)
    port = folder / "port"
    if not port.exists():
        port.write_text(str(free_port()))
    _cluster(folder).ensure_running()


def stop() -> None:
    """Stop the cluster and drop its folder: the next start is on an empty one."""
    folder = state_folder(NAME)
    if (folder / "port").exists() and _programs() is not None:
        _cluster(folder).stop()
    shutil.rmtree(folder / "cluster", ignore_errors=True)
    (folder / "port").unlink(missing_ok=True)


def running() -> bool:
    folder = state_folder(NAME)
    return (folder / "port").exists() and _programs() is not None and _cluster(folder).answers()


def exports() -> dict[str, str]:
    return {"GONGZAO_TEST_DATABASE_ADMIN_URL": _cluster(state_folder(NAME)).tcp_admin_url}


def _programs() -> Path | None:
    found = debian.newest("usr/lib/postgresql/*/bin/initdb")
    return found.parent if found else None


def _cluster(folder: Path) -> Cluster:
    return Cluster(
        programs=_programs() or Path(),
        folder=folder / "cluster",
        user=system_user(),
        port=int((folder / "port").read_text()),
        settings=SETTINGS,
    )
