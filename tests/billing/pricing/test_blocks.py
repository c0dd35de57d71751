from hypothesis import given, settings
from hypothesis import strategies as st

from billing.pricing.blocks import Block, tariff

LENGTHS = st.one_of(st.sampled_from([1, 2, 4, 8, 24, 168, 720, 672]), st.integers(1, 50))

PRICES = st.integers(0, 400)
BLOCKS = st.lists(st.builds(Block, st.text("ab", min_size=1, max_size=1), LENGTHS, PRICES), min_size=1, max_size=5)


def by_table(length: int, blocks: list[Block]) -> int:
    """The textbook recurrence: every length from 1 up, every block as the last one."""
    cost = [0]
    for covered in range(1, length + 1):
        cost.append(min(block.price + cost[max(0, covered - block.length)] for block in blocks))
    return cost[length]


@settings(deadline=None)
@given(BLOCKS, st.integers(1, 900))
def test_cheapest_is_what_the_full_table_finds(blocks, length):
    assert tariff(blocks).cheapest(length).cost == tariff(blocks).cost(length) == by_table(length, blocks)


@settings(deadline=None)
@given(BLOCKS, st.integers(1, 900))
def test_cover_is_lawful_and_adds_up(blocks, length):
    found = tariff(blocks).cheapest(length)
    assert sum(block.length * count for block, count in found.counts) >= length
    assert sum(block.price * count for block, count in found.counts) == found.cost


@settings(deadline=None)
@given(BLOCKS, st.integers(1, 400))
def test_one_of_the_wanted_blocks_is_always_among_the_counts(blocks, length):
    wanted = blocks[-1]
    found = tariff(blocks).cheapest_with_one_of([wanted], length)
    assert found is not None
    assert dict(found.counts)[wanted] >= 1
    assert found.cost == wanted.price + (by_table(length - wanted.length, blocks) if length > wanted.length else 0)


def test_greedy_would_be_dearer():
    """Nine hours by shift and hour: one shift and one hour, not two shifts, and not nine hours."""
    blocks = [Block("hour", 1, 420), Block("shift", 8, 2880)]
    assert tariff(blocks).cheapest(9).counts == ((blocks[1], 1), (blocks[0], 1))
    assert tariff(blocks).cheapest(15).counts == ((blocks[1], 2),)


def test_nothing_to_cover_costs_nothing():
    assert tariff([Block("hour", 1, 5)]).cheapest(0).cost == 0
