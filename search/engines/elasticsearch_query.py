"""A request in Elasticsearch's terms. Only what a minimal server offers: bool, dis_max, nested, terms, geo_distance."""

from typing import Any

from search.contract import FACETS, EngineRequest, FacetName, Filters, NumberFilter
from search.engines.facets import price_bands, price_edges
from search.ranking.query import Alternative, Group, Query

Clause = dict[str, Any]
MOST_IDS = 65_000  # index.max_terms_count is 65,536
_MOST_FACET_VALUES = 500


def words_clause(words: Query | None) -> list[Clause]:
    """The scoring clause, if there are words."""
    if words is None or not words.groups:
        return []
    return [{"bool": {"should": [clause for group in words.groups for clause in _scored(group)]}}]


def proof_clause(words: Query | None) -> list[Clause]:
    """The filter that sees to it that most of the words are there."""
    if words is None or not words.needed_groups:
        return []
    groups = [
        {"bool": {"should": [_proof(each) for each in group.alternatives if each.proof]}}
        for group in words.proving_groups()
    ]
    return [{"bool": {"should": groups, "minimum_should_match": words.needed_groups}}]


def facet_clauses(filters: Filters) -> dict[FacetName, list[Clause]]:
    """What was chosen in each facet."""
    chosen: dict[FacetName, list[Clause]] = {
        "kind": _any_of("kind", filters.kinds),
        "types": _any_of("types", filters.types),
        "zone": _any_of("zone", filters.zones),
        "certificates": [{"term": {"certificates": each}} for each in filters.certificates],
        "approval": _any_of("approval", filters.approvals),
        "grade": _any_of("grade", filters.grades),
        "operator": _any_of("operator", filters.operators),
        "price": [],
    }
    if filters.price:
        low, high = price_edges(filters.price)
        chosen["price"] = [{"range": {filters.price.length: {"gte": low, "lte": high}}}]
    return chosen


def other_clauses(filters: Filters) -> list[Clause]:
    """Every filter that no facet stands for."""
    clauses: list[Clause] = [] if filters.park is None else [{"term": {"parks": str(filters.park)}}]
    clauses += _any_of("supplier", tuple(str(supplier) for supplier in filters.suppliers))
    clauses += [_number(number) for number in filters.numbers]
    clauses += [
        _nested("words", [{"term": {"words.key": word.key}}, {"terms": {"words.word": list(word.any_of)}}])
        for word in filters.words
    ]
    if filters.near:
        centre = {"lat": filters.near.centre.latitude, "lon": filters.near.centre.longitude}
        clauses.append({"geo_distance": {"distance": f"{max(1, filters.near.metres)}m", "place": centre}})
    return clauses + _availability(filters)


def exclusions(filters: Filters) -> list[Clause]:
    clauses = [_number(number) for number in filters.excluded_numbers]
    if filters.excluded_ids:
        clauses.append(_ids(sorted(filters.excluded_ids)))
    if filters.excluded_suppliers:
        clauses.append({"terms": {"supplier": [str(supplier) for supplier in filters.excluded_suppliers]}})
    return clauses


def whole_query(request: EngineRequest) -> Clause:
    """Words and all filters, for counting and plain lists."""
    chosen = [clause for clauses in facet_clauses(request.filters).values() for clause in clauses]
    return _bool(request, chosen)


def search_body(request: EngineRequest) -> dict[str, Any]:
    """The body of a search with facets: facet filters come after counting, so that each facet can leave out its own."""
    chosen = facet_clauses(request.filters)
    body: dict[str, Any] = {
        "query": _bool(request, []),
        "sort": sort_of(request),
        "size": request.size,
        "from": request.offset,
        "track_total_hits": True,
    }
    if after := [clause for clauses in chosen.values() for clause in clauses]:
        body["post_filter"] = {"bool": {"filter": after}}
    if request.facets:
        body["aggs"] = {name: _facet(name, chosen, request) for name in FACETS if _counted(name, request)}
    return body


def sort_of(request: EngineRequest) -> list[dict[str, str]]:
    """Best first, equal scores by lower id; newest first without words."""
    if request.query and request.query.groups:
        return [{"_score": "desc"}, {"id": "asc"}]
    return [{"id": "desc"}]


def _counted(name: FacetName, request: EngineRequest) -> bool:
    return name in request.facets and (name != "price" or request.price_facet is not None)


def _bool(request: EngineRequest, chosen: list[Clause]) -> Clause:
    return {
        "bool": {
            "must": words_clause(request.query),
            "filter": [*proof_clause(request.query), *other_clauses(request.filters), *chosen],
            "must_not": exclusions(request.filters),
        }
    }


def _facet(name: FacetName, chosen: dict[FacetName, list[Clause]], request: EngineRequest) -> Clause:
    others = [clause for facet, clauses in chosen.items() if facet != name for clause in clauses]
    counted: Clause = {"terms": {"field": name, "size": _MOST_FACET_VALUES}}
    if name == "price" and request.price_facet:
        length, edges = request.price_facet
        ranges = [
            {"key": key, "from": low} | ({} if high is None else {"to": high})
            for key, low, high in price_bands(edges)
        ]  # fmt: skip
        counted = {"range": {"field": length, "ranges": ranges}}
    return {"filter": {"bool": {"filter": others}}, "aggs": {"values": counted}}


def _scored(group: Group) -> list[Clause]:
    if len(group.alternatives) == 1:
        return _terms(group.alternatives[0])
    choices = [{"bool": {"should": _terms(each)}} for each in group.alternatives if each.terms]
    return [{"dis_max": {"queries": choices}}]


def _terms(alternative: Alternative) -> list[Clause]:
    return [{"term": {"tokens": {"value": term.token, "boost": term.weight}}} for term in alternative.terms]


def _proof(alternative: Alternative) -> Clause:
    tokens = [{"term": {"tokens": token}} for token in alternative.proof]
    return {"bool": {"should": tokens, "minimum_should_match": alternative.needed}}


def _number(number: NumberFilter) -> Clause:
    """One nested element must carry the key and keep every bound."""
    bounds: list[Clause] = [{"term": {"numbers.key": number.key}}]
    for field, low, high in (
        ("numbers.max", number.maximum_at_least, number.maximum_at_most),
        ("numbers.min", number.minimum_at_least, number.minimum_at_most),
    ):
        span = ({} if low is None else {"gte": low}) | ({} if high is None else {"lte": high})
        if span:
            bounds.append({"range": {field: span}})
    return _nested("numbers", bounds)


def _nested(path: str, clauses: list[Clause]) -> Clause:
    return {"nested": {"path": path, "query": {"bool": {"filter": clauses}}}}


def _any_of(field: str, values: tuple[str, ...]) -> list[Clause]:
    return [{"terms": {field: list(values)}}] if values else []


def _availability(filters: Filters) -> list[Clause]:
    """The free ids, or for too many of them the window they are free in (SQL checks again what is shown)."""
    if filters.ids is None:
        return []
    if len(filters.ids) <= MOST_IDS or filters.free_between is None:
        return [_ids(sorted(filters.ids))]
    start, end = filters.free_between
    window = {"gte": start.isoformat(), "lt": end.isoformat(), "relation": "intersects"}
    return [{"range": {"free": window}}]


def _ids(ids: list[int]) -> Clause:
    """One of these ids, in as many lists as the server's limit asks for."""
    lists = [ids[at : at + MOST_IDS] for at in range(0, len(ids), MOST_IDS)]
    clauses: list[Clause] = [{"terms": {"id": some}} for some in lists or [[]]]
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses}}
