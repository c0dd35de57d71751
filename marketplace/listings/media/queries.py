"""Reads of photos and documents: visible where their listing is."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, select
from sqlalchemy.orm import Session, undefer

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.listings.media.models import Document, Photo
from marketplace.listings.models import Listing
from marketplace.listings.queries import may_see

PHOTOS = select(Photo).where(Photo.listing_id == bindparam("listing")).order_by(Photo.position, Photo.id)
FIRST = (
    select(Photo.listing_id, Photo.public_id)
    .where(Photo.listing_id == any_(bindparam("listings", type_=ARRAY(BigInteger))))
    .order_by(Photo.listing_id, Photo.position.desc(), Photo.id.desc())
)


def photos_of(session: Session, listing_id: int) -> Sequence[Photo]:
    """The listing's photos in their order, without their bytes."""
    return session.scalars(PHOTOS, {"listing": listing_id}).all()


def first_photos(session: Session, listing_ids: Sequence[int]) -> Mapping[int, str]:
    """Listing → public id of the photo for its card, in one statement; without photos it is left out."""
    rows = session.execute(FIRST, {"listings": list(listing_ids)})
    return dict(rows.all())


def documents_of(session: Session, listing_id: int) -> Sequence[Document]:
    return session.scalars(select(Document).where(Document.listing_id == listing_id).order_by(Document.id)).all()


def visible_photo(session: Session, public_id: str, *, actor: Actor, small: bool = False) -> bytes:
    """The JPEG of a photo whose listing the actor may see."""
    column = Photo.thumbnail if small else Photo.content
    content = session.scalar(
        select(column).join(Listing, Listing.id == Photo.listing_id).where(Photo.public_id == public_id, may_see(actor))
    )
    if content is None:
        raise NotFound("photo")
    return content


def visible_document(session: Session, public_id: str, *, actor: Actor) -> Document:
    """A document with its bytes, of a listing the actor may see."""
    document = session.scalar(
        select(Document)
        .join(Listing, Listing.id == Document.listing_id)
        .where(Document.public_id == public_id, may_see(actor))
        .options(undefer(Document.content))
    )
    if document is None:
        raise NotFound("document")
    return document
