"""The firm's machines: the table, one machine, what is done to it, the file of all."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.wrappers import Response
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from billing.pricing.headline import Headline, headline
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.problems import field_sentence, sentence
from marketplace.kernel.schemas import Text
from marketplace.kernel.words import gettext
from marketplace.listings import exports, facts, labels, operations, own_listings, queries
from marketplace.listings.batches import Batch, BatchAction, MoveListings, PublishAll, move_listings, publish_all
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.content import lacking
from marketplace.listings.media.queries import documents_of, photos_of
from marketplace.listings.models import Listing, ListingStatus, WithheldReason
from marketplace.listings.own_listings import OwnFilter
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("listings_pages", __name__, url_prefix="/machines", template_folder="../templates")
PAGE_SIZE = 20


class FilterSchema(Schema):
    """The table's filters, as they stand in its address."""

    status = fields.Enum(ListingStatus, by_value=True, load_default=None)
    q = Text(most=100, load_default="")
    withheld = fields.Boolean(load_default=False)
    cursor = fields.String(validate=validate.Length(max=500), load_default=None)


def _asked() -> dict[str, Any]:
    given = {name: value for name, value in request.args.items() if value}
    wrong = FilterSchema().validate(given)
    kept = {name: value for name, value in given.items() if name not in wrong}
    return FilterSchema().load(kept, unknown="exclude")  # type: ignore[return-value]


def _filter(asked: dict[str, Any]) -> OwnFilter:
    return OwnFilter(status=asked["status"], text=asked["q"].strip(), withheld=asked["withheld"])


@blueprint.app_context_processor
def price_parts() -> dict[str, Any]:
    """What every template may ask about a listing's price."""
    return {"listing_headline": listing_headline}


def listing_headline(listing: Listing) -> Headline | None:
    """The one price a card shows before there is a job."""
    return headline(listing.rate_plan.value()) if listing.rate_plan else None


@blueprint.get("/")
@allow(Who.TRADING_FIRM)
def index() -> str:
    """All machines of the firm, with what each waits for."""
    session, actor, asked = current_session(), current_actor(), _asked()
    page = own_listings.own_page(
        session, _filter(asked), cursor=asked["cursor"], size=PAGE_SIZE, actor=actor, clock=request_clock()
    )
    return render_template(
        "listings/machines.html",
        page=page,
        asked=asked,
        counts=own_listings.status_counts(session, actor=actor),
        publishable=own_listings.publishable_count(session, actor=actor),
        statuses=ListingStatus,
        labels=labels,
        facts=facts,
        locale=reader_locale(),
    )


@blueprint.post("/bulk")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def bulk() -> AnyResponse:
    """Do one thing to the machines ticked."""
    try:
        action = BatchAction(request.form.get("action", ""))
    except ValueError:
        raise Invalid("nothing_chosen", fields={"action": ["nothing_chosen"]}) from None
    command = MoveListings(action=action, listings=tuple(request.form.getlist("listing")))
    if not command.listings:
        flash(field_sentence("nothing_chosen"), "you")
        return redirect(_back(), 303)
    batch = move_listings(current_session(), command, actor=current_actor(), clock=request_clock())
    _tell(batch)
    return redirect(_back(), 303)


@blueprint.post("/publish-all")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def publish_everything() -> AnyResponse:
    """Send every draft that may be offered."""
    batch = publish_all(current_session(), PublishAll(), actor=current_actor(), clock=request_clock())
    _tell(batch)
    return redirect(url_for("listings_pages.index"), 303)


def _back() -> str:
    query = request.form.get("back", "")
    return url_for("listings_pages.index") + (f"?{query}" if query and len(query) < 300 else "")


def _tell(batch: Batch) -> None:
    if batch.published:
        flash(gettext("%(count)s 条已发布，现在就能被搜到。", count=batch.published), "done")
    if batch.submitted:
        flash(gettext("%(count)s 条已送园区审核，通过后自动上线。", count=batch.submitted), "others")
    if batch.moved:
        flash(gettext("%(count)s 条已处理。", count=batch.moved), "done")
    if batch.lacking:
        codes = {code for lacks in batch.lacking.values() for found in lacks.values() for code in found}
        why = " ".join(field_sentence(code) for code in sorted(codes))
        flash(gettext("%(count)s 条还不能发布：%(why)s", count=len(batch.lacking), why=why), "you")
    if batch.skipped:
        flash(gettext("%(count)s 条的状态不适用这个操作，没有改动。", count=batch.skipped), "others")
    if not (batch.published or batch.submitted or batch.moved or batch.lacking or batch.skipped):
        flash(gettext("没有可处理的草稿。"), "others")


