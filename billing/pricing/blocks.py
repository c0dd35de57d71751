"""The cheapest way to cover a length of time with blocks of fixed length and price (best rate 最省组合)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import NamedTuple


class Block(NamedTuple):
    """`length` and `price` in any whole units, the same for all blocks of a tariff; both positive or price zero."""

    code: str
    length: int
    price: int


Counts = tuple[tuple[Block, int], ...]


class Cover(NamedTuple):
    """What it costs, and how often each block is taken (zero counts left out, longest first)."""

    cost: int
    counts: Counts


NOTHING = Cover(0, ())


class Loose(NamedTuple):
    """A block whose length does not fit the chain, and how often it can be worth taking.

    `most`: that many and no more, because one more could be swapped for chain blocks at no higher price.
    `reach`: where there is no `most`, the length that chain blocks cover at most beside it; the rest is its own.
    """

    block: Block
    most: int | None
    reach: int


@dataclass(frozen=True, slots=True)
class Tariff:
    """Blocks sorted for an exact answer without a table.

    `chain`: longest first, each length divides the next longer one. `loose`: the others, tried at every count
    (a month of 30 days beside weeks). A block that shorter ones cover for less is in neither.
    """

    chain: tuple[Block, ...]
    loose: tuple[Loose, ...]

    @property
    def empty(self) -> bool:
        return not self.chain

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Every block that is ever worth taking."""
        return (*self.chain, *(loose.block for loose in self.loose))

    def cheapest(self, length: int) -> Cover:
        """The lawful combination (together at least `length`) with the lowest price; at equal price the longest blocks."""
        if length <= 0:
            return NOTHING
        return Cover(self.cost(length), self.counts(length))

    def counts(self, length: int) -> Counts:
        """What `cheapest` takes."""
        return _counts(length, self.chain, self.loose)

    def cost(self, length: int) -> int:
        """What `cheapest` costs, quicker."""
        return _cost(length, self.chain, self.loose) if length > 0 else 0

    def cheapest_with_one_of(self, firsts: Sequence[Block], length: int) -> Cover | None:
        """The cheapest combination that holds at least one of `firsts`; None without any."""
        best: Cover | None = None
        for first in firsts:
            left = length - first.length
            cost = first.price + self.cost(left)
            if best is None or cost < best.cost:
                best = Cover(cost, _with_one_more(self.cheapest(left).counts, first))
        return best


def tariff(blocks: Sequence[Block]) -> Tariff:
    """Drop what is never worth taking and sort the rest, so that `cheapest` needs no table."""
    chain: list[Block] = []
    loose: list[Block] = []
    for block in sorted(blocks, key=lambda block: block.length):
        untried = tuple(Loose(earlier, None, block.length) for earlier in loose)
        if chain and _cost(block.length, tuple(reversed(chain)), untried) < block.price:
            continue
        if not chain or block.length % chain[-1].length == 0:
            chain.append(block)
        else:
            loose.append(block)
    return Tariff(tuple(reversed(chain)), tuple(_limited(block, chain) for block in reversed(loose)))


def _limited(block: Block, chain: Sequence[Block]) -> Loose:
    """Compare equal lengths of the block and of each chain block: the dearer of two is never taken that often."""
    mosts: list[int] = []
    reach = 0
    for other in chain:
        common = lcm(block.length, other.length)
        taken, swapped = common // block.length, common // other.length
        if taken * block.price >= swapped * other.price:
            mosts.append(taken - 1)
        reach += common - other.length
    return Loose(block, min(mosts, default=None), reach)


def _cost(length: int, chain: tuple[Block, ...], loose: tuple[Loose, ...]) -> int:
    return _loose_count(length, chain, loose)[0] if loose else _stop(length, chain)[0]


def _counts(length: int, chain: tuple[Block, ...], loose: tuple[Loose, ...]) -> Counts:
    if length <= 0:
        return ()
    if not loose:
        return _chain_counts(length, chain[: _stop(length, chain)[1] + 1])
    block = loose[0].block
    count = _loose_count(length, chain, loose)[1]
    rest = _counts(length - count * block.length, chain, loose[1:])
    return ((block, count), *rest) if count else rest


def _loose_count(length: int, chain: tuple[Block, ...], loose: tuple[Loose, ...]) -> tuple[int, int]:
    """The cheapest cost, and how many of the first loose block it takes; at equal cost the most."""
    (block, most, reach), others = loose[0], loose[1:]
    enough = -(-length // block.length)
    highest = enough if most is None else min(most, enough)
    lowest = max(0, -((reach - length) // block.length)) if most is None and not others else 0
    best_cost, best_count = -1, 0
    for count in range(min(lowest, highest), highest + 1):
        left = length - count * block.length
        cost = count * block.price + (_cost(left, chain, others) if left > 0 else 0)
        if best_cost < 0 or cost <= best_cost:
            best_cost, best_count = cost, count
    return best_cost, best_count


def _stop(length: int, chain: tuple[Block, ...]) -> tuple[int, int]:
    """As many of each block as fit, and one more of the block where stopping is cheapest: the cost and that level.

    Exact because lengths divide one another and no block is dearer than the shorter ones that would replace it:
    shorter blocks that together reach a longer one always contain a part of exactly its length.
    """
    best_cost, best_level = -1, 0
    spent, left = 0, length
    for level, (_, block_length, price) in enumerate(chain):
        whole, rest = divmod(left, block_length)
        spent += whole * price
        cost = spent + price if rest else spent
        if best_cost < 0 or cost < best_cost:
            best_cost, best_level = cost, level
        if not rest:
            break
        left = rest
    return best_cost, best_level


def _chain_counts(length: int, chain: tuple[Block, ...]) -> Counts:
    counts: list[tuple[Block, int]] = []
    left = length
    for block in chain[:-1]:
        whole, left = divmod(left, block.length)
        if whole:
            counts.append((block, whole))
    last = -(-left // chain[-1].length)
    if last:
        counts.append((chain[-1], last))
    return tuple(counts)


def _with_one_more(counts: Counts, block: Block) -> Counts:
    taken = dict(counts)
    taken[block] = taken.get(block, 0) + 1
    return tuple(sorted(taken.items(), key=lambda item: -item[0].length))
