"""What PostgreSQL can keep: no NUL characters, no halves of surrogate pairs. Pure."""

import json
from typing import Any

from marketplace.kernel.errors import Invalid
from marketplace.kernel.paging import decode_cursor

LARGEST_ID = 2**63 - 1


def is_storable(value: Any) -> bool:
    """Whether a JSON value can be kept as it is."""
    text = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in text:
        return False
    return is_encodable(text)


def is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain_words(text: str, most: int) -> str:
    """The text trimmed and shortened, without what cannot be kept."""
    kept = text.replace("\x00", "").encode(errors="ignore").decode()
    return kept.strip()[:most]


def after_id(cursor: str | None) -> int | None:
    """The id inside a cursor of a list ordered by ids; raises `Invalid` for anything we did not make."""
    position = decode_cursor(cursor, length=1)
    if position is None:
        return None
    found = position[0]
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= LARGEST_ID:
        raise Invalid("bad_cursor", fields={"cursor": ["unknown"]})
    return found
