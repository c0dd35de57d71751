"""From words of time to a window: before, by, from, after, between, in the park's own zone.

Rules a reader can rely on: "周五前" and "before Friday" leave Friday out, "周五截止", "by Friday" and "周五前(含)" take
it in; 月底前 and 年底前 end with the month and the year; what has passed means the next one.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from search.understanding.clock_times import NOON, Clock, ClockMention, clock_mentions, is_alone_enough
from search.understanding.days import DayMention, Days, day_mentions
from search.understanding.line import Line
from search.understanding.numerals import count

Role = Literal["plain", "before", "by", "from", "after", "between", "within"]

_JOINT = re.compile(r"[\s,的(、和]*(?:\b(?:on|at|in|the|of|from|in the)\b)?[\s,]*")
_TO = re.compile(r"\s*(?:-|~|到|至|\bto\b|\btill\b|\buntil\b|\bthrough\b|\bthru\b|\band\b)\s*(?:the\s+)?")
_BEFORE = re.compile(r"\s*(?:之前|以前|前(?![往后来天台面端道提置]))")
_INCLUDED = re.compile(r"\s*[(\[]\s*含(?:当天|当日|该日)?\s*[)\]]")
_BY = re.compile(r"\s*(?:截止|为止|截至)")
_INSIDE = re.compile(r"\s*(?:之内|以内|内(?![部径孔衬胆圆]))")
_AFTER = re.compile(r"\s*(?:之后|以后|后(?![天处期道续端备台]))")
_FROM = re.compile(r"\s*(?:起(?![重动吊])|开始|开工)(?=租|\s|$|[^\w]|[\u4e00-\u9fff]|\x00|\d)")
_LEAD_WORDS: dict[Role, str] = {
    "by": r"\b(?:by|no later than|not later than|until|till|up to|due(?: on| by)?|deadline:?)(?:\s+the)?|最晚|最迟|不晚于|不迟于|截止到?|截至",
    "before": r"\b(?:before|prior to|ahead of)(?:\s+the)?|赶在|早于",
    "after": r"\b(?:after|later than)(?:\s+the)?",
    "from": r"\b(?:from|starting(?: on| from)?|beginning(?: on)?|since|as of)(?:\s+the)?|从|自",
    "plain": r"\b(?:on|during|in|at|between|for)(?:\s+the)?|在|于",
}
_LEADS: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"(?:{words})\s*$")) for role, words in _LEAD_WORDS.items()
)
_LONGEST_LEAD = 30
_WITHIN = re.compile(
    r"(?:\bwithin\s+(?:the\s+)?(?:next\s+)?(?P<n>\d{1,3}|an?|one|two|three|four|five|six)\s+(?P<unit>hours?|days?|weeks?|months?)\b)"
    r"|(?:未来|接下来|最近)?(?P<han_n>\d{1,3}|[一二两三四五六七八九十]{1,3})个?(?P<han_unit>小时|天|日|周|星期|月)(?:之内|以内|内)(?![部径])"
)
_LIMITS = frozenset({"before", "by", "from", "between"})
_HOURS_OF = {"小": 1, "天": 24, "日": 24, "周": 168, "星": 168, "月": 720, "ho": 1, "da": 24, "we": 168, "mo": 720}


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, a time or both, between two places of the line, with the role its neighbours give it."""

    start: int
    end: int
    days: Days | None
    clock: Clock | None
    clock_said_as: str = ""
    role: Role = "plain"

    def interval(self, today: date) -> tuple[datetime, datetime]:
        """Local begin and end of what is meant, whole days when no time was said."""
        days = self.days or Days(today, today + timedelta(1), "day")
        if self.clock is None:
            return datetime.combine(days.first, time()), datetime.combine(days.end, time())
        last = days.end - timedelta(1)
        return (
            datetime.combine(days.first, time()) + timedelta(minutes=self.clock.start_minutes),
            datetime.combine(last, time()) + timedelta(minutes=self.clock.end_minutes),
        )


@dataclass(frozen=True, slots=True)
class Period:
    """What the words of time say, in local time: bounds, how they were meant, and where they stand."""

    start: datetime | None
    end: datetime | None
    role: Role
    spans: tuple[tuple[int, int], ...]
    is_stretch: bool = False
    """Both ends were said as such (8:00-18:00, 11月30日至12月4日): the whole of it is meant."""
    is_clock_stretch: bool = False
    was_moved: bool = False
    """The reading nearest to the words had passed."""
    is_moment: bool = False
    """A time of the clock was said as the start: 明早8点, Tuesday at 2pm."""
    starts_on_a_day: bool = False
    """The start was said: a rent of n days counts from it."""
    sooner: bool = False
    ends_whole_day: bool = False


