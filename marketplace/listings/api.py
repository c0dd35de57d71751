# pyright: standard
"""Listings over JSON: write, price, photograph, offer, withdraw; the office's decisions; the resource types."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request
from flask_smorest import Blueprint

from marketplace.kernel.actor import FirmRole, OfficeRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.paging import Page
from marketplace.kernel.schemas import PageArguments
from marketplace.listings import operations, own_listings, queries, review
from marketplace.listings.batches import Batch, PublishAll, approve_all_of, move_listings, publish_all
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.commands import EditListing, UnitContent
from marketplace.listings.media import operations as media
from marketplace.listings.media import queries as media_queries
from marketplace.listings.media.models import Document, Photo
from marketplace.listings.models import Listing, Unit, WithheldReason
from marketplace.listings.own_listings import MachineRow, OwnFilter
from marketplace.listings.schemas import (
    LineMembersSchema,
    ListingContentSchema,
    ListingDocumentSchema,
    ListingPageSchema,
    ListingPhotoOrderSchema,
    ListingPhotoSchema,
    ListingRatePlanSchema,
    ListingRefusalSchema,
    ListingsBatchSchema,
    ListingSchema,
    ListingsMoveSchema,
    ListingUnitEditSchema,
    ListingUnitSchema,
    ListingWithholdSchema,
    NewListingSchema,
    OwnListingsPageSchema,
    OwnListingsQuery,
    ResourceTypesSchema,
)
from marketplace.listings.types import active_types
from marketplace.listings.units import AddUnits, ChangeMembers, EditUnit, add_units, change_members, edit_unit

blueprint = Blueprint(
    "listings_api", __name__, url_prefix="/api/v1", description="Resources and services, their units, prices and photos"
)
WRITERS = (FirmRole.OPERATOR,)


class VersionRequired(Conflict):
    """An edit without `If-Match` would overwrite what nobody has looked at."""

    status = 428


class VersionStale(Conflict):
    """The row has moved on since it was read."""

    status = 412


def wanted_version(listing_id: str) -> int:
    """The version in `If-Match`; raises 428 without one and 412 for another than the listing's."""
    tags = request.if_match.as_set(include_weak=True)
    if not tags:
        raise VersionRequired("version_required")
    listing = queries.own_listing(current_session(), listing_id, actor=current_actor())
    if str(listing.version) not in tags:
        raise VersionStale("edited_meanwhile")
    return listing.version


def tagged(listing: Listing) -> Any:
    """The listing with its version as `ETag`."""
    current_session().flush()
    return listing, {"ETag": f'"{listing.version}"'}


@blueprint.get("/resource-types")
@allow(Who.ANYONE)
@blueprint.response(200, ResourceTypesSchema)
def resource_types() -> dict[str, Any]:
    """The tree of resource types and the definitions of their attributes."""
    catalogue = load_catalogue()
    return {
        "types": [_type_row(kind) for kind in catalogue.types.values()],
        "attributes": list(catalogue.attributes.values()),
    }


def _type_row(kind: Any) -> dict[str, Any]:
    names = ("code", "family", "parent", "kind", "zh", "en", "attributes", "key_attributes", "needs_certificate")
    return {name: getattr(kind, name) for name in names} | {"is_active": True}


@blueprint.get("/my/resource-types")
@allow(Who.SIGNED_IN)
@blueprint.response(200, ResourceTypesSchema)
def park_types() -> dict[str, Any]:
    """The resource types as the park uses them."""
    names = active_types(current_session(), current_actor().park_id, "zh")
    catalogue = load_catalogue()
    kinds = [catalogue.types[code] for code in names]
    return {"types": [_type_row(kind) for kind in kinds], "attributes": list(catalogue.attributes.values())}


@blueprint.get("/listings")
@allow(Who.TRADING_FIRM)
@blueprint.arguments(OwnListingsQuery, location="query")
@blueprint.response(200, OwnListingsPageSchema)
def own(asked: dict[str, Any]) -> Page[MachineRow]:
    """The firm's own listings, newest first."""
    wanted = OwnFilter(status=asked["status"], text=asked["text"], withheld=asked["withheld"])
    return own_listings.own_page(
        current_session(),
        wanted,
        cursor=asked["cursor"],
        size=asked["size"],
        actor=current_actor(),
        clock=request_clock(),
    )


