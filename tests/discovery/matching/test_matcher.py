"""The pure matcher: hard conditions, the sum of named parts, and the same answer from both sides."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.demands.constraints import Limit
from marketplace.demands.models import BudgetPer
from marketplace.discovery.matching.finding import types_served, types_serving
from marketplace.discovery.matching.matcher import CURRENT, Circumstances, Offered, Wanted, match, may_meet
from marketplace.listings.catalogue import load_catalogue
from search.documents import Place

HERE, NEXT_DOOR = Place(31.2, 120.6), Place(31.21, 120.6)
WANTED = Wanted(demand_id=1, park_id=1, demander_id=10, type_code="vertical_machining_centre")
OFFERED = Offered(
    listing_id=2,
    park_id=1,
    supplier_id=20,
    lineage=("vertical_machining_centre", "machining_centre"),
    attributes={"travel_z": {"number": 480_000}, "temperature_range": {"min": -70, "max": 150}},
)
NOTHING = Circumstances()


def misses(wanted=WANTED, offered=OFFERED, circumstances=NOTHING):
    return [one.kind for one in match(wanted, offered, circumstances).misses]


@pytest.mark.parametrize(
    ("limit", "missed"),
    [
        (Limit("travel_z", ">=", 480_000), []),
        (Limit("travel_z", ">=", 500_000), ["attribute"]),
        (Limit("travel_z", "<=", 480_000), []),
        (Limit("travel_z", "<=", 479_999), ["attribute"]),
        (Limit("travel_z", "=", 480_000), []),
        (Limit("travel_z", "=", 1), ["attribute"]),
        (Limit("temperature_range", "<=", -60), []),
        (Limit("temperature_range", "<=", -80), ["attribute"]),
        (Limit("temperature_range", ">=", 150), []),
        (Limit("temperature_range", ">=", 151), ["attribute"]),
        (Limit("temperature_range", "=", 20), []),
        (Limit("travel_x", ">=", 1), ["unstated"]),
    ],
)
def test_figures_are_compared_on_the_right_end(limit, missed):
    assert misses(replace(WANTED, limits=(limit,))) == missed


@pytest.mark.parametrize(
    ("value", "met"),
    [({"word": "a"}, True), ({"words": ["x", "b"]}, True), ({"word": "x"}, False), ({"bool": True}, False)],
)
def test_one_of_the_words_suffices(value, met):
    offered = replace(OFFERED, attributes={"material": value})
    assert match(replace(WANTED, limits=(Limit("material", "in", ("a", "b")),)), offered, NOTHING).is_fit is met


def test_certificates_are_all_wanted():
    wanted = replace(
        WANTED, limits=(Limit("certificates", "in", ("iso9001",)), Limit("certificates", "in", ("as9100",)))
    )
    assert misses(wanted, replace(OFFERED, certificates=frozenset({"iso9001"}))) == ["attribute"]


@pytest.mark.parametrize(
    ("change", "circumstances", "missed"),
    [
        ({"units": 2}, NOTHING, ["units"]),
        ({}, Circumstances(is_free=False), ["window"]),
        ({"zone": "north"}, NOTHING, ["zone"]),
        ({"centre": HERE, "radius_metres": 1_000}, NOTHING, ["distance"]),
        ({"budget": 99_99}, Circumstances(price=100_00), ["budget"]),
        ({"budget": 100_00}, Circumstances(price=100_00), []),
        ({"budget": 1}, Circumstances(price=None), []),
        ({"budget": 50_00, "budget_per": BudgetPer.HOUR}, Circumstances(price=100_00, priced_minutes=120), []),
        ({"budget": 50_00, "budget_per": BudgetPer.DAY}, Circumstances(price=100_00, priced_minutes=1441), []),
    ],
)
def test_each_hard_condition_is_named(change, circumstances, missed):
    assert misses(replace(WANTED, **change), replace(OFFERED, place=NEXT_DOOR), circumstances) == missed


@pytest.mark.parametrize(
    "change",
    [
        {"park_id": 2},
        {"demander_id": 20},
        {"type_code": "injection_moulding_machine"},
        {"only_firms": frozenset({21})},
        {"only_listing": 3},
    ],
)
def test_some_pairs_never_meet(change):
    assert match(replace(WANTED, **change), OFFERED, NOTHING) is None


def test_score_is_the_sum_of_its_parts_and_never_above_them():
    wanted = replace(WANTED, limits=(Limit("travel_z", ">=", 400_000),), words=frozenset({"钛"}), centre=HERE)
    found = match(wanted, replace(OFFERED, place=HERE), Circumstances(is_free=True, free_minutes=9000, price=1))
    assert found.score == sum(part.points for part in found.parts)
    assert [part.name for part in found.parts] == ["text", "headroom", "price", "distance", "free"]
    assert all(0 <= part.points <= part.most for part in found.parts)


def test_a_little_to_spare_beats_none_and_beats_waste():
    def headroom(travel):
        offered = replace(OFFERED, attributes={"travel_z": {"number": travel}})
        return match(replace(WANTED, limits=(Limit("travel_z", ">=", 100),)), offered, NOTHING).parts[1].points

    assert headroom(130) > headroom(100)
    assert headroom(130) > headroom(400)


TYPES = sorted(load_catalogue().types)
FIGURES = st.integers(-5, 5)
KEYS = st.sampled_from(["a", "b", "c"])
VALUES = st.one_of(
    st.builds(lambda n: {"number": n}, FIGURES),
    st.builds(lambda low, high: {"min": min(low, high), "max": max(low, high)}, FIGURES, FIGURES),
    st.builds(lambda word: {"word": word}, KEYS),
    st.builds(lambda yes: {"bool": yes}, st.booleans()),
)
LIMITS = st.one_of(
    st.builds(Limit, KEYS, st.sampled_from([">=", "<=", "="]), FIGURES),
    st.builds(lambda key, words: Limit(key, "in", tuple(words)), KEYS, st.sets(KEYS, min_size=1)),
)
DEMANDS = st.builds(
    Wanted,
    demand_id=st.integers(1, 9),
    park_id=st.integers(1, 2),
    demander_id=st.integers(1, 3),
    type_code=st.one_of(st.none(), st.sampled_from(TYPES)),
    limits=st.lists(LIMITS, max_size=3).map(tuple),
    only_firms=st.one_of(st.none(), st.frozensets(st.integers(1, 3))),
    units=st.integers(1, 3),
    budget=st.one_of(st.none(), st.integers(1, 100)),
)


@st.composite
def listings(draw):
    code = draw(st.sampled_from(TYPES))
    return Offered(
        listing_id=draw(st.integers(1, 99)),
        park_id=draw(st.integers(1, 2)),
        supplier_id=draw(st.integers(1, 3)),
        lineage=(code, *(one.code for one in load_catalogue().ancestors(code))),
        attributes=draw(st.dictionaries(KEYS, VALUES)),
        pieces=draw(st.integers(1, 3)),
    )


@given(st.lists(DEMANDS, max_size=6), st.lists(listings(), max_size=6), st.integers(0, 100))
def test_both_directions_agree_on_every_pair(demands, machines, price):
    """A demand narrows listings by finer types, a listing narrows demands by broader ones: the same pairs fit."""
    facts = Circumstances(price=price)

    def fits(wanted, offered):
        found = match(wanted, offered, facts)
        return found is not None and found.is_fit

    from_demands = {
        (n, m)
        for n, wanted in enumerate(demands)
        for m, offered in enumerate(machines)
        if wanted.type_code is None or offered.lineage[0] in types_serving(wanted.type_code)
        if fits(wanted, offered)
    }
    from_listings = {
        (n, m)
        for m, offered in enumerate(machines)
        for n, wanted in enumerate(demands)
        if wanted.type_code is None or wanted.type_code in types_served(offered.lineage[0])
        if fits(wanted, offered)
    }
    everything = {(n, m) for n, wanted in enumerate(demands) for m, one in enumerate(machines) if fits(wanted, one)}
    assert from_demands == from_listings == everything


@given(DEMANDS, listings())
def test_whoever_never_meets_has_no_match(wanted, offered):
    assert (match(wanted, offered, NOTHING) is None) is not may_meet(wanted, offered)


def test_weights_have_a_version():
    assert CURRENT.version == "1"
    assert sum((CURRENT.text, CURRENT.headroom, CURRENT.price, CURRENT.distance, CURRENT.free)) == 100
