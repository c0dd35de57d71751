"""How long: 12小时, 半天, 两班, 3 days, 租三个月; in one run or in total.

A day is a shift of 8 hours, half a day 4; several days of work are so many shifts in total. When something is rented
(租, rent, hire) or runs from a named day (12月2日起3天) or without a break (连续5天), days are calendar days of 24 hours on end, a week is 7 and a
month 30 of them.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from search.understanding.line import Line
from search.understanding.numerals import ENGLISH_NUMERAL, HAN_NUMERAL, NUMBER, count, number

SHIFT_HOURS = 8
DAY_HOURS = 24
LONGEST_HOURS = 3 * 366 * 24

Manner = Literal["run", "total", "unsaid"]


@dataclass(frozen=True, slots=True)
class Duration:
    """Hours as said; `calendar` when days on end are meant; `days` when days, weeks or months were written."""

    hours: Decimal
    manner: Manner
    calendar: bool
    days: Decimal | None
    span: tuple[int, int]


_RENTAL = re.compile(r"租|\brent(?:al|ing)?\b|\bhir(?:e|ing)\b|\bleas(?:e|ing)\b|存放|仓储|寄存|\bstor(?:e|age)\b")
_RUN = re.compile(
    r"(?:一次性?(?=连续|做完|跑完)|连续|不间断|不停机|不中断|连着)|\b(?:continuous(?:ly)?|non-?stop|uninterrupted|in one (?:run|go|piece)|straight|in a row)\b"
)
_TOTAL = re.compile(
    r"(?:合计|总共|累计|一共|共计|总计|不连续|可?分(?:几|多|两|三)?[次批段](?:做|用|进行|完成)?|断续)"
    r"|\b(?:not (?:necessarily )?continuous(?:ly)?|in total|altogether|total(?: of)?|split(?: up)?|spread (?:over|across)|several sessions|in (?:several |two |three )?(?:sessions|parts))\b"
)
_GUARD = r"(?<![\d.:/第每x*质保交账效])"
_LEAD = r"(?:(?:起?租(?:用|期|赁)?|\bfor|\bat least|用时|需时|需要?|大约|大概|约|about|around|工期|耗时|共)\s*)?"
_UNIT = (
    r"(小时|钟头|机时|工时|台时|hours?\b|hrs?\b|h(?![a-z0-9])|分钟|min(?:ute)?s?\b|天(?![车吊地然窗线])|days?\b|周(?![边长围期岁年])|个?星期|weeks?\b|wks?\b"
    r"|个月|months?\b|年|years?\b|个?班(?![组长次车])|shifts?\b)"
)
_SAID = re.compile(
    rf"{_GUARD}{_LEAD}(?:(?P<low>{NUMBER})\s*(?:-|~|到|至|to)\s*)?(?P<n>{NUMBER}|{HAN_NUMERAL}|{ENGLISH_NUMERAL})"
    rf"(?P<a_half_more>个半)?\s*-?\s*(?:个(?!月|星期|班))?\s*(?P<unit>{_UNIT})(?P<and_half>半)?"
)
_HALF = re.compile(
    rf"{_GUARD}{_LEAD}(?P<half>半个?|\bhalf (?:an? |of an? )?|\ban? half )\s*(?P<unit>小时|钟头|天|月|年|hour|day|month|year)(?:s)?"
)
_NOT_WORK = re.compile(
    r"\s*(?:营业|服务|监控|值班|在线|运转|运营|制|保修|质保|账期|之后|以后|后|前|发货|交货|到货|经验|历史|(?:of )?experience|warranty|old\b|ago\b)"
)
_NO_LEAD = re.compile(
    r"(?:质保|保修|交期|交货期|账期|有效期|工龄|保质期|成立|经营|每|每个|/|per|every|warranty|lead time)\s*[:：]?\s*(?:期|为|是|of)?\s*$"
)
_MONTHLY = re.compile(
    r"月租(?!金)|按月租|包月|\b(?:monthly|per month) (?:rent(?:al)?|lease|hire)\b|\brent(?:al)? by the month\b"
)


def read_duration(line: Line, *, counts_from_start: bool) -> Duration | None:
    """The first length of use in the line; takes its words. `counts_from_start`: it runs from a named day."""
    rental = bool(_RENTAL.search(line.folded.text))
    is_unbroken = bool(_RUN.search(line.folded.text)) and not _TOTAL.search(line.folded.text)
    for match in sorted([*line.each(_SAID), *line.each(_HALF)], key=lambda match: match.start()):
        if _NOT_WORK.match(line.unread, match.end()) or _NO_LEAD.search(
            line.unread, max(0, match.start() - 30), match.start()
        ):
            continue
        said = _amount(match)
        if said is None or said > LONGEST_HOURS * 60:
            continue
        hours, days = _hours(said, match["unit"], calendar=rental or counts_from_start or is_unbroken)
        if not 0 < hours <= LONGEST_HOURS:
            continue
        calendar = days is not None and hours == days * DAY_HOURS
        start, end = match.span()
        line.take(start, end)
        return Duration(hours, _manner(line, days=None if calendar else days), calendar, days, (start, end))
    return _monthly(line)


def _amount(match: re.Match[str]) -> Decimal | None:
    groups = match.groupdict()
    if groups.get("half"):
        return Decimal("0.5")
    written = groups["n"]
    said = number(written) if written[0].isdigit() else count(written)
    if said is not None and (groups["and_half"] or groups["a_half_more"]):
        said += Decimal("0.5")
    return said


def _hours(said: Decimal, unit: str, *, calendar: bool) -> tuple[Decimal, Decimal | None]:
    """Hours and, where days or more were written, days."""
    unit = unit.removeprefix("个")
    if unit[0] in "小钟机工台h":
        return said, None
    if unit.startswith(("分", "min")):
        return (said / 60).quantize(Decimal("0.01")).normalize() + 0, None
    if unit.startswith(("班", "shift")):
        return said * SHIFT_HOURS, None
    days_each = 1
    for beginnings, length in ((("周", "星期", "week", "wk"), 7), (("月", "month"), 30), (("年", "year"), 365)):
        if unit.startswith(beginnings):
            days_each = length
    days = said * days_each
    if days_each > 1 or calendar:
        return days * DAY_HOURS, days
    return days * SHIFT_HOURS, days


def _manner(line: Line, *, days: Decimal | None) -> Manner:
    """What the words say about pauses; the words are taken."""
    manner: Manner = "unsaid"
    patterns: tuple[tuple[Manner, re.Pattern[str]], ...] = (("total", _TOTAL), ("run", _RUN))
    for said, pattern in patterns:
        for match in line.each(pattern):
            manner = said if manner == "unsaid" else manner
            line.take(*match.span())
    if manner == "unsaid" and days is not None and days > 1:
        return "total"
    return manner


def _monthly(line: Line) -> Duration | None:
    """月租 says at least a month, also where a budget (月租 5000元) took the words before."""
    match = _MONTHLY.search(line.folded.text)
    if match is None:
        return None
    line.take(*match.span())
    days = Decimal(30)
    return Duration(days * DAY_HOURS, "unsaid", calendar=True, days=days, span=match.span())
