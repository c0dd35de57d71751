"""Debian packages: installed when we are root, named otherwise."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from scripts.services.state import ServiceMissingError

APT = ["apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]
_updated: list[bool] = []


def need(found: Callable[[], bool], *choices: str) -> None:
    """`found` holds afterwards: the first of the packages that this Debian has is installed.

    Raises ServiceMissingError when we are not root, or the package does not bring what was looked for.
    """
    if found():
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise ServiceMissingError(f"please install the Debian package {' or '.join(choices)}")
    _update_once()
    package = next((choice for choice in choices if _known(choice)), None)
    if package is None:
        raise ServiceMissingError(f"this Debian has no package {' or '.join(choices)}")
    _run([*APT, "install", "--no-install-recommends", package])
    if not found():
        raise ServiceMissingError(f"the Debian package {package} did not bring what was needed")


def newest(pattern: str) -> Path | None:
    """The match of a glob below / with the highest number in it."""
    matches = sorted(Path("/").glob(pattern), key=lambda path: [int(n) for n in path.parts if n.isdigit()])
    return matches[-1] if matches else None


def _known(package: str) -> bool:
    policy = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=False).stdout
    return "Candidate:" in policy and "Candidate: (none)" not in policy


def _update_once() -> None:
    if not _updated:
        _run([*APT, "update"])
        _updated.append(True)


def _run(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise ServiceMissingError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
