"""Invented facts for the style guide: one value of every shape that a macro takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.kernel.words import gettext as _
from marketplace.ui.charts import BarRow, Chart, Series, Waterfall, WaterfallRow, sparkline
from marketplace.ui.maps import ParkMap, Pin, Zone, fan_out
from marketplace.ui.timelines import Bar, Lane, StripDay, Tick, Timeline, WeekStrip, day_ticks

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 12, 1, 6, 20, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What the style guide shows."""

    now: datetime
    week: WeekStrip
    timeline: Timeline
    chart: Chart
    line: Chart
    bars: list[BarRow]
    fall: Waterfall
    park: ParkMap
    spark: str


def at(day: int, hour: float) -> datetime:
    """A moment of the sample week: day 0 is its Monday."""
    return datetime.combine(MONDAY + timedelta(days=day), time(0), SHANGHAI) + timedelta(hours=hour)


def sample_page() -> Samples:
    return Samples(
        now=NOW,
        week=sample_week(),
        timeline=sample_timeline(),
        chart=sample_chart(),
        line=sample_line(),
        bars=sample_bars(),
        fall=sample_fall(),
        park=sample_park(),
        spark=sparkline([2, 4, 3, 7, 8, 6, 9, 5]),
    )


def sample_week() -> WeekStrip:
    free = [[(18, 22)], [(8, 22)], [(14, 22)], [(8, 12), (18, 22)], [(8, 22)], [(8, 18)], []]
    days = [
        StripDay(
            day=MONDAY + timedelta(days=index),
            free=[(at(index, start), at(index, end)) for start, end in spans],
            chosen=(at(1, 8), at(1, 20)) if index == 1 else None,
            note={1: _("已选 08–20"), 4: _("选这天")}.get(index, ""),
            url="#week" if index == 4 else "",
        )
        for index, spans in enumerate(free)
    ]
    return WeekStrip(zone=SHANGHAI, days=days)


def sample_timeline() -> Timeline:
    start, end = at(0, 0), at(7, 0)
    words = [f"{MONDAY + timedelta(days=index):%d}" for index in range(7)]
    ticks: list[Tick] = day_ticks(start, end, SHANGHAI, words)
    lanes = [
        Lane(
            label="DU-80 1",
            note=_("北一区"),
            url="#timeline",
            bars=[
                Bar(start=at(1, 8), end=at(1, 20), label="1130-042", url="#timeline"),
                Bar(start=at(3, 8), end=at(4, 18), label="1130-051", look="hold", note=_("等付款")),
            ],
        ),
        Lane(
            label="DU-80 2",
            note=_("北一区"),
            bars=[
                Bar(start=at(0, 8), end=at(0, 22), label="1128-007", look="done"),
                Bar(start=at(2, 0), end=at(4, 0), label=_("检修"), look="blackout"),
                Bar(start=at(5, 8), end=at(6, 12), label="1201-003", look="late"),
            ],
        ),
        Lane(label="GX-1200", bars=[Bar(start=at(4, 10), end=at(6, 22), label="1201-011", look="chosen")]),
    ]
    return Timeline(start=start, end=end, zone=SHANGHAI, lanes=lanes, ticks=ticks, now=NOW)


def sample_chart() -> Chart:
    return Chart(
        title=_("每周用掉的机时"),
        labels=["W45", "W46", "W47", "W48", "W49"],
        label_name=_("周"),
        unit="h",
        series=[
            Series(name=_("租用"), values=[320, 410, 380, 455, 470], stack="hours"),
            Series(name=_("按需"), values=[80, 95, 130, 160, 210], stack="hours", tone="accent2"),
        ],
    )


def sample_line() -> Chart:
    return Chart(
        title=_("得分走势"),
        labels=["06", "07", "08", "09", "10", "11"],
        label_name=_("月份"),
        digits=1,
        lowest=60,
        highest=100,
        series=[Series(name=_("得分"), values=[84.0, 82.1, 79.5, 81.3, None, 82.4], kind="line")],
        marks=[("A 85", 85.0)],
    )


def sample_bars() -> list[BarRow]:
    return [
        BarRow(label=_("五轴加工中心"), value=0.72, shown="72 %", target=0.7),
        BarRow(label=_("三坐标测量"), value=0.41, shown="41 %", note=_("6 台"), tone="amber"),
        BarRow(label=_("注塑机"), value=0.18, shown="18 %", tone="grey", url="#bars"),
    ]


def sample_fall() -> Waterfall:
    rows = [
        WaterfallRow(label=_("起点"), basis=_("人人相同"), after=75, kind="start"),
        WaterfallRow(label=_("按时交接"), basis="17", before=75, after=81.25),
        WaterfallRow(label=_("交接晚点"), basis="3", before=81.25, after=79.31),
        WaterfallRow(label=_("得分"), after=79.31, kind="total"),
    ]
    return Waterfall(rows=rows, lowest=70, highest=90, cut=85)


def sample_park() -> ParkMap:
    zones = [
        Zone(name=_("北一区"), polygon=[(34, 58), (94, 28), (132, 32), (132, 92), (42, 110)], is_hit=True),
        Zone(name=_("北二区"), polygon=[(146, 33), (184, 36), (230, 68), (232, 114), (146, 96)]),
        Zone(name=_("南一区"), polygon=[(34, 192), (134, 194), (134, 272), (78, 268), (34, 224)], is_hit=True),
    ]
    pins = [
        Pin(x=64, y=68, mark="1", name="DU-80", url="#map"),
        Pin(x=66, y=70, mark="2", name="HX-42U", url="#map"),
        Pin(x=92, y=216, mark="3", name="V700-5", url="#map"),
        Pin(x=180, y=80, mark="", name="MX-500", is_near_miss=True),
    ]
    outline = [(18, 44), (92, 12), (188, 20), (250, 60), (256, 152), (236, 244), (162, 288), (70, 282), (16, 228)]
    return ParkMap(
        width=268,
        height=300,
        outline=outline,
        zones=zones,
        pins=fan_out(pins),
        here=(118, 140),
        roads=[[(139, 18), (139, 278)], [(26, 116), (136, 98), (240, 120)]],
        water=[[(4, 176), (54, 160), (134, 170), (200, 150), (266, 138)]],
    )