@blueprint.post("/listings")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@idempotent
@blueprint.arguments(NewListingSchema)
@blueprint.response(201, ListingSchema)
def create(command: Any) -> Any:
    """Write a draft."""
    listing = operations.create_listing(current_session(), command, actor=current_actor(), clock=request_clock())
    return tagged(queries.own_listing(current_session(), listing.public_id, actor=current_actor()))


@blueprint.get("/listings/<public_id>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, ListingSchema)
def one(public_id: str) -> Any:
    """A listing that you may see: your own, or a published one in your park or a partner park."""
    return tagged(queries.visible_listing(current_session(), public_id, actor=current_actor()))


@blueprint.put("/listings/<public_id>")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ListingContentSchema)
@blueprint.response(200, ListingSchema)
def edit(content: Any, public_id: str) -> Any:
    """Replace what a listing says; `If-Match` holds the version you read."""
    command = EditListing(listing=public_id, version=wanted_version(public_id), content=content)
    return tagged(operations.edit_listing(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.put("/listings/<public_id>/rate-plan")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR, FirmRole.FINANCE))
@writes
@blueprint.arguments(ListingRatePlanSchema)
@blueprint.response(200, ListingSchema)
def price(command: Any, public_id: str) -> Any:
    """Set the price; orders made before keep theirs."""
    whole = replace(command, listing=public_id, version=wanted_version(public_id))
    operations.set_rate_plan(current_session(), whole, actor=current_actor(), clock=request_clock())
    return tagged(queries.own_listing(current_session(), public_id, actor=current_actor()))


STEPS = {
    "submit": operations.submit_listing,
    "take-back": operations.take_back_listing,
    "pause": operations.pause_listing,
    "resume": operations.resume_listing,
    "archive": operations.archive_listing,
    "restore": operations.restore_listing,
}


@blueprint.post("/listings/<public_id>/<any('submit', 'take-back', 'pause', 'resume', 'archive', 'restore'):step>")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.response(200, ListingSchema)
def move(public_id: str, step: str) -> Any:
    """One step of a listing's life."""
    return tagged(STEPS[step](current_session(), public_id, actor=current_actor(), clock=request_clock()))


@blueprint.post("/listings/<public_id>/withhold")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ListingWithholdSchema)
@blueprint.response(200, ListingSchema)
def withhold(asked: dict[str, bool], public_id: str) -> Any:
    """Mark a draft as not to be offered, or take the mark away."""
    reason = WithheldReason.OWNER if asked["withheld"] else None
    return tagged(
        operations.withhold_listing(
            current_session(), public_id, reason=reason, actor=current_actor(), clock=request_clock()
        )
    )


@blueprint.post("/listings/publish-all")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.response(200, ListingsBatchSchema)
def publish_everything() -> Batch:
    """Send every draft that may be offered."""
    return publish_all(current_session(), PublishAll(), actor=current_actor(), clock=request_clock())


@blueprint.post("/listings/move")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ListingsMoveSchema)
@blueprint.response(200, ListingsBatchSchema)
def move_many(command: Any) -> Batch:
    """Submit, pause, resume or archive many listings in one go."""
    return move_listings(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.get("/listings/<public_id>/units")
@allow(Who.TRADING_FIRM)
@blueprint.response(200, ListingUnitSchema(many=True))
def units(public_id: str) -> Sequence[Unit]:
    """The machines of an own listing."""
    listing = queries.own_listing(current_session(), public_id, actor=current_actor())
    return own_listings.own_units(current_session(), [listing.id]).get(listing.id, [])


@blueprint.post("/listings/<public_id>/units")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ListingUnitSchema)
@blueprint.response(201, ListingUnitSchema)
def add_unit(unit: Any, public_id: str) -> Unit:
    """One more identical machine."""
    command = AddUnits(listing=public_id, units=(unit,))
    return add_units(current_session(), command, actor=current_actor(), clock=request_clock())[0]


