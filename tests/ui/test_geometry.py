from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from marketplace.ui.charts import Waterfall, WaterfallRow, sparkline
from marketplace.ui.maps import Pin, Zone, fan_out
from marketplace.ui.timelines import Bar, Block, Lane, StripDay, Timeline, WeekStrip, block, day_ticks, hour_ticks

PARK = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 30, tzinfo=PARK)
HOUR = timedelta(hours=1)


def test_block_is_cut_to_the_bar():
    left, right = START + 8 * HOUR, START + 22 * HOUR
    assert block(START + 15 * HOUR, START + 30 * HOUR, left, right) == Block(50.0, 50.0)
    assert block(START, START + 8 * HOUR, left, right) is None


@given(st.integers(-100, 100), st.integers(1, 100))
def test_block_never_leaves_its_bar(first, hours):
    found = block(START + first * HOUR, START + (first + hours) * HOUR, START, START + 24 * HOUR)
    assert found is None or (found.x >= 0 and found.width > 0 and found.x + found.width <= 100.001)


def test_strip_open_past_midnight_ends_the_next_day():
    week = WeekStrip(zone=PARK, opens=time(20), closes=time(6))
    left, right = week.edges(date(2026, 11, 30))
    assert right - left == 10 * HOUR


def test_strip_shows_free_and_chosen_time():
    day = StripDay(
        day=START.date(),
        free=[(START, START + 11 * HOUR), (START + 23 * HOUR, START + 24 * HOUR)],
        chosen=(START + 8 * HOUR, START + 10 * HOUR),
    )
    week = WeekStrip(zone=PARK, opens=time(8), closes=time(18), days=[day])
    assert week.free_blocks(day) == [Block(0.0, 30.0)]
    assert week.chosen_block(day) == Block(0.0, 20.0)
    assert week.axis[0] == "08"
    assert week.axis[-1] == "18"


def test_midnight_closes_the_axis_with_24():
    assert WeekStrip(zone=PARK, opens=time(0), closes=time(0)).axis == ["00", "06", "12", "18", "24"]


def test_timeline_places_what_its_range_shows():
    seen = Bar(start=START + 12 * HOUR, end=START + 36 * HOUR, label="A")
    gone = Bar(start=START - 9 * HOUR, end=START, label="B")
    lane = Lane(label="1", bars=[seen, gone])
    line = Timeline(start=START, end=START + 48 * HOUR, zone=PARK, lanes=[lane], now=START + 12 * HOUR)
    assert list(line.placed(lane)) == [(seen, Block(25.0, 50.0))]
    assert line.now_x == 25.0


def test_ticks_stand_at_local_midnights_and_hours():
    days = day_ticks(START + 6 * HOUR, START + 54 * HOUR, PARK, ["1", "2"])
    assert [(tick.x, tick.label, tick.is_strong) for tick in days] == [(37.5, "1", False), (87.5, "2", False)]
    assert [tick.label for tick in hour_ticks(START, START + 12 * HOUR, PARK)] == ["00", "03", "06", "09"]


def test_waterfall_adds_up_and_stays_on_its_scale():
    rows = [
        WaterfallRow(label="start", after=75, kind="start"),
        WaterfallRow(label="late", before=75, after=73.5),
        WaterfallRow(label="score", after=73.5, kind="total"),
    ]
    fall = Waterfall(rows=rows, lowest=70, highest=90)
    assert [row.points for row in rows] == [75, -1.5, 73.5]
    assert (fall.x(60), fall.x(75), fall.x(99)) == (0.0, 25.0, 100.0)


def test_sparkline_needs_two_values():
    assert sparkline([3]) == ""
    assert sparkline([0, 10]) == "0.0,19.0 100.0,1.0"


def test_pins_on_one_spot_are_moved_apart():
    pins = fan_out([Pin(x=50, y=50, mark=str(number), name="") for number in range(6)])
    spots = {(pin.x, pin.y) for pin in pins}
    assert len(spots) == 6


def test_zone_name_stands_inside_the_zone():
    x, y = Zone(name="", polygon=[(0, 0), (100, 0), (100, 50), (0, 50)]).name_place
    assert (x, y) == (50, 43)
