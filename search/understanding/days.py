"""Day expressions of a line, zh and en, as ranges of whole days: 明天, 下周三, 12月3日, next Tuesday, end of month.

Every expression is read from the park's own day. Months and days that have passed mean the next ones; `Days.roll`
says by how much a reading moves when it turns out to lie in the past.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from search.understanding.line import Line
from search.understanding.numerals import count

Roll = Literal["never", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days from `first` up to and without `end`; `weekday` is set when a bare weekday was said."""

    first: date
    end: date
    roll: Roll = "never"
    weekday: int | None = None
    is_week: bool = False
    is_tail: bool = False
    """The last part of a month or year: "before" it means before its end."""
    is_range: bool = False
    sooner: bool = False
    """The words can also mean a week earlier (English "next Tuesday")."""

    def later(self) -> "Days":
        """The same words one turn later, for a reading that has passed."""
        match self.roll:
            case "never":
                return self
            case "day":
                return replace(self, first=self.first + timedelta(1), end=self.end + timedelta(1))
            case "week":
                return replace(self, first=self.first + timedelta(7), end=self.end + timedelta(7))
            case "month":
                return replace(self, first=months_after(self.first, 1), end=months_after(self.end, 1))
            case "year":
                return replace(self, first=months_after(self.first, 12), end=months_after(self.end, 12))


@dataclass(frozen=True, slots=True)
class DayMention:
    start: int
    end: int
    days: Days


_Reader = Callable[[re.Match[str], date], Days | None]

_HAN_WEEKDAYS = "一二三四五六日"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|satur(?:day)|sunday)"
_HAN_COUNT = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_TURNS = {"": 0, "本": 0, "这": 0, "下": 1, "下下": 2, "this": 0, "the": 0, "coming": 0, "next": 1}


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > 9_000:
        return day
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _one(day: date, roll: Roll = "never") -> Days:
    return Days(day, day + timedelta(1), roll)


def _monday(today: date, turns: int) -> date:
    return today + timedelta(7 * turns - today.weekday())


def _on_weekday(weekday: int, turn: str, today: date) -> Days:
    if not turn:
        day = today + timedelta((weekday - today.weekday()) % 7)
        return replace(_one(day, "week"), weekday=weekday)
    return _one(_monday(today, _TURNS[turn]) + timedelta(weekday), "week")


def _han_weekday(match: re.Match[str], today: date) -> Days:
    return _on_weekday(_HAN_WEEKDAYS.index(match[2].replace("天", "日")), match[1] or "", today)


def _english_weekday(match: re.Match[str], today: date) -> Days:
    weekday = _WEEKDAYS.index(match[2][:3])
    if match[1] == "next":
        day = _monday(today, 1) + timedelta(weekday)
        return replace(_one(day, "week"), sooner=day - timedelta(7) > today)
    return replace(_on_weekday(weekday, "", today), weekday=weekday)


def _week(match: re.Match[str], today: date) -> Days:
    monday = _monday(today, _TURNS[match[1]])
    return Days(monday, monday + timedelta(7), is_week=True)


def _weekend(match: re.Match[str], today: date) -> Days:
    saturday = _monday(today, _TURNS[match[1] or ""]) + timedelta(5)
    return Days(saturday, saturday + timedelta(2), "week")


def _part_of_month(first: date, part: str) -> Days:
    end = months_after(first, 1)
    match part:
        case "初" | "上旬" | "early":
            return Days(first, first.replace(day=11))
        case "中" | "中旬" | "mid":
            return Days(first.replace(day=11), first.replace(day=21))
        case "底" | "末" | "下旬" | "late" | "end":
            return Days(first.replace(day=21), end, is_tail=True)
        case _:
            return Days(first, end)


def _this_month(match: re.Match[str], today: date) -> Days:
    first = months_after(today.replace(day=1), _TURNS[match[1] or ""])
    days = _part_of_month(first, match[2] or "")
    return days if match[1] else replace(days, roll="month")


def _han_month(match: re.Match[str], today: date) -> Days | None:
    month = count(match[2])
    if month is None or not 1 <= month <= 12:
        return None
    if match[1]:
        return _part_of_month(date(today.year + 1, int(month), 1), match[3] or "")
    return replace(_part_of_month(date(today.year, int(month), 1), match[3] or ""), roll="year")


def _english_month_part(match: re.Match[str], today: date) -> Days:
    month = _MONTHS.index(match[2][:3]) + 1
    part = match[1].split()[0]
    return replace(_part_of_month(date(today.year, month, 1), part), roll="year")