def read_period(line: Line, now: datetime, *, is_prose: bool) -> Period | None:
    """The one period that the line's words of time describe; `now` is naive local time of the park. Takes its words.

    In prose a day counts only with a word of limit (before, by, from).
    """
    moments = [moment for moment in _moments(line, now.date()) if not is_prose or moment.role in _LIMITS]
    periods = [_placed(moment, now) for moment in moments]
    periods += _within(line, now)
    found: Period | None = None
    for period in (period for period in periods if period is not None):
        merged = period if found is None else _narrowed(found, period)
        if merged is None:
            continue
        found = merged
        for start, end in period.spans:
            line.take(start, end)
    return found


def _moments(line: Line, today: date) -> list[Moment]:
    """Days with the times beside them, in order, each with its role; two joined by "to" are one stretch."""
    moments = [_with_role(line, moment) for moment in _joined(line, today)]
    joined: list[Moment] = []
    for moment in moments:
        if joined and joined[-1].role in {"plain", "from"} and _TO.fullmatch(line.unread, joined[-1].end, moment.start):
            joined[-1:] = _both_ends(joined[-1], moment, today)
        else:
            joined.append(moment)
    return joined


def _both_ends(first: Moment, last: Moment, today: date) -> list[Moment]:
    """A stretch that has begun goes on from today: 12月30日到1月3日 on New Year's Eve."""
    begins, ends = first.days, last.days
    if begins and ends and begins.end <= today:
        while ends.end <= begins.first and ends.later() != ends:
            ends = ends.later()
        if ends.end > today:
            begins = Days(today, today + timedelta(1))
            first, last = replace(first, days=begins), replace(last, days=ends)
    return [replace(first, role="from"), replace(last, start=first.end, role="between")]


def _joined(line: Line, today: date) -> list[Moment]:
    """Mentions that stand side by side say one thing: 下周三 + 上午, Tuesday + morning, 下周 + 周三, 12月4日 + (周五)."""
    mentions: list[DayMention | ClockMention] = sorted(
        [*day_mentions(line, today), *clock_mentions(line)], key=lambda mention: (mention.start, -mention.end)
    )
    moments: list[Moment] = []
    for mention in mentions:
        if moments and mention.start < moments[-1].end:
            continue
        if moments and _JOINT.fullmatch(line.unread, moments[-1].end, mention.start):
            together = _together(moments[-1], mention)
            if together:
                moments[-1] = together
                continue
        moments.append(_moment_of(mention))
    return [moment for moment in moments if _says_when(line, moment)]


def _moment_of(mention: DayMention | ClockMention) -> Moment:
    if isinstance(mention, DayMention):
        return Moment(mention.start, mention.end, mention.days, None)
    return Moment(mention.start, mention.end, None, mention.clock, mention.said_as)


def _together(moment: Moment, mention: DayMention | ClockMention) -> Moment | None:
    if isinstance(mention, ClockMention):
        if moment.clock is None:
            return replace(moment, end=mention.end, clock=mention.clock, clock_said_as=mention.said_as)
        if moment.clock_said_as == "part" and mention.said_as != "part":
            clock = mention.clock.after_noon() if moment.clock.start_minutes >= NOON else mention.clock
            return replace(moment, end=mention.end, clock=clock, clock_said_as=mention.said_as)
        return None
    if moment.days is None:
        return replace(moment, end=mention.end, days=mention.days)
    days = _one_day(moment.days, mention.days)
    return replace(moment, end=mention.end, days=days) if days and moment.clock is None else None


def _one_day(first: Days, second: Days) -> Days | None:
    """A week and a weekday are that day of the week; a date and its weekday are the date."""
    if first.is_week and second.weekday is not None:
        return replace(
            second, first=first.first + timedelta(second.weekday), end=first.first + timedelta(second.weekday + 1)
        )
    if second.is_week and first.weekday is not None:
        return _one_day(second, first)
    if second.weekday is not None and first.weekday is None and not first.is_week:
        return first
    if second.weekday is not None and first.weekday is not None and second.first == first.end:
        return replace(first, end=second.end)
    return None


def _says_when(line: Line, moment: Moment) -> bool:
    """A time without a day says when only as a stretch, as a shift, or with 前 or "before"; otherwise it is a word."""
    if moment.days is not None:
        return True
    words = line.unread[moment.start : moment.end]
    mention = ClockMention(moment.start, moment.end, moment.clock or Clock(0, 0), moment.clock_said_as)
    if is_alone_enough(mention, words):
        return True
    return moment.clock_said_as == "time" and _with_role(line, moment).role in {"before", "by"}


def _with_role(line: Line, moment: Moment) -> Moment:
    text, start, end = line.unread, moment.start, moment.end
    role: Role = "plain"
    for lead_role, pattern in _LEADS:
        lead = pattern.search(text, max(0, start - _LONGEST_LEAD), start)
        if lead and lead.end() == start:
            role, start = lead_role, lead.start()
            break
    suffixes: tuple[tuple[Role, re.Pattern[str]], ...] = (
        ("before", _BEFORE),
        ("by", _BY),
        ("after", _AFTER),
        ("from", _FROM),
    )
    for suffix_role, pattern in suffixes:
        tail = pattern.match(text, end)
        if tail:
            role, end = suffix_role, tail.end()
            break
    inside = _INSIDE.match(text, end)
    if inside and role == "plain":
        end = inside.end()
    included = _INCLUDED.match(text, end)
    if included:
        role, end = ("by" if role in {"before", "plain"} else role), included.end()
    return replace(moment, start=start, end=end, role=role)


