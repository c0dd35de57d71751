"""The Elasticsearch index's mapping and how an entry fills it. Strict: an unknown field is a refusal, not a column."""

from typing import Any

from search.contract import KEYWORD_FIELDS, PRICE_FIELDS
from search.documents import AttributeRange, Entry
from search.ranking.candidates import weighted_tokens

OPEN_MINIMUM, OPEN_MAXIMUM = -9_000_000_000_000_000_000, 9_000_000_000_000_000_000


def index_body(*, shards: int, replicas: int) -> dict[str, Any]:
    """Settings and mappings of one generation."""
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": "1s",
            "gc_deletes": "1h",  # how long a deletion keeps late older writes out
        },
        "mappings": {"dynamic": "strict", "properties": _properties()},
    }


def source_of(entry: Entry) -> dict[str, Any]:
    source: dict[str, Any] = {
        "id": entry.id,
        "version": entry.version,
        "tokens": weighted_tokens(entry.fields),
        "texts": list(entry.fields),
        "numbers": [_span(number) for number in entry.numbers],
        "words": [{"key": word.key, "word": word.word} for word in entry.words],
        "free": [{"gte": start.isoformat(), "lt": end.isoformat()} for start, end in entry.free],
    }
    source |= {name: list(values) for name, values in entry.keywords.items()}
    source |= {name: price for name in PRICE_FIELDS if (price := getattr(entry.prices, name)) is not None}
    if entry.place:
        source["place"] = {"lat": entry.place.latitude, "lon": entry.place.longitude}
    return source


def _properties() -> dict[str, Any]:
    number = {"key": {"type": "keyword"}, "min": {"type": "long"}, "max": {"type": "long"}}
    return {
        "id": {"type": "long"},
        "version": {"type": "long"},
        "tokens": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        "texts": {"type": "object", "enabled": False},
        **{name: {"type": "keyword"} for name in KEYWORD_FIELDS},
        **{name: {"type": "long"} for name in PRICE_FIELDS},
        "numbers": {"type": "nested", "properties": number},
        "words": {"type": "nested", "properties": {"key": {"type": "keyword"}, "word": {"type": "keyword"}}},
        "place": {"type": "geo_point"},
        "free": {"type": "date_range"},
    }


def _span(number: AttributeRange) -> dict[str, Any]:
    return {
        "key": number.key,
        "min": OPEN_MINIMUM if number.minimum is None else number.minimum,
        "max": OPEN_MAXIMUM if number.maximum is None else number.maximum,
    }