def _year_end(_match: re.Match[str], today: date) -> Days:
    return Days(date(today.year, 12, 1), date(today.year + 1, 1, 1), "never", is_tail=True)


def _end_of(match: re.Match[str], today: date) -> Days:
    turn, what = match[1] or "", match[2]
    if what == "year":
        return Days(date(today.year, 12, 1), date(today.year + 1, 1, 1), is_tail=True)
    if what == "month":
        first = months_after(today.replace(day=1), _TURNS[turn])
        return _part_of_month(first, "end")
    friday = _monday(today, _TURNS[turn]) + timedelta(4)
    return Days(friday, friday + timedelta(3), "week", is_tail=True)


def _date(year: str | None, month: Decimal | None, day: Decimal | None, today: date) -> Days | None:
    if month is None or day is None:
        return None
    try:
        found = date(int(year) if year else today.year, int(month), int(day))
    except ValueError:
        return None
    return _one(found, "never" if year else "year")


def _month_day(match: re.Match[str], today: date) -> Days | None:
    return _date(match[1], count(match[2]), count(match[3]), today)


def _month_days(match: re.Match[str], today: date) -> Days | None:
    first, last = (
        _date(None, count(match[1]), count(match[2]), today),
        _date(None, count(match[1]), count(match[3]), today),
    )
    return _through(first, last)


def _english_month_day(match: re.Match[str], today: date) -> Days | None:
    return _date(match[3], count(str(_MONTHS.index(match[1][:3]) + 1)), count(match[2]), today)


def _english_month_days(match: re.Match[str], today: date) -> Days | None:
    month = count(str(_MONTHS.index(match[1][:3]) + 1))
    return _through(_date(None, month, count(match[2]), today), _date(None, month, count(match[3]), today))


def _english_day_month(match: re.Match[str], today: date) -> Days | None:
    return _date(match[3], count(str(_MONTHS.index(match[2][:3]) + 1)), count(match[1]), today)


def _through(first: Days | None, last: Days | None) -> Days | None:
    if first is None or last is None or last.end <= first.first:
        return None
    return replace(first, end=last.end, is_range=True)


def _slashed(match: re.Match[str], today: date) -> Days | None:
    """Month before day, as in China and in the United States; a first number above 12 can only be the day."""
    month, day = match[1], match[2]
    if int(month) > 12:
        month, day = day, month
    return _date(None, count(month), count(day), today)


def _day_of_month(match: re.Match[str], today: date) -> Days | None:
    found = _date(None, count(str(today.month)), count(match[1]), today)
    return replace(found, roll="month") if found else None


def _days_on(match: re.Match[str], today: date) -> Days | None:
    number = count(match[1])
    if number is None or not 0 < number <= 366:
        return None
    unit = match[2]
    if unit.endswith("月") or unit.startswith("month"):
        return _one(months_after(today, int(number)))
    return _one(today + timedelta(int(number) * (1 if unit.startswith(("天", "日", "day")) else 7)))


_FEASTS = {"元旦": (1, 1), "new year": (1, 1), "五一": (5, 1), "国庆": (10, 1), "圣诞": (12, 25), "christmas": (12, 25)}
_SPRING_FESTIVALS = {
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
    2029: (2, 13),
    2030: (2, 3),
    2031: (1, 23),
    2032: (2, 11),
}


def _feast(match: re.Match[str], today: date) -> Days:
    month, day = _FEASTS[match[1] or match[2]]
    return _one(date(today.year, month, day), "year")


def _spring_festival(_match: re.Match[str], today: date) -> Days | None:
    days = (date(year, *_SPRING_FESTIVALS[year]) for year in (today.year, today.year + 1) if year in _SPRING_FESTIVALS)
    return next((_one(day) for day in days if day > today), None)


def _fixed(days: int) -> _Reader:
    return lambda _match, today: _one(today + timedelta(days), "day" if days == 0 else "never")


