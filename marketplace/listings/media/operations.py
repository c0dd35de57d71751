"""Verbs that add, order and take away photos and documents. They flush and never commit."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.listings import queries as listings
from marketplace.listings.events import ListingChanged
from marketplace.listings.media.content import document_from, picture_from
from marketplace.listings.media.models import Document, Photo
from marketplace.listings.models import Listing

MOST_PHOTOS = 12
MOST_DOCUMENTS = 20


def add_photo(
    session: Session, listing_id: str, upload: bytes, *, caption: str = "", actor: Actor, clock: Clock
) -> Photo:
    """Put a photo behind the listing's others. Raises `Conflict` `too_many_photos`, `Invalid` for what is no photo."""
    listing = _own(session, listing_id, actor)
    count = session.scalar(select(func.count()).select_from(Photo).where(Photo.listing_id == listing.id)) or 0
    if count >= MOST_PHOTOS:
        raise Conflict("too_many_photos", most=MOST_PHOTOS)
    picture = picture_from(upload)
    photo = Photo(
        listing_id=listing.id,
        width=picture.width,
        height=picture.height,
        content=picture.content,
        thumbnail=picture.thumbnail,
        uploaded_at=clock(),
        position=count,
        caption=caption.strip()[:120],
    )
    session.add(photo)
    session.flush()
    _note(session, listing, "listing.photo_added", {"photo": photo.public_id}, actor=actor, clock=clock)
    return photo


def remove_photo(session: Session, listing_id: str, photo_id: str, *, actor: Actor, clock: Clock) -> None:
    """Take a photo away for good."""
    listing = _own(session, listing_id, actor)
    photo = session.scalar(select(Photo).where(Photo.public_id == photo_id, Photo.listing_id == listing.id))
    if photo is None:
        raise NotFound("photo")
    session.delete(photo)
    session.flush()
    _note(session, listing, "listing.photo_removed", {"photo": photo_id}, actor=actor, clock=clock)


def order_photos(
    session: Session, listing_id: str, photo_ids: Sequence[str], *, actor: Actor, clock: Clock
) -> Sequence[Photo]:
    """Show the photos in this order; the first stands on cards. Every photo is named once."""
    listing = _own(session, listing_id, actor)
    photos = session.scalars(select(Photo).where(Photo.listing_id == listing.id).order_by(Photo.id)).all()
    if sorted(photo_ids) != sorted(photo.public_id for photo in photos):
        raise Invalid("photo_order", fields={"photos": ["photo_order"]})
    for photo in photos:
        photo.position = list(photo_ids).index(photo.public_id)
    session.flush()
    _note(session, listing, "listing.photos_ordered", {"photos": list(photo_ids)}, actor=actor, clock=clock)
    return sorted(photos, key=lambda photo: photo.position)


def add_document(
    session: Session, listing_id: str, upload: bytes, *, title: str, actor: Actor, clock: Clock
) -> Document:
    """Keep a document beside the listing; the title is the reader's word for it, the content decides its format."""
    listing = _own(session, listing_id, actor)
    count = session.scalar(select(func.count()).select_from(Document).where(Document.listing_id == listing.id)) or 0
    if count >= MOST_DOCUMENTS:
        raise Conflict("too_many_documents", most=MOST_DOCUMENTS)
    checked = document_from(upload)
    document = Document(
        listing_id=listing.id,
        title=_title(title),
        kind=checked.kind,
        size_bytes=len(checked.content),
        content=checked.content,
        uploaded_at=clock(),
    )
    session.add(document)
    session.flush()
    _note(session, listing, "listing.document_added", {"document": document.public_id}, actor=actor, clock=clock)
    return document


def remove_document(session: Session, listing_id: str, document_id: str, *, actor: Actor, clock: Clock) -> None:
    listing = _own(session, listing_id, actor)
    document = session.scalar(
        select(Document).where(Document.public_id == document_id, Document.listing_id == listing.id)
    )
    if document is None:
        raise NotFound("document")
    session.delete(document)
    session.flush()
    _note(session, listing, "listing.document_removed", {"document": document_id}, actor=actor, clock=clock)


def _own(session: Session, listing_id: str, actor: Actor) -> Listing:
    return listings.own_listing(session, listing_id, actor=actor, roles=(FirmRole.OPERATOR,))


def _title(text: str) -> str:
    """One line without a path or an ending."""
    plain = "".join(character for character in text.replace("\\", "/").rpartition("/")[2] if character.isprintable())
    stem, dot, ending = plain.rpartition(".")
    return ((stem if dot and stem and len(ending) <= 5 else plain).strip() or "document")[:120]


def _note(
    session: Session, listing: Listing, action: str, after: dict[str, object], *, actor: Actor, clock: Clock
) -> None:
    audit(session, actor, at=clock(), action=action, subject=f"listing:{listing.public_id}", after=after)
    if listing.is_offered:
        record(session, ListingChanged(listing.id), actor=actor, at=clock())
