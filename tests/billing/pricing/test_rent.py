from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from billing.pricing.jobs import Job
from billing.pricing.plans import Band, DayRule, Discount, IncludedHours, Operator, OperatorMode, RentPlan
from billing.pricing.quotes import quote
from billing.pricing.tariffs import Rates
from billing.pricing.vat import Vat
from tests.billing.pricing.examples import FIVE_AXIS, SHANGHAI, TUESDAY_8, job, rent, yuan


def total(plan, asked):
    return quote(plan, asked).total


def amounts(plan, asked):
    return {line.code: str(line.amount.units) for line in quote(plan, asked).lines}


@pytest.mark.parametrize(
    ("plan", "days", "hours", "expected"),
    [
        (rent(hour="1", day="5"), 0, 3, 3),
        (rent(hour="1", day="5"), 0, 5, 5),
        (rent(hour="1", day="5"), 0, 11, 5),
        (rent(hour="1", day="5"), 1, 3, 8),
        (rent(hour="1", day="5"), 1, 11, 10),
        (rent(hour="0.5", day="14"), 0, 22, 11),
        (rent(hour="0.5", day="14"), 4, 0, 48),
    ],
)
def test_hours_and_days_give_the_cheaper(plan, days, hours, expected):
    """R1, FitLibrary ChargeFairly table."""
    assert total(plan, job(days=days, hours=hours)) == yuan(expected)


@pytest.mark.parametrize(("days", "expected"), [(3, 3), (6, 5), (10, 8)])
def test_week_is_taken_where_days_would_cost_more(days, expected):
    """R2, FitLibrary ChargeFairly table: 1/day, 5/week."""
    assert total(rent(day="1", week="5"), job(days=days)) == yuan(expected)


@pytest.mark.parametrize(("days", "expected"), [(9, 500), (21, 800)])
def test_month_of_28_days_replaces_three_weeks(days, expected):
    """R3, bayequip FAQ: 100/day, 300/week, 800/28 days."""
    assert total(rent(day="100", week="300", month="800", month_days="28"), job(days=days)) == yuan(expected)


def test_a_shift_and_four_hours_are_cheaper_than_twelve():
    """12 h on the five-axis centre: shift 2,880 + 4 × 420 + operator 12 × 90 + set-up 300 = 5,940, 13 % VAT in it."""
    priced = quote(FIVE_AXIS, job(hours=12))
    assert amounts(FIVE_AXIS, job(hours=12)) == {
        "rent_shift": "2880.00",
        "rent_hour": "1680.00",
        "operator": "1080.00",
        "set_up": "300.00",
    }
    assert (priced.total, priced.tax, priced.saved) == (yuan(5940), yuan("683.36"), yuan(480))
    hours = next(line for line in priced.lines if line.code == "rent_hour")
    assert (hours.quantity, hours.unit_price) == (Decimal(4), Decimal(420))


def test_delivery_is_charged_when_asked_for():
    assert amounts(FIVE_AXIS, job(hours=12, delivery=True))["delivery"] == "160.00"


def test_units_multiply_rent_and_operator_but_not_a_fee_per_job():
    assert amounts(FIVE_AXIS, job(hours=8, units=2)) == {
        "rent_shift": "5760.00",
        "operator": "1440.00",
        "set_up": "300.00",
    }


@pytest.mark.parametrize(("minutes", "days"), [(0, 1), (14, 1), (15, 1), (16, 2)])
def test_leeway_includes_its_last_minute(minutes, days):
    plan = RentPlan(
        rates=Rates(day=Decimal(100)), day_rule=DayRule.HOURS_24, leeway_minutes=15, spans_closed_hours=True
    )
    assert total(plan, job(days=1, minutes=minutes)) == yuan(100 * days)


def test_leeway_comes_with_days_only():
    plan = RentPlan(
        rates=Rates(hour=Decimal(10), day=Decimal(200)),
        day_rule=DayRule.HOURS_24,
        leeway_minutes=15,
        spans_closed_hours=True,
    )
    assert total(plan, job(hours=3, minutes=15)) == yuan(40)
    assert total(plan, job(days=1, minutes=15)) == yuan(200)


