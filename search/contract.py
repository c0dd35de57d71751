"""The contract both engines keep: they give candidate ids, counts and facets; fit, text score and order are ours.

Errors: `EngineDownError` when the engine cannot answer in time (the caller falls back to SQL), never a vendor's error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from search.documents import Deletion, Entry, Place
from search.ranking.candidates import Analysed
from search.ranking.frequencies import Lexicon
from search.ranking.query import Query

KEYWORD_FIELDS = ("kind", "types", "zone", "certificates", "approval", "grade", "operator", "parks", "supplier")
PRICE_FIELDS = ("hour", "eight_hours", "day", "week", "thirty_days")
PriceField = Literal["hour", "eight_hours", "day", "week", "thirty_days"]


class EngineDownError(Exception):
    """The engine did not answer, answered too late or is resting behind its circuit breaker."""


@dataclass(frozen=True, slots=True)
class NumberFilter:
    """Bounds on the span an attribute covers; a document without the attribute does not pass.

    *Reaches v*: `maximum_at_least=v`. *Is v or finer*: `minimum_at_most=v`. *Covers a to b*: both.
    *Lies between a and b*: `minimum_at_least=a, maximum_at_most=b`.
    """

    key: str
    maximum_at_least: int | None = None
    minimum_at_most: int | None = None
    minimum_at_least: int | None = None
    maximum_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class WordFilter:
    """The attribute has at least one of these words."""

    key: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Radius:
    """Within so many metres (at least one) of a point, as the crow flies."""

    centre: Place
    metres: int


@dataclass(frozen=True, slots=True)
class PriceBand:
    """The price of a job of this length lies in the band, ends included, in fen; on request never passes."""

    length: PriceField
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a document must be. Within one keyword any value will do, except `certificates`: all are wanted."""

    park: int | None = None
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()  # a type is also found under each of its ancestors
    zones: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    suppliers: tuple[int, ...] = ()
    excluded_suppliers: tuple[int, ...] = ()
    numbers: tuple[NumberFilter, ...] = ()
    excluded_numbers: tuple[NumberFilter, ...] = ()
    words: tuple[WordFilter, ...] = ()
    price: PriceBand | None = None
    near: Radius | None = None
    ids: frozenset[int] | None = None  # the free ids that SQL found; None: no such limit
    excluded_ids: frozenset[int] = frozenset()
    free_between: tuple[datetime, datetime] | None = (
        None  # the window behind `ids`, for engines that cannot take so many
    )


FacetName = Literal["kind", "types", "zone", "certificates", "approval", "grade", "operator", "price"]
FACETS: tuple[FacetName, ...] = (
    "kind",
    "types",
    "zone",
    "certificates",
    "approval",
    "grade",
    "operator",
    "price",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """One question to an engine. Without words the order is newest id first; with words the engine's best first."""

    query: Query | None = None
    filters: Filters = field(default_factory=Filters)
    size: int = 200
    offset: int = 0
    facets: tuple[FacetName, ...] = ()
    price_facet: tuple[PriceField, tuple[int, ...]] | None = None  # job length and the edges between bands, in fen


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document the engine offers, with its analysed text for our ranking."""

    id: int
    version: int
    analysed: Analysed


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many matches carry this value when the facet's own filter is put aside; price bands are `min-max` in fen."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What an engine found: candidates best first, the true number of matches, facet counts."""

    total: int
    candidates: tuple[Candidate, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """Entries stored, deletions made, and those passed over because the index already knew something newer."""

    stored: int
    deleted: int
    passed_over: int


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """Whether the engine answers, how many documents it holds, which generation serves, and the trouble if any."""

    answers: bool
    documents: int
    generation: str
    trouble: str = ""


class SearchIndex(Protocol):
    """What can be asked: an engine, or plain SQL in its place. All methods raise `EngineDownError`."""

    name: str

    def query(self, request: EngineRequest) -> SearchPage: ...

    def count(self, request: EngineRequest) -> int: ...

    def matching_ids(self, request: EngineRequest, *, limit: int = 10_000) -> list[int]:
        """Ids of matches in the engine's order, without their text: for sorting by price or distance outside."""
        ...

    def lexicon(self) -> Lexicon:
        """The document frequencies and words of the serving generation (cached until it changes)."""
        ...


class SearchEngine(SearchIndex, Protocol):
    """An index of one kind of document that can also be written. All methods raise `EngineDownError`."""

    def prepare(self) -> None:
        """Make the first empty generation when there is none; safe to call at every start."""
        ...

    def write(
        self, entries: Sequence[Entry], deletions: Sequence[Deletion] = (), *, generation: str | None = None
    ) -> WriteOutcome:
        """Store and delete in bulk, newest version wins; without `generation` into the one that serves."""
        ...

    def versions(self) -> dict[int, int]:
        """Every id in the serving generation with its version: what compare-and-repair compares."""
        ...

    def new_generation(self) -> str:
        """An empty generation beside the one that serves; fill it with `write(..., generation=...)`."""
        ...

    def swap(self, generation: str, lexicon: Lexicon) -> None:
        """Serve this generation from now on, with its lexicon, and drop the older ones."""
        ...

    def store_lexicon(self, lexicon: Lexicon) -> None:
        """Replace the lexicon of the serving generation."""
        ...

    def refresh(self) -> None:
        """Make all that was written visible to queries now: for tests and after a rebuild."""
        ...

    def health(self) -> EngineHealth:
        """Never raises."""
        ...
