"""The question in the address of the page: filters can be shared, and the back button works."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request, url_for

from marketplace.discovery.asking import SORTS, Asked
from marketplace.kernel.quantities import BadQuantity, parse_number, to_base
from marketplace.listings.catalogue import load_catalogue

MOST_CHARACTERS = 600
MOST_VALUES = 40
MOST_FREE_DAYS = 180
MOST_KILOMETRES = 500
MOST_FEN = 1 << 50


def asked(*, cursor: str | None = None) -> Asked:
    """The question of the address; what cannot be read is passed over, so that an old link still opens.

    `cursor` given replaces the address's own.
    """
    given = request.args
    return Asked(
        text=given.get("q", "")[:MOST_CHARACTERS],
        without=_list("without"),
        choose=_list("choose"),
        kinds=_list("kind"),
        types=_list("type"),
        zones=_list("zone"),
        operators=_list("operator"),
        least=tuple(_limits("least.")),
        most=tuple(_limits("most.")),
        price=price_band(given.get("price", "")),
        free_days=_whole("free", MOST_FREE_DAYS),
        radius_metres=(_whole("km", MOST_KILOMETRES) or 0) * 1000 or None,
        sort=given.get("sort", "") if given.get("sort", "") in SORTS else "fit",
        cursor=given.get("cursor") if cursor is None else cursor,
    )


def _list(name: str) -> tuple[str, ...]:
    return tuple(value for value in request.args.getlist(name)[:MOST_VALUES] if value)


def _whole(name: str, most: int) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 and 0 < int(text) <= most else None


def _limits(prefix: str) -> Iterator[tuple[str, int]]:
    """Limits set by hand, in the unit that the page shows: `least.travel_x=600`."""
    known = load_catalogue().attributes
    for name, text in list(request.args.items())[: 2 * MOST_VALUES]:
        definition = known.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if definition is None or not definition.dimension or not definition.unit:
            continue
        try:
            yield definition.code, to_base(parse_number(text), definition.unit, definition.dimension)
        except (BadQuantity, ValueError, ArithmeticError):
            continue


def price_band(text: str) -> tuple[int | None, int | None] | None:
    """A band as the facet names it, `low-high` in fen, either side open; the upper end is not in it."""
    low, dash, high = text.partition("-")
    if not dash or not all(
        part == "" or (part.isascii() and part.isdigit() and len(part) < 16) for part in (low, high)
    ):
        return None
    lowest, highest = int(low) if low else None, int(high) - 1 if high else None
    return (lowest, highest) if lowest is not None or highest is not None else None


def search_url(**changes: Any) -> str:
    """The page's question with some parameters changed; the first page of it unless `cursor` is among them."""
    given: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name != "cursor"}
    return url_for("discovery_pages.results", **{**given, **changes})


def corrected_url(parameters: Sequence[tuple[str, str]]) -> str:
    """The page's question with other corrections."""
    changes: dict[str, list[str]] = {"without": [], "choose": []}
    for name, value in parameters:
        changes[name].append(value)
    return search_url(**changes)


def kept(*, but: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The parameters of this page that a form has to carry on, but for those it holds itself."""
    return [
        (name, value) for name in request.args if name not in {"cursor", *but} for value in request.args.getlist(name)
    ]


def toggled(values: Sequence[str], value: str, *, most: int) -> list[str]:
    """A list of chosen values with one put in or taken out, never more than `most`."""
    if value in values:
        return [one for one in values if one != value]
    return [*values, value][:most]
