from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from credit.scoring.batch import Known
from credit.scoring.json_form import input_hash, to_json
from credit.scoring.selection import Why
from tests.credit.scoring.parks import (
    ANCHORS,
    FULL,
    MODEL,
    TODAY,
    event,
    full_history,
    histories,
    moved,
    rating,
    ratings,
)

DIMENSIONS = st.sampled_from(list(MODEL.roles["supplier"]))
SLOW = settings(deadline=timedelta(seconds=5), max_examples=60)


def answer(events):
    known = Known(events=list(events), parties=ANCHORS)
    return to_json(ratings(events), known, MODEL, day=TODAY)


@SLOW
@given(histories(least=1))
def test_rows_sum_to_the_score(events):
    for found in ratings(events):
        assert sum(row.points for row in found.rows) == found.score
        assert 0 <= found.low <= found.score <= found.high <= 100_000
        for part in found.dimensions:
            assert sum(row.points for row in found.rows if row.dimension == part.name) == part.points


@SLOW
@given(histories(least=2), st.randoms(use_true_random=False))
def test_arrival_order_cannot_change_a_byte(events, chance: Random):
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert answer(events) == answer(shuffled)


@SLOW
@given(histories())
def test_replay_is_byte_equal(events):
    copies = [moved(one) for one in events]
    assert input_hash(Known(events=events)) == input_hash(Known(events=copies))
    assert answer(events) == answer(copies)


@SLOW
@given(histories(least=1), DIMENSIONS, st.sampled_from([5_000, 100_000, FULL]), st.integers(0, 20))
def test_a_new_good_event_never_lowers_a_score(events, dimension, amount, ago):
    newest = max(one.day for one in events)
    good = event(
        id="z",
        dimension=dimension,
        amount=amount,
        counterparty="anchor20",
        day=min(TODAY, newest + ago),
        order="order:z",
    )
    assert rating([*events, good]).score >= rating(events).score


@SLOW
@given(histories(least=1), DIMENSIONS, st.sampled_from([5_000, 100_000, FULL]), st.integers(0, 800))
def test_an_upheld_fault_never_raises_a_score(events, dimension, amount, ago):
    fault = event(
        id="z",
        dimension=dimension,
        amount=amount,
        x=0,
        state="upheld",
        counterparty="stranger",
        day=TODAY - ago,
        order="order:z",
    )
    assert rating([*events, fault]).score <= rating(events).score


@SLOW
@given(histories(least=1), st.integers(0, 5))
def test_fifty_fresh_sybils_move_nobody_by_more_than_a_point(events, seed):
    chance = Random(seed)
    before = rating(events).score
    for x in (0, 1_000_000):
        attack = [
            event(
                id=f"s{n}-{name}",
                dimension=name,
                x=x,
                counterparty=f"sybil{n}",
                order=f"order:s{n}",
                day=TODAY - chance.randrange(60),
            )
            for n in range(50)
            for name in MODEL.roles["supplier"]
        ]
        among = [
            event(id=f"r{n}", party=f"sybil{n}", counterparty=f"sybil{(n * 7 + 1) % 50}", order=f"order:r{n}")
            for n in range(50)
        ]
        assert abs(rating([*events, *attack, *among]).score - before) <= 1000


def insiders(x, *, days_apart=0, count=20, state="final"):
    return [
        event(
            id=f"i{n:02}-{name}",
            dimension=name,
            x=x,
            counterparty=f"anchor{n + 10}",
            order=f"order:i{n}",
            day=TODAY - n * days_apart,
            state=state,
        )
        for n in range(count)
        for name in MODEL.roles["supplier"]
    ]


@SLOW
@given(histories(least=1))
def test_twenty_established_insiders_at_once_lift_nobody_by_more_than_ten_points(events):
    assert rating([*events, *insiders(1_000_000)]).score - rating(events).score <= 10_000


def test_twenty_insiders_who_complain_move_nobody_until_upheld():
    history = full_history()
    complaints = [one for one in insiders(0, state="contested") if one.dimension == "disputes"]
    assert rating([*history, *complaints]).score == rating(history).score


def test_dripped_insiders_open_an_alarm():
    history = full_history(day=TODAY - 400)
    dripped = rating([*history, *insiders(1_000_000, days_apart=9)])
    assert {alarm.kind for alarm in dripped.alarms} == {"newcomers"}
    faulted = rating([*history, *insiders(0, days_apart=9)])
    assert "faults" in {alarm.kind for alarm in faulted.alarms}
    assert not rating(history).alarms


def test_strangers_weigh_nothing():
    found = rating([event(counterparty="stranger"), event(id="f", counterparty="stranger", x=0)])
    assert found.score == 75_000
    assert [row.why for row in found.rows if row.kind == "event"] == [Why.STRANGER, Why.STRANGER]


def test_nobody_counts_inside_a_group_not_even_upheld():
    inside = event(counterparty_group="firm"), event(id="f", counterparty_group="firm", x=0, state="upheld")
    found = rating(inside)
    assert found.score == 75_000
    assert {row.why for row in found.rows if row.kind == "event"} == {Why.SAME_GROUP}


def test_praise_never_crosses_a_gate():
    fraud = event(id="f", dimension="disputes", x=0, severity="fraud", state="upheld", decided_day=TODAY - 10)
    history = full_history(good=10, day=TODAY - 300)
    assert rating(history).grade in "AB"
    assert rating([*history, fraud, *insiders(1_000_000)]).grade == "D"
