"""Parts of a day and times of the clock: 上午, 夜班, 8:00-18:00, 下午3点, noon."""

import re
from dataclasses import dataclass

from search.understanding.line import Line
from search.understanding.numerals import count

DAY_MINUTES = 24 * 60
NOON = DAY_MINUTES // 2


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes since midnight of the day meant; an end beyond 1,440 lies on the next day, an end equal to start is a moment."""

    start_minutes: int
    end_minutes: int

    @property
    def is_moment(self) -> bool:
        return self.start_minutes == self.end_minutes

    def after_noon(self) -> "Clock":
        """The same figures on the clock's second round: 晚上 8点到12点."""
        shift = NOON if self.start_minutes < NOON else 0
        end_shift = NOON if self.end_minutes <= NOON else 0
        return Clock(self.start_minutes + shift, self.end_minutes + end_shift)


@dataclass(frozen=True, slots=True)
class ClockMention:
    start: int
    end: int
    clock: Clock
    said_as: str
    """"part" for 上午 and the like, "time" for one time of the clock, "times" for a stretch between two."""


_PARTS = {
    "凌晨": (0, 6), "早上": (8, 12), "早晨": (8, 12), "上午": (8, 12), "中午": (11, 14), "午后": (12, 18),
    "下午": (12, 18), "傍晚": (17, 20), "晚上": (18, 24), "今晚": (18, 24), "夜里": (20, 32), "夜间": (20, 32),
    "夜班": (20, 32), "通宵": (20, 32), "早班": (8, 16), "中班": (16, 24), "白班": (8, 20), "白天": (8, 18), "早": (8, 12),
    "晚": (18, 24), "下班": (18, 18), "上班": (8, 8), "morning": (8, 12), "afternoon": (12, 18), "evening": (18, 24),
    "night": (18, 24), "night shift": (20, 32), "day shift": (8, 20), "noon": (12, 12), "midday": (12, 12),
    "midnight": (24, 24), "全天": (0, 24), "整天": (0, 24), "all day": (0, 24), "close of business": (18, 18), "cob": (18, 18), "eod": (18, 18),
}  # fmt: skip
_STANDALONE = frozenset({"夜班", "早班", "中班", "白班", "通宵", "night shift", "day shift", "eod", "cob"})
"""Parts that say a time without any day beside them."""

_PART = re.compile(
    r"凌晨|早上|早晨|上午|中午|午后|下午|傍晚|晚上|夜里|夜间|夜班|通宵|早班|中班|白班|白天|下班|上班|全天|整天|(?<=[今明天日一二三四五六])[早晚](?![班上])"
    r"|(?<=to)night\b|\b(?:all day|night shift|day shift|morning|afternoon|evening|night|noon|midday|midnight|close of business|cob|eod)\b"
)
_HALF = r"(上午|早上|下午|晚上|中午|凌晨|傍晚)?\s*"
_TIME = (
    _HALF
    + r"(?<![\d.:])(?:(\d{1,2}):(\d{2})(?!\d)|(\d{1,2}|[一二两三四五六七八九十]{1,2})(?:点钟?|时)(半|一刻|三刻|\d{1,2}分?)?(?![\d:])|"
    r"(\d{1,2})(?=\s*(?:a\.?m|p\.?m)\b))\s*(a\.?m\b\.?|p\.?m\b\.?)?"
)
_BARE_HOUR = r"(\d{1,2})(?![\d.:])"
_TO = r"\s*(?:-|~|到|至|to|till?|until)\s*"
_STRETCH = re.compile(rf"{_TIME}{_TO}{_TIME}")
_STRETCH_OF_HOURS = re.compile(rf"(?<![\d.:/]){_BARE_HOUR}{_TO}{_TIME}")
_UNTIL_NAMED = re.compile(rf"{_TIME}{_TO}(noon|midday|midnight|中午|正午)")
_MOMENT = re.compile(_TIME)
_MINUTES = {"半": 30, "一刻": 15, "三刻": 45, None: 0, "": 0}


def clock_mentions(line: Line) -> list[ClockMention]:
    """Every part of a day and time of the clock that is unread, in order; stretches before single times.

    A bare part or 点 counts only beside a day, which the caller decides; `is_alone_enough` says which need none.
    """
    found = [mention for match in line.each(_STRETCH) if (mention := _stretch(match, 7))]
    found += [mention for match in line.each(_STRETCH_OF_HOURS) if (mention := _stretch_from_hour(match))]
    found += [mention for match in line.each(_UNTIL_NAMED) if (mention := _until_named(match))]
    found += [
        ClockMention(*match.span(), Clock(minutes, minutes), "time")
        for match in line.each(_MOMENT)
        if (minutes := _minutes(match.groups())) is not None
    ]
    found += [_part(match) for match in line.each(_PART)]
    chosen: list[ClockMention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda mention: mention.start)


def is_alone_enough(mention: ClockMention, words: str) -> bool:
    """Whether a time says when without a day beside it: a stretch does, a shift does, 上午 alone does not."""
    return mention.said_as == "times" or (mention.said_as == "part" and words in _STANDALONE)


def _part(match: re.Match[str]) -> ClockMention:
    start, end = _PARTS[match[0]]
    return ClockMention(*match.span(), Clock(start * 60, end * 60), "part" if start != end else "time")


def _minutes(groups: tuple[str | None, ...]) -> int | None:
    """Minutes since midnight of one matched time; hours 1 to 5 "点" without a part of the day are in the afternoon."""
    half, clock_hour, clock_minute, han_hour, han_minute, plain_hour, english_half = groups
    hour = count(clock_hour or han_hour or plain_hour or "")
    if hour is None or hour > 24:
        return None
    minute = int(clock_minute) if clock_minute else _han_minutes(han_minute)
    after_noon = half in {"下午", "晚上", "傍晚"} or (english_half or "").startswith("p")
    if (after_noon or (half is None and han_hour and not english_half and 1 <= hour <= 5)) and hour < 12:
        hour += 12
    if (english_half or "").startswith("a") and hour == 12:
        hour -= 12
    total = int(hour) * 60 + minute
    return total if minute < 60 and total <= DAY_MINUTES else None


def _han_minutes(written: str | None) -> int:
    return _MINUTES[written] if written in _MINUTES else int((written or "0").rstrip("分"))


def _stretch(match: re.Match[str], first_groups: int) -> ClockMention | None:
    groups = match.groups()
    start, end = _minutes(groups[:first_groups]), _minutes(groups[first_groups:])
    if start is None or end is None:
        return None
    half_of_first = groups[0] or ("p" if groups[6] else None)
    if half_of_first and not groups[first_groups] and end < start and end + 12 * 60 > start:
        end += 12 * 60
    return _between(match, start, end)


def _stretch_from_hour(match: re.Match[str]) -> ClockMention | None:
    """The first hour takes its half of the day from the second: 8-18点, "2-5pm"."""
    end = _minutes(match.groups()[1:])
    hour = int(match[1])
    if end is None or hour > 24:
        return None
    start = hour * 60
    if (match.groups()[-1] or "").startswith("p") and start + 12 * 60 < end:
        start += 12 * 60
    return _between(match, start, end)


def _until_named(match: re.Match[str]) -> ClockMention | None:
    start = _minutes(match.groups()[:7])
    return None if start is None else _between(match, start, DAY_MINUTES if match.groups()[-1] == "midnight" else NOON)


def _between(match: re.Match[str], start: int, end: int) -> ClockMention | None:
    if end == start:
        return None
    if end < start:
        end += DAY_MINUTES
    return ClockMention(*match.span(), Clock(start, end), "times")
