"""What fits but for one condition, and what giving a condition up would gain: by asking again without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketplace.discovery.asking import Wish, asked_again, wish_of
from marketplace.discovery.conditions import Condition, conditions_of
from marketplace.discovery.finding import Finding, Result
from marketplace.discovery.fit import reached
from marketplace.discovery.jobs import Slot, fitted, total_of
from marketplace.kernel.money import Money
from marketplace.listings.models import Listing
from search.service import SearchRequest

SHOWN = 5
EACH = 4
UNKNOWN = 3.0
"""What an unstated value counts as: worse than any shortfall that can be measured."""
FIXED = {"type": 1.5, "certificate": 1.2, "option": 1.0, "zone": 0.4}


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A listing that fails one condition: what it has instead (`actual` in base units or metres, `slot`, `over`).

    `shortfall` orders them: the share by which it misses. `choose` relaxes the condition just so far that it fits,
    and then `gain` more listings are found.
    """

    result: Result
    condition: Condition
    shortfall: float
    actual: int | None = None
    slot: Slot | None = None
    over: Money | None = None
    choose: str = ""
    gain: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """A chip that may be taken away and how many more listings are found without it."""

    keys: tuple[str, ...]
    gain: int


def nearly_fitting(finding: Finding, found: Sequence[int], *, each: int = EACH) -> dict[int, Condition]:
    """Listings that fail one condition with that condition; `found` are ids that fit. The engine alone is asked."""
    by_id: dict[int, Condition] = {}
    for condition in conditions_of(finding.wish):
        for identity in _ids_without(finding, condition, found, each):
            by_id.setdefault(identity, condition)
    return by_id


def near_misses(
    finding: Finding, by_id: Mapping[int, Condition], *, total: int = 0, shown: int = SHOWN
) -> list[NearMiss]:
    """The nearest misses of those that nearly fit, the nearest first; `total` is how many fit."""
    if not by_id:
        return []
    rows = finding.load(list(by_id))
    later = _later_slots(finding, {one: rows[one] for one in by_id if one in rows and by_id[one].kind == "window"})
    results = finding.dressed(list(by_id), rows)
    missed = [_near_miss(finding, one, by_id[one.listing.id], later) for one in results]
    nearest = sorted(missed, key=lambda one: (one.shortfall, one.result.listing.id))[:shown]
    return [_with_gain(finding, one, total) for one in nearest]


def relaxations(finding: Finding, total: int) -> list[Relaxation]:
    """For each condition how many more are found without it, the most first; else for all of them together."""
    keys = tuple(dict.fromkeys(condition.key for condition in conditions_of(finding.wish)))
    gains = [Relaxation(keys=(key,), gain=_gain(finding, (key,), total)) for key in keys]
    helpful = sorted((one for one in gains if one.gain > 0), key=lambda one: (-one.gain, one.keys))
    rest = tuple(key for key in keys if key != "type")
    if helpful or len(rest) < 2:
        return helpful
    together = Relaxation(keys=rest, gain=_gain(finding, rest, total))
    return [together] if together.gain > 0 else []


def _gain(finding: Finding, keys: tuple[str, ...], total: int) -> int:
    question = finding.question
    for key in keys:
        question = asked_again(question, without=key)
    return _count(finding, wish_of(question, finding.reader)) - total


def _count(finding: Finding, wish: Wish) -> int:
    return finding.service.count(replace(finding.request(wish), cursor=None))


def _ids_without(finding: Finding, condition: Condition, found: Sequence[int], most: int) -> list[int]:
    request = _plain(finding.request(condition.relaxed, size=most))
    passed_over = request.filters.excluded_ids | frozenset(found)
    request = replace(request, filters=replace(request.filters, excluded_ids=passed_over))
    return [hit.id for hit in finding.service.search(request).hits]


def _plain(request: SearchRequest) -> SearchRequest:
    return replace(request, facets=(), price_facet=None, cursor=None)


def _later_slots(finding: Finding, rows: Mapping[int, Listing]) -> Mapping[int, Slot | None]:
    """When a machine that is taken in the window is free instead."""
    if not rows:
        return {}
    plans = {identity: row.rate_plan.value() if row.rate_plan else None for identity, row in rows.items()}
    found = fitted(finding.session, plans, finding.wish, finding.reader, in_window=False)
    return {identity: one.slot for identity, one in found.items()}


def _near_miss(finding: Finding, result: Result, condition: Condition, later: Mapping[int, Slot | None]) -> NearMiss:
    listing = result.listing
    known: dict[str, Any] = {"result": result, "condition": condition}
    match condition.kind:
        case "number":
            return _short(known, condition, listing)
        case "window":
            slot = later.get(listing.id)
            return NearMiss(**known, slot=slot, shortfall=_lateness(finding, slot))
        case "budget":
            return _dear(finding, known, result)
        case "radius":
            metres, near = result.distance_metres, finding.wish.filters.near
            share = metres / near.metres - 1 if metres and near else UNKNOWN
            return NearMiss(**known, actual=metres, shortfall=share)
        case kind:
            return NearMiss(**known, shortfall=FIXED.get(kind, 1.0))


def _short(known: dict[str, Any], condition: Condition, listing: Listing) -> NearMiss:
    limit = condition.constraint
    wanted = limit.value if limit else None
    if limit is None or not isinstance(wanted, int):
        return NearMiss(**known, shortfall=UNKNOWN)
    actual = reached(limit, listing.attributes.get(limit.attribute))
    if actual is None:
        return NearMiss(**known, shortfall=UNKNOWN)
    choose = f"{condition.key}~value:{actual}" if condition.key == f"attr.{limit.attribute}" else ""
    return NearMiss(**known, actual=actual, shortfall=abs(actual - wanted) / (abs(wanted) or 1), choose=choose)


def _dear(finding: Finding, known: dict[str, Any], result: Result) -> NearMiss:
    limit, plan = finding.wish.limit, result.listing.rate_plan
    begin = result.window[0] if result.window else finding.reader.now
    price = total_of(plan.value(), begin, limit.hours, finding.wish, finding.reader) if limit and plan else None
    if limit is None or price is None:
        return NearMiss(**known, shortfall=UNKNOWN - 1)
    over = Money(price.amount - limit.amount, price.currency)
    return NearMiss(**known, over=over, shortfall=over.amount / (limit.amount or 1))


def _lateness(finding: Finding, slot: Slot | None) -> float:
    window = finding.wish.window
    if slot is None or window is None or window.window.upper is None:
        return UNKNOWN
    late = (slot[1] - window.window.upper).total_seconds() / 3600
    return 0.1 + max(0.0, late) / 72


def _with_gain(finding: Finding, one: NearMiss, total: int) -> NearMiss:
    """How many more are found when the limit is moved to what this listing has."""
    if not one.choose:
        return one
    question = asked_again(finding.question, choose=one.choose)
    return replace(one, gain=_count(finding, wish_of(question, finding.reader)) - total)
