"""Time drawn to scale: the week of free time and the resource × time timeline, as shares of a width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a bar: where it starts and how long it is, in per cent of the bar's width."""

    x: float
    width: float


def block(start: datetime, end: datetime, left: datetime, right: datetime) -> Block | None:
    """The part of a time range that a bar from `left` to `right` shows; None when it shows nothing."""
    whole = (right - left).total_seconds()
    first, last = max(start, left), min(end, right)
    if whole <= 0 or first >= last:
        return None
    x = (first - left).total_seconds() / whole * 100
    return Block(round(x, 3), round((last - first).total_seconds() / whole * 100, 3))


# the week ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StripDay:
    """One day of the week strip.

    `free` and `chosen` are absolute times. `note` stands at the right; with `url` it is the link that picks the day.
    """

    day: date
    free: Sequence[Span] = ()
    chosen: Span | None = None
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekStrip:
    """Free time day by day, drawn between two hours of the place's own clock."""

    zone: tzinfo
    opens: time = time(8)
    closes: time = time(22)
    days: Sequence[StripDay] = ()

    def edges(self, day: date) -> Span:
        """Where the bar of a day starts and ends; closing at or before opening means the next day, 00:00 is midnight."""
        left = datetime.combine(day, self.opens, self.zone)
        last = day + timedelta(days=1) if self.closes <= self.opens else day
        return left, datetime.combine(last, self.closes, self.zone)

    def free_blocks(self, day: StripDay) -> list[Block]:
        left, right = self.edges(day.day)
        found = (block(start, end, left, right) for start, end in day.free)
        return [each for each in found if each is not None]

    def chosen_block(self, day: StripDay) -> Block | None:
        if day.chosen is None:
            return None
        return block(*day.chosen, *self.edges(day.day))

    @property
    def axis(self) -> list[str]:
        """Five hours along the top, first and last exact."""
        left, right = self.edges(date(2026, 1, 1))
        hours = (right - left) / HOUR
        at = [left + timedelta(hours=round(hours * step / 4)) for step in range(4)]
        last = "24" if self.closes == time(0) else f"{right:%H}"
        return [f"{moment:%H}" for moment in at] + [last]


# the timeline -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Something that takes time of a lane. `look`: booked, hold, blackout, chosen, done or late; never colour alone."""

    start: datetime
    end: datetime
    label: str
    look: str = "booked"
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One row: a machine, a step, a firm."""

    label: str
    note: str = ""
    url: str = ""
    bars: Sequence[Bar] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across all lanes with its word above; `is_strong` marks a day among hours or a Monday among days."""

    x: float
    label: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Lanes over one range of time."""

    start: datetime
    end: datetime
    zone: tzinfo
    lanes: Sequence[Lane] = ()
    ticks: Sequence[Tick] = ()
    now: datetime | None = None

    def placed(self, lane: Lane) -> Iterator[tuple[Bar, Block]]:
        """The bars of a lane that the range shows, each with its place."""
        for bar in lane.bars:
            place = block(bar.start, bar.end, self.start, self.end)
            if place is not None:
                yield bar, place

    @property
    def now_x(self) -> float | None:
        if self.now is None or not self.start <= self.now < self.end:
            return None
        return round((self.now - self.start) / (self.end - self.start) * 100, 3)


def day_ticks(start: datetime, end: datetime, zone: tzinfo, words: Sequence[str]) -> list[Tick]:
    """A tick at every local midnight from `start` on; `words` name them in order, Mondays stand out."""
    ticks: list[Tick] = []
    at = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if at < start:
        at = _next_midnight(at, zone)
    while at < end and len(ticks) < len(words):
        x = (at - start) / (end - start) * 100
        ticks.append(Tick(round(x, 3), words[len(ticks)], at.weekday() == 0))
        at = _next_midnight(at, zone)
    return ticks


def _next_midnight(at: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(at.date() + timedelta(days=1), time(0), zone)


def hour_ticks(start: datetime, end: datetime, zone: tzinfo, every_hours: int = 3) -> list[Tick]:
    """A tick every few hours of the local clock: `08`, `11`, …"""
    ticks: list[Tick] = []
    at = start.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    while at < end:
        if at >= start and at.hour % every_hours == 0:
            ticks.append(Tick(round((at - start) / (end - start) * 100, 3), f"{at:%H}", at.hour == 0))
        at += HOUR
    return ticks
