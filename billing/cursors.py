"""The position in a list that runs by id, newest first."""

from marketplace.kernel.errors import Invalid
from marketplace.kernel.paging import decode_cursor


def id_after(cursor: str | None) -> int | None:
    """The id of the last row shown; None on the first page. Raises `Invalid` `bad_cursor` for anything we did not make."""
    position = decode_cursor(cursor, length=1)
    if position is None:
        return None
    if type(position[0]) is not int or not 0 < position[0] < 2**63:
        raise Invalid("bad_cursor", fields={"cursor": ["unknown"]})
    return position[0]
