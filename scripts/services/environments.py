"""Python environments of programs that run beside ours, and commands whose failure names itself."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.services.state import ServiceMissingError

TIMEOUT_SECONDS = 900


def virtual_environment(folder: Path, lock: Path) -> Path:
    """A Python environment holding what the lock pins, made again when the lock or the Python changes."""
    wanted, stamp = f"{sys.version}\n{lock.read_text()}", folder / ".lock"
    with folder.with_suffix(".making").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            run([sys.executable, "-m", "venv", str(folder)], os.environ)
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run([*pip, "--no-input", "--require-hashes", "--requirement", str(lock)], os.environ)
            stamp.write_text(wanted)
    return folder


def run(command: list[str], environment: Mapping[str, str]) -> None:
    """Raises `ServiceMissingError` with what the command said."""
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
    )
    if done.returncode:
        raise ServiceMissingError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
