"""Quantities inside prose: "行程 800×500×500mm, 主轴 12000rpm, ±0.01", with what each may measure."""

import re
from dataclasses import dataclass
from functools import lru_cache

from marketplace.kernel.quantity_text import ParsedQuantity, lookalike, parse_quantity
from marketplace.kernel.units import DIMENSIONS

_NOT_IN_PROSE = frozenset(
    ["C", "F", "K", "k", "l", "u", "μ", "M", "G", "S", "H", "d", "B", "x", "X", "R", "日", "周", "时", "分", "道", "开", "特", "托", "安", "兆", "圈"]
)  # fmt: skip
"""Unit names too short to be trusted among words: 3D is no three days, 8日 no duration."""

_NEVER = ("count", "pixels")
"""Counted things are named by the words around them."""

_UNLIKE = {
    "平": "面行整台均",
    "方": "案便法形式向",
    "转": "塔台换速",
    "牛": "头",
    "度": "假量",
    "丝": "杆锥印",
    "米": "其",
    "克": "隆",
}
"""A one-character unit followed by one of these is the beginning of another word."""

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?:\s?[x×*]\s?10(?:\^[+-]?|[+-])\d+|[eE]-?\d+)?(?:\s?[万千百](?![瓦克牛帕米伏安级分]))?"
_MARK = (
    r"±|\+/-|正负|≤|≥|<=|>=|<|>|约|大约|近|不大于|不超过|小于|低于|不小于|不少于|不低于|大于|高于|超过|至少|至多|最大|最高|"
    r"up to |at least |at most |under |over |max\.? ?|min\.? ?|about |HRC ?|Ra ?"
)
_ENDING = r"(?:及?以上|及?以下|(?:以|之)?内)(?!的?人)"
_ROUND = r"[φØø⌀Φ∅]"


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """A quantity at `start:end` of the text, what it may measure, and its parts ("800×500mm" has two).

    `dimensions` is empty when no unit was written: then only a mark (±, ≤, Φ) or a size AxB made it a quantity.
    """

    start: int
    end: int
    text: str
    dimensions: tuple[str, ...]
    parts: tuple[str, ...]
    plus_minus: bool = False

    def parse(self, dimension: str, *, default_unit: str | None = None) -> tuple[ParsedQuantity, ...]:
        """Its parts read as this dimension; raises BadQuantity as `parse_quantity`."""
        return tuple(parse_quantity(part, dimension=dimension, default_unit=default_unit) for part in self.parts)


def find_quantities(text: str) -> list[FoundQuantity]:
    """Every quantity of a text, in order, not overlapping. Numbers glued to letters (VMC850, M6) are names."""
    plain, origins = _with_origins(text)
    found: list[FoundQuantity] = []
    for match in _pattern().finditer(plain):
        item = _found(match, text, origins)
        if item is not None:
            found.append(item)
    return found


def _with_origins(text: str) -> tuple[str, list[int]]:
    """The text in one spelling, and for each of its characters the place it came from."""
    characters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        spelled = lookalike(character)
        if character in "⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹" and "".join(characters[-2:]) == "10":
            spelled = f"^{spelled}"
        characters.extend(spelled)
        origins.extend([place] * len(spelled))
    return "".join(characters), [*origins, len(text)]


def _found(match: re.Match[str], text: str, origins: list[int]) -> FoundQuantity | None:
    numbers = [match[f"number{i}"] for i in range(4)]
    units = [match[f"unit{i}"] or "" for i in range(4)]
    unit = next((name for name in reversed(units) if name), "")
    mark, ending, spread = (match["mark"] or "").strip(), match["ending"] or "", match["spread"]
    marked = bool(mark or ending or match["round"] or match["number2"])
    if not unit and not marked:
        return None
    dimensions = ("hardness",) if mark.upper() == "HRC" else _dimensions(unit)
    if unit and not dimensions:
        return None
    if spread:
        parts = (f"{mark}{numbers[0]}{units[0]}{spread}{numbers[1]}{units[1] or unit}{ending}",)
    else:
        written = [
            (number, name or unit)
            for number, name in zip(numbers[:1] + numbers[2:], units[:1] + units[2:], strict=True)
        ]
        parts = tuple(f"{mark}{number}{name}{ending}" for number, name in written if number)
    start, end = origins[match.start()], origins[match.end() - 1] + 1
    return FoundQuantity(start, end, text[start:end], dimensions, parts, mark in {"±", "+/-", "正负"})


@lru_cache(maxsize=1024)
def _dimensions(unit: str) -> tuple[str, ...]:
    return tuple(
        code for code, dimension in DIMENSIONS.items() if unit and code not in _NEVER and dimension.find_unit(unit)
    )


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    unit = _unit_pattern()
    sign = r"(?:(?<![\w)])[+-])?"
    later = rf"{_ROUND}?{{number}}(?:\s?{{unit}})?"

    def item(index: int) -> str:
        return later.format(number=rf"(?P<number{index}>[+-]?{_NUMBER})", unit=rf"(?P<unit{index}>{unit})")

    first = rf"(?P<number0>{sign}{_NUMBER})(?!\d)(?![A-WYZa-wyz]\d)(?:\s?(?P<unit0>{unit}))?"
    spread = rf"\s?(?P<spread>\.{{2,}}|-|~+|至|到| to )\s?{item(1)}"
    times = r"\s?[×xX*]\s?"
    return re.compile(
        rf"(?<![A-Za-z0-9_.,^])(?<![A-Za-z0-9][-/])(?:(?P<mark>{_MARK})\s?)?(?:(?P<round>{_ROUND})\s?)?"
        rf"{first}(?:{spread}|{times}{item(2)}(?:{times}{item(3)})?)?(?:\s?(?P<ending>{_ENDING}))?(?![\d])",
        re.IGNORECASE,
    )


def _unit_pattern() -> str:
    """All unit names, longest first; Latin ones end at a letter, single letters keep their case."""
    names = {
        name
        for code, dimension in DIMENSIONS.items()
        if code not in _NEVER
        for name in dimension.names
        if name not in _NOT_IN_PROSE and not name[0].isdigit()
    }
    return "|".join(_one_unit(name) for name in sorted(names, key=len, reverse=True))


def _one_unit(name: str) -> str:
    written = re.escape(name)
    if name in _UNLIKE:
        return rf"{written}(?![{_UNLIKE[name]}])"
    if not re.search(r"[A-Za-z0-9]$", name):
        return written
    if len(name) == 1:
        written = rf"(?-i:{written})"
    return rf"{written}(?![A-Za-z0-9])"
