"""Documents in, answers out: the published numbers as an outsider would ask for them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from billing.pricing.calculations.calculate import CALCULATIONS, calculate
from billing.pricing.calculations.reading import ProblemsError
from billing.pricing.calculations.schema import document_schema
from billing.pricing.texts import REFUSAL_TEXTS
from marketplace.app.billing_commands import billing

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = sorted((DOCS / "examples" / "billing").glob("*.json"))
NO_TAX = {"rate": "0"}


def yuan(money):
    return str(Decimal(money["amount"]).scaleb(-2))


def amounts(answer):
    return [(line["code"], yuan(line["amount"])) for line in answer["lines"]]


def usage_plan(price="10", **also):
    return {"kind": "usage", "meter": "piece", "tiers": [{"unit_price": price}], "vat": NO_TAX, **also}


def usage(quantity, plan, **also):
    return calculate(
        {"calculate": "usage", "plan": plan, "usage": {"quantity": str(quantity)}, "closing": False, **also}
    )


@pytest.mark.parametrize(
    ("plan", "quantities", "expected"),
    [
        pytest.param(usage_plan(), (5, 8), ["50.00", "30.00"], id="L1"),
        pytest.param(usage_plan(), (8, 5), ["80.00", "-30.00"], id="L2 too much"),
        pytest.param(usage_plan(), (5, 0), ["50.00", "-50.00"], id="L2 all"),
        pytest.param(usage_plan("0.001"), (333, 666), ["0.33", "0.34"], id="L3"),
        pytest.param(
            usage_plan(model="volume", tiers=[{"up_to": "15", "unit_price": "10"}, {"unit_price": "5"}]),
            (15, 16),
            ["150.00", "-70.00"],
            id="L4",
        ),
    ],
)
def test_state_of_one_answer_makes_the_next_a_delta(plan, quantities, expected):
    """L1–L4, OpenMeter delta test."""
    first = usage(quantities[0], plan)
    second = usage(quantities[1], plan, billed=first["state"])
    assert [yuan(first["total"]), yuan(second["total"])] == expected


def test_nothing_new_makes_no_line():
    """L2, OpenMeter delta test: 5 then 5."""
    first = usage(5, usage_plan())
    assert usage(5, usage_plan(), billed=first["state"])["lines"] == []


def test_true_up_and_cap_are_lines_of_their_own():
    """T22 and T23, OpenMeter."""
    open_ = usage(10, usage_plan(minimum_commitment="1000"))
    closed = usage(10, usage_plan(minimum_commitment="1000"), billed=open_["state"], closing=True)
    assert (amounts(open_), amounts(closed)) == ([("usage_piece", "100.00")], [("commitment", "900.00")])
    seven = usage(7, usage_plan(cap="100"))
    five_more = usage(12, usage_plan(cap="100"), billed=seven["state"])
    assert amounts(five_more) == [("usage_piece", "50.00"), ("cap", "-20.00")]
    assert yuan(five_more["total"]) == "30.00"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (None, "9000.00"),
        ({"start": "2026-02-04", "end": "2026-03-01", "whole_start": "2026-02-01"}, "8035.71"),
        ({"start": "2026-02-04", "end": "2026-02-09", "whole_start": "2026-02-02"}, "6428.57"),
    ],
)
def test_commitment_shrinks_with_the_period(period, expected):
    """T26, Lago commitments spec."""
    answer = usage(0, usage_plan(minimum_commitment="10000"), fee="1000", period=period, closing=True)
    assert dict(amounts(answer))["commitment"] == expected


def test_graduated_percentage_takes_a_part_of_each_tier():
    """Exact arithmetic: 1 % of 1,000 + flat 5, then 2 % of 500."""
    plan = usage_plan(
        meter="turnover",
        model="graduated_percentage",
        tiers=[{"up_to": "1000", "percent": "1", "flat_fee": "5"}, {"percent": "2"}],
    )
    assert yuan(usage(1500, plan)["total"]) == "25.00"


def test_price_change_at_half_period():
    """P1, Stripe prorations."""
    period = {"start": "2026-04-16", "end": "2026-05-01", "whole_start": "2026-04-01"}
    answer = calculate(
        {"calculate": "price_change", "old_price": "10", "new_price": "20", "period": period, "vat": NO_TAX}
    )
    assert amounts(answer) == [("credit", "-5.00"), ("charge", "10.00")]
    assert yuan(answer["total"]) == "5.00"


@pytest.mark.parametrize(("end", "expected"), [("2026-07-09", "5.32"), ("2026-07-23", "14.63")])
def test_days_of_thirty(end, expected):
    """P2, Kill Bill fixed proration: 19.95 a month."""
    answer = calculate(
        {"calculate": "recurring", "price": "19.95", "start": "2026-07-01", "end": end, "proration": "fixed_30"}
    )
    assert yuan(answer["total"]) == expected


@pytest.mark.parametrize(("end", "expected"), [("2011-02-13", "12/31"), ("2011-03-13", "43/31")])
def test_months_before_and_after_the_billing_day(end, expected):
    """P4, Kill Bill: start 1 February 2011, bill day 13."""
    answer = calculate({"calculate": "recurring", "price": "1", "start": "2011-02-01", "end": end, "anchor_day": 13})
    assert answer["periods_exact"] == expected


def test_ending_on_the_first_day_credits_the_unused_days_with_their_tax():
    """P6, Lago: 50 a month + 20 %, 8 of 28 days used → credit of 20/28: net 35.71, tax 7.14, together 42.85."""
    document = {
        "calculate": "recurring",
        "price": "50",
        "start": "2026-02-01",
        "end": "2026-03-01",
        "vat": {"rate": "0.2", "included": False},
    }
    whole = calculate(document)
    credit = calculate(document | {"end": "2026-02-09", "anchor_day": 1, "billed": whole["state"]})
    assert (yuan(credit["net"]), yuan(credit["tax"]), yuan(credit["total"])) == ("-35.71", "-7.14", "-42.85")
    kept = calculate(document | {"end": "2026-02-09", "billed": whole["state"], "early_return": "none"})
    assert (kept["lines"], kept["state"]) == ([], whole["state"])


def test_moments_share_a_period_by_the_second():
    answer = calculate(
        {
            "calculate": "recurring",
            "price": "300",
            "start": "2026-04-01",
            "end": "2026-04-02",
            "proration": "second",
            "end_at": "2026-04-01T12:00:00+08:00",
        }
    )
    assert answer["periods_exact"] == "1/60"
    assert yuan(answer["total"]) == "5.00"


def test_rule_of_78():
    """B4, Consumers Fiji: interest 2,548.35, 36 terms, settled at 10 → rebate 1,343.05, earned 1,205.30."""
    answer = calculate({"calculate": "rule_of_78", "interest": "2548.35", "count": 36, "settled_after": 10})
    assert (yuan(answer["rebate"]), yuan(answer["earned"])) == ("1343.05", "1205.30")


def test_annuity_rounded_and_exact():
    """B8, numpy-financial: 2,500 @8.24 %/12, 12 terms: 217.75, interest 112.98; rounded 112.97, last payment 217.72."""
    answer = calculate({"calculate": "annuity", "principal": "2500", "annual_rate": "0.0824", "count": 12})
    assert (yuan(answer["exact"]["payment"]), yuan(answer["exact"]["interest"])) == ("217.75", "112.98")
    assert yuan(answer["interest"]) == "112.97"
    assert yuan(answer["schedule"][-1]["payment"]) == "217.72"
    assert answer["schedule"][-1]["balance"]["amount"] == 0


def test_annuity_in_advance_ends_at_its_residual():
    answer = calculate(
        {
            "calculate": "annuity",
            "principal": "100000",
            "annual_rate": "0.06",
            "count": 24,
            "timing": "advance",
            "residual": "10000",
        }
    )
    last = answer["schedule"][-1]["balance"]["amount"]
    assert last + answer["closing_interest"]["amount"] == 1_000_000
    assert answer["schedule"][0]["interest"]["amount"] == 0


@pytest.mark.parametrize(
    ("amount", "count", "expected"),
    [(10000, 3, [3333, 3333, 3334]), (4, 3, [1, 1, 2]), (3, 7, [0, 0, 0, 0, 0, 0, 3])],
)
def test_instalments(amount, count, expected):
    """B12, pretix; 0.03 by 7 from the rounding rule."""
    answer = calculate({"calculate": "instalments", "amount": {"amount": amount, "currency": "CNY"}, "count": count})
    assert [line["amount"]["amount"] for line in answer["lines"]] == expected


def test_no_instalments_is_an_error():
    """B12, pretix: count 0."""
    with pytest.raises(ProblemsError) as refused:
        calculate({"calculate": "instalments", "amount": {"amount": 4, "currency": "CNY"}, "count": 0})
    assert refused.value.problems == [("count", "out_of_range")]


def test_positive_share_gets_at_least_one_minor_unit():
    """V10, Liberapay: 6.01 by 20 : 0.01."""
    document = {"calculate": "split", "amount": {"amount": 601, "currency": "CNY"}, "weights": ["20", "0.01"]}
    answer = calculate(document | {"at_least": 1})
    assert [line["amount"]["amount"] for line in answer["lines"]] == [600, 1]


@pytest.mark.parametrize(
    ("gross", "net", "tax"),
    [("113", "100.00", "13.00"), ("1000", "884.96", "115.04"), ("99.99", "88.49", "11.50"), ("0.04", "0.04", "0.00")],
)
def test_inclusive_price(gross, net, tax):
    """V1, statutory rule at 13 %."""
    answer = calculate({"calculate": "tax", "included": True, "lines": [{"amount": gross, "rate": "0.13"}]})
    assert (yuan(answer["net"]), yuan(answer["tax"])) == (net, tax)


def test_coupon_over_several_rates():
    """V3, Lago."""
    lines = [{"amount": a, "rate": r} for a, r in (("100", "0.1"), ("50", "0"), ("30", "0.2"), ("20", "0.2"))]
    answer = calculate({"calculate": "tax", "lines": lines, "coupon": "10"})
    assert [yuan(line["tax"]) for line in answer["lines"]] == ["9.50", "0.00", "5.70", "3.80"]
    assert yuan(answer["total"]) == "209.00"


@pytest.mark.parametrize(
    ("rounding", "gross", "net", "tax"),
    [
        ("line", "500.00", "420.15", "79.85"),
        ("net", "499.98", "420.15", "79.83"),
        ("gross", "500.00", "420.17", "79.83"),
    ],
)
def test_tax_rounding_modes(rounding, gross, net, tax):
    """V4, pretix: 5 × 100.00 including 19 %."""
    lines = [{"amount": "100", "rate": "0.19"}] * 5
    answer = calculate({"calculate": "tax", "included": True, "lines": lines, "rounding": rounding})
    assert (yuan(answer["total"]), yuan(answer["net"]), yuan(answer["tax"])) == (gross, net, tax)


@pytest.mark.parametrize(
    ("taxpayer", "supply", "operator", "on", "rate"),
    [
        ("general", "equipment_rent", False, "2026-12-01", "0.13"),
        ("general", "construction_equipment_rent", True, "2026-12-01", "0.09"),
        ("general", "testing", False, "2026-12-01", "0.06"),
        ("small_scale", "equipment_rent", False, "2022-12-31", "0.03"),
        ("small_scale", "equipment_rent", False, "2023-01-01", "0.01"),
        ("small_scale", "equipment_rent", False, "2028-01-01", "0.03"),
        ("simplified", "equipment_rent", False, "2026-12-01", "0.03"),
    ],
)
def test_rate_comes_from_the_table_of_the_day(taxpayer, supply, operator, on, rate):
    line = {"amount": "100", "supply": supply, "operator": operator}
    answer = calculate({"calculate": "tax", "taxpayer": taxpayer, "on": on, "lines": [line]})
    assert answer["lines"][0]["vat_rate"] == rate


TERMS = {"price": "1200", "rents": [{"count": 18, "rent": "100"}]}


def buy_outs(terms, **also):
    answer = calculate({"calculate": "rent_to_own", "terms": terms, **also})
    return [yuan(row["buy_out"]) for row in answer["schedule"]], answer


def test_statute_formula_can_rise_and_says_so_before_signing():
    """Statute-style formula on 1,200 over 18 × 100: 900.00 after three payments, 933.33 after four."""
    costs, answer = buy_outs(TERMS | {"credit": {"kind": "proportional", "window": 3}})
    assert costs[2:4] == ["900.00", "933.33"]
    rise = answer["warnings"][0]
    assert (rise["code"], rise["after"], yuan(rise["from"]), yuan(rise["to"])) == ("quote_rises", 4, "900.00", "933.33")


def test_part_of_each_rent_counts_within_window_and_cap():
    credit = {"kind": "percent", "percent": "50", "window": 6, "cap_percent": "20"}
    answer = buy_outs(TERMS | {"credit": credit}, paid=5, on="2026-12-01")[1]
    assert (yuan(answer["position"]["credit"]), yuan(answer["position"]["buy_out"])) == ("240.00", "960.00")
    assert (yuan(answer["position"]["rent_earned"]), answer["position"]["valid_until"]) == ("500.00", "2026-12-08")


def test_rents_of_a_loan_leave_what_the_loan_would_owe():
    """12 rents of the annuity of B8: after six the balance of that schedule."""
    rents = {"price": "2500", "rents": [{"count": 12, "rent": "217.75"}], "credit": {"kind": "actuarial"}}
    loan = calculate({"calculate": "annuity", "principal": "2500", "annual_rate": "0.0824", "count": 12})
    costs, _ = buy_outs(rents)
    for row, cost in zip(loan["schedule"][:11], costs, strict=False):
        assert abs(row["balance"]["amount"] - int(Decimal(cost) * 100)) <= 4


@settings(deadline=None)
@given(
    st.sampled_from(["percent", "schedule", "proportional", "actuarial", "rule_of_78"]),
    st.integers(1, 30),
    st.integers(1, 90_000),
    st.integers(0, 100),
)
def test_credit_never_exceeds_rent_earned_and_buy_out_is_never_negative(kind, count, rent_fen, percent):
    rent = Decimal(rent_fen) / 100
    whole = rent * count
    price = whole if kind in {"percent", "schedule"} else whole * 3 / 4
    terms = {
        "price": str(price.quantize(Decimal("0.01"), rounding="ROUND_DOWN")),
        "rents": [{"count": count, "rent": str(rent)}],
        "credit": {"kind": kind, "percent": str(percent), "percents": [str(percent)] * count},
    }
    answer = calculate({"calculate": "rent_to_own", "terms": terms})
    costs = [row["buy_out"]["amount"] for row in answer["schedule"]]
    assert min(costs) >= 0
    for row in answer["schedule"][:-1]:
        assert 0 <= row["credit"]["amount"] <= row["rent_earned"]["amount"]
    if kind != "proportional":
        assert costs == sorted(costs, reverse=True)


EVENTS = st.lists(
    st.tuples(st.integers(0, 30), st.decimals(0, 200, places=3)), min_size=1, max_size=12, unique_by=lambda e: e[0]
)


@settings(deadline=None)
@given(EVENTS, st.randoms(use_true_random=False), st.sampled_from(["sum", "max", "latest", "count", "unique"]))
def test_events_shuffled_and_sent_twice_cost_the_same(events, random, how):
    sent = [
        {"id": str(n), "at": f"2026-11-{1 + n % 28:02}T08:00:00+08:00", "quantity": str(q), "key": str(n % 3)}
        for n, q in events
    ]
    again = sent + random.choices(sent, k=len(sent))
    random.shuffle(again)
    first, second = (
        calculate({"calculate": "usage", "plan": usage_plan("0.067"), "usage": {"events": given_, "aggregation": how}})
        for given_ in (sent, again)
    )
    assert first == second


@settings(deadline=None)
@given(
    st.lists(st.decimals(0, 200, places=3), min_size=1, max_size=10), st.sampled_from(["flat", "graduated", "volume"])
)
def test_deltas_over_any_cut_add_up_with_their_tax(parts, model):
    tiers = [{"unit_price": "0.67"}] if model == "flat" else [{"up_to": "100", "unit_price": "3"}, {"unit_price": "2"}]
    plan = usage_plan(model=model, tiers=tiers, cap="400", vat={"rate": "0.13"})
    state, total, tax, so_far = None, 0, 0, Decimal(0)
    for part in parts:
        so_far += part
        answer = usage(so_far, plan, billed=state)
        state = answer["state"]
        total += answer["total"]["amount"]
        tax += answer["tax"]["amount"]
    whole = usage(so_far, plan)
    assert (total, tax) == (whole["total"]["amount"], whole["tax"]["amount"])


def test_level_is_weighted_by_how_long_it_held():
    events = [
        {"id": "1", "at": "2026-04-01T00:00:00+08:00", "quantity": "10"},
        {"id": "2", "at": "2026-04-16T00:00:00+08:00", "quantity": "20"},
    ]
    answer = calculate(
        {
            "calculate": "usage",
            "plan": usage_plan(),
            "usage": {"events": events, "aggregation": "time_weighted"},
            "period": {"start": "2026-04-01", "end": "2026-05-01"},
        }
    )
    assert answer["quantity_exact"] == "15"


@pytest.mark.parametrize(
    ("charging", "expected"), [("usage", "120.00"), ("reservation", "100.00"), ("overage", "20.00")]
)
def test_charging_mode_says_what_counts(charging, expected):
    given_ = {"quantity": "12", "charging": charging, "reserved": "10"}
    assert yuan(calculate({"calculate": "usage", "plan": usage_plan(), "usage": given_})["total"]) == expected


JOB = {"start": "2026-12-01T08:00:00+08:00", "end": "2026-12-01T20:00:00+08:00"}
RENT = {"calculate": "rent", "plan": {"kind": "rent", "rates": {"hour": "10", "day": "100"}}, "job": JOB}


def test_longer_job_bills_what_it_adds():
    first = calculate(RENT | {"job": JOB | {"end": "2026-12-01T11:00:00+08:00"}})
    assert yuan(first["total"]) == "30.00"
    longer = calculate(RENT | {"billed": first["state"]})
    assert amounts(longer) == [("rent_day", "100.00"), ("rent_hour", "-30.00")]


def test_customer_group_pays_less():
    plan = {"kind": "rent", "rates": {"hour": "10"}, "group_discounts": [{"code": "park", "percent": "10"}]}
    asked = RENT | {"plan": plan}
    assert yuan(calculate(asked)["total"]) == "120.00"
    assert yuan(calculate(asked | {"job": JOB | {"customer_group": "park"}})["total"]) == "108.00"


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        ([], [("", "not_an_object")]),
        ({}, [("calculate", "missing")]),
        ({"calculate": "magic"}, [("calculate", "not_a_calculation")]),
        ({"calculate": "rent"}, [("plan", "missing"), ("job", "missing")]),
        (RENT | {"plan": {"kind": "rent", "rates": {"hour": 1.5}}}, [("plan.rates.hour", "not_a_decimal")]),
        (RENT | {"plan": usage_plan()}, [("plan.kind", "unknown_word")]),
        (RENT | {"job": JOB | {"start": "2026-12-01T08:00:00"}}, [("job.start", "naive_time")]),
        (RENT | {"job": JOB | {"end": JOB["start"]}}, [("job.end", "empty_range")]),
        (RENT | {"job": JOB | {"zone": "Mars/Base"}}, [("job.zone", "not_a_zone")]),
        (RENT | {"extra": 1, "job": JOB | {"units": 0}}, [("extra", "unknown"), ("job.units", "no_units")]),
        (RENT | {"billed": {"currency": "USD"}}, [("billed.currency", "mixed_currencies")]),
        (
            {"calculate": "usage", "plan": usage_plan(minimum_commitment="2", cap="1")},
            [("plan.cap", "below_commitment")],
        ),
        ({"calculate": "usage", "plan": usage_plan(), "usage": {}}, [("usage.quantity", "one_of_two")]),
        ({"calculate": "usage", "plan": usage_plan()}, [("usage", "missing")]),
        (
            {"calculate": "rent_to_own", "terms": TERMS | {"price": "-1"}, "paid": 1},
            [("terms.price", "out_of_range")],
        ),
        ({"calculate": "rent_to_own", "terms": TERMS, "paid": 19}, [("paid", "out_of_range")]),
        ({"calculate": "tax", "lines": [{"amount": "1", "supply": "testing"}]}, [("on", "missing")]),
        (
            {"calculate": "tax", "on": "2026-01-01", "lines": [{"amount": "1", "supply": "magic"}]},
            [("supply", "unknown")],
        ),
        (
            {"calculate": "split", "amount": {"amount": 1.5, "currency": "CNY"}, "weights": ["1"]},
            [("amount", "not_money")],
        ),
    ],
)
def test_what_cannot_be_computed_names_its_fields(document, problems):
    with pytest.raises(ProblemsError) as refused:
        calculate(document)
    assert refused.value.problems == problems
    assert all(code in REFUSAL_TEXTS for _, code in refused.value.problems)


def test_command_answers_in_json_and_refuses_with_code_2(tmp_path):
    path = tmp_path / "document.json"
    path.write_text(json.dumps(RENT), "utf-8")
    done = CliRunner().invoke(billing, ["calculate", str(path), "--json"])
    assert (done.exit_code, json.loads(done.output)) == (0, calculate(RENT))
    path.write_text("{", "utf-8")
    refused = CliRunner().invoke(billing, ["calculate", str(path), "--json"])
    assert refused.exit_code == 2
    assert json.loads(refused.output)["problems"][0]["code"] == "unreadable"


def test_published_schema_is_the_one_of_the_types():
    published = json.loads((DOCS / "schemas/billing-calculate.schema.json").read_text("utf-8"))
    assert published == document_schema()
    Draft202012Validator.check_schema(published)


def test_every_calculation_has_an_example():
    assert {json.loads(path.read_text("utf-8"))["document"]["calculate"] for path in EXAMPLES} == set(CALCULATIONS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_lawful_and_gives_its_answer(path):
    example = json.loads(path.read_text("utf-8"))
    schema = document_schema()
    Draft202012Validator(schema).validate(example["document"])
    answer = calculate(example["document"])
    Draft202012Validator({"$ref": "#/$defs/Answer", "$defs": schema["$defs"]}).validate(answer)
    assert answer == example["answer"]
