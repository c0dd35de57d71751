import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from credit.scoring.alarms import binomial_tail
from credit.scoring.events import Party, PublicRecord
from credit.scoring.grades import Gate, PublicGrade, publish
from credit.scoring.model import ModelError, read_model
from credit.scoring.selection import Why
from credit.scoring.weights import months_later, size_of
from marketplace.app.credit_commands import credit
from tests.credit.scoring.parks import ANCHORS, MODEL, TODAY, event, full_history, rating, ratings

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


def reasons(found):
    return [row.why for row in found.rows if row.kind == "event"]


@pytest.mark.parametrize(
    ("fen", "size"), [(100_000, 0.347131), (1_000_000, 0.668107), (9_990_000, 1.0), (0, 0), (None, 1)]
)
def test_size_grows_with_the_logarithm_of_the_amount(fen, size):
    assert size_of(fen) == round(size * 1_000_000)


def test_one_good_event_owns_what_the_formula_says():
    found = rating([event()])
    # D = 1 x 0.08 / (1 + 5); P = 35 x D x 0.25 / 0.08 = 1.458333
    assert found.score == 75_000 + 1_458
    assert found.dimensions[0].deviation == pytest.approx(0.08 / 6)


def test_one_bad_event_costs_more_than_a_good_one_gains():
    # D = -0.92 / 6; P = 35 x D x 0.75 / 0.92 = -4.375
    assert rating([event(x=0)]).score == 75_000 - 4_375


def test_an_event_fades_only_when_time_passed_and_newer_evidence_came():
    old = event(id="a", day=TODAY - 365, x=0)
    assert rating([old]).score == 75_000 - 4_375
    fresh = [event(id=f"b{n}", counterparty=f"anchor{n}", day=TODAY - 300 + n * 31) for n in range(5)]
    faded = next(row for row in rating([old, *fresh]).rows if row.id == "a")
    assert faded.memory / 10**12 == pytest.approx(0.87**5)
    same_day = [event(id=f"b{n}", counterparty=f"anchor{n}") for n in range(3)]
    untouched = next(row for row in rating([event(id="a", x=0), *same_day]).rows if row.id == "a")
    assert untouched.memory == 10**12


def test_praise_from_one_group_counts_four_times_in_ninety_days_the_earliest_first():
    praise = [event(id=f"p{n}", day=TODAY - 100 + n * 10) for n in range(10)]
    assert reasons(rating(praise)) == [*[Why.COUNTED] * 4, *[Why.GROUP_CAP] * 5, Why.COUNTED]


def test_praise_from_groups_only_just_met_counts_three_times_in_thirty_days():
    praise = [event(id=f"p{n}", counterparty=f"anchor{n}", day=TODAY - 20 + n) for n in range(5)]
    assert reasons(rating(praise)) == [Why.COUNTED] * 3 + [Why.NEWCOMER_CAP] * 2


def test_of_several_faults_in_one_order_the_worst_counts():
    faults = [event(id="a", x=500_000, order="o"), event(id="b", x=0, order="o"), event(id="c", x=0, order="o2")]
    assert reasons(rating(faults)) == [Why.SAME_ORDER, Why.COUNTED, Why.COUNTED]


def test_paid_final_orders_with_established_groups_establish_a_firm_and_then_its_partners():
    trades = [event(id=f"t{n}", party="new", counterparty=f"anchor{n}", day=TODAY - 9) for n in range(3)]
    praised = event(id="p", counterparty="new")
    assert rating([praised, *trades]).score > 75_000
    assert rating([praised, *trades[:2]]).score == 75_000
    unpaid = [event(id=f"t{n}", party="new", counterparty=f"anchor{n}", paid=False) for n in range(3)]
    assert rating([praised, *unpaid]).score == 75_000


