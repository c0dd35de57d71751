"""Photos and documents: shown where their listing is, documents as attachments alone."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.wrappers import Response
from werkzeug.wrappers import Response as AnyResponse

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.problems import field_sentence, sentence
from marketplace.kernel.words import gettext
from marketplace.listings import queries as listings
from marketplace.listings.media import operations, queries
from marketplace.listings.media.models import Document, DocumentKind

blueprint = Blueprint("listings_media", __name__)
TYPES = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.JPEG: "image/jpeg",
    DocumentKind.PNG: "image/png",
    DocumentKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DocumentKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@blueprint.get("/photos/<photo_id>.jpg")
@allow(Who.SIGNED_IN)
def photo(photo_id: str) -> Response:
    return _picture(queries.visible_photo(current_session(), photo_id, actor=current_actor()))


@blueprint.get("/photos/<photo_id>/small.jpg")
@allow(Who.SIGNED_IN)
def thumbnail(photo_id: str) -> Response:
    return _picture(queries.visible_photo(current_session(), photo_id, actor=current_actor(), small=True))


def _picture(content: bytes) -> Response:
    """A photo never changes under its name, but who may see it does: kept by this browser for an hour."""
    return Response(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@blueprint.get("/documents/<document_id>")
@allow(Who.SIGNED_IN)
def document(document_id: str) -> Response:
    found = queries.visible_document(current_session(), document_id, actor=current_actor())
    return attachment(found)


def attachment(found: Document) -> Response:
    """The document under a name of ours, never opened in place."""
    headers = {
        "Content-Disposition": f'attachment; filename="{found.public_id}.{found.kind.value}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(found.content, content_type=TYPES[found.kind], headers=headers)


@blueprint.post("/machines/<public_id>/photos")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def upload(public_id: str) -> AnyResponse:
    """Each photo by itself: what is no photo is named, the others come in."""
    session, actor = current_session(), current_actor()
    files = [file for file in request.files.getlist("photos") if file.filename]
    added = 0
    for file in files[: operations.MOST_PHOTOS + 1]:
        try:
            operations.add_photo(session, public_id, file.read(), actor=actor, clock=request_clock())
            added += 1
        except (Invalid, Conflict) as error:
            flash(f"{file.filename}：{sentence(error)}", "blocked")
    if added:
        flash(gettext("已添加 %(count)s 张照片。", count=added), "done")
    elif not files:
        flash(field_sentence("file_missing"), "you")
    return redirect(url_for("listings_pages.machine", public_id=public_id) + "#photos", 303)


@blueprint.post("/machines/<public_id>/photos/<photo_id>/remove")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def remove(public_id: str, photo_id: str) -> AnyResponse:
    operations.remove_photo(current_session(), public_id, photo_id, actor=current_actor(), clock=request_clock())
    return redirect(url_for("listings_pages.machine", public_id=public_id) + "#photos", 303)


@blueprint.post("/machines/<public_id>/photos/<photo_id>/first")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def first(public_id: str, photo_id: str) -> AnyResponse:
    """Show this photo first, on the page and on cards."""
    session, actor = current_session(), current_actor()
    listing = listings.own_listing(session, public_id, actor=actor)
    others = [photo.public_id for photo in queries.photos_of(session, listing.id) if photo.public_id != photo_id]
    operations.order_photos(session, public_id, [photo_id, *others], actor=actor, clock=request_clock())
    return redirect(url_for("listings_pages.machine", public_id=public_id) + "#photos", 303)


@blueprint.post("/machines/<public_id>/documents")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def upload_paper(public_id: str) -> AnyResponse:
    file = request.files.get("document")
    if file is None or not file.filename:
        flash(field_sentence("file_missing"), "you")
    else:
        try:
            operations.add_document(
                current_session(),
                public_id,
                file.read(),
                title=file.filename,
                actor=current_actor(),
                clock=request_clock(),
            )
            flash(gettext("资料已添加。"), "done")
        except (Invalid, Conflict) as error:
            flash(sentence(error), "blocked")
    return redirect(url_for("listings_pages.machine", public_id=public_id) + "#documents", 303)


@blueprint.post("/machines/<public_id>/documents/<document_id>/remove")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def remove_paper(public_id: str, document_id: str) -> AnyResponse:
    operations.remove_document(current_session(), public_id, document_id, actor=current_actor(), clock=request_clock())
    return redirect(url_for("listings_pages.machine", public_id=public_id) + "#documents", 303)
