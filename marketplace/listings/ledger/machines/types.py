"""Which resource type a row is, and its kind when no type is recognised."""

from functools import lru_cache

from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.ledger.tables.machines import could_be_line, guessed_kind

LONGEST_HINT = 160


@lru_cache(maxsize=16_384)
def recognised(
    name: str, category: str, model: str | None, manufacturer: str | None, description: str
) -> tuple[str | None, str]:
    """(type code, kind): the name decides, then category, model, maker and description in this order."""
    if not name:
        return None, "equipment"
    hints = [
        hint
        for hint in (category, model or "", f"{manufacturer or ''} {model or ''}".strip(), description[:LONGEST_HINT])
        if hint
    ]
    found = load_catalogue().recognise(name, hints=hints)
    if found is None:
        return None, guessed_kind(name)
    kind = load_catalogue().types[found.type_code].kind
    if kind == "equipment" and could_be_line(name) and guessed_kind(name) == "line":
        kind = "line"
    return found.type_code, kind
