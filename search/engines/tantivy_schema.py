"""The embedded index's fields and how an entry fills them. Tokens are ours, so the engine splits at blanks only."""

import re
from functools import lru_cache

import tantivy

from search.contract import KEYWORD_FIELDS, PRICE_FIELDS
from search.documents import AttributeRange, Entry
from search.ranking.candidates import weighted_tokens

OPEN_MINIMUM, OPEN_MAXIMUM = -9_000_000_000_000_000_000, 9_000_000_000_000_000_000


def build_schema() -> tantivy.Schema:
    """One schema for listings and demands: what a kind of document lacks stays empty."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
    builder.add_integer_field("version", fast=True)
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    builder.add_bytes_field("fields", stored=True)
    for name in KEYWORD_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in PRICE_FIELDS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_json_field("numbers", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_json_field("words", tokenizer_name="raw", index_option="basic")
    builder.add_float_field("latitude", indexed=True, fast=True)
    builder.add_float_field("longitude", indexed=True, fast=True)
    return builder.build()


@lru_cache(maxsize=4096)
def json_key(key: str) -> str:
    """An attribute code as a path the engine's query language cannot misread: anything but a-z, 0-9 is spelt out."""
    return "k" + re.sub(r"[^a-z0-9]", lambda found: f"_{ord(found[0]):x}_", key)


def tantivy_document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("id", entry.id)
    document.add_integer("version", entry.version)
    document.add_text("tokens", weighted_tokens(entry.fields))
    document.add_bytes("fields", "\n".join(entry.fields).encode())
    for name, values in entry.keywords.items():
        for value in values:
            document.add_text(name, value)
    for name in PRICE_FIELDS:
        if (price := getattr(entry.prices, name)) is not None:
            document.add_integer(name, price)
    if entry.numbers:
        document.add_json("numbers", {json_key(number.key): _span(number) for number in entry.numbers})
    if entry.words:
        words: dict[str, list[str]] = {}
        for word in entry.words:
            words.setdefault(json_key(word.key), []).append(word.word)
        document.add_json("words", words)
    if entry.place:
        document.add_float("latitude", entry.place.latitude)
        document.add_float("longitude", entry.place.longitude)
    return document


def _span(number: AttributeRange) -> dict[str, int]:
    return {
        "min": OPEN_MINIMUM if number.minimum is None else number.minimum,
        "max": OPEN_MAXIMUM if number.maximum is None else number.maximum,
    }
