"""A line with members below it (1, 1.1, 1.2), or named in their 所属产线 column, becomes a line of units."""

import re
from collections.abc import Sequence

from marketplace.listings.ledger.cells.asset_numbers import identity
from marketplace.listings.ledger.cells.plain import folded
from marketplace.listings.ledger.machines.reading import Reading
from marketplace.listings.ledger.outcome import Code
from marketplace.listings.ledger.tables.machines import could_be_line

STEP = re.compile(r"(\d{1,4})(?:[.．\-－](\d{1,3}))?(?:[.．\-－]\d{1,3})?[、.．]?")


def assemble_lines(readings: Sequence[Reading]) -> None:
    """Parents get their members; a parent that is no line keeps its own kind."""
    _by_sequence(readings)
    _by_name(readings)


def _by_sequence(readings: Sequence[Reading]) -> None:
    parents: dict[tuple[str | None, str], Reading] = {}
    for reading in readings:
        match = STEP.fullmatch((reading.sequence or "").strip())
        if not match:
            continue
        number, step = match[1], match[2]
        key = (reading.source.sheet, number)
        if step is None:
            parents[key] = reading
        elif (parent := parents.get(key)) and not reading.skipped and not _is_part(reading):
            parent.members.append(reading)
    for parent in parents.values():
        _settle_parent(parent)


def _is_part(reading: Reading) -> bool:
    return any(message.code is Code.NOT_A_LISTING for message in reading.messages)


def _settle_parent(parent: Reading) -> None:
    """Two members or more, or a name that says line, make a line."""
    if not parent.members:
        return
    if could_be_line(parent.name) or parent.kind == "line" or len(parent.members) >= 2:
        parent.kind = "line"
    else:
        parent.members.clear()


def _by_name(readings: Sequence[Reading]) -> None:
    lines: dict[str, Reading] = {}
    for reading in readings:
        if not reading.skipped and (reading.kind == "line" or could_be_line(reading.name)) and not reading.line:
            lines.setdefault(folded(reading.name), reading)
            for number in reading.numbers[:1]:
                lines.setdefault(identity(number), reading)
    if not lines:
        return
    for reading in readings:
        parent = lines.get(folded(reading.line)) if reading.line and not reading.skipped else None
        if parent is not None and parent is not reading and reading not in parent.members:
            parent.kind = "line"
            parent.members.append(reading)
