"""Words of time on other days than a quiet Monday morning."""

from datetime import datetime

import pytest

from search.understanding.results import Corrections
from tests.search.understanding.outline import SHANGHAI, outline, read


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


FRIDAY_AFTERNOON = at("2026-12-04 15:00")
SUNDAY = at("2026-12-06 21:00")
NEW_YEARS_EVE = at("2026-12-31 10:00")


@pytest.mark.parametrize(
    ("now", "line", "expected"),
    [
        (FRIDAY_AFTERNOON, "周五前", "when 12-04 15:00..12-11 00:00 run"),
        (FRIDAY_AFTERNOON, "周五", "when 12-04 15:00..12-05 00:00 run"),
        (FRIDAY_AFTERNOON, "周五上午", "when 12-11 08:00..12-11 12:00 run"),
        (FRIDAY_AFTERNOON, "周一", "when 12-07 00:00..12-08 00:00 run"),
        (FRIDAY_AFTERNOON, "下周一", "when 12-07 00:00..12-08 00:00 run"),
        (FRIDAY_AFTERNOON, "今天上午", "when 12-05 08:00..12-05 12:00 run"),
        (FRIDAY_AFTERNOON, "8:00-12:00", "when 12-05 08:00..12-05 12:00 4 h exact"),
        (FRIDAY_AFTERNOON, "16:00-20:00", "when 12-04 16:00..12-04 20:00 4 h exact"),
        (FRIDAY_AFTERNOON, "17:00前", "when 12-04 15:00..12-04 17:00 run"),
        (FRIDAY_AFTERNOON, "before Friday", "when 12-04 15:00..12-11 00:00 run"),
        (FRIDAY_AFTERNOON, "by Friday", "when 12-04 15:00..12-05 00:00 run"),
        (FRIDAY_AFTERNOON, "12月3日", "when 12-03 00:00..12-04 00:00 run"),
        (FRIDAY_AFTERNOON, "3号", "when 01-03 00:00..01-04 00:00 run"),
        (FRIDAY_AFTERNOON, "周末", "when 12-05 00:00..12-07 00:00 run"),
        (FRIDAY_AFTERNOON, "周一到周三", "when 12-07 00:00..12-10 00:00 exact"),
        (FRIDAY_AFTERNOON, "from Thursday to Tuesday", "when 12-10 00:00..12-16 00:00 exact"),
        (FRIDAY_AFTERNOON, "2026-12-01", "words 2026-12-01"),
        (SUNDAY, "明天", "when 12-07 00:00..12-08 00:00 run"),
        (SUNDAY, "下周三", "when 12-09 00:00..12-10 00:00 run"),
        (SUNDAY, "本周三", "when 12-09 00:00..12-10 00:00 run"),
        (SUNDAY, "今晚", "when 12-06 21:00..12-07 00:00 run"),
        (SUNDAY, "weekend", "when 12-06 21:00..12-07 00:00 run"),
        (NEW_YEARS_EVE, "1月5日", "when 01-05 00:00..01-06 00:00 run"),
        (NEW_YEARS_EVE, "月底前", "when 12-31 10:00..01-01 00:00 run"),
        (NEW_YEARS_EVE, "年底前", "when 12-31 10:00..01-01 00:00 run"),
        (NEW_YEARS_EVE, "下个月", "when 01-01 00:00..02-01 00:00 run"),
        (NEW_YEARS_EVE, "12月30日到1月3日", "when 12-31 10:00..01-04 00:00 exact"),
        (NEW_YEARS_EVE, "元旦", "when 01-01 00:00..01-02 00:00 run"),
        (NEW_YEARS_EVE, "春节前", "when 12-31 10:00..02-06 00:00 run"),
    ],
)
def test_words_of_time_mean_what_lies_ahead(now, line, expected):
    assert outline(read(line, now=now)) == expected


def test_days_are_those_of_the_park_and_not_of_the_asking_clock():
    late_on_monday_in_utc = datetime.fromisoformat("2026-11-30T17:30:00+00:00")  # already Tuesday in Shanghai
    window = read("明天", now=late_on_monday_in_utc).window
    assert window.start == at("2026-12-02 00:00")
    assert window.start.utcoffset().total_seconds() == 8 * 3600


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12月2日 租 3天", "when 12-02 00:00..12-05 00:00 72 h exact"),
        ("12月2日起 3天", "when 12-02 00:00..12-05 00:00 72 h exact"),
        ("下周 租 3天", "when 12-07 00:00..12-14 00:00 72 h run"),
        ("下周 3天", "when 12-07 00:00..12-14 00:00 24 h total"),
        ("周五前 合计 12小时", "when 11-30 08:00..12-04 00:00 12 h total"),
        ("周五前 连续 12小时", "when 11-30 08:00..12-04 00:00 12 h run"),
        ("明天 8:00-18:00 4小时", "when 12-01 08:00..12-01 18:00 4 h run"),
        ("明天 8:00-18:00 10小时", "when 12-01 08:00..12-01 18:00 10 h exact"),
        ("明天下午2点 3小时", "when 12-01 14:00..12-01 17:00 3 h exact"),
        ("from Dec 3 before Dec 20", "when 12-03 00:00..12-20 00:00 run"),
        ("半天", "when .. 4 h run"),
        ("两班", "when .. 16 h run"),
        ("90分钟", "when .. 1.5 h run"),
    ],
)
def test_hours_and_days_together_ask_the_right_question(line, expected):
    assert outline(read(line)) == expected


@pytest.mark.parametrize(
    ("line", "choices", "expected"),
    [
        ("周五前", {"window": "include"}, "when 11-30 08:00..12-05 00:00 run"),
        ("周五截止", {"window": "exclude"}, "when 11-30 08:00..12-04 00:00 run"),
        ("next Tuesday", {"window": "sooner"}, "when 12-01 00:00..12-02 00:00 run"),
        ("12月1日到12月3日", {"window": "within"}, "when 12-01 00:00..12-04 00:00 run"),
        ("明天", {"window": "exact"}, "when 12-01 00:00..12-02 00:00 exact"),
        ("明天 12小时", {"hours": "total"}, "when 12-01 00:00..12-02 00:00 12 h total"),
        ("明天起租3天", {"hours": "shifts"}, "when 12-01 00:00.. 24 h total"),
        ("明天 3天", {"hours": "calendar"}, "when 12-01 00:00..12-04 00:00 72 h exact"),
        ("明天 12小时", {"hours": "nonsense"}, "when 12-01 00:00..12-02 00:00 12 h run"),
    ],
)
def test_another_reading_of_a_time_can_be_chosen(line, choices, expected):
    assert outline(read(line, corrections=Corrections(choices=choices))) == expected