_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"(元旦|五一|国庆|圣诞)(?:节|假期)?|\b(new year|christmas)(?:'s)?(?: day)?\b", _feast),
        (r"春节|\b(?:spring festival|chinese new year)\b", _spring_festival),
        (r"今天|今日|今儿|今(?=早|晚)|\btoday\b|\bto(?=night\b)", _fixed(0)),
        (r"(?<!声)明天|明日|明儿|(?<![说声证])明(?=[早晚]|上午|下午)|\btomorrow\b|\btmrw\b", _fixed(1)),
        (r"(?<!大)后天(?!性)|(?:\bthe )?\bday after tomorrow\b", _fixed(2)),
        (r"大后天", _fixed(3)),
        (
            r"(下下|下|本|这)?个?(?<![一二两三四五几每上\d])(?:周|星期|礼拜)([一二三四五六日天])(?!次|般|共)",
            _han_weekday,
        ),
        (r"(下下|下|本|这)个?(?:周|星期|礼拜)(?![一二三四五六日天末])", _week),
        (r"\b(this|next)\s+week\b", _week),
        (r"(下下|下|本|这)?个?周末", _weekend),
        (r"\b(?:(this|next|the)\s+)?weekend\b", _weekend),
        (rf"\b(?:(this|next|coming)\s+)?{_WEEKDAY}s?\b", _english_weekday),
        (r"\b(?:(this|next|by|before|on|until|from)\s+)(sat|sun)\b", _english_weekday),
        (r"(?<![\d个每\w])(下下|下|本|这)?个?月(底|末|初|中旬|中|上旬|下旬)", _this_month),
        (r"(下下|下|本|这)个?月(底|末|初|中旬|中|上旬|下旬)?", _this_month),
        (r"\b(this|next)\s+month()\b", _this_month),
        (
            rf"(明年)?(?<![\d.-]){_HAN_COUNT}月(底|末|初|中旬|中|上旬|下旬)?(?:份|内)?(?![\d]|[一二三四五六七八九十]+[日号]|租)",
            _han_month,
        ),
        (rf"\b(early|mid|late|end of|during|in|by|before)\s+{_MONTH}(?!\s*\d)(?![a-z])", _english_month_part),
        (r"(?:今年|本年)?年(?:底|末)|\byear[\s-]end\b|\beoy\b", _year_end),
        (r"\b(?:the\s+)?end\s+of\s+(?:the\s+)?(?:(this|next)\s+)?(week|month|year)\b", _end_of),
        (r"\b(?:(this|next)\s+)?(month)[\s-]end\b", _end_of),
        (rf"(?:(20\d\d)年)?{_HAN_COUNT}月{_HAN_COUNT}(?:[日号]|(?![\d.个]))", _month_day),
        (r"(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", _month_day),
        (rf"{_HAN_COUNT}月{_HAN_COUNT}[日号]?\s*(?:-|~|到|至)\s*{_HAN_COUNT}[日号]", _month_days),
        (rf"\b{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s*(20\d\d))?(?![\d.]|\s*(?:mm|x\b))", _english_month_day),
        (
            rf"\b{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:-|~|to)\s*(\d{{1,2}})(?:st|nd|rd|th)?(?![\d.:])",
            _english_month_days,
        ),
        (rf"(?<![\d.])(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?{_MONTH}(?![a-z])(?:,?\s*(20\d\d))?", _english_day_month),
        (
            r"(?:(?<=前)|(?<=by )|(?<=before )|(?<=on )|(?<=from )|(?<=until )|(?<=after )|(?<=到)|(?<=从)|(?<=至))(\d{1,2})/(\d{1,2})(?![\d/.])",
            _slashed,
        ),
        (r"(?<![\d/.])(\d{1,2})/(\d{1,2})(?=\s*(?:之前|以前|前|起|到|至|-|上午|下午|晚上|号|日))", _slashed),
        (
            r"(?<![\d月.年/-])(\d{1,2})[号日](?![楼机线库厂门钢料仓院馆区桥模内本常夜车用元]|以内|之内|冷却)",
            _day_of_month,
        ),
        (rf"{_HAN_COUNT}(天|日|周|个?星期|个月)(?:之后|以后|后(?!天))", _days_on),
        (r"\bin\s+(\d{1,2}|a|one|two|three|four|five|six)\s+(days?|weeks?|months?)\b", _days_on),
    )
)


def day_mentions(line: Line, today: date) -> list[DayMention]:
    """Every day expression that is still unread, the longest where several begin or overlap, in order."""
    found = [mention for pattern, reader in _READERS for mention in _read(line, pattern, reader, today)]
    found.sort(key=lambda mention: (mention.start - mention.end, mention.start))
    chosen: list[DayMention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda mention: mention.start)


def _read(line: Line, pattern: re.Pattern[str], reader: _Reader, today: date) -> Iterator[DayMention]:
    for match in line.each(pattern):
        days = reader(match, today)
        if days is not None:
            yield DayMention(*match.span(), days)
