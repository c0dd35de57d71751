"""Figures in a line: numbers with units, tolerances, ranges and sizes AxBxC, before anybody says what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from marketplace.kernel.quantities import DIMENSIONS, normalise
from search.text.folding import folded
from search.understanding.line import Line
from search.understanding.numerals import NUMBER, number
from search.vocabulary.phrases import is_letter

IGNORED_DIMENSIONS = frozenset({"throughput", "data", "count"})
"""What a line says about these is pieces or plain words."""
_NO_UNITS = frozenset({"周", "圈", "次", "道", "分", "秒", "x", "1", "日"})
"""Written units that are ordinary words far more often."""
_GLUED_ONLY = frozenset("acfsukhdj")
"""Letters that are a unit only right behind the number: "3 a" is no current."""


@dataclass(frozen=True, slots=True)
class UnitReading:
    """One way to read a written unit."""

    dimension: str
    unit: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as written. `values` are 1 to 3 numbers of a size, or one number; `upper` the end of a range.

    `op` is what stood before or behind it; `units` every reading of its unit, empty when none was written.
    """

    start: int
    end: int
    values: tuple[Decimal, ...]
    upper: Decimal | None
    op: str | None
    units: tuple[UnitReading, ...]
    unit_text: str
    is_diameter: bool = False
    is_size: bool = False
    hint: str = ""
    """What is measured in general words: thickness, length, width, height, depth."""
    typed_unit: str = ""
    name: str = ""
    """Letters glued to the number that name what is measured: ra, x, y, z."""


_OPS = {
    "≥": ">=", ">=": ">=", ">": ">=", "大于": ">=", "大于等于": ">=", "不小于": ">=", "不低于": ">=", "不少于": ">=", "至少": ">=", "最少": ">=",
    "最小": ">=", "超过": ">=", "高于": ">=", "at least": ">=", "min": ">=", "min.": ">=", "minimum": ">=", "over": ">=", "more than": ">=", "above": ">=",
    "≤": "<=", "<=": "<=", "<": "<=", "小于": "<=", "小于等于": "<=", "不大于": "<=", "不高于": "<=", "不超过": "<=", "至多": "<=", "最多": "<=",
    "最大": "max", "低于": "<=", "under": "<=", "up to": "max", "at most": "<=", "max": "max", "max.": "max", "maximum": "max", "below": "<=", "less than": "<=",
    "within": "<=", "better than": "<=", "±": "±", "+/-": "±", "正负": "±",
    "以上": ">=", "及以上": ">=", "或以上": ">=", "or more": ">=", "or larger": ">=", "+": ">=",
    "以下": "<=", "以内": "max", "之内": "max", "or less": "<=",
}  # fmt: skip
_LEAD = "|".join(
    re.escape(word)
    for word in sorted(_OPS, key=len, reverse=True)
    if word[0] not in "以及或o+" or word in {"over", "+/-"}
)
_TAIL = r"及以上|或以上|以上|以下|以内|之内|or more|or less|or larger|max\.?|min\.?|\+(?!\d)"
_HINTS = {
    "板厚": "thickness", "壁厚": "thickness", "厚度": "thickness", "厚": "thickness", "thick": "thickness", "thickness": "thickness",
    "长度": "length", "长": "length", "long": "length", "length": "length", "宽度": "width", "宽": "width", "wide": "width", "width": "width",
    "高度": "height", "高": "height", "high": "height", "tall": "height", "height": "height", "深度": "depth", "深": "depth", "deep": "depth", "depth": "depth",
}  # fmt: skip
_HINT = "|".join(sorted(_HINTS, key=len, reverse=True))
_SIGNED = rf"[-+]?(?:{NUMBER})"
_BY = r"\s*[x*]\s*"
_TO = r"(?:\s*(?:~|\.{2,3}|至|到|\bto\b)\s*|-|\s-\s)"


@lru_cache(maxsize=1)
def unit_readings() -> dict[str, tuple[UnitReading, ...]]:
    """Every written unit, folded, with the units of all dimensions that it may mean."""
    found: dict[str, dict[UnitReading, None]] = {}
    for code, dimension in DIMENSIONS.items():
        if code in IGNORED_DIMENSIONS:
            continue
        for name, unit in dimension.names.items():
            key = folded(name)
            if key and not key[0].isdigit() and not key.startswith("/") and key not in _NO_UNITS:
                found.setdefault(key, {})[UnitReading(code, unit)] = None
    return {name: tuple(readings) for name, readings in found.items()}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = sorted(unit_readings(), key=len, reverse=True)
    unit = "|".join(re.escape(name) for name in names)
    any_unit = rf"(?:(?:{unit})(?:(?<![a-z0-9])|(?![a-wyz0-9]|x(?!\s*[\dφ]))))"
    return re.compile(
        rf"(?<![a-z0-9.\-_/])(?P<name>(?:ra|[xyz])\s*[=:]?\s*)?(?:(?P<hint>(?<![\u4e00-\u9fff])(?:{_HINT}))\s*[=:为约]?\s*)?(?:(?P<op>{_LEAD})\s*)?(?P<dia>φ|(?:\bo|\bdia(?:meter)?\.?|直径|孔径|外径|内径)\s*(?=\d))?\s*"
        rf"(?P<a>{_SIGNED})\s*(?P<ua>{any_unit})?"
        rf"(?:(?:{_BY}φ?(?P<b>{NUMBER})\s*(?P<ub>{any_unit})?(?:{_BY}(?P<c>{NUMBER})\s*(?P<uc>{any_unit})?)?(?![a-z0-9.]))"
        rf"|(?:{_TO}(?P<to>{_SIGNED})\s*(?P<ut>{any_unit})?))?(?P<tail>\s*(?:{_TAIL}))?(?:(?<=\S)(?P<after_han>[厚长宽高深])(?![度租期硅])|\s*(?P<after_word>thick|long|wide|high|tall|deep)\b(?!\s*\d))?(?![.]?\d)"
    )


def figures(line: Line) -> Iterator[Figure]:
    """Every figure that is still unread, from left to right. A number inside a model code is none."""
    for match in line.each(_pattern()):
        figure = _figure(match, line)
        if figure is not None:
            yield figure


def _figure(match: re.Match[str], line: Line) -> Figure | None:
    text = match.string
    end = match.end()
    group = next((name for name in ("uc", "ub", "ut", "ua") if match[name]), "")
    written = match[group] if group else ""
    typed_unit = normalise(line.written(line.folded.span(*match.span(group)))) if group else ""
    if written in _GLUED_ONLY and typed_unit not in {"C", "F"} and text[match.end("a") : match.end("a") + 1] == " ":
        written, typed_unit, end = "", "", match.end("a")
    if not written and is_letter(text[end : end + 1]) and text[end - 1] != " ":
        return None
    values = tuple(_value(match[name]) for name in ("a", "b", "c") if match[name])
    op = _OPS.get((match["op"] or "").strip()) or _OPS.get((match["tail"] or "").strip())
    return Figure(
        match.start(),
        end,
        values,
        _value(match["to"]) if match["to"] else None,
        op,
        unit_readings().get(written, ()),
        written,
        is_diameter=match["dia"] is not None,
        is_size=match["b"] is not None,
        hint=_HINTS.get(match["hint"] or match["after_han"] or match["after_word"] or "", ""),
        typed_unit=typed_unit,
        name=(match["name"] or "").rstrip(" =:"),
    )


def _value(written: str) -> Decimal:
    sign = -1 if written.startswith("-") else 1
    return sign * number(written.lstrip("+-"))
