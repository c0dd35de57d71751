"""A request in the embedded engine's own terms: words score, everything else only filters."""

from collections.abc import Iterable, Iterator

import tantivy
from tantivy import FieldType, Occur, Query

from search.contract import Filters, NumberFilter, PriceBand
from search.engines.facets import price_edges
from search.engines.tantivy_schema import OPEN_MAXIMUM, OPEN_MINIMUM, json_key
from search.ranking.query import Alternative, Group
from search.ranking.query import Query as Words


class QueryBuilder:
    """Builds queries against one open index (the index parses paths into JSON fields)."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._schema = index.schema

    def whole(self, words: Words | None, filters: Filters, *, near_ids: frozenset[int] | None) -> Query:
        """Words and filters together; `near_ids` are the ids inside the wanted radius, already worked out."""
        return self._together(list(self.words(words)), filters, near_ids)

    def matching(self, words: Words | None, filters: Filters, *, near_ids: frozenset[int] | None) -> Query:
        """The same documents without their scores, for counting: what proves most words holds one of them anyway."""
        clauses = list(self.words(words))
        return self._together(clauses[1:] or clauses, filters, near_ids)

    def _together(self, words: list[Query], filters: Filters, near_ids: frozenset[int] | None) -> Query:
        clauses = [(Occur.Must, clause) for clause in words]
        clauses += [(Occur.Must, _silent(clause)) for clause in self.filters(filters)]
        if near_ids is not None:
            clauses.append((Occur.Must, _silent(self._ids(near_ids))))
        clauses += [(Occur.MustNot, clause) for clause in self.exclusions(filters)]
        if not any(occur is Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, _silent(Query.all_query())))
        return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)

    def words(self, words: Words | None) -> Iterator[Query]:
        """The scoring clause, and when most words are wanted the clause that sees to it."""
        if words is None or not words.groups:
            return
        yield Query.boolean_query([(Occur.Should, clause) for group in words.groups for clause in self._scored(group)])
        if words.needed_groups:
            proofs = [(Occur.Should, self._any(self._proof(each) for each in group.alternatives if each.proof))
                      for group in words.proving_groups()]  # fmt: skip
            yield _silent(Query.boolean_query(proofs, minimum_number_should_match=words.needed_groups))

    def filters(self, filters: Filters) -> Iterator[Query]:
        if filters.park is not None:
            yield self._keyword("parks", [str(filters.park)])
        for name, wanted in (
            ("kind", filters.kinds),
            ("types", filters.types),
            ("zone", filters.zones),
            ("grade", filters.grades),
            ("approval", filters.approvals),
            ("operator", filters.operators),
            ("supplier", tuple(str(supplier) for supplier in filters.suppliers)),
        ):
            if wanted:
                yield self._keyword(name, wanted)
        for certificate in filters.certificates:
            yield self._keyword("certificates", [certificate])
        for number in filters.numbers:
            yield self.number(number)
        for word in filters.words:
            path = f"words.{json_key(word.key)}"
            yield self._any(Query.term_query(self._schema, path, option) for option in word.any_of)
        if filters.price:
            yield self.price(filters.price)
        if filters.ids is not None:
            yield self._ids(filters.ids)

    def exclusions(self, filters: Filters) -> Iterator[Query]:
        if filters.excluded_ids:
            yield self._ids(filters.excluded_ids)
        if filters.excluded_suppliers:
            yield self._keyword("supplier", [str(supplier) for supplier in filters.excluded_suppliers])
        for number in filters.excluded_numbers:
            yield self.number(number)

    def number(self, number: NumberFilter) -> Query:
        """Bounds on an attribute: a path into a JSON field goes through the query language, the key made safe."""
        path = f"numbers.{json_key(number.key)}"
        bounds = [
            (f"{path}.max", number.maximum_at_least, None),
            (f"{path}.min", None, number.minimum_at_most),
            (f"{path}.min", number.minimum_at_least, None),
            (f"{path}.max", None, number.maximum_at_most),
        ]
        wanted = [
            f"{bound_path}:[{'*' if low is None else low} TO {'*' if high is None else high}]"
            for bound_path, low, high in bounds
            if low is not None or high is not None
        ]
        wanted = wanted or [f"{path}.min:[{OPEN_MINIMUM} TO {OPEN_MAXIMUM}]"]
        return Query.boolean_query([(Occur.Must, self._index.parse_query(text)) for text in wanted])

    def price(self, band: PriceBand) -> Query:
        low, high = price_edges(band)
        return Query.range_query(self._schema, band.length, FieldType.Integer, low, high)

    def box(self, south: float, north: float, west: float, east: float) -> Query:
        """Places inside a box of degrees."""
        return Query.boolean_query(
            [
                (Occur.Must, Query.range_query(self._schema, "latitude", FieldType.Float, south, north)),
                (Occur.Must, Query.range_query(self._schema, "longitude", FieldType.Float, west, east)),
            ]
        )

    def _scored(self, group: Group) -> Iterator[Query]:
        """The group's terms one by one; where there is a choice of wordings the best one counts."""
        if len(group.alternatives) == 1:
            yield from self._terms(group.alternatives[0])
            return
        choices = [
            Query.boolean_query([(Occur.Should, term) for term in self._terms(alternative)])
            for alternative in group.alternatives
            if alternative.terms
        ]
        yield Query.disjunction_max_query(choices)

    def _terms(self, alternative: Alternative) -> Iterator[Query]:
        for term in alternative.terms:
            yield Query.boost_query(self._token(term.token), term.weight)

    def _proof(self, alternative: Alternative) -> Query:
        tokens = [(Occur.Should, self._token(token)) for token in alternative.proof]
        return Query.boolean_query(tokens, minimum_number_should_match=alternative.needed)

    def _token(self, token: str) -> Query:
        return Query.term_query(self._schema, "tokens", token, "freq")

    def _keyword(self, name: str, values: Iterable[str]) -> Query:
        return Query.term_set_query(self._schema, name, list(values))

    def _ids(self, ids: frozenset[int]) -> Query:
        return Query.term_set_query(self._schema, "id", sorted(ids)) if ids else Query.empty_query()

    def _any(self, queries: Iterable[Query]) -> Query:
        return Query.boolean_query([(Occur.Should, query) for query in queries])


def _silent(query: Query) -> Query:
    """The query as a filter: it lets through or not, and adds nothing to the score."""
    return Query.const_score_query(query, 0.0)