def _placed(moment: Moment, now: datetime) -> Period | None:
    """The moment on the calendar, moved on when it has passed; None when it cannot lie ahead."""
    lies_at, moved = moment, False
    for _ in range(2):
        begin, end = lies_at.interval(now.date())
        is_tail = lies_at.days is not None and (lies_at.days.is_tail or lies_at.days.is_week)
        limit = begin if lies_at.role == "before" and not is_tail and lies_at.clock is None else end
        if lies_at.role == "before" and lies_at.clock is not None:
            limit = begin
        if limit > now or (lies_at.role in {"after", "from"} and end > now):
            return _period(lies_at, limit, now, moved=moved)
        later = (lies_at.days or Days(now.date(), now.date() + timedelta(1), "day")).later()
        roll_by_day = later == lies_at.days and lies_at.clock is not None and later.first == now.date()
        if roll_by_day:
            later = replace(later, roll="day").later()
        if later == lies_at.days:
            return None
        lies_at, moved = replace(lies_at, days=later), True
    return None


def _period(moment: Moment, limit: datetime, now: datetime, *, moved: bool) -> Period:
    begin, end = moment.interval(now.date())
    start = max(begin, now)
    spans = ((moment.start, moment.end),)
    is_range = moment.days is not None and moment.days.is_range
    sooner = moment.days is not None and moment.days.sooner
    whole_day = moment.clock is None
    match moment.role:
        case "before":
            return Period(now, limit, "before", spans, was_moved=moved, sooner=sooner, ends_whole_day=whole_day)
        case "by" | "within":
            return Period(now, end, "by", spans, was_moved=moved, sooner=sooner, ends_whole_day=whole_day)
        case "from":
            return Period(start, None, "from", spans, was_moved=moved, starts_on_a_day=True, sooner=sooner)
        case "after":
            return Period(max(end, now), None, "after", spans, was_moved=moved, starts_on_a_day=True, sooner=sooner)
        case "plain" if moment.clock and moment.clock.is_moment:
            midnight = datetime.combine(start.date() + timedelta(1), time())
            return Period(
                start, midnight, "plain", spans, is_moment=True, was_moved=moved, starts_on_a_day=True, sooner=sooner
            )
        case "plain" | "between":
            return Period(
                start, end, moment.role, spans, is_range or moment.clock_said_as == "times", moment.clock_said_as == "times",
                moved, starts_on_a_day=True, sooner=sooner, ends_whole_day=whole_day,
            )  # fmt: skip


def _narrowed(found: Period, other: Period) -> Period | None:
    """Both at once ("from Monday", "before Friday"); None when they cannot both hold or the second adds nothing."""
    if other.role == "between" and found.role == "from" and found.start:
        return _stretched(found, other)
    open_ended = {"from", "after", "before", "by"}
    if other.role not in open_ended and found.role not in open_ended:
        return None
    start = max((bound for bound in (found.start, other.start) if bound), default=None)
    end = min((bound for bound in (found.end, other.end) if bound), default=None)
    if start is None or (end is not None and end <= start):
        return None
    plain = other if other.role not in open_ended else found
    return replace(
        plain,
        start=start,
        end=end,
        spans=found.spans + other.spans,
        starts_on_a_day=found.starts_on_a_day or other.starts_on_a_day,
    )


def _stretched(found: Period, other: Period) -> Period | None:
    start, end = found.start, other.end
    if start is None or end is None:
        return None
    for days in (7, 7, 351):  # the second end is the next of its name after the first
        if end > start:
            break
        end += timedelta(days)
    if end <= start:
        return None
    return replace(
        other,
        start=start,
        end=end,
        role="plain",
        spans=found.spans + other.spans,
        is_stretch=True,
        starts_on_a_day=True,
    )


def _within(line: Line, now: datetime) -> list[Period]:
    """Until the end of that day, or of that hour, from now: 三天内, "within two weeks"."""
    found: list[Period] = []
    for match in line.each(_WITHIN):
        number = count(match["n"] or match["han_n"])
        unit = match["unit"] or match["han_unit"]
        hours = _HOURS_OF.get(unit[:2]) or _HOURS_OF[unit[:1]]
        if number is None or not 0 < number * hours <= 366 * 24:
            continue
        end = now + timedelta(hours=int(number) * hours)
        if hours > 1:
            end = datetime.combine(end.date() + timedelta(1), time())
        found.append(Period(now, end, "by", (match.span(),), ends_whole_day=hours > 1))
    return found[:1]