def test_a_day_just_within_leeway_beats_the_hours_without_it():
    plan = RentPlan(
        rates=Rates(hour=Decimal(100), day=Decimal(2450)),
        day_rule=DayRule.HOURS_24,
        leeway_minutes=15,
        spans_closed_hours=True,
    )
    assert total(plan, job(days=1, minutes=10)) == yuan(2450)


def test_a_24_hour_day_is_24_elapsed_hours_when_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 12, tzinfo=berlin)
    asked = Job(start=start, end=datetime(2026, 10, 25, 12, tzinfo=berlin), zone=berlin)
    assert total(rent(day="100", hour="10"), asked) == yuan(110)


def test_calendar_days_are_dates_of_the_contracts_zone():
    plan = RentPlan(rates=Rates(day=Decimal(100)), spans_closed_hours=True)
    over_midnight = Job(
        start=datetime(2026, 12, 1, 15, tzinfo=UTC), end=datetime(2026, 12, 1, 17, tzinfo=UTC), zone=SHANGHAI
    )
    assert total(plan, over_midnight) == yuan(200)
    assert total(plan, job(hours=16)) == yuan(100)


def test_evening_before_is_paid_by_hours_and_the_dates_after_it_by_days():
    plan = RentPlan(rates=Rates(hour=Decimal(10), day=Decimal(100)), spans_closed_hours=True)
    from_22 = job(days=2, hours=2, start=TUESDAY_8.replace(hour=22))
    assert amounts(plan, from_22) == {"rent_day": "200.00", "rent_hour": "20.00"}


def test_only_weeks_and_hours_still_find_the_cheapest():
    plan = RentPlan(rates=Rates(hour=Decimal(10), week=Decimal(1000)), spans_closed_hours=True)
    midnight = TUESDAY_8.replace(hour=0)
    assert total(plan, job(days=9, start=midnight)) == yuan(1000 + 480)


def test_rent_within_opening_charges_hours_of_use_or_dates():
    plan = RentPlan(rates=Rates(hour=Decimal(10), day=Decimal(100)))
    assert total(plan, job(days=2, hours=8, use=24)) == yuan(240)
    assert total(plan, job(days=2, hours=8, use=36)) == yuan(300)


def test_rent_over_closed_hours_does_not_end_each_night():
    plan = RentPlan(rates=Rates(hour=Decimal(10)), spans_closed_hours=True)
    assert total(plan, job(days=2, use=16)) == yuan(480)


def test_started_increment_counts():
    half = RentPlan(rates=Rates(hour=Decimal(100), increment_minutes=30))
    assert total(half, job(hours=1, minutes=1)) == yuan(150)
    assert total(rent(hour="100"), job(hours=1, minutes=1)) == yuan(200)


def test_what_is_shorter_than_the_minimum_pays_the_minimum():
    plan = RentPlan(rates=Rates(hour=Decimal(100)), minimum_hours=Decimal(4))
    assert total(plan, job(hours=1)) == yuan(400)
    assert total(plan, job(hours=5)) == yuan(500)
    by_money = RentPlan(rates=Rates(hour=Decimal(100)), minimum_charge=Decimal(250))
    assert amounts(by_money, job(hours=1)) == {"rent_hour": "100.00", "minimum_charge": "150.00"}
    assert amounts(by_money, job(hours=3)) == {"rent_hour": "300.00"}


def test_use_beyond_the_included_hours_is_overage():
    plan = RentPlan(
        rates=Rates(day=Decimal(1000), week=Decimal(4000)),
        spans_closed_hours=True,
        included=IncludedHours(overage_hour=Decimal(80)),
    )
    one_day = TUESDAY_8.replace(hour=0)
    assert amounts(plan, job(days=1, start=one_day, use=10)) == {"rent_day": "1000.00", "overage": "160.00"}
    assert amounts(plan, job(days=1, start=one_day)) == {"rent_day": "1000.00"}


