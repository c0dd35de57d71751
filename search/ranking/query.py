"""A typed line as weighted groups: one group for each stretch of writing, with the other words that would do.

A group is one idea (`数控车床`, `VF-2SS`); its alternatives are the typed words first, then synonyms and repaired
spellings, each counting less. The best alternative of a group counts, so bilingual documents do not count twice.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from search.ranking.function_words import MARKET, han_function_share, is_function_word
from search.ranking.weights import CURRENT, RankingWeights
from search.text.kinds import Kind
from search.text.tokens import Token, tokenise

_PROOF_KINDS = frozenset({Kind.PAIR, Kind.WORD, Kind.NUMBER, Kind.CODE})
_SHARE_OF_PAIRS = 0.6  # of a long run of Chinese characters, so that 数控车床加工 also finds 数控车床 … 加工


@dataclass(frozen=True, slots=True)
class Term:
    """A token with its weight, before rarity."""

    token: str
    weight: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to say a group: terms that score, and `proof`, of which `needed` must stand in a matching document.

    `share` is the most it may score, of what the typed words may.
    """

    written: str
    share: float
    terms: tuple[Term, ...]
    proof: tuple[str, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class Group:
    """One idea of the query with its span in the typed text; `content` is false for words of grammar."""

    start: int
    end: int
    alternatives: tuple[Alternative, ...]
    content: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """Groups in typed order; a document matches when it proves `needed_groups` of those with content."""

    text: str
    groups: tuple[Group, ...]
    needed_groups: int

    def anything(self) -> "Query":
        """The same words, of which any one that carries content is enough, or a pair of characters of one."""
        groups = tuple(
            replace(group, alternatives=tuple(replace(each, needed=min(1, each.needed)) for each in group.alternatives))
            for group in self.groups
        )
        return replace(self, groups=groups, needed_groups=min(1, self.needed_groups))

    def terms(self) -> Iterator[Term]:
        """Every term of every alternative."""
        for group in self.groups:
            for alternative in group.alternatives:
                yield from alternative.terms

    def proving_groups(self) -> list[Group]:
        return [group for group in self.groups if group.content and any(each.proof for each in group.alternatives)]


@dataclass(frozen=True, slots=True)
class Expansion:
    """Other words for what stands between `start` and `end` of the typed text, counting `weight` (0 to 1) of it."""

    start: int
    end: int
    words: str
    weight: float


def build_query(
    text: str, expansions: Sequence[Expansion] = (), *, weights: RankingWeights = CURRENT, any_word: bool = False
) -> Query:
    """Read a typed line into groups; with `any_word` one shared word makes a match, else most groups must be there."""
    stretches = [piece for stretch in _stretches(tokenise(text)) for piece in _cut(stretch, expansions)]
    merged = _merge(stretches, expansions)
    groups = tuple(_group(text, stretch, expansions, weights) for stretch in merged)
    proving = sum(1 for group in groups if group.content and group.alternatives[0].proof)
    return Query(text, groups, 0 if any_word else proving - proving // 3)


@dataclass(slots=True)
class _Stretch:
    start: int
    end: int
    tokens: list[Token]


def _stretches(tokens: Iterable[Token]) -> Iterator[_Stretch]:
    """Tokens gathered by the stretch of text they read; a code written apart belongs to its second half."""
    current: _Stretch | None = None
    for token in tokens:
        if current and (token.start < current.end or token.start < current.start):
            current.tokens.append(token)
            if token.start >= current.start:
                current.end = max(current.end, token.end)
            continue
        if current:
            yield current
        current = _Stretch(token.start, token.end, [token])
    if current:
        yield current


def _cut(stretch: _Stretch, expansions: Sequence[Expansion]) -> list[_Stretch]:
    """A run of Chinese falls apart where a part of it has other words (数控车床出租: 数控车床, 出租)."""
    inner = [each for each in expansions if stretch.start <= each.start and each.end <= stretch.end]
    if not inner or any((each.start, each.end) == (stretch.start, stretch.end) for each in inner):
        return [stretch]
    points = sorted({stretch.start, stretch.end, *(each.start for each in inner), *(each.end for each in inner)})
    crossing = [token for token in stretch.tokens for at in points if token.start < at < token.end]
    if any(token.kind not in {Kind.PAIR, Kind.JOINED} for token in crossing):
        return [stretch]
    return [
        _Stretch(start, end, [token for token in stretch.tokens if start <= token.start < end])
        for start, end in pairwise(points)
    ]


def _merge(stretches: list[_Stretch], expansions: Sequence[Expansion]) -> list[_Stretch]:
    """Stretches that one expansion covers together become one idea (`injection moulding machine`)."""
    merged: list[_Stretch] = []
    for stretch in stretches:
        last = merged[-1] if merged else None
        together = last is not None and any(each.start <= last.start and stretch.end <= each.end for each in expansions)
        if last is not None and together:
            last.end = max(last.end, stretch.end)
            last.tokens.extend(stretch.tokens)
        else:
            merged.append(stretch)
    return merged


def _group(text: str, stretch: _Stretch, expansions: Sequence[Expansion], weights: RankingWeights) -> Group:
    typed = _alternative(text[stretch.start : stretch.end], stretch.tokens, weights, 1.0)
    proof, needed = _proof([token for token in stretch.tokens if token.end <= stretch.end])
    typed = replace(typed, proof=proof, needed=needed)
    others = [
        _alternative(each.words, tokenise(each.words), weights, each.weight)
        for each in expansions
        if stretch.start <= each.start and each.end <= stretch.end
    ]
    telling = [token for token in stretch.tokens if token.kind is not Kind.HAN] or stretch.tokens
    content = any(token.text not in MARKET and _content_share(token) > 0.5 for token in telling)
    apart = _apart(text, stretch, weights)
    return Group(stretch.start, stretch.end, (typed, *apart, *others), content)


def _apart(text: str, stretch: _Stretch, weights: RankingWeights) -> tuple[Alternative, ...]:
    """A code may be known by its parts alone: they then count more than beside the whole, but prove nothing."""
    parts = [token._replace(kind=Kind.NUMBER) for token in stretch.tokens if token.kind is Kind.PART]
    if len(parts) < 2:
        return ()
    known = _alternative(text[stretch.start : stretch.end], parts, weights, weights.parts_alone)
    return (replace(known, proof=(), needed=0),)


def _content_share(token: Token) -> float:
    if token.kind in {Kind.HAN, Kind.PAIR}:
        return 1.0 - han_function_share(token.text)
    return 0.0 if token.kind is Kind.WORD and is_function_word(token.text) else 1.0


def _alternative(written: str, tokens: Sequence[Token], weights: RankingWeights, factor: float) -> Alternative:
    pairs = any(token.kind is Kind.PAIR for token in tokens)
    totals: dict[str, float] = {}
    for token in tokens:
        weight = _weight(token, weights, in_run=pairs) * factor
        if token.text in totals:
            totals[token.text] = max(totals[token.text], weight) + min(totals[token.text], weight) * weights.repeated
        else:
            totals[token.text] = weight
    proof, needed = _proof(tokens)
    return Alternative(written, factor, tuple(Term(*item) for item in totals.items()), proof, needed)


def _weight(token: Token, weights: RankingWeights, *, in_run: bool) -> float:
    weight = weights.of_kind(token.kind)
    match token.kind:
        case Kind.HAN:
            base = weight if in_run else weights.lone_han
            return base * (weights.function_word if han_function_share(token.text) else 1.0)
        case Kind.PAIR:
            share = han_function_share(token.text)
            factor = weights.function_word if share == 1 else weights.half_function_pair if share else 1.0
            return weight * factor
        case Kind.WORD:
            return weight * (weights.function_word if is_function_word(token.text) else 1.0)
        case _:
            return weight


def _proof(tokens: Sequence[Token]) -> tuple[tuple[str, ...], int]:
    """The tokens that show that a document speaks of this, and how many of them it takes."""
    if whole := _whole(tokens):
        return (whole.text,), 1
    telling = [token for token in tokens if token.kind in _PROOF_KINDS and _content_share(token) > 0]
    telling = telling or [token for token in tokens if token.kind is Kind.HAN]
    texts = tuple(dict.fromkeys(token.text for token in telling))
    pairs = sum(token.kind is Kind.PAIR for token in telling)
    needed = len(texts) if pairs < 3 else math.ceil(len(texts) * _SHARE_OF_PAIRS)
    return texts, needed


def _whole(tokens: Sequence[Token]) -> Token | None:
    """The size or the code that all the writing amounts to: it alone is proof (`VF-2SS`, `600 mm`)."""
    own = [token for token in tokens if token.kind is not Kind.JOINED]
    if not own:
        return None
    span = min(token.start for token in own), max(token.end for token in own)
    covering = [token for token in own if (token.start, token.end) == span]
    return next((token for kind in (Kind.QUANTITY, Kind.CODE) for token in covering if token.kind is kind), None)