def test_states_and_days_decide_what_counts():
    events = [
        event(id="a", state="provisional", final_day=TODAY + 1),
        event(id="b", state="provisional", final_day=TODAY),
        event(id="c", state="contested", final_day=TODAY - 1, counterparty="anchor1"),
        event(id="d", state="contested", final_day=TODAY - 1, held_out=True),
        event(id="e", state="repaired"),
        event(id="f", superseded=True),
        event(id="g", day=TODAY + 1),
    ]
    assert reasons(rating(events)) == [
        Why.PROVISIONAL,
        Why.COUNTED,
        Why.COUNTED,
        Why.HELD_OUT,
        Why.ENDED,
        Why.SUPERSEDED,
        Why.LATER,
    ]


def test_a_firm_is_unrated_until_enough_groups_spoke():
    assert rating(full_history(good=2)).grade == "U"
    assert rating(full_history(good=3)).grade == "B"


def test_the_best_grade_asks_for_time_breadth_and_certainty():
    found = rating(full_history(good=10, day=TODAY - 300))
    assert found.score >= 85_000
    assert found.earned == ("B" if found.unmet else "A")
    young = rating(full_history(good=4, day=TODAY - 120))
    assert {"months", "groups"} <= {unmet.condition for unmet in young.unmet}


def test_a_firm_without_news_for_two_years_is_unrated_again():
    old = full_history(good=6, day=TODAY - 1000)
    found = rating(old)
    assert found.is_stale
    assert found.grade == "U"


def record(kind, **facts):
    given = {"id": "r", "party": "firm", "record_class": kind, "published_from": TODAY - 30}
    return PublicRecord(**(given | facts))


def test_gates_hold_the_grade_until_their_day():
    history = full_history(good=6)
    penalty = record("general_penalty", min_until=TODAY + 1, max_until=TODAY + 200)
    assert rating(history, records=[penalty]).gates == (Gate("general_penalty_in_minimum_period", "r", "B", TODAY + 1),)
    assert not rating(history, records=[penalty], day=TODAY + 1).gates
    assert rating(history, records=[record("serious_dishonesty", max_until=TODAY + 1)]).grade == "D"
    assert rating(history, records=[record("enforcement_debtor")]).grade == "D"
    assert rating(history, records=[record("enforcement_debtor", max_until=TODAY)]).grade in "AB"
    assert rating(history, records=[record("public_D")]).grade == "C"
    assert rating(history, records=[record("public_D", repaired=True)]).grade in "AB"


def test_a_firm_known_from_a_public_record_alone_is_gated():
    found = ratings([], records=[record("serious_dishonesty")])
    assert [(row.role, row.grade) for row in found] == [("supplier", "D"), ("demander", "D")]


def test_commendations_add_at_most_five_points():
    praised = [record("commendation", id=f"c{n}", points=3000) for n in range(4)]
    found = rating([event()], records=praised)
    assert [row.points for row in found.rows if row.kind == "public"] == [3000, 2000, 0, 0]


def test_a_cap_row_closes_what_lies_beyond_a_hundred():
    history = full_history(good=25, day=TODAY - 780)
    found = rating(history, records=[record("commendation", points=5000)])
    assert sum(row.points for row in found.rows) == found.score <= 100_000


def test_the_public_grade_climbs_one_step_a_quarter_and_falls_at_once():
    grades, gate = MODEL.grades, Gate("public_D", "r", "C", None)
    first = publish(None, "C", [], grades, day=0)
    assert first == PublicGrade("C", "C", None)
    second = publish(first, "A", [], grades, day=31)
    assert second == PublicGrade("B", "B", 31)
    assert publish(second, "A", [], grades, day=121) == second
    assert publish(second, "A", [], grades, day=122).grade == "A"
    assert publish(second, "D", [], grades, day=40).grade == "D"
    assert publish(second, "A", [gate], grades, day=50).grade == "C"


def test_a_held_grade_is_kept_within_two_points_of_its_cut():
    history = [event(id=f"f{n}", x=0, counterparty=f"anchor{n}", day=TODAY - n) for n in range(5)]
    score = rating(history).score
    assert 55_000 <= score < 70_000
    held = {"firm": Party(id="firm", public_grade={"supplier": "B"})}
    close = [event(id=f"f{n}", x=350_000, counterparty=f"anchor{n}", day=TODAY - n) for n in range(3)]
    close += [event(id=f"q{n}", x=500_000, dimension="quality", counterparty=f"anchor{n}") for n in range(3)]
    found = rating(close, parties=ANCHORS | held)
    assert found.earned == ("C" if found.score < 70_000 else "B")
    assert found.public.grade == ("B" if found.score >= 68_000 else "C")


