"""Photos and documents as kept: our own names, re-encoded pictures, documents handed out as attachments alone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.listings.models import Listing


class Photo(Keyed, Record):
    """A picture of a listing, re-encoded as JPEG without whatever a camera wrote beside it. Sizes in pixels."""

    __tablename__ = "listings_photo"
    __table_args__ = (Index("ix_listings_photo_listing_id", "listing_id", "position", "id"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    thumbnail: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(default=0)
    caption: Mapped[str] = mapped_column(default="")


class DocumentKind(StrEnum):
    """The formats taken; the content decides, not the name."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    XLSX = "xlsx"
    DOCX = "docx"


class Document(Keyed, Record):
    """A manual, certificate or drawing beside a listing; always answered as an attachment."""

    __tablename__ = "listings_document"
    __table_args__ = (Index("ix_listings_document_listing_id", "listing_id", "id"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    title: Mapped[str]
    kind: Mapped[DocumentKind] = mapped_column(text_enum(DocumentKind))
    size_bytes: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime]