@blueprint.put("/listings/<public_id>/units/<unit_id>")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ListingUnitEditSchema)
@blueprint.response(200, ListingUnitSchema)
def save_unit(asked: dict[str, Any], public_id: str, unit_id: str) -> Unit:
    """Describe a machine anew, or take it out of booking."""
    content = UnitContent(asset_number=asked["asset_number"], serial=asked["serial"], label=asked["label"])
    command = EditUnit(listing=public_id, unit=unit_id, content=content, is_bookable=asked["is_bookable"])
    return edit_unit(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.put("/listings/<public_id>/members")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(LineMembersSchema)
@blueprint.response(200, ListingSchema)
def members(asked: dict[str, list[str]], public_id: str) -> Any:
    """Say which of the firm's units and lines a line is made of."""
    command = ChangeMembers(listing=public_id, units=tuple(asked["units"]), lines=tuple(asked["lines"]))
    return tagged(change_members(current_session(), command, actor=current_actor(), clock=request_clock()))


def uploaded() -> tuple[str, bytes]:
    """Name and bytes of the one file of a multipart body, in its part `file`."""
    file = request.files.get("file")
    if file is None:
        raise Invalid("file_missing", fields={"file": ["file_missing"]})
    return file.filename or "", file.read()


@blueprint.get("/listings/<public_id>/photos")
@allow(Who.SIGNED_IN)
@blueprint.response(200, ListingPhotoSchema(many=True))
def photos(public_id: str) -> Sequence[Photo]:
    listing = queries.visible_listing(current_session(), public_id, actor=current_actor())
    return media_queries.photos_of(current_session(), listing.id)


@blueprint.post("/listings/<public_id>/photos")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.response(201, ListingPhotoSchema)
def add_photo(public_id: str) -> Photo:
    """Add a photo (multipart, part `file`): JPEG, PNG or WebP, drawn anew without its metadata."""
    _, content = uploaded()
    return media.add_photo(current_session(), public_id, content, actor=current_actor(), clock=request_clock())


@blueprint.put("/listings/<public_id>/photos")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ListingPhotoOrderSchema)
@blueprint.response(200, ListingPhotoSchema(many=True))
def order_photos(asked: dict[str, list[str]], public_id: str) -> Sequence[Photo]:
    """Show the photos in this order."""
    return media.order_photos(
        current_session(), public_id, asked["photos"], actor=current_actor(), clock=request_clock()
    )


@blueprint.delete("/listings/<public_id>/photos/<photo_id>")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.response(204)
def remove_photo(public_id: str, photo_id: str) -> None:
    media.remove_photo(current_session(), public_id, photo_id, actor=current_actor(), clock=request_clock())


@blueprint.get("/listings/<public_id>/documents")
@allow(Who.SIGNED_IN)
@blueprint.response(200, ListingDocumentSchema(many=True))
def documents(public_id: str) -> Sequence[Document]:
    listing = queries.visible_listing(current_session(), public_id, actor=current_actor())
    return media_queries.documents_of(current_session(), listing.id)


@blueprint.post("/listings/<public_id>/documents")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.response(201, ListingDocumentSchema)
def add_document(public_id: str) -> Document:
    """Add a document (multipart, part `file`): PDF, picture, XLSX or DOCX."""
    name, content = uploaded()
    return media.add_document(
        current_session(), public_id, content, title=name, actor=current_actor(), clock=request_clock()
    )


@blueprint.delete("/listings/<public_id>/documents/<document_id>")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.response(204)
def remove_document(public_id: str, document_id: str) -> None:
    media.remove_document(current_session(), public_id, document_id, actor=current_actor(), clock=request_clock())


@blueprint.get("/office/listings")
@allow(Who.OFFICE)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, ListingPageSchema)
def waiting(asked: dict[str, Any]) -> Page[Listing]:
    """Listings that wait for the office, the longest waiting first."""
    return review.waiting_listings(current_session(), cursor=asked["cursor"], size=asked["size"], actor=current_actor())


@blueprint.post("/office/listings/<public_id>/approve")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.response(200, ListingSchema)
def approve(public_id: str) -> Any:
    """Let a submitted listing go online."""
    return tagged(
        operations.approve_listing(current_session(), public_id, actor=current_actor(), clock=request_clock())
    )


@blueprint.post("/office/enterprises/<enterprise_id>/approve-listings")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.response(200, ListingsBatchSchema)
def approve_firm(enterprise_id: str) -> Batch:
    """Let everything that one firm has submitted go online."""
    return approve_all_of(current_session(), enterprise_id, actor=current_actor(), clock=request_clock())


@blueprint.post("/office/listings/<public_id>/refuse")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.arguments(ListingRefusalSchema)
@blueprint.response(200, ListingSchema)
def refuse(asked: dict[str, str], public_id: str) -> Any:
    """Send a submitted or published listing back to its owner, with a reason."""
    return tagged(
        operations.refuse_listing(
            current_session(), public_id, reason=asked["reason"], actor=current_actor(), clock=request_clock()
        )
    )
