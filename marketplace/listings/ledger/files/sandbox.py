"""Untrusted files are read in a process of their own, with little memory, little time and no way to write."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from marketplace.listings.ledger.files.sheets import Unreadable, Workbook, from_wire

MEMORY_BYTES = 288_000_000
CPU_SECONDS = 30
GRACE_SECONDS = 4
MODULE = "marketplace.listings.ledger.files.child"
ROOT = Path(__file__).resolve().parents[4]


def read_workbook(content: bytes) -> Workbook:
    """Sheets of the file. Raises `Unreadable`; a reader that dies or dawdles is a refusal like any other."""
    finished = run_limited(MODULE, content, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    answer = _answer(finished.stdout)
    if "reason" in answer:
        raise Unreadable(str(answer["reason"]))
    if "workbook" not in answer:
        raise Unreadable(_how_it_died(finished.returncode))
    return from_wire(answer["workbook"])


def run_limited(
    module: str, given: bytes, *, memory_bytes: int, cpu_seconds: int, more: Sequence[str] = ()
) -> subprocess.CompletedProcess[bytes]:
    """Run a module of ours on bytes, as long and as large as told. Raises `Unreadable` `too_slow`."""
    command = [sys.executable, "-m", module, str(memory_bytes), str(cpu_seconds), *more]
    try:
        return subprocess.run(
            command,
            input=given,
            capture_output=True,
            timeout=cpu_seconds + GRACE_SECONDS,
            check=False,
            cwd=ROOT,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("too_slow") from error


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT"}}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


def _answer(output: bytes) -> dict[str, Any]:
    try:
        return orjson.loads(output)
    except orjson.JSONDecodeError:
        return {}


def _how_it_died(status: int) -> str:
    """Killed for its processor time, for its memory, or broken by the file."""
    if status in {-24, -9}:
        return "too_slow"
    return "too_large" if status in {-6, -7} else "damaged_file"
