"""The cheapest way to cover a length of time with blocks of fixed length and price (best rate 最省组合)."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Tariff:
    """Blocks sorted for an exact answer without a table.

    `chain`: longest first, each length divides the next longer one. `loose`: the others, tried at every count
    (a month of 30 days beside weeks). A block that shorter ones cover for less is in neither.
    """

    chain: tuple[Block, ...]
    loose: tuple[Block, ...]

    @property
    def empty(self) -> bool:
        return not self.chain

    def cheapest(self, length: int) -> Cover:
        """The lawful combination (together at least `length`) with the lowest price; at equal price the longest blocks."""
        if length <= 0:
            return NOTHING
        return _cheapest(length, self.chain, self.loose)

    def cheapest_with_one_of(self, firsts: Sequence[Block], length: int) -> Cover | None:
        """The cheapest combination that holds at least one of `firsts`; None without any."""
        best: Cover | None = None
        for first in firsts:
            rest = self.cheapest(length - first.length)
            if best is None or first.price + rest.cost < best.cost:
                best = Cover(first.price + rest.cost, _with_one_more(rest.counts, first))
        return best


def tariff(blocks: Sequence[Block]) -> Tariff:
    """Drop what is never worth taking and sort the rest, so that `cheapest` needs no table."""
    chain: list[Block] = []
    loose: list[Block] = []
    for block in sorted(blocks, key=lambda block: block.length):
        if chain and _cheapest(block.length, tuple(reversed(chain)), tuple(loose)).cost < block.price:
            continue
        if not chain or block.length % chain[-1].length == 0:
            chain.append(block)
        else:
            loose.append(block)
    return Tariff(tuple(reversed(chain)), tuple(reversed(loose)))


def _cheapest(length: int, chain: tuple[Block, ...], loose: tuple[Block, ...]) -> Cover:
    if not loose:
        return _along_chain(length, chain)
    block, others = loose[0], loose[1:]
    best = _cheapest(length, chain, others)
    for count in range(1, -(-length // block.length) + 1):
        left = length - count * block.length
        rest = _cheapest(left, chain, others) if left > 0 else NOTHING
        cost = count * block.price + rest.cost
        if cost <= best.cost:
            best = Cover(cost, ((block, count), *rest.counts))
    return best


def _along_chain(length: int, chain: tuple[Block, ...]) -> Cover:
    """As many of each block as fit, and one more of the block where stopping is cheapest.

    Exact because lengths divide one another and no block is dearer than the shorter ones that would replace it:
    shorter blocks that together reach a longer one always contain a part of exactly its length.
    """
    best_cost, best_level = -1, 0
    spent, left = 0, length
    for level, block in enumerate(chain):
        whole, rest = divmod(left, block.length)
        cost = spent + (whole + (rest > 0)) * block.price
        if best_cost < 0 or cost < best_cost:
            best_cost, best_level = cost, level
        if not rest:
            break
        spent += whole * block.price
        left = rest
    return Cover(best_cost, _counts(length, chain[: best_level + 1]))


def _counts(length: int, chain: tuple[Block, ...]) -> Counts:
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