def test_the_tail_of_a_binomial_is_exact():
    assert float(binomial_tail(3, 3, 80_000)) == pytest.approx(0.08**3)
    assert float(binomial_tail(10, 1, 500_000)) == pytest.approx(1 - 0.5**10)
    assert 0 <= binomial_tail(5000, 900, 80_000) < 1e-30


def test_three_faults_in_a_month_raise_the_alarm_even_before_they_are_final():
    faults = [event(id=f"f{n}", x=0, state="provisional", final_day=TODAY + 5, day=TODAY - n) for n in range(3)]
    found = rating(faults)
    assert found.score == 75_000
    assert [(alarm.dimension, alarm.seen) for alarm in found.alarms] == [("handover", 3)]
    assert not rating(faults[:2]).alarms
    assert not rating([*faults[:2], event(id="d", x=0, state="dismissed")]).alarms


def test_months_end_where_the_calendar_has_no_such_day():
    assert months_later(date(2024, 8, 31).toordinal(), 6) == date(2025, 2, 28).toordinal()


def test_a_model_that_does_not_add_up_is_refused():
    with pytest.raises(ModelError):
        read_model(b"version = 'x'")


def score(text, *options):
    return CliRunner().invoke(credit, ["score", "-", "--as-of", "2026-11-28", *options], input=text)


def test_the_published_example_is_what_the_command_answers():
    events = (SCHEMAS / "credit-events.example.jsonl").read_text()
    shown = json.loads(score(events, "--json").output)
    assert shown == json.loads((SCHEMAS / "credit-ratings.example.json").read_text())
    Draft202012Validator(json.loads((SCHEMAS / "credit-ratings.schema.json").read_text())).validate(shown)
    checker = Draft202012Validator(json.loads((SCHEMAS / "credit-events.schema.json").read_text()))
    for line in events.splitlines():
        checker.validate(json.loads(line))
    assert "haiming" in score(events).output


GOOD_LINE = {"id": "e", "party": "p", "role": "supplier", "dimension": "handover", "x": 1, "occurred": "2026-01-01"}


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"x": float("nan")}, "x", "not_a_number"),
        ({"x": float("inf")}, "x", "not_a_number"),
        ({"x": 1.01}, "x", "out_of_range"),
        ({"x": True}, "x", "not_a_number"),
        ({"x": "a"}, "x", "not_a_number"),
        ({"amount": -1}, "amount", "out_of_range"),
        ({"occurred": "2026-02-30"}, "occurred", "bad_date"),
        ({"occurred": 20260230}, "occurred", "bad_date"),
        ({"occurred": "0001-01-01"}, "occurred", "bad_date"),
        ({"final_at": "soon"}, "final_at", "bad_date"),
        ({"role": "owner"}, "role", "unknown_value"),
        ({"dimension": "payment"}, "dimension", "unknown_value"),
        ({"state": ["final"]}, "state", "unknown_value"),
        ({"stars": 5}, "stars", "unknown_field"),
        ({"party": ""}, "party", "bad_text"),
        ({"party": None}, "party", "missing"),
        ({"paid": 1}, "paid", "bad_flag"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_field(change, field, code):
    shown = score("\n" + json.dumps(GOOD_LINE | change), "--json")
    assert shown.exit_code == 2
    assert [(row["line"], row["field"], row["code"]) for row in json.loads(shown.output)["errors"]] == [
        (2, field, code)
    ]


@pytest.mark.parametrize("line", ["[1]", "{", '{"id": "a", "id": "b"}', "[" * 10_000])
def test_a_line_that_is_no_object_is_refused(line):
    shown = score(line)
    assert shown.exit_code == 2
    assert "line 1" in shown.output


def test_the_same_id_twice_is_refused():
    line = json.dumps(GOOD_LINE)
    assert score(f"{line}\n{line}").exit_code == 2
