import re
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import billing
from billing.pricing.headline import headline
from billing.pricing.plans import AsWritten, Meter, RentPlan, UsagePlan
from billing.pricing.tariffs import Rates
from billing.pricing.texts import LINE_TEXTS, REFUSAL_TEXTS, UNIT_TEXTS, line_text
from billing.pricing.tiers import Model, Tier

BILLING = Path(billing.__file__).parent


def test_every_text_has_its_english():
    with (BILLING / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        english = {message.id: message.string for message in read_po(file)}
    for texts in (LINE_TEXTS, UNIT_TEXTS, REFUSAL_TEXTS):
        assert [text for text in texts.values() if not english.get(text)] == []


def test_every_refusal_of_a_plan_has_a_text():
    sources = "\n".join(path.read_text("utf-8") for path in (BILLING / "pricing").glob("*.py"))
    raised = re.findall(r'(?:refuse|PlanError)\((?:f?"[^"]*"|\w+), "(\w+)"\)', sources)
    assert len(raised) > 20
    assert set(raised) - set(REFUSAL_TEXTS) == set()


def test_a_code_of_the_suppliers_own_has_a_common_name():
    assert line_text("band_night") == LINE_TEXTS["band"]
    assert line_text("fixture_x") == LINE_TEXTS["fee"]


@pytest.mark.parametrize(
    ("plan", "price", "unit", "starting_at"),
    [
        (RentPlan(rates=Rates(day=Decimal(900), hour=Decimal(120))), "120", "小时", False),
        (RentPlan(rates=Rates(month=Decimal(9000))), "9000", "月", False),
        (UsagePlan(meter=Meter.KWH, tiers=(Tier(unit_price=Decimal("0.8")),)), "0.8", "度", False),
        (
            UsagePlan(
                meter=Meter.PIECE,
                model=Model.PACKAGE,
                tiers=(Tier(unit_price=Decimal(100)),),
                package_size=Decimal(10),
            ),
            "10",
            "件",
            True,
        ),
    ],
)
def test_card_shows_the_shortest_block_or_the_first_unit(plan, price, unit, starting_at):
    found = headline(plan)
    assert (found.price, found.unit, found.starting_at) == (Decimal(price), unit, starting_at)


def test_card_of_a_price_as_written_has_no_number():
    assert headline(AsWritten(text="面议")) is None
