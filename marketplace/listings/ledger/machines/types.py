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
        hint for hint in (category, f"{manufacturer or ''} {model or ''}".strip(), description[:LONGEST_HINT]) if hint
    ]
    found = load_catalogue().recognise(name, hints=hints)
    if found is None:
        return None, guessed_kind(name)
    kind = load_catalogue().types[found.type_code].kind
    if kind == "equipment" and could_be_line(name) and guessed_kind(name) == "line":
        kind = "line"
    return found.type_code, kind


@lru_cache(maxsize=16_384)
def recognised_by_category(name: str, category: str, model: str | None) -> tuple[str | None, str]:
    """For a ledger without names: what maker and model are called says less than the kind of machine."""
    found = load_catalogue().recognise(category, hints=[hint for hint in (model, name) if hint]) if category else None
    if found is None:
        return recognised(name, category, model, None, "")
    return found.type_code, load_catalogue().types[found.type_code].kind
