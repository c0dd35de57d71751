"""What both engines share about facets: each one is counted with its own filter put aside."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from search.contract import FacetName, Filters, PriceBand

OPEN_PRICE = 1 << 62
_NOTHING_CHOSEN: dict[FacetName, dict[str, Any]] = {
    "kind": {"kinds": ()},
    "types": {"types": ()},
    "zone": {"zones": ()},
    "certificates": {"certificates": ()},
    "approval": {"approvals": ()},
    "grade": {"grades": ()},
    "operator": {"operators": ()},
    "price": {"price": None},
}


def without_own_filter(filters: Filters, facet: FacetName) -> Filters:
    """The filters as if nothing had been chosen in this facet."""
    return replace(filters, **_NOTHING_CHOSEN[facet])


def has_own_filter(filters: Filters, facet: FacetName) -> bool:
    """Whether something is chosen in this facet."""
    return without_own_filter(filters, facet) != filters


def price_edges(band: PriceBand) -> tuple[int, int]:
    """The band's ends with open sides made wide, both included."""
    return band.minimum or 0, OPEN_PRICE if band.maximum is None else band.maximum


def price_bands(edges: Sequence[int]) -> list[tuple[str, int, int | None]]:
    """Bands between edges: (name `low-high`, low included, high excluded); the last is open: `low-`."""
    lows = [0, *edges]
    highs: list[int | None] = [*edges, None]
    return [
        (f"{low}-{'' if high is None else high}", low, high)
        for low, high in zip(lows, highs, strict=True)
        if high is None or high > low
    ]
