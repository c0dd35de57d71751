"""Pages of a long list: an opaque cursor behind a stable order, never an offset."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marketplace.kernel.errors import Invalid

T = TypeVar("T")
MAX_SIZE = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list and the cursor of the next ones, None at the end."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(*position: Any) -> str:
    """The sort key of the last row shown, as text for an address."""
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *, length: int) -> list[Any] | None:
    """The sort key inside a cursor; None for none. Raises `Invalid` for anything we did not make."""
    if not cursor:
        return None
    try:
        position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise Invalid("bad_cursor", fields={"cursor": ["unknown"]}) from error
    if not isinstance(position, list) or len(position) != length:  # pyright: ignore[reportUnknownArgumentType]
        raise Invalid("bad_cursor", fields={"cursor": ["unknown"]})
    return position  # pyright: ignore[reportUnknownVariableType]


def page_of(rows: Sequence[T], *, size: int, key: Any) -> Page[T]:
    """The first `size` of `size + 1` fetched rows; `key(row)` is the tuple a cursor holds."""
    if len(rows) <= size:
        return Page(rows)
    shown = rows[:size]
    return Page(shown, encode_cursor(*key(shown[-1])))
