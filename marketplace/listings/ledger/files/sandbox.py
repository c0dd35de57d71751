"""Untrusted files are read in a process of their own, with little memory, little time and no way to write."""

import os
import subprocess
import sys
from pathlib import Path

import orjson

from marketplace.listings.ledger.files.sheets import Unreadable, Workbook, from_wire

MEMORY_BYTES = 288_000_000
CPU_SECONDS = 12
WALL_SECONDS = 16
ROOT = Path(__file__).resolve().parents[4]


def read_workbook(content: bytes) -> Workbook:
    """Sheets of the file. Raises `Unreadable`; a reader that dies or dawdles is a refusal like any other."""
    command = [sys.executable, "-m", "marketplace.listings.ledger.files.child", str(MEMORY_BYTES), str(CPU_SECONDS)]
    try:
        finished = subprocess.run(
            command, input=content, capture_output=True, timeout=WALL_SECONDS, check=False, cwd=ROOT, env=_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("too_slow") from error
    answer = _answer(finished.stdout)
    if "reason" in answer:
        raise Unreadable(str(answer["reason"]))
    if "workbook" not in answer:
        raise Unreadable(_how_it_died(finished.returncode))
    return from_wire(answer["workbook"])


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "SYSTEMROOT"}}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def _answer(output: bytes) -> dict[str, object]:
    try:
        return orjson.loads(output)
    except orjson.JSONDecodeError:
        return {}


def _how_it_died(status: int) -> str:
    """Killed for its processor time, for its memory, or broken by the file."""
    if status in {-24, -9}:
        return "too_slow"
    return "too_large" if status in {-6, -7} else "damaged_file"
