"""The same asset is stored once; the same number on another machine is refused by name."""

from collections.abc import Iterable

from marketplace.listings.ledger.cells.asset_numbers import identity
from marketplace.listings.ledger.cells.plain import folded
from marketplace.listings.ledger.cells.states import Verdict
from marketplace.listings.ledger.machines.reading import Reading
from marketplace.listings.ledger.outcome import Code


def settle_identity(readings: Iterable[Reading]) -> None:
    """Goes through the file in order: the first row of a number stays, later ones are named.

    A machine that is scrapped anywhere in the file is not offered from another row of it.
    """
    rows = list(readings)
    gone = _gone(rows)
    owners: dict[str, Reading] = {}
    for reading in rows:
        if reading.skipped:
            continue
        _withdraw_gone(reading, gone)
        if not reading.skipped:
            _claim(reading, owners)


def _gone(readings: Iterable[Reading]) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    for reading in readings:
        if reading.state is Verdict.GONE:
            for number in reading.numbers:
                found.setdefault(identity(number), reading)
    return found


def _withdraw_gone(reading: Reading, gone: dict[str, Reading]) -> None:
    hits = [
        number for number in reading.numbers if (other := gone.get(identity(number))) and same_machine(reading, other)
    ]
    if not hits:
        return
    if len(hits) == len(reading.numbers):
        reading.refuse(Code.SCRAPPED, reading.number_column, text=hits[0])
    else:
        reading.numbers = tuple(number for number in reading.numbers if number not in hits)
        reading.note(Code.SCRAPPED, reading.number_column, text=hits[0])


def _claim(reading: Reading, owners: dict[str, Reading]) -> None:
    taken = [(number, owners[identity(number)]) for number in reading.numbers if identity(number) in owners]
    for number, owner in taken:
        if not same_machine(reading, owner):
            reading.refuse(Code.ASSET_NUMBER_CONFLICT, reading.number_column, text=number, other=_place(owner, reading))
            return
    fresh = tuple(number for number in reading.numbers if identity(number) not in owners)
    if taken:
        number, owner = taken[0]
        reading.note(Code.DUPLICATE_IN_FILE, reading.number_column, text=number, other=_place(owner, reading))
        reading.skipped = not fresh
        reading.numbers = fresh
    for number in fresh:
        owners[identity(number)] = reading


def _place(owner: Reading, reading: Reading) -> str:
    if owner.source.sheet == reading.source.sheet:
        return str(owner.source.row)
    return f"{owner.source.sheet}!{owner.source.row}"


def same_machine(first: Reading, second: Reading) -> bool:
    """Equal names; model and maker equal or left blank in one of the two."""
    return folded(first.name) == folded(second.name) and all(
        not one or not other or folded(one) == folded(other)
        for one, other in ((first.model, second.model), (first.manufacturer, second.manufacturer))
    )


SAID_DUPLICATE = ("duplicate", "(重复)", "（重复）", "重复登记", "重复录入", "[重复]")


def says_duplicate(reading: Reading) -> bool:
    """The clerk's own word: a name that ends in DUPLICATE or 重复登记."""
    return folded(reading.name).endswith(SAID_DUPLICATE)
