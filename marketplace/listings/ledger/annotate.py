"""The annotated file: the clerk's own ledger, one column of remarks, the cells in question marked."""

import struct
import unicodedata
from pathlib import PurePosixPath

import orjson

from marketplace.listings.ledger.annotated.notes import notes_of, to_wire
from marketplace.listings.ledger.annotated.texts import annotated_text
from marketplace.listings.ledger.files.delimited import decode, find_separator
from marketplace.listings.ledger.files.sandbox import run_limited
from marketplace.listings.ledger.files.sheets import Unreadable
from marketplace.listings.ledger.outcome import LedgerOutcome

MODULE = "marketplace.listings.ledger.annotated.child"
MEMORY_BYTES = 900_000_000
CPU_SECONDS = 40
ENDINGS = {"zh": "导入说明", "en": "remarks"}


def annotate(content: bytes, *, filename: str, outcome: LedgerOutcome, locale: str = "zh") -> tuple[bytes, str]:
    """(file, name). XLSX and text tables keep their format, everything else becomes XLSX; formulas are neutralised.

    A workbook too odd to be written back is rebuilt from its values. Raises `Unreadable` for a refused file.
    """
    if outcome.format is None:
        raise Unreadable(outcome.reason or "damaged_file")
    notes = notes_of(outcome, locale)
    if outcome.format == "csv":
        return annotated_text(content, find_separator(decode(content)[1]), notes), new_name(filename, locale, ".csv")
    wire = orjson.dumps(to_wire(notes), option=orjson.OPT_NON_STR_KEYS)
    given = struct.pack(">I", len(wire)) + wire + content
    for way in ("keep", "rebuild"):
        finished = run_limited(MODULE, given, memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, more=(way,))
        if finished.returncode == 0 and finished.stdout:
            return finished.stdout, new_name(filename, locale, ".xlsx")
    raise Unreadable("too_large")


def new_name(filename: str, locale: str, suffix: str) -> str:
    """The last part of the name without control characters, with what the file now is; never a path."""
    last = PurePosixPath(filename.replace("\\", "/")).name
    plain = "".join(mark for mark in last if unicodedata.category(mark)[0] != "C" and mark not in '<>:"|?*')
    stem = PurePosixPath(plain).stem.strip(". ")[:80] or "ledger"
    return f"{stem}-{ENDINGS['zh' if locale.startswith('zh') else 'en']}{suffix}"