@blueprint.get("/<public_id>")
@allow(Who.TRADING_FIRM)
def machine(public_id: str) -> str:
    """One machine of the firm: what it says, what it lacks, what comes next."""
    session, actor = current_session(), current_actor()
    listing = queries.own_listing(session, public_id, actor=actor)
    units = own_listings.own_units(session, [listing.id]).get(listing.id, [])
    pieces = queries.units_of(session, listing.id)
    own_ids = {unit.id for unit in units}
    return render_template(
        "listings/machine.html",
        listing=listing,
        units=units,
        members=[unit for unit in pieces if unit.id not in own_ids],
        lacks=_lacks(listing, len(pieces)),
        photos=photos_of(session, listing.id),
        documents=documents_of(session, listing.id),
        labels=labels,
        facts=facts,
        locale=reader_locale(),
        unreviewed=queries.publishes_unreviewed(session, listing.park_id, listing.enterprise_id),
        statuses=ListingStatus,
    )


def _lacks(listing: Listing, pieces: int) -> list[tuple[bool, str]]:
    """What is missing, as unticked lines."""
    found = lacking(listing, bookable_pieces=pieces, today=request_clock()().date())
    return [(False, field_sentence(code)) for codes in found.values() for code in codes]


STEPS = {
    "submit": operations.submit_listing,
    "take-back": operations.take_back_listing,
    "pause": operations.pause_listing,
    "resume": operations.resume_listing,
    "archive": operations.archive_listing,
    "restore": operations.restore_listing,
}


@blueprint.post("/<public_id>/<any('submit', 'take-back', 'pause', 'resume', 'archive', 'restore'):step>")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def move(public_id: str, step: str) -> AnyResponse:
    """One step of the machine's life; what is missing is told on its page."""
    try:
        listing = STEPS[step](current_session(), public_id, actor=current_actor(), clock=request_clock())
        flash(_told(listing), "done" if listing.is_offered else "others")
    except (Invalid, Conflict) as error:
        current_session().rollback()
        wrong = [field_sentence(code) for codes in error.fields.values() for code in codes]
        flash(" ".join([sentence(error), *wrong]), "you")
    return redirect(url_for("listings_pages.machine", public_id=public_id), 303)


def _told(listing: Listing) -> str:
    return {
        ListingStatus.PUBLISHED: gettext("已发布，现在就能被搜到和预订。"),
        ListingStatus.IN_REVIEW: gettext("已送园区审核，通过后自动上线。"),
        ListingStatus.PAUSED: gettext("已暂停，不再接受新预订；已有预订不受影响。"),
        ListingStatus.ARCHIVED: gettext("已归档，可随时恢复为草稿。"),
        ListingStatus.DRAFT: gettext("已回到草稿，可以继续修改。"),
    }[listing.status]


@blueprint.post("/<public_id>/withhold")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def withhold(public_id: str) -> AnyResponse:
    """Mark a draft as not to be offered, or take the mark away."""
    reason = WithheldReason.OWNER if request.form.get("withheld") == "1" else None
    operations.withhold_listing(
        current_session(), public_id, reason=reason, actor=current_actor(), clock=request_clock()
    )
    return redirect(url_for("listings_pages.machine", public_id=public_id), 303)


@blueprint.get("/export.<any('xlsx', 'csv'):ending>")
@allow(Who.TRADING_FIRM)
def export(ending: str) -> Response:
    """The table as a file, formula-safe, one line a machine."""
    asked, locale = _asked(), reader_locale()
    rows = own_listings.exported_rows(current_session(), _filter(asked), actor=current_actor())
    header, lines = _sheet(rows, locale)
    body = exports.as_csv(header, lines) if ending == "csv" else exports.as_xlsx(gettext("设备"), header, lines)
    kind = exports.CSV if ending == "csv" else exports.XLSX
    return Response(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="machines.{ending}"'}
    )


def _sheet(rows: list[tuple[Listing, list[Any]]], locale: str) -> tuple[list[str], list[list[exports.Cell]]]:
    catalogue = load_catalogue()
    codes = list(dict.fromkeys(code for listing, _ in rows for code in listing.attributes))
    known = [catalogue.attributes[code] for code in codes if code in catalogue.attributes]
    header = [
        gettext("资产编号"),
        gettext("名称"),
        gettext("型号"),
        gettext("厂家"),
        gettext("类型"),
        gettext("状态"),
        gettext("台数"),
        gettext("所在位置"),
        gettext("价格"),
        *(each.zh if locale.startswith("zh") else each.en for each in known),
    ]
    lines = [_line(listing, units, [each.code for each in known], locale) for listing, units in rows]
    return header, lines


def _line(listing: Listing, units: list[Any], codes: list[str], locale: str) -> list[exports.Cell]:
    said = {fact.code: fact.value for group in facts.facts_of(listing, locale) for fact in group.facts}
    price = price_words(listing)
    return [
        "、".join(unit.asset_number for unit in units if unit.asset_number),
        listing.title(locale),
        listing.model,
        listing.manufacturer,
        facts.type_name(listing, locale),
        labels.status_mark(listing)[1],
        len(units),
        listing.place,
        price,
        *(said.get(code, "") for code in codes),
    ]


def price_words(listing: Listing) -> str:
    """The headline price in words, what is written, or that it is on request."""
    shown = listing_headline(listing)
    if shown is None:
        return listing.price_as_written or gettext("面议")
    return f"{shown.price:f} {shown.currency}/{gettext(shown.unit)}"
