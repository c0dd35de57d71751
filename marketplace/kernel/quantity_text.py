"""One written quantity, read exactly: "0.6 m", "24 in", "±0.01", "≤5μm", "60..2000", "90吨"; and shown again."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from unicodedata import normalize

from marketplace.kernel.units import (
    BadQuantity,
    Dimension,
    difference_to_base,
    dimension_of,
    from_base,
    to_base,
)

NUMBER = (
    r"[+-]?10\^[+-]?\d+"
    r"|[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[ ']\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*|\.\d+)"
    r"(?:\s?[x×*·]\s?10\s?(?:\^\s?[+-]?|[+-])\d+|[eE][+-]?\d+)?"
    r"(?:\s?(?:万(?!级)|千(?![瓦克牛帕米伏安赫焦卡分])|百(?!分|级)|亿))?"
)
"""A number as written, after `normalise`: separators, powers of ten and Chinese multipliers included."""

SLASH_SPREAD = 4
"""Two numbers with a slash are two values of one thing ("15/18.5 kW") only when they are this close."""

_NUMBER = re.compile(NUMBER)
_POWER = re.compile(r"\s?[x×*·]\s?10\s?\^?\s?(?P<exponent>[+-]?\d+)$|^(?P<sign>[+-]?)10\^(?P<bare>[+-]?\d+)$")
_MULTIPLIERS = {"百": 2, "千": 3, "万": 4, "亿": 8}
_SPREAD = re.compile(
    rf"(?P<unit>.*?)\s*(?P<between>\.{{2,}}|-|~+|±|/|÷|至|到|\bto\b|->)\s*[φØø⌀Φ∅]?\s*(?P<number>{NUMBER})\s*(?P<last>.*)",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"\s*(?:(?P<about>约为?|大约|大概|近|~|≈|≒|approx(?:\.|imately)?|about|circa|ca\.?)"
    r"|(?P<either>±|\+/-|\+-|正负)"
    r"|(?P<most>≤|≦|<=|=<|<|不大于|不超过|不高于|小于等于|小于|低于|少于|至多|最多|最大|最高|max(?:imum|\.)?|up to|under|below|at most|less than)"
    r"|(?P<least>≥|≧|>=|=>|>|不小于|不少于|不低于|大于等于|大于|高于|超过|多于|至少|最小|最低|最少|min(?:imum|\.)?(?=[\s\d:])|from|over|above|at least|more than)"
    r"|(?P<noise>[φØø⌀ΦRrVv]?[φØø⌀Φ∅]|R[az]|dia\.?|直径|[XYZLWH]\s*[:=]|[AD]C(?=\s*\d)|:|=))\s*",
    re.IGNORECASE,
)
_LEADING_UNIT = re.compile(r"\s*(?P<unit>HRC|m/z|Hz|洛氏硬度)\s*(?=[\d.+-])")
_ENDING = re.compile(
    r"(?P<least>(?:及|或)?以上|起|\+|or more|and above|(?<![/A-Za-z])min\.?)$"
    r"|(?P<most>(?:及|或)?以下|(?:之|以)?内|or less|(?<![/A-Za-z])max(?:imum|\.)?|最大)$"
    r"|(?P<about>左右|上下)$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*\([^()\d]*\)\s*$")
_ARC = re.compile(r"(?P<deg>\d+(?:\.\d+)?)\s*°\s*(?:(?P<min>\d+(?:\.\d+)?)\s*')?\s*(?:(?P<sec>\d+(?:\.\d+)?)\s*\")?$")
_ARC_MINUTES = re.compile(r"(?P<min>\d+)\s*'\s*(?P<sec>\d+(?:\.\d+)?)\s*\"$")
_INCH_FRACTION = re.compile(r"(?:(?P<whole>\d+)[ -])?(?P<over>\d+)/(?P<under>\d+)\s*(?P<unit>\"|in|inch|英寸|寸|吋)$")
_GROWING = re.compile(
    r"\(?(?P<constant>\d+(?:\.\d+)?)\s*\+\s*(?:\d+(?:\.\d+)?\s*[*·×]?\s*)?L\s*/\s*\d+\)?", re.IGNORECASE
)
_NUMERALS = dict(zip("一二三四五六七八九十两单双", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2, 1, 2), strict=True))
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_PLAIN_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_LOOKALIKES = str.maketrans(
    {
        "″": '"', "“": '"', "”": '"', "〞": '"', "′": "'", "’": "'", "‘": "'", "º": "°", "˚": "°", "−": "-", "–": "-",
        "—": "~", "﹣": "-", "‐": "-", "‑": "-", "～": "~", "〜": "~", "∼": "~", "∽": "~", "·": "·", "⋅": "·", "•": "·",
        "µ": "μ", "，": ",", "、": ",", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ", "х": "x", "Х": "x", "✕": "×", "╳": "×",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParsedQuantity:
    """A quantity in base units: both bounds equal for a point, one of them open for ≥ and ≤.

    `unit` is the code of the unit used, `unit_given` false when it was the default; `value` is the number as
    written when there was only one. With `plus_minus` the bounds are the magnitude: ±0.01 mm is 10 µm.
    """

    minimum: int | None
    maximum: int | None
    unit: str
    unit_given: bool
    value: Decimal | None
    plus_minus: bool = False
    approximate: bool = False


def normalise(text: str) -> str:
    """One spelling for look-alikes: full width, the three mu, primes, dashes, superscript powers."""
    if text.isascii():
        return text.strip()
    plain = _SUPERSCRIPT.sub(_superscript, text.translate(_LOOKALIKES))
    return normalize("NFKC", plain).translate(_LOOKALIKES).strip()


def lookalike(character: str) -> str:
    """One character in the spelling of `normalise`; it may become several."""
    plain = character.translate(_LOOKALIKES).translate(_PLAIN_SUPERSCRIPT)
    return plain if plain.isascii() else normalize("NFKC", plain).translate(_LOOKALIKES)


def _superscript(match: re.Match[str]) -> str:
    digits = match.group().translate(_PLAIN_SUPERSCRIPT)
    return f"^{digits}" if match.string[: match.start()].endswith("10") else digits


def parse_number(text: str) -> Decimal:
    """A number as written: "1,200" is thousands, "0,02" a decimal comma, "1.200,5" both, "1.2万" 12000."""
    written = normalise(text)
    if not _NUMBER.fullmatch(written):
        raise BadQuantity("bad_number", text)
    exponent = 0
    if written[-1] in _MULTIPLIERS:
        exponent = _MULTIPLIERS[written[-1]]
        written = written[:-1].rstrip()
    power = _POWER.search(written)
    if power:
        exponent += int(power["exponent"] or power["bare"])
        written = f"{power['sign']}1" if power["bare"] else written[: power.start()]
    if abs(exponent) > 30:
        raise BadQuantity("bad_number", text)
    try:
        value = Decimal(_separated(written.replace(" ", "").replace("'", ""))).scaleb(exponent)
        return value if value.as_tuple().exponent in range(-40, 1) else value.quantize(Decimal(1))
    except InvalidOperation:
        raise BadQuantity("bad_number", text) from None


def _separated(digits: str) -> str:
    """The same number with a decimal point alone; groups that are not thousands are no number."""
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        group, point = (",", ".") if digits.rfind(".") > digits.rfind(",") else (".", ",")
        return _ungrouped(digits, group, point)
    if points > 1:
        return _ungrouped(digits, ".", "")
    if commas > 1 or (commas == 1 and re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", digits)):
        return _ungrouped(digits, ",", "")
    return digits.replace(",", ".")


def _ungrouped(digits: str, group: str, point: str) -> str:
    whole, _, rest = digits.partition(point) if point else (digits, "", "")
    if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+", whole) or not re.fullmatch(r"\d*", rest):
        raise InvalidOperation
    return whole.replace(group, "") + ("." + rest if rest else "")


def parse_quantity(text: str, *, dimension: str, default_unit: str | None = None) -> ParsedQuantity:
    """A quantity of this dimension as a clerk or a buyer writes it; see `ParsedQuantity`.

    Without a unit in the text the default unit counts, else it is `bad_unit`. What is no number is `bad_number`.
    """
    return _parse(text, dimension, default_unit)


@lru_cache(maxsize=8192)
def _parse(text: str, dimension: str, default_unit: str | None) -> ParsedQuantity:
    return _Reading(text, dimension_of(dimension), default_unit).parsed()


class _Reading:
    """One text on its way to a quantity."""

    def __init__(self, text: str, dimension: Dimension, default_unit: str | None) -> None:
        self.text = text
        self.dimension = dimension
        self.default_unit = default_unit
        self.marks: set[str] = set()

    def parsed(self) -> ParsedQuantity:
        rest = self._after_marks(_REMARK.sub("", normalise(self.text)))
        whole = self._compound(rest)
        if whole is not None:
            return whole
        rest = self._simplified(rest)
        leading = _LEADING_UNIT.match(rest)
        if leading:
            rest = f"{rest[leading.end() :]} {leading['unit']}"
        number = _NUMBER.match(rest)
        if not number:
            raise BadQuantity("bad_number", self.text)
        tail = self._before_ending(rest[number.end() :].strip())
        if not tail or self.dimension.find_unit(tail):
            return self._point(parse_number(number.group()), tail)
        spread = _SPREAD.fullmatch(tail)
        if not spread:
            raise BadQuantity("bad_number" if re.search(r"\d", tail) else "bad_unit", self.text)
        return self._range(number.group(), spread)

    def _after_marks(self, rest: str) -> str:
        while mark := _MARK.match(rest):
            self.marks.add(mark.lastgroup or "noise")
            rest = rest[mark.end() :]
        return rest

    def _simplified(self, rest: str) -> str:
        """五轴 is 5; 1.9+L/300 µm is about 1.9 µm, the part that grows with the length left out."""
        if self.dimension.code == "count" and rest[:1] in _NUMERALS and rest[1:2] not in _NUMERALS:
            return f"{_NUMERALS[rest[0]]}{rest[1:]}"
        growing = _GROWING.match(rest)
        if growing and self.dimension.code in {"length", "fine_length"}:
            self.marks.add("about")
            return f"{growing['constant']} {rest[growing.end() :]}"
        return rest

    def _before_ending(self, rest: str) -> str:
        ending = _ENDING.search(rest)
        if not ending or self.dimension.find_unit(rest) or self.dimension.find_unit(ending.group()):
            return rest
        self.marks.add(ending.lastgroup or "noise")
        return rest[: ending.start()].rstrip()

    def _unit(self, written: str, otherwise: str = "") -> str:
        for name in (written.strip(), otherwise.strip()):
            if name:
                code = self.dimension.find_unit(name)
                if code is None:
                    raise BadQuantity("bad_unit", self.text)
                return code
        if self.default_unit is None:
            raise BadQuantity("bad_unit", self.text)
        return self.default_unit

    def _point(self, value: Decimal, written_unit: str) -> ParsedQuantity:
        unit = self._unit(written_unit)
        if "either" in self.marks:
            base = difference_to_base(abs(value), unit, self.dimension.code)
        else:
            base = to_base(value, unit, self.dimension.code)
        return self._with_marks(base, unit=unit, given=bool(written_unit), value=value)

    def _with_marks(self, base: int, *, unit: str, given: bool, value: Decimal | None) -> ParsedQuantity:
        return ParsedQuantity(
            minimum=None if "most" in self.marks else base,
            maximum=None if "least" in self.marks and "most" not in self.marks else base,
            unit=unit,
            unit_given=given,
            value=value,
            plus_minus="either" in self.marks,
            approximate="about" in self.marks,
        )

    def _range(self, first: str, spread: re.Match[str]) -> ParsedQuantity:
        last_unit = self._before_ending(spread["last"].strip())
        unit = self._unit(last_unit, spread["unit"])
        low_unit = self._unit(spread["unit"], last_unit)
        low, high = parse_number(first), parse_number(spread["number"])
        code = self.dimension.code
        if spread["between"] == "±":
            middle, margin = to_base(low, low_unit, code), difference_to_base(high, unit, code)
            bounds = [middle - margin, middle + margin]
        else:
            bounds = sorted((to_base(low, low_unit, code), to_base(high, unit, code)))
            if spread["between"] == "/" and bounds[1] > bounds[0] * SLASH_SPREAD:  # 0.01/300 is a slope, not two values
                raise BadQuantity("bad_number", self.text)
        return ParsedQuantity(
            bounds[0],
            bounds[1],
            unit,
            bool(last_unit or spread["unit"].strip()),
            None,
            approximate="about" in self.marks,
        )

    def _compound(self, rest: str) -> ParsedQuantity | None:
        """Degrees with minutes and seconds, feet with inches, and fractions of an inch."""
        if self.dimension.code == "angle":
            arc = _ARC.fullmatch(rest) or _ARC_MINUTES.fullmatch(rest)
            if arc:
                parts = {"deg": "0", "min": "0", "sec": "0", **{k: v for k, v in arc.groupdict().items() if v}}
                seconds = Decimal(parts["deg"]) * 3600 + Decimal(parts["min"]) * 60 + Decimal(parts["sec"])
                unit = "deg" if "deg" in arc.groupdict() else "arcmin"
                value = from_base(to_base(seconds, "arcsec", "angle"), unit, "angle")
                return self._with_marks(to_base(seconds, "arcsec", "angle"), unit=unit, given=True, value=value)
        fraction = _INCH_FRACTION.fullmatch(rest) if self.dimension.find_unit("in") == "in" else None
        if fraction and int(fraction["under"]):
            value = Decimal(fraction["whole"] or 0) + Decimal(fraction["over"]) / Decimal(fraction["under"])
            return self._point(value, "in")
        return None


def unit_symbol(unit: str, dimension: str, locale: str) -> str:
    """How a unit is shown to a reader of this language: "µm", "r/min", "件/小时"."""
    found = dimension_of(dimension).unit(unit)
    return found.symbol_zh if locale.startswith("zh") else found.symbol


def format_number(value: Decimal) -> str:
    """Thousands commas and no needless zeros: 12,000, 0.6."""
    return f"{value.normalize() if value else Decimal(0):,f}"


def format_quantity(value: int, dimension: str, unit: str, locale: str) -> str:
    """A stored quantity for a reader: "600 mm", "12,000 r/min", "30″"."""
    number = format_number(from_base(value, unit, dimension))
    symbol = unit_symbol(unit, dimension, locale)
    separator = "" if dimension_of(dimension).unit(unit).glued or not symbol else " "
    return f"{number}{separator}{symbol}"
