"""The hard conditions of a question one by one, each with the question as it would be without it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from marketplace.discovery.asking import Wish, number_filter
from marketplace.listings.catalogue import load_catalogue
from search.contract import Filters, WordFilter
from search.understanding.results import Constraint

ConditionKind = Literal["type", "number", "option", "certificate", "window", "zone", "radius", "budget"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition that may be given up: `key` is its chip's, `relaxed` what is asked without it."""

    kind: ConditionKind
    key: str
    relaxed: Wish
    constraint: Constraint | None = None


def conditions_of(wish: Wish) -> Iterator[Condition]:
    """Every condition that the line makes; what the reader ticked by hand stays."""
    understood, filters = wish.understood, wish.filters
    for one in understood.constraints:
        yield Condition(
            kind=_kind(one), key=_chip_key(wish, one), relaxed=_with(wish, _dropped(filters, one)), constraint=one
        )
    if wish.window is not None and understood.window is not None:
        yield Condition(kind="window", key=_time_key(wish), relaxed=replace(wish, window=None))
    if wish.limit is not None:
        yield Condition(kind="budget", key="budget", relaxed=replace(wish, limit=None))
    place = understood.place
    if filters.near is not None and place and place.radius_m:
        yield Condition(kind="radius", key="radius", relaxed=_with(wish, replace(filters, near=None)))
    if place and place.zone and filters.zones == (place.zone,):
        yield Condition(kind="zone", key="zone", relaxed=_with(wish, replace(filters, zones=())))
    if understood.type_code and filters.types == (understood.type_code,):
        yield Condition(
            kind="type", key="type", relaxed=_with(wish, replace(filters, types=_wider(understood.type_code)))
        )


def widest(wish: Wish) -> Wish:
    """The question without any condition that could be given up: all near misses are found by it."""
    place = wish.understood.place
    filters = replace(
        wish.filters,
        numbers=(),
        words=(),
        certificates=(),
        near=None,
        zones=() if place and place.zone and wish.filters.zones == (place.zone,) else wish.filters.zones,
        types=_wider(wish.understood.type_code) if wish.understood.type_code else wish.filters.types,
    )
    return replace(wish, filters=filters, window=None, limit=None)


def _wider(type_code: str) -> tuple[str, ...]:
    """The family of a type: its parent, or the type itself at the top of the tree."""
    kind = load_catalogue().types.get(type_code)
    return (kind.parent or type_code,) if kind else (type_code,)


def _with(wish: Wish, filters: Filters) -> Wish:
    return replace(wish, filters=filters)


def _kind(constraint: Constraint) -> ConditionKind:
    if isinstance(constraint.value, int):
        return "number"
    return "certificate" if constraint.attribute == "certificates" else "option"


def _dropped(filters: Filters, constraint: Constraint) -> Filters:
    """The filters without what this constraint put there."""
    match _kind(constraint):
        case "number":
            return replace(filters, numbers=_without(filters.numbers, number_filter(constraint)))
        case "certificate":
            codes: Any = constraint.value
            return replace(filters, certificates=tuple(code for code in filters.certificates if code not in codes))
        case _:
            value = constraint.value
            codes = value if isinstance(value, tuple) else (str(value),)
            return replace(filters, words=_without(filters.words, WordFilter(constraint.attribute, codes)))


def _without(values: tuple[Any, ...], gone: object) -> tuple[Any, ...]:
    return tuple(value for value in values if value != gone)


def _chip_key(wish: Wish, constraint: Constraint) -> str:
    chips = wish.understood.chips
    return next((chip.key for chip in chips if chip.span == constraint.span and "." in chip.key), constraint.attribute)


def _time_key(wish: Wish) -> str:
    keys = {chip.key for chip in wish.understood.chips}
    return "window" if "window" in keys else "hours"
