"""The filters beside the results: counts by the engine, each facet without its own choice; limits with their units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from marketplace.accounts.models import Zone
from marketplace.discovery.asking import Asked, Wish, price_field
from marketplace.kernel.quantities import unit_symbol
from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.labels import kind_label, operator_label
from marketplace.listings.models import ListingKind, OperatorTerms
from marketplace.ui import formats
from search.contract import FacetCount

MOST_OPTIONS = 12
MOST_LIMITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A group of choices: `options` are (value, word, count)."""

    name: str
    title: str
    options: Sequence[tuple[str, str, int]]
    chosen: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitField:
    """A limit that may be set by hand, in the unit shown."""

    name: str
    label: str
    unit: str
    value: str


def facets_of(
    counts: Mapping[str, Sequence[FacetCount]], wish: Wish, question: Asked, zones: Sequence[Zone], locale: str
) -> list[Facet]:
    """The facets that offer a choice, in the order of the page."""
    names = {zone.code: zone.name_en if locale.startswith("en") else zone.name_zh for zone in zones}
    kinds = [(one.value, kind_label(ListingKind(one.value)), one.count) for one in counts.get("kind", ())]
    places = [(one.value, names.get(one.value, one.value), one.count) for one in counts.get("zone", ())]
    terms = [(one.value, operator_label(OperatorTerms(one.value)), one.count) for one in counts.get("operator", ())]
    all_facets = (
        Facet(name="kind", title=gettext("种类"), options=kinds, chosen=question.kinds),
        Facet(
            name="type",
            title=gettext("类型"),
            options=_types(counts.get("types", ()), wish, locale),
            chosen=question.types,
        ),
        Facet(name="zone", title=gettext("区域"), options=places, chosen=question.zones),
        Facet(name="price", title=_price_title(wish), options=_prices(counts.get("price", ())), chosen=_chosen_price()),
        Facet(name="operator", title=gettext("操作方式"), options=terms, chosen=question.operators),
    )
    return [one for one in all_facets if len(one.options) > 1 or one.chosen]


def _types(counts: Sequence[FacetCount], wish: Wish, locale: str) -> list[tuple[str, str, int]]:
    """Leaves of the tree only, below the type that the line names."""
    catalogue = load_catalogue()
    leaves = {one.code: one for one in catalogue.leaves()}
    asked = wish.understood.type_code
    shown: list[tuple[str, str, int]] = []
    for one in counts:
        kind = leaves.get(one.value)
        if kind is None:
            continue
        above = {ancestor.code for ancestor in catalogue.ancestors(kind.code)} | {kind.code}
        if asked is None or asked in above:
            shown.append((kind.code, kind.name(locale), one.count))
    return shown[:MOST_OPTIONS]


def _price_title(wish: Wish) -> str:
    words = {
        "hour": gettext("价格（1 小时）"),
        "eight_hours": gettext("价格（8 小时）"),
        "day": gettext("价格（1 天）"),
        "week": gettext("价格（1 周）"),
        "thirty_days": gettext("价格（30 天）"),
    }
    return words[price_field(wish.hours)]


def _prices(counts: Sequence[FacetCount]) -> list[tuple[str, str, int]]:
    return [(one.value, _band(one.value), one.count) for one in counts if one.count]


def _band(value: str) -> str:
    low, _, high = value.partition("-")
    lowest, highest = (formats.money_short(int(end)) if end else "" for end in (low, high))
    if not high:
        return gettext("%(low)s 以上", low=lowest)
    return gettext("%(high)s 以下", high=highest) if low == "0" else f"{lowest}–{highest}"


def _chosen_price() -> list[str]:
    return [value for value in request.args.getlist("price") if value]


def limit_fields(wish: Wish, locale: str) -> list[LimitField]:
    """Limits on the telling sizes of the type that was understood or ticked, which the line does not set itself."""
    catalogue = load_catalogue()
    code = wish.filters.types[0] if len(wish.filters.types) == 1 else ""
    kind = catalogue.types.get(code)
    if kind is None:
        return []
    said = {one.attribute for one in wish.understood.constraints}
    fields: list[LimitField] = []
    for attribute in kind.key_attributes:
        definition = catalogue.attributes[attribute]
        if definition.kind not in {"quantity", "range"} or not definition.unit or attribute in said:
            continue
        side = "most" if definition.better == "lower" else "least"
        name = definition.zh if locale.startswith("zh") else definition.en
        label = gettext("%(what)s 至多", what=name) if side == "most" else gettext("%(what)s 至少", what=name)
        key = f"{side}.{attribute}"
        fields.append(
            LimitField(
                name=key,
                label=label,
                unit=unit_symbol(definition.unit, definition.dimension or "count", locale),
                value=request.args.get(key, ""),
            )
        )
    return fields[:MOST_LIMITS]
