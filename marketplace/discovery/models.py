"""Each findable listing's search row: the entry of the index once more, kept in SQL for when the engine is down."""

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import JSON, Record
from marketplace.listings.models import Listing


class SearchRow(Record):
    """One listing as search sees it. `texts` are the analysed fields, `tokens` all their words once.

    `numbers` is attribute → {"min", "max"} in base units, an end left out where it is open; `words` attribute →
    option codes; `prices` the bounds of `search.documents.PriceBounds` by name.
    """

    __tablename__ = "discovery_search_row"
    __table_args__ = (
        Index("ix_discovery_search_row_tokens", "tokens", postgresql_using="gin"),
        Index("ix_discovery_search_row_types", "types", postgresql_using="gin"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), primary_key=True)
    version: Mapped[int]
    tokens: Mapped[list[str]] = mapped_column(ARRAY(Text))
    texts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kind: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    parks: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    supplier_id: Mapped[int]
    zone: Mapped[str | None]
    operator: Mapped[str | None]
    approval: Mapped[str]
    grade: Mapped[str | None]
    certificates: Mapped[list[str]] = mapped_column(ARRAY(Text))
    numbers: Mapped[JSON]
    words: Mapped[JSON]
    prices: Mapped[JSON]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
