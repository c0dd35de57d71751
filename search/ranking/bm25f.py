"""Text score: BM25F (Robertson and Zaragoza 2009) over the tokens of the candidates with our own frequencies."""

from collections.abc import Iterable
from dataclasses import dataclass

from search.ranking.candidates import Analysed
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
        self._query = query
        self._saturation = weights.saturation
        self._fields = [
            (field.boost, 1.0 - field.length_share, field.length_share / average)
            if average
            else (field.boost, 1.0, 0.0)
            for field, average in zip(weights.fields, lexicon.average_lengths, strict=True)
        ]
        self._bounds: list[tuple[int, int]] = []  # of each group's alternatives in the list of all alternatives
        targets: dict[str, list[tuple[int, float]]] = {}
        for group in query.groups:
            first = self._bounds[-1][1] if self._bounds else 0
            self._bounds.append((first, first + len(group.alternatives)))
            for place, terms in enumerate(_weighed(group, lexicon), first):
                for token, weight in terms:
                    targets.setdefault(token, []).append((place, weight))
        self._tokens = list(targets.items())  # each token once, with the alternatives it speaks for
        self._alike: dict[tuple[object, ...], float] = {}

    def score(self, analysed: Analysed) -> float:
        """The sum over groups of the best alternative. Documents in which the words stand alike are counted once."""
        look_up = analysed.occurrences.get
        pattern = (analysed.lengths, *[look_up(token) for token, _ in self._tokens])
        known = self._alike.get(pattern)
        if known is None:
            sums = self._sums(analysed)
            known = self._alike[pattern] = sum([max(sums[first:last]) for first, last in self._bounds])
        return known

    def rank(self, candidates: Iterable[tuple[int, Analysed]]) -> list[TextScore]:
        """Best first; equal scores by lower id, so that the order is the same everywhere."""
        scored = [TextScore(identity, self.score(analysed)) for identity, analysed in candidates]
        return sorted(scored, key=lambda each: (-each.score, each.id))

    def explain(self, analysed: Analysed) -> list[GroupScore]:
        """What each idea of the query contributed to this candidate, those that contributed nothing left out."""
        sums = self._sums(analysed)
        found: list[GroupScore] = []
        for group, (first, last) in zip(self._query.groups, self._bounds, strict=True):
            best = max(range(first, last), key=sums.__getitem__)
            if sums[best]:
                alternative = group.alternatives[best - first]
                found.append(GroupScore(alternative.written, sums[best], _fields(alternative, analysed)))
        return found

    def _sums(self, analysed: Analysed) -> list[float]:
        """The score of every alternative of every group, in one walk over the query's tokens."""
        factors = [
            boost / (rest + share * length)
            for (boost, rest, share), length in zip(self._fields, analysed.lengths, strict=True)
        ]
        look_up, saturation = analysed.occurrences.get, self._saturation
        sums = [0.0] * self._bounds[-1][1] if self._bounds else []
        for token, targets in self._tokens:
            if found := look_up(token):
                frequency = 0.0
                for field, times in found:
                    frequency += times * factors[field]
                counted = frequency * (saturation + 1.0) / (saturation + frequency)
                for place, weight in targets:
                    sums[place] += weight * counted
        return sums


def _weighed(group: Group, lexicon: Lexicon) -> list[list[tuple[str, float]]]:
    """The terms of each alternative with their rarity; a synonym rarer than the typed word keeps to its share of it."""
    rare = [
        [(term.token, term.weight * lexicon.rarity(term.token)) for term in each.terms] for each in group.alternatives
    ]
    most = [sum(weight for _, weight in terms) for terms in rare]
    weighed: list[list[tuple[str, float]]] = []
    for alternative, terms, own in zip(group.alternatives, rare, most, strict=True):
        factor = min(1.0, alternative.share * most[0] / own) if own else 1.0
        weighed.append([(token, weight * factor) for token, weight in terms])
    return weighed


def _fields(alternative: Alternative, analysed: Analysed) -> tuple[str, ...]:
    indexes = {field for term in alternative.terms for field, _ in analysed.occurrences.get(term.token, ())}
    return tuple(FIELDS[index] for index in sorted(indexes))
