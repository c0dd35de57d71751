from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import Money
from marketplace.ui import formats

PARK = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 12, 1)
NARROW = "\N{NARROW NO-BREAK SPACE}"
FIXED = "\N{NO-BREAK SPACE}"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=PARK)


@pytest.mark.parametrize(
    ("value", "long", "short"),
    [
        (594000, "¥5,940.00", "¥5,940"),
        (594050, "¥5,940.50", "¥5,940.50"),
        (-1230, "−¥12.30", "−¥12.30"),
        (5, "¥0.05", "¥0.05"),
        (0, "¥0.00", "¥0"),
        (Money(123456789, "USD"), "US$1,234,567.89", "US$1,234,567.89"),
    ],
)
def test_money_reads_with_its_sign_and_separators(value, long, short):
    assert formats.money(value) == long
    assert formats.money_short(value) == short


def test_amount_stands_in_a_column_without_the_sign_of_the_currency():
    assert formats.amount(-594000) == "−5,940.00"
    assert formats.amount(Money(5940, "JPY")) == "5,940"


@given(st.integers(-(10**12), 10**12))
def test_amount_says_every_fen(fen):
    shown = formats.amount(fen).replace(",", "").replace("−", "-")
    assert Decimal(shown) * 100 == fen


def test_numbers_keep_what_they_were_given():
    assert formats.number(12849.60) == "12,849.6"
    assert formats.number(Decimal("0.0060")) == "0.006"
    assert formats.number(-1.5, 2) == "−1.50"
    assert formats.number(-0.001, 2) == "0.00"
    assert formats.number(1000) == "1,000"


def test_share_reads_as_per_cent_and_points_with_their_sign():
    assert formats.percent(0.624) == f"62{NARROW}%"
    assert formats.percent(Decimal("0.0655"), 2) == f"6.55{NARROW}%"
    assert formats.signed(1.25) == "+1.25"
    assert formats.signed(-1.94) == "−1.94"
    assert formats.signed(0.001) == "0.00"


def test_quantity_keeps_its_unit_on_the_line():
    assert formats.quantity(800, "mm") == f"800{FIXED}mm"
    assert formats.quantity(Decimal(-120), "°") == "−120°"
    assert formats.file_size(419840) == f"410{FIXED}KB"
    assert formats.file_size(3 * 1024 * 1024 + 200_000) == f"3.2{FIXED}MB"


def test_moment_reads_in_both_languages_in_the_park_s_zone():
    moment = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)
    assert formats.moment(moment, "zh_CN", PARK) == "12月03日 周四 08:00"
    assert formats.moment(moment, "en", PARK) == "Thu 3 Dec, 08:00"


def test_another_year_is_named():
    assert formats.day(date(2027, 3, 2), "zh_CN", PARK, TODAY) == "2027年03月02日 周二"
    assert formats.day(date(2027, 3, 2), "en", PARK, TODAY) == "Tue 2 Mar 2027"
    assert formats.month(date(2026, 12, 3), "zh") == "2026年12月"
    assert formats.month(date(2026, 12, 3), "en") == "Dec 2026"


@pytest.mark.parametrize(
    ("start", "end", "chinese", "english"),
    [
        (at(3, 8), at(3, 12), "12月03日 周四 08:00–12:00", "Thu 3 Dec, 08:00–12:00"),
        (at(3, 20), at(4, 0), "12月03日 周四 20:00–24:00", "Thu 3 Dec, 20:00–24:00"),
        (at(3, 20), at(4, 8), "12月03日 周四 20:00 – 次日 08:00", "Thu 3 Dec, 20:00 – next day 08:00"),
        (at(3, 8), at(5, 8), "12月03日 周四 08:00 – 12月05日 周六 08:00", "Thu 3 Dec, 08:00 – Sat 5 Dec, 08:00"),
    ],
)
def test_range_says_its_end_as_people_do(start, end, chinese, english):
    assert formats.moment_range(start, end, "zh_CN", PARK) == chinese
    assert formats.moment_range(start, end, "en", PARK) == english


def test_range_over_a_change_of_the_clock_shows_local_hours():
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert formats.time_range(start, start + timedelta(hours=4), "en", berlin) == "00:00–03:00"


def test_days_around_today_have_their_words():
    assert formats.near(at(1, 8), "zh_CN", PARK, TODAY) == "今天 08:00"
    assert formats.near(at(2, 8), "en", PARK, TODAY) == "tomorrow, 08:00"
    assert formats.near_day(date(2026, 11, 30), "zh_CN", PARK, TODAY) == "昨天"
    assert formats.near_day(date(2026, 12, 5), "zh_CN", PARK, TODAY) == "12月05日 周六"
    assert formats.day_range(date(2026, 12, 3), date(2026, 12, 3), "en", PARK) == "Thu 3 Dec"
    assert formats.day_range(date(2026, 12, 3), date(2026, 12, 9), "zh", PARK) == "12月03日 周四 – 12月09日 周三"


def test_lengths_of_time():
    assert formats.duration(340, "zh_CN") == "5 小时 40 分"
    assert formats.duration(timedelta(days=1, hours=4), "en") == "1 day 4 h"
    assert formats.duration(0, "en") == "0 min"
    assert formats.duration(-90, "zh") == "−1 小时 30 分"
    assert formats.span(timedelta(days=3, hours=5), "zh") == "3 天"
    assert formats.span(timedelta(seconds=30), "zh") == "不到 1 分"


def test_what_is_left_and_what_is_overdue():
    now = at(1, 14, 20)
    assert formats.left(at(1, 20), now, "zh_CN") == "还有 5 小时 40 分"
    assert formats.left(at(1, 12, 20), now, "zh_CN") == "已超 2 小时"
    assert formats.left(now, now, "zh_CN") == "还有不到 1 分"
    assert formats.left(at(1, 12, 20), now, "en") == "2 h overdue"
    assert formats.ago(at(1, 12, 20), now, "zh_CN") == "2 小时前"
    assert formats.ago(at(1, 15), now, "en") == "under 1 min ago"
