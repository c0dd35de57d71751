"""Plans and jobs that several tests price."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing.pricing.jobs import Job
from billing.pricing.plans import DayRule, Fee, Operator, OperatorMode, RentPlan
from billing.pricing.tariffs import Rates
from marketplace.kernel.money import Money

SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY_8 = datetime(2026, 12, 1, 8, tzinfo=SHANGHAI)

FIVE_AXIS = RentPlan(
    rates=Rates(hour=Decimal(420), shift=Decimal(2880)),
    operator=Operator(mode=OperatorMode.REQUIRED, hour=Decimal(90)),
    delivery=Decimal(160),
    fees=(Fee(code="set_up", price=Decimal(300)),),
)


def yuan(amount: str | int) -> Money:
    return Money.of(Decimal(amount), "CNY")


def rent(**rates: str) -> RentPlan:
    """Around the clock, in 24-hour days, with nothing but prices."""
    month_days = int(rates.pop("month_days", "30"))
    prices = {code: Decimal(price) for code, price in rates.items()}
    return RentPlan(rates=Rates(**prices, month_days=month_days), day_rule=DayRule.HOURS_24, spans_closed_hours=True)


def job(days=0, hours=0, minutes=0, start=TUESDAY_8, use=None, **also) -> Job:
    """From Tuesday 8:00 for the given time; `use` are the hours of use within it."""
    end = start + timedelta(days=days, hours=hours, minutes=minutes)
    return Job(start=start, end=end, hours=None if use is None else Decimal(use), **also)