def test_operator_of_a_long_rent_comes_for_its_included_hours():
    plan = RentPlan(
        rates=Rates(day=Decimal(1000)),
        spans_closed_hours=True,
        operator=Operator(mode=OperatorMode.OPTIONAL, hour=Decimal(90)),
    )
    three_days = job(days=3, start=TUESDAY_8.replace(hour=0), operator=True)
    assert amounts(plan, three_days)["operator"] == "2160.00"
    assert "operator" not in amounts(plan, job(days=3))


def test_night_hours_are_cheaper_by_their_share_of_the_run():
    night = Band(code="night", percent=Decimal(-20), start=time(20), end=time(8))
    plan = RentPlan(rates=Rates(hour=Decimal(100)), bands=(night,))
    assert amounts(plan, job(hours=4, start=TUESDAY_8.replace(hour=18))) == {
        "rent_hour": "400.00",
        "band_night": "-40.00",
    }
    assert amounts(plan, job(hours=4)) == {"rent_hour": "400.00"}
    assert amounts(plan, job(hours=4, start=TUESDAY_8.replace(hour=2)))["band_night"] == "-80.00"


def test_weekend_costs_more_by_the_hour_but_a_day_price_holds():
    weekend = Band(code="weekend", percent=Decimal(50), weekdays=(5, 6))
    plan = RentPlan(rates=Rates(hour=Decimal(100), day=Decimal(1000)), bands=(weekend,))
    saturday = TUESDAY_8 + timedelta(days=4)
    assert total(plan, job(hours=4, start=saturday)) == yuan(600)
    assert total(plan, job(hours=8, start=saturday)) == yuan(1000)
    assert total(plan, job(hours=8)) == yuan(800)


def test_bands_work_on_24_hour_days_too():
    night = Band(code="night", percent=Decimal(-50), start=time(20), end=time(8))
    plan = RentPlan(
        rates=Rates(hour=Decimal(100), day=Decimal(1000)),
        bands=(night,),
        day_rule=DayRule.HOURS_24,
        spans_closed_hours=True,
    )
    assert amounts(plan, job(days=1, hours=4, start=TUESDAY_8.replace(hour=20))) == {
        "rent_day": "1000.00",
        "rent_hour": "400.00",
        "band_night": "-200.00",
    }


def test_discounts_count_from_the_highest_step_reached():
    steps = (Discount(at_least=Decimal(2), percent=Decimal(5)), Discount(at_least=Decimal(4), percent=Decimal(10)))
    by_units = RentPlan(rates=Rates(hour=Decimal(100)), quantity_discounts=steps)
    assert [str(total(by_units, job(hours=1, units=units)).units) for units in (1, 2, 3, 4)] == [
        "100.00",
        "190.00",
        "285.00",
        "360.00",
    ]
    long = RentPlan(
        rates=Rates(hour=Decimal(100)), duration_discounts=(Discount(at_least=Decimal(24), percent=Decimal(10)),)
    )
    assert total(long, job(hours=23)) == yuan(2300)
    assert amounts(long, job(hours=24)) == {"rent_hour": "2400.00", "discount_duration": "-240.00"}


def test_net_prices_are_taxed_on_top():
    plan = RentPlan(rates=Rates(hour=Decimal(100)), vat=Vat(rate=Decimal("0.06"), included=False))
    priced = quote(plan, job(hours=3))
    assert (priced.net, priced.tax, priced.total) == (yuan(300), yuan(18), yuan(318))


def test_hours_divided_out_of_minutes_are_those_minutes():
    for minutes in range(120):
        assert job(hours=2, use=Decimal(minutes) / 60).use_minutes == minutes


@pytest.mark.parametrize(
    "broken",
    [
        {"end": TUESDAY_8},
        {"end": TUESDAY_8 + timedelta(days=1101)},
        {"start": TUESDAY_8.replace(tzinfo=None)},
        {"units": 0},
        {"hours": Decimal(3)},
        {"expected_usage": Decimal(-1)},
    ],
)
def test_job_that_makes_no_sense_is_refused(broken):
    sound = {"start": TUESDAY_8, "end": TUESDAY_8 + timedelta(hours=2)}
    with pytest.raises(ValueError, match="_"):
        Job(**(sound | broken))
