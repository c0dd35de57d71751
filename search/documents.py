"""What the index knows of a listing and of a demand. The packages above fill these; nothing here reads a database.

Numbers are integers in the base unit of their attribute (µm, g, W …), money is in fen, times carry their zone.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AttributeRange:
    """An attribute's value as the span it covers; a single value has both ends equal, None is open on that side."""

    key: str
    minimum: int | None
    maximum: int | None


@dataclass(frozen=True, slots=True)
class AttributeWord:
    """One option of an enumeration or list attribute, by its code (yes/no attributes use `true` and `false`)."""

    key: str
    word: str


@dataclass(frozen=True, slots=True)
class Place:
    """A point on WGS-84, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class PriceBounds:
    """What a job of each length costs, in fen; None means the price is on request."""

    hour: int | None = None
    eight_hours: int | None = None
    day: int | None = None
    week: int | None = None
    thirty_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingDocument:
    """One listing as search sees it. `version` is the row version: a lower one never overwrites a higher one."""

    id: int
    public_id: str
    version: int
    park_id: int
    visible_to_parks: tuple[int, ...]
    supplier_id: int
    supplier: str
    kind: str
    type_code: str
    type_ancestors: tuple[str, ...] = ()
    type_words: str = ""  # names and aliases of the type and its ancestors, both languages
    title_zh: str = ""
    title_en: str = ""
    body: str = ""
    model: str = ""
    manufacturer: str = ""
    asset_numbers: tuple[str, ...] = ()
    attribute_text: str = ""  # the attributes as a reader sees them, both languages
    numbers: tuple[AttributeRange, ...] = ()
    words: tuple[AttributeWord, ...] = ()
    zone: str | None = None
    place: Place | None = None
    grade: str | None = None
    certificates: tuple[str, ...] = ()
    approval: str = "owner"
    operator: str | None = None  # whose operator runs it, by the code of the terms
    prices: PriceBounds = PriceBounds()
    free: tuple[tuple[datetime, datetime], ...] = ()  # half-open, merged, any unit free
    published: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandDocument:
    """One demand as a document of constraints: `numbers` hold what it asks, so that a listing can look for it.

    An attribute that must reach v has `minimum=v`, one that must not pass v has `maximum=v`.
    """

    id: int
    public_id: str
    version: int
    park_id: int
    visible_to_parks: tuple[int, ...]
    demander_id: int
    kind: str | None = None
    type_code: str | None = None
    type_ancestors: tuple[str, ...] = ()
    type_words: str = ""
    title: str = ""
    body: str = ""
    numbers: tuple[AttributeRange, ...] = ()
    words: tuple[AttributeWord, ...] = ()
    zone: str | None = None
    place: Place | None = None
    certificates: tuple[str, ...] = ()
    window: tuple[datetime, datetime] | None = None
    published: bool = True


Document = ListingDocument | DemandDocument


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document that is gone, with the version at which it went."""

    id: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document after text analysis, the same for both engines: tokens per field and values to filter by."""

    id: int
    version: int
    fields: tuple[str, ...]  # blank-separated tokens, in the order of `search.ranking.weights.FIELDS`
    keywords: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    numbers: tuple[AttributeRange, ...] = ()
    words: tuple[AttributeWord, ...] = ()
    place: Place | None = None
    prices: PriceBounds = PriceBounds()
    free: tuple[tuple[datetime, datetime], ...] = ()
