"""Where and how many: zones of the park by name, a radius, pieces to make, machines wanted."""

import re
from dataclasses import dataclass

from search.understanding.line import Line
from search.understanding.numerals import HAN_NUMERAL, NUMBER, count
from search.understanding.results import Quantity, QuantityKind

LARGEST_RADIUS_M = 500_000
LARGEST_QUANTITY = 10**9
MANY_UNITS = 50
"""From here on "2000台" are products to be made, not machines wanted."""

_RADIUS = re.compile(
    rf"(?P<lead>\b(?:within|less than|under|max(?:imum)?|up to|closer than)(?: a radius of)?|半径|周边|附近|方圆|距离?(?:不超过|小于)?|不超过|离我|离我们)?\s*(?<![\d.a-z])"
    rf"(?P<n>{NUMBER})\s*-?\s*(?P<unit>km|公里|千米|kilomet(?:er|re)s?|m(?![a-z\d²³/])|米(?!/))\s*(?P<tail>(?:范围)?(?:以内|之内|内(?![径孔]))|范围|半径|\b(?:away|radius|of (?:us|me|here)|or less)\b)?"
)
_PIECES = re.compile(
    rf"(?<![\d.a-z])(?<!out of )(?P<n>{NUMBER}|{HAN_NUMERAL})\s*(?P<scale>[万千]|k(?![a-z]))?\s*(?:个|块|只|片|支|根|件|套|批|pcs?\b|pieces?\b|parts?\b|samples?\b|nos?\b|off\b|items?\b|boards?\b|份|组)(?P<noun>样品|样件|样|零件|工件|产品|试样|试件|板子|电路板)?"
)
_MACHINES = re.compile(
    rf"(?<![\d.a-z])(?P<n>{NUMBER}|{HAN_NUMERAL})\s*(?P<scale>[万千])?\s*(?:台|辆|部(?!门|分)|machines?\b|units?\b|trucks?\b)(?!阶|时|湾|州)"
)
_NOT_PIECES = re.compile(
    r"\s*(?:月|小时|星期|钟头|轴|以上|工序|工位|通道|头|腔|班|方向|面|尺寸|问题|人|部门|测?点|孔|步|方案|项|因素|阶段|数据|字|工厂|厂|供应商|客户|城市|车间|/)"
)
_NO_ONE = frozenset({"一"})


@dataclass(frozen=True, slots=True)
class RadiusReading:
    radius_m: int
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class QuantityReading:
    quantity: Quantity
    span: tuple[int, int]


def read_radius(line: Line) -> RadiusReading | None:
    """A distance in km, or in metres beside words of nearness; takes its words."""
    for match in line.each(_RADIUS):
        is_km = match["unit"].startswith(("k", "公", "千"))
        if (
            not is_km
            and not (match["lead"] and match["tail"])
            and not (match["lead"] or "").startswith(("附近", "周边", "方圆", "离", "距"))
        ):
            continue
        said = count(match["n"])
        if said is None:
            continue
        metres = int(said * (1_000 if is_km else 1))
        if 0 < metres <= LARGEST_RADIUS_M:
            line.take(*match.span())
            return RadiusReading(metres, match.span())
    return None


def read_quantity(line: Line) -> QuantityReading | None:
    """How many pieces are to be made, else how many machines are wanted; "一个" and "一台" say nothing. Takes its words."""
    patterns: tuple[tuple[QuantityKind, re.Pattern[str]], ...] = (("pieces", _PIECES), ("units", _MACHINES))
    for kind, pattern in patterns:
        for match in line.each(pattern):
            said = count(match["n"])
            if said is None or match["n"] in _NO_ONE or _NOT_PIECES.match(line.unread, match.end()):
                continue
            said *= {"万": 10_000, "千": 1_000, "k": 1_000}.get(match["scale"] or "", 1)
            if said == said.to_integral_value() and 0 < said <= LARGEST_QUANTITY:
                line.take(*match.span())
                meant = "pieces" if said >= MANY_UNITS else kind
                return QuantityReading(Quantity(int(said), meant), match.span())
    return None
