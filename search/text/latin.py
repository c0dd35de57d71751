"""What one Latin chunk (letters and digits, held together by - . / _ + & or an apostrophe) is found under.

A model code is found whole and stripped (`VF-2SS`, `VF2SS`: `vf2ss`), by its parts (`vf`, `2ss`, `2`, `ss`);
hyphened words by each word and joined; a number with a unit by the number and by its size in the base unit.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from search.text.kinds import Kind
from search.text.stems import stem
from search.text.units import glued_quantity, plain_number, quantity_token

_CONNECTORS = re.compile(r"[-./_+&:]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIMENSIONS = re.compile(r"\d+(?:\.\d+)?(?:x\d+(?:\.\d+)?)+")
LONGEST_CHUNK = 48


class Form(NamedTuple):
    """One token of a chunk: its text, where it begins and ends in the chunk, and its kind."""

    text: str
    start: int
    end: int
    kind: Kind


@lru_cache(maxsize=100_000)
def latin_forms(chunk: str, humps: tuple[int, ...] = ()) -> tuple[Form, ...]:
    """All tokens of one folded chunk; `humps` are the places where aCapital began a new part before folding."""
    whole = len(chunk)
    if "'" in chunk:
        chunk = _without_apostrophes(chunk)
    if chunk.isalpha() and not humps:
        return (Form(stem(chunk), 0, whole, Kind.WORD),)
    if _NUMBER.fullmatch(chunk):
        return (Form(plain_number(chunk), 0, whole, Kind.NUMBER),)
    return tuple(dict.fromkeys(_compound(chunk, humps)))


def _without_apostrophes(chunk: str) -> str:
    """Possessive endings fall, other apostrophes close up: women's and women meet, don't becomes dont."""
    bare = chunk.removesuffix("'s").replace("'", "")
    return bare or chunk.replace("'", "")


def _compound(chunk: str, humps: tuple[int, ...]) -> Iterator[Form]:
    quantity = glued_quantity(chunk)
    if quantity and (size := quantity_token(*quantity)):
        yield Form(size, 0, len(chunk), Kind.QUANTITY)
    parts = list(_parts(chunk, humps))
    if len(chunk) > LONGEST_CHUNK:  # an address or a hash: only its parts are words
        yield from (part for part in parts if len(part.text) <= LONGEST_CHUNK)
        return
    stripped = _CONNECTORS.sub("", chunk)
    if stripped and not (len(parts) == 1 and parts[0].text == stripped):
        yield Form(_whole(chunk, stripped), 0, len(chunk), _whole_kind(chunk, stripped))
    yield from parts if stripped != chunk else (part._replace(kind=Kind.PART) for part in parts)
    yield from _neighbours(chunk, humps)


def _neighbours(chunk: str, humps: tuple[int, ...]) -> Iterator[Form]:
    """In a code of three pieces and more each two that follow each other (M-20iD/25: `m20id`, `20id25`)."""
    pieces = list(_pieces(chunk, humps)) if any(character.isdigit() for character in chunk) else []
    for (start, middle), (follow, end) in pairwise(pieces) if len(pieces) > 2 else ():
        joined = chunk[start:middle] + chunk[follow:end]
        if not joined.isdigit() and joined.isalnum():
            yield Form(joined, start, end, Kind.PART)


def _whole(chunk: str, stripped: str) -> str:
    if stripped.isdigit():  # 1/2 and 10-12 are no twelve and no 1012; 2-345-678 may be a part number
        return stripped if len(stripped) > 5 else chunk
    return stem(stripped) if stripped.isalpha() else stripped


def _whole_kind(chunk: str, stripped: str) -> Kind:
    if stripped.isalpha():
        return Kind.WORD if stripped == chunk else Kind.JOINED
    return Kind.JOINED if stripped.isdigit() else Kind.CODE


def _parts(chunk: str, humps: tuple[int, ...]) -> Iterator[Form]:
    """The pieces between connectors and humps, then each piece cut where digits meet letters."""
    for start, end in _pieces(chunk, humps):
        piece = chunk[start:end]
        if _NUMBER.fullmatch(piece):
            yield Form(plain_number(piece), start, end, Kind.NUMBER)
        elif piece.isalpha():
            yield Form(stem(piece), start, end, Kind.WORD)
        else:
            if (start, end) != (0, len(chunk)):
                yield Form(piece, start, end, Kind.CODE)
            yield from _runs(piece, start)


def _pieces(chunk: str, humps: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Half-open spans of the pieces; a point between digits does not cut (`0.02` stays a number)."""
    start = 0
    for found in re.finditer(r"(?<!\d)\.|\.(?!\d)|[-/_+&:]+", chunk):
        yield from _between_humps(start, found.start(), humps)
        start = found.end()
    yield from _between_humps(start, len(chunk), humps)


def _between_humps(start: int, end: int, humps: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    for hump in humps:
        if start < hump < end:
            yield start, hump
            start = hump
    if start < end:
        yield start, end


def _runs(piece: str, offset: int) -> Iterator[Form]:
    """The runs of digits and of letters; of three and more also each two neighbours (`mate40pro`: `mate40`, `40pro`)."""
    sizes = _DIMENSIONS.fullmatch(piece)
    runs = list(re.finditer(r"\d+(?:\.\d+)?|[^\d\W_]+", piece))
    for found in runs:
        text, start, end = found[0], offset + found.start(), offset + found.end()
        if text[0].isdigit():
            yield Form(plain_number(text), start, end, Kind.PART)
        elif not (sizes and text == "x"):
            yield Form(stem(text), start, end, Kind.PART)
    if len(runs) > 2 and not sizes:
        for first, second in pairwise(runs):
            start, end = first.start(), second.end()
            yield Form(piece[start:end], offset + start, offset + end, Kind.PART)
