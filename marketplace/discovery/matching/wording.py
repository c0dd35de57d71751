"""A match in the reader's words: why, and what is missing. Inside requests only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from marketplace.demands.constraints import Limit, attribute_name, figure_words, limit_words, option_words
from marketplace.discovery.matching.matcher import Finding, Match, span_of
from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import AttributeDefinition, AttributeValue, format_attribute, load_catalogue
from marketplace.ui.formats import money_short, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One condition as shown: `ok` ticks, else `value` says what is missing."""

    ok: bool
    label: str
    value: str


def reasons_of(match: Match, locale: str) -> list[Reason]:
    """Every condition of a match, those not met first."""
    findings = sorted(match.findings, key=lambda one: one.is_met)
    return [_reason(one, locale) for one in findings]


def part_words() -> dict[str, str]:
    """What the parts of the score are called."""
    return {
        "text": gettext("说法相近"),
        "headroom": gettext("参数余量"),
        "price": gettext("价格"),
        "distance": gettext("距离"),
        "free": gettext("空闲"),
    }


def _reason(finding: Finding, locale: str) -> Reason:
    if finding.limit is not None:
        label, value = attribute_name(finding.limit.attribute, locale), _attribute(finding, finding.limit, locale)
    else:
        label, value = _other(finding)
    return Reason(ok=finding.is_met, label=label, value=value)


def _attribute(finding: Finding, limit: Limit, locale: str) -> str:
    definition = load_catalogue().attributes.get(limit.attribute)
    wanted = limit_words(limit, locale)
    if definition is None or finding.kind == "unstated":
        return gettext("供方没有写明，要 %(wanted)s", wanted=wanted)
    shown = _shown(definition, finding.offered or {}, locale)
    if finding.is_met:
        return shown
    short = _shortfall(definition, limit, finding.offered or {}, locale)
    if short:
        return gettext("%(shown)s，要 %(wanted)s，差 %(short)s", shown=shown, wanted=wanted, short=short)
    return gettext("%(shown)s，要 %(wanted)s", shown=shown or gettext("没有这一项"), wanted=wanted)


def _shown(definition: AttributeDefinition, value: Mapping[str, Any], locale: str) -> str:
    if "words" in value:
        joint = "、" if locale.startswith("zh") else ", "
        return joint.join(option_words(definition, str(word), locale) for word in value["words"])
    return format_attribute(definition, cast("AttributeValue", value), locale)


def _shortfall(definition: AttributeDefinition, limit: Limit, value: Mapping[str, Any], locale: str) -> str:
    """By how much a figure falls short; empty where that says nothing."""
    low, high = span_of(value)
    bound = low if limit.op == "<=" else high
    if not isinstance(limit.value, int) or bound is None or limit.op == "=":
        return ""
    return figure_words(definition, abs(bound - limit.value), locale, limit.unit).removeprefix("±")


def _other(finding: Finding) -> tuple[str, str]:
    match finding.kind:
        case "units":
            return gettext("台数"), gettext("有 %(n)s 台，要 %(m)s 台", n=finding.figure, m=finding.wanted)
        case "window":
            return gettext("时间"), _window(finding)
        case "zone":
            return gettext("区域"), gettext("在这个区") if finding.is_met else gettext("不在要求的区")
        case "distance":
            return gettext("距离"), _distance(finding)
        case _:
            return gettext("预算"), _budget(finding)


def _window(finding: Finding) -> str:
    hours = number(round((finding.figure or 0) / 60, 1), 1).removesuffix(".0")
    if finding.is_met:
        return gettext("这段时间内空 %(hours)s 小时", hours=hours)
    if not finding.figure:
        return gettext("这段时间没有空")
    if finding.wanted is None:
        return gettext("空的时间不够整段")
    wanted = number(round(finding.wanted / 60, 1), 1).removesuffix(".0")
    return gettext("只空 %(hours)s 小时，要 %(wanted)s 小时", hours=hours, wanted=wanted)


def _distance(finding: Finding) -> str:
    if finding.figure is None:
        return gettext("没有写明地点")
    return f"{number(finding.figure / 1000, 1)} km"


def _budget(finding: Finding) -> str:
    price, most = money_short(finding.figure or 0), money_short(finding.wanted or 0)
    if finding.is_met:
        return gettext("%(price)s，在预算 %(most)s 内", price=price, most=most)
    over = money_short((finding.figure or 0) - (finding.wanted or 0))
    return gettext("%(price)s，超预算 %(over)s", price=price, over=over)
