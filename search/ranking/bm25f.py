"""Text score: BM25F (Robertson and Zaragoza 2009) over the tokens of the candidates with our own frequencies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.ranking.candidates import Analysed, Occurrences
from search.ranking.frequencies import Lexicon
from search.ranking.query import Alternative, Group, Query
from search.ranking.weights import CURRENT, FIELDS, RankingWeights


@dataclass(frozen=True, slots=True)
class GroupScore:
    """What one idea of the query contributed: which wording of it was found, in which fields."""

    written: str
    score: float
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextScore:
    """A candidate's text score."""

    id: int
    score: float


class Scorer:
    """One query made ready against one lexicon: rarities are looked up once, candidates cost microseconds."""

    def __init__(self, query: Query, lexicon: Lexicon, weights: RankingWeights = CURRENT) -> None:
        self._weights = weights
        self._averages = lexicon.average_lengths
        self._query = query
        self._groups = [
            _held_below_the_first(
                [_rarities(alternative, lexicon) for alternative in group.alternatives],
                [alternative.share for alternative in group.alternatives],
            )
            for group in query.groups
        ]

    def score(self, analysed: Analysed) -> float:
        """The sum over groups of the best alternative."""
        factors = self._field_factors(analysed.lengths)
        return sum(max(self._sum(terms, analysed, factors) for terms in alternatives) for alternatives in self._groups)

    def rank(self, candidates: Iterable[tuple[int, Analysed]]) -> list[TextScore]:
        """Best first; equal scores by lower id, so that the order is the same everywhere."""
        scored = [TextScore(identity, self.score(analysed)) for identity, analysed in candidates]
        return sorted(scored, key=lambda each: (-each.score, each.id))

    def explain(self, analysed: Analysed) -> list[GroupScore]:
        """What each idea of the query contributed to this candidate, those that contributed nothing left out."""
        factors = self._field_factors(analysed.lengths)
        found: list[GroupScore] = []
        for group, alternatives in zip(self._query.groups, self._groups, strict=True):
            best = max(range(len(alternatives)), key=lambda i: self._sum(alternatives[i], analysed, factors))
            if score := self._sum(alternatives[best], analysed, factors):
                found.append(GroupScore(group.alternatives[best].written, score, _fields(group, best, analysed)))
        return found

    def _field_factors(self, lengths: Sequence[int]) -> list[float]:
        """Per field: its boost over its length compared with the average."""
        factors: list[float] = []
        for field, length, average in zip(self._weights.fields, lengths, self._averages, strict=True):
            relative = length / average if average else 1.0
            factors.append(field.boost / (1.0 - field.length_share + field.length_share * relative))
        return factors

    def _sum(self, terms: list[tuple[str, float]], analysed: Analysed, factors: list[float]) -> float:
        occurrences, saturation, total = analysed.occurrences, self._weights.saturation, 0.0
        for token, weight in terms:
            found = occurrences.get(token)
            if found is not None:
                frequency = _frequency(found, factors)
                total += weight * frequency * (saturation + 1.0) / (saturation + frequency)
        return total


def _rarities(alternative: Alternative, lexicon: Lexicon) -> list[tuple[str, float]]:
    return [(term.token, term.weight * lexicon.rarity(term.token)) for term in alternative.terms]


def _held_below_the_first(
    alternatives: list[list[tuple[str, float]]], shares: list[float]
) -> list[list[tuple[str, float]]]:
    """A synonym may be rarer than the typed word; it still counts no more than its share of it."""
    most = [sum(weight for _, weight in terms) for terms in alternatives]
    factors = [min(1.0, share * most[0] / own) if own else 1.0 for share, own in zip(shares, most, strict=True)]
    return [
        [(token, weight * factor) for token, weight in terms]
        for terms, factor in zip(alternatives, factors, strict=True)
    ]


def _frequency(found: Occurrences, factors: list[float]) -> float:
    return sum(times * factors[field] for field, times in found)


def _fields(group: Group, best: int, analysed: Analysed) -> tuple[str, ...]:
    indexes = {
        field for term in group.alternatives[best].terms for field, _ in analysed.occurrences.get(term.token, ())
    }
    return tuple(FIELDS[index] for index in sorted(indexes))
