"""A frozen order travels in the cursor itself: the next page shows what the first one promised, on any process."""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from search.contract import Filters
from search.ranking.query import Expansion

MOST_FROZEN = 200
_MOST_CHARACTERS = 4000
_MOST_SHOWN = 1_000_000
_LARGEST_ID = (1 << 63) - 1


class BadCursorError(ValueError):
    """The cursor was cut, changed or belongs to another question: begin again at the first page."""


@dataclass(frozen=True, slots=True)
class FrozenOrder:
    """The ids in the order first shown, the question they answer, and how many have been shown.

    `relaxed` keeps that single words were accepted, because no document had most of them.
    """

    question: str
    ids: tuple[int, ...]
    shown: int
    relaxed: bool = False

    def cursor(self) -> str:
        """As one URL-safe string; 200 ids take about 700 characters."""
        packed = bytearray(_number(self.shown << 1 | self.relaxed))
        last = 0
        for identity in self.ids:
            step = identity - last
            packed += _number(step << 1 if step >= 0 else (-step << 1) | 1)
            last = identity
        content = bytes.fromhex(self.question) + zlib.compress(bytes(packed), 9)
        return base64.urlsafe_b64encode(content).decode().rstrip("=")


def question_of(text: str, filters: Filters, expansions: Iterable[Expansion] = (), *more: object) -> str:
    """Names a question, so that a cursor is not read against another one. Free ids change by the minute: left out."""
    steady = replace(filters, ids=None, excluded_ids=frozenset(), free_between=None)
    content = repr((text, steady, tuple(expansions), more)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def read_cursor(cursor: str, question: str) -> FrozenOrder:
    """The order behind a cursor. Raises `BadCursorError`."""
    if len(cursor) > _MOST_CHARACTERS:
        raise BadCursorError("cursor_too_long")
    try:
        content = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        inflater = zlib.decompressobj()
        packed = inflater.decompress(content[8:], 16 * (MOST_FROZEN + 1))
    except (binascii.Error, ValueError, zlib.error) as error:
        raise BadCursorError("cursor_broken") from error
    if content[:8].hex() != question:
        raise BadCursorError("cursor_of_another_question")
    numbers = _numbers(packed)
    if not numbers or len(numbers) > MOST_FROZEN + 1:
        raise BadCursorError("cursor_broken")
    ids: list[int] = []
    last = 0
    for coded in numbers[1:]:
        last += -(coded >> 1) if coded & 1 else coded >> 1
        ids.append(last)
    shown = numbers[0] >> 1
    if shown > _MOST_SHOWN or any(not 0 <= identity <= _LARGEST_ID for identity in ids):
        raise BadCursorError("cursor_broken")
    return FrozenOrder(question, tuple(ids), shown, bool(numbers[0] & 1))


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first, the top bit says that more follow."""
    coded = bytearray()
    while value > 0x7F:
        coded.append(value & 0x7F | 0x80)
        value >>= 7
    coded.append(value)
    return bytes(coded)


def _numbers(packed: bytes) -> list[int]:
    numbers: list[int] = []
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            numbers.append(value)
            value = shift = 0
    return numbers
