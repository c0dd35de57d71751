"""What search says about a listing: what it lacks, what speaks for it. Inside requests only."""

from collections.abc import Sequence

from flask_babel import get_locale

from marketplace.discovery.asking import Wish
from marketplace.discovery.finding import Result
from marketplace.discovery.fit import margin_of
from marketplace.discovery.near_misses import NearMiss
from marketplace.kernel.quantities import format_quantity
from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import AttributeDefinition, format_attribute, load_catalogue
from marketplace.listings.facts import type_name
from marketplace.ui import formats
from marketplace.ui.filters import reader_locale, reader_zone
from search.understanding.results import Constraint

FAR_TOO_BIG = 1.0
ROOMY = 0.1


def missing(miss: NearMiss) -> str:
    """The one condition that a near miss fails: what it has, and how much is lacking."""
    locale = reader_locale()
    match miss.condition.kind:
        case "number" | "option" | "certificate" if miss.condition.constraint:
            return _attribute_missing(miss, miss.condition.constraint, locale)
        case "window":
            return _too_late(miss, locale)
        case "budget":
            return _too_dear(miss)
        case "radius" | "zone":
            return _elsewhere(miss, locale)
        case _:
            return gettext("类型是%(type)s", type=type_name(miss.result.listing, locale))


def _too_late(miss: NearMiss, locale: str) -> str:
    if miss.slot is None:
        return gettext("30 天内没有这么长的空档")
    return gettext("最早空档 %(start)s", start=formats.moment(miss.slot[0], locale, reader_zone()))


def _too_dear(miss: NearMiss) -> str:
    if miss.over is None:
        return gettext("价格面议")
    return gettext("超出预算 %(amount)s", amount=formats.money_short(miss.over))


def _elsewhere(miss: NearMiss, locale: str) -> str:
    zone = miss.result.listing.zone
    if miss.condition.kind == "radius" and miss.actual is not None:
        return gettext("离贵司 %(km)s km", km=formats.number(miss.actual / 1000, 1))
    if zone is None:
        return gettext("没写在哪里")
    return gettext("在%(zone)s", zone=zone.name_zh if locale.startswith("zh") else zone.name_en)


def _attribute_missing(miss: NearMiss, limit: Constraint, locale: str) -> str:
    definition = load_catalogue().attributes.get(limit.attribute)
    if definition is None:
        return gettext("没写%(what)s", what=limit.written)
    label = definition.zh if locale.startswith("zh") else definition.en
    value = miss.result.listing.attributes.get(limit.attribute)
    if not isinstance(limit.value, int):
        wanted = _options(definition, limit, locale)
        return gettext("没写%(what)s", what=f"{label} {wanted}")
    if miss.actual is None or value is None:
        return gettext("没写%(what)s", what=label)
    gap = format_quantity(
        abs(miss.actual - limit.value), definition.dimension or "count", definition.unit or "", locale
    )
    shown = format_attribute(definition, value, locale)
    if limit.op == ">=" and definition.dimension == "length":
        return gettext("%(what)s，短 %(gap)s", what=f"{label} {shown}", gap=gap)
    return gettext("%(what)s，差 %(gap)s", what=f"{label} {shown}", gap=gap)


def _options(definition: AttributeDefinition, limit: Constraint, locale: str) -> str:
    codes = limit.value if isinstance(limit.value, tuple) else (str(limit.value),)
    options = [definition.option(code) for code in codes]
    return "/".join(one.zh if locale.startswith("zh") else one.en for one in options if one) or limit.written


def relaxed_to(miss: NearMiss) -> str:
    """The link that moves the limit to what the near miss has."""
    limit = miss.condition.constraint
    definition = load_catalogue().attributes.get(limit.attribute) if limit else None
    if limit is None or definition is None or miss.actual is None:
        return ""
    sign = {">=": "≥", "<=": "≤"}.get(limit.op, "=")
    value = format_quantity(miss.actual, definition.dimension or "count", definition.unit or "", str(get_locale()))
    shown = f"{sign} {'±' if definition.plus_minus else ''}{value}"
    return gettext("放宽到 %(limit)s，多 %(n)s 台", limit=shown, n=miss.gain)


def reasons(results: Sequence[Result], wish: Wish) -> dict[int, str]:
    """Why each result stands here, one line each, by the listing's key: what sets it apart from the others shown."""
    found = {one.listing.id: list(_sizes(one, wish)) for one in results}
    if len(results) > 1:
        for identity, words in _best(results):
            found[identity].insert(0, words)
    joint = gettext("；")
    return {identity: joint.join(words[:2]) for identity, words in found.items() if words}


def _best(results: Sequence[Result]) -> list[tuple[int, str]]:
    said: list[tuple[int, str]] = []
    priced = [one for one in results if one.price is not None]
    timed = [one for one in results if one.window is not None]
    placed = [one for one in results if one.distance_metres is not None]
    if placed:
        said.append((min(placed, key=lambda one: one.distance_metres or 0).listing.id, gettext("离贵司最近")))
    if timed:
        said.append(
            (
                min(timed, key=lambda one: one.window[0] if one.window else one.listing.created_at).listing.id,
                gettext("最早有空"),
            )
        )
    if priced:
        said.append(
            (
                min(priced, key=lambda one: one.price.amount if one.price is not None else 0).listing.id,
                gettext("这里最便宜"),
            )
        )
    return said


def _sizes(one: Result, wish: Wish) -> list[str]:
    margins: list[tuple[float, str]] = []
    for limit in wish.understood.constraints:
        definition = load_catalogue().attributes.get(limit.attribute)
        margin = margin_of(limit, one.listing.attributes.get(limit.attribute)) if isinstance(limit.value, int) else None
        if definition is not None and margin is not None and limit.op != "=":
            margins.append((margin, definition.zh if reader_locale().startswith("zh") else definition.en))
    if not margins:
        return []
    tightest, widest = min(margins), max(margins)
    if widest[0] > FAR_TOO_BIG:
        return [gettext("%(what)s比要求大一倍以上", what=widest[1])]
    if tightest[0] < ROOMY:
        return [gettext("%(what)s刚好够", what=tightest[1])]
    return [gettext("参数都有余量")]
