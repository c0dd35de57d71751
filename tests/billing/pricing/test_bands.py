from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from billing.pricing.bands import share_in_band
from billing.pricing.plans import Band
from billing.pricing.quotes import quick_total
from tests.billing.pricing.examples import SHANGHAI, TUESDAY_8
from tests.billing.pricing.plan_strategies import jobs, time_plans

CLOCK_TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def band(start: time, end: time, weekdays=(0, 1, 2, 3, 4, 5, 6)) -> Band:
    return Band(code="band", percent=Decimal(10), start=start, end=end, weekdays=weekdays)


@given(CLOCK_TIMES, CLOCK_TIMES, st.integers(0, 10_000), st.integers(1, 20_000))
def test_a_band_and_the_rest_of_the_day_make_the_whole(opens, closes, offset, minutes):
    start = (TUESDAY_8 + timedelta(minutes=offset)).astimezone(UTC)
    end = start + timedelta(minutes=minutes)
    within = share_in_band(band(opens, closes), start, end, SHANGHAI)
    beside = share_in_band(band(closes, opens), start, end, SHANGHAI)
    assert within + beside == (2 if opens == closes else 1)


def test_a_night_belongs_to_the_weekday_it_starts_on():
    friday_night = band(time(20), time(8), weekdays=(4,))
    saturday_6 = datetime(2026, 12, 5, 6, tzinfo=SHANGHAI).astimezone(UTC)
    sunday_6 = saturday_6 + timedelta(days=1)
    hour = timedelta(hours=1)
    assert share_in_band(friday_night, saturday_6, saturday_6 + hour, SHANGHAI) == 1
    assert share_in_band(friday_night, sunday_6, sunday_6 + hour, SHANGHAI) == 0


def test_a_band_keeps_its_clock_times_when_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 25, 0, tzinfo=berlin).astimezone(UTC)
    end = datetime(2026, 10, 25, 12, tzinfo=berlin).astimezone(UTC)
    assert share_in_band(band(time(0), time(6)), start, end, berlin) * 13 == 7


@given(time_plans(), jobs())
def test_a_band_of_zero_percent_changes_nothing(plan, asked):
    nothing = replace(band(time(20), time(8)), percent=Decimal(0))
    assert quick_total(replace(plan, bands=(nothing,)), asked) == quick_total(plan, asked)
