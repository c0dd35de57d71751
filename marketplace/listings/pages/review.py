"""The office looks at listings: the queue, one at a time with its facts, a decision with reasons one tap away."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.problems import field_sentence, sentence
from marketplace.kernel.words import gettext
from marketplace.listings import facts, labels, operations, queries, review
from marketplace.listings.batches import approve_all_of
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.media.queries import documents_of, photos_of
from marketplace.listings.models import ListingStatus
from marketplace.listings.storable import plain_words
from marketplace.listings.types import OverrideType, active_types, override_type, overrides
from marketplace.ui.filters import reader_locale
from marketplace.ui.pages import own_path

blueprint = Blueprint("listings_review", __name__, url_prefix="/office")


@blueprint.get("/listings")
@allow(Who.OFFICE)
def queue() -> str:
    """Listings that wait, the longest waiting first."""
    session, actor = current_session(), current_actor()
    page = review.waiting_listings(session, cursor=request.args.get("cursor"), actor=actor)
    return render_template(
        "listings/review.html",
        page=page,
        count=review.waiting_count(session, actor=actor),
        facts=facts,
        labels=labels,
        locale=reader_locale(),
    )


@blueprint.get("/listings/<public_id>")
@allow(Who.OFFICE)
def look(public_id: str) -> str:
    return _page(public_id, error=None)


def _page(public_id: str, *, error: str | None) -> str:
    session, actor = current_session(), current_actor()
    listing = queries.listing_for_office(session, public_id, actor=actor)
    return render_template(
        "listings/review_one.html",
        listing=listing,
        units=queries.units_of(session, listing.id),
        photos=photos_of(session, listing.id),
        documents=documents_of(session, listing.id),
        reasons=reason_templates(),
        error=error,
        facts=facts,
        labels=labels,
        locale=reader_locale(),
        statuses=ListingStatus,
        may_decide=OfficeRole.ADMIN in actor.office_roles,
        there=request.values.get("next", ""),
        same_firm=review.waiting_of_firm(session, listing.enterprise_id, actor=actor),
    )


def reason_templates() -> list[str]:
    """Reasons for sending a listing back that fit most cases."""
    return [
        gettext("名称或型号与参数不符，请核对。"),
        gettext("照片看不清设备，请换成现场照片。"),
        gettext("缺少买家会问的关键参数，请补充。"),
        gettext("特种设备登记证已过期，请更新。"),
        gettext("这项不属于可共享的设备或服务。"),
    ]


@blueprint.post("/listings/<public_id>/decide")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def decide(public_id: str) -> AnyResponse | tuple[str, int]:
    """Approve, or send back with a reason; then the next one opens by itself."""
    session, actor = current_session(), current_actor()
    try:
        if request.form.get("decision") == "approve":
            operations.approve_listing(session, public_id, actor=actor, clock=request_clock())
            flash(gettext("已通过，供给已上线。"), "done")
        else:
            reason = plain_words(request.form.get("reason", ""), 500)
            operations.refuse_listing(session, public_id, reason=reason, actor=actor, clock=request_clock())
            flash(gettext("已退回，对方会看到理由。"), "others")
    except (Invalid, Conflict) as error:
        session.rollback()
        wrong = [field_sentence(code) for codes in error.fields.values() for code in codes if code != error.code]
        return _page(public_id, error=" ".join([sentence(error), *wrong])), error.status
    if there := request.form.get("next"):
        return redirect(own_path(there), 303)
    following = review.waiting_listings(session, size=1, actor=actor).items
    if following:
        return redirect(url_for("listings_review.look", public_id=following[0].public_id), 303)
    return redirect(url_for("listings_review.queue"), 303)


@blueprint.post("/listings/approve-firm")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def approve_firm() -> AnyResponse:
    """Let everything that one firm has submitted go online."""
    enterprise = plain_words(request.form.get("enterprise", ""), 14)
    batch = approve_all_of(current_session(), enterprise, actor=current_actor(), clock=request_clock())
    flash(gettext("%(count)s 条已通过并上线。", count=batch.published), "done")
    if batch.lacking:
        flash(gettext("%(count)s 条还缺内容，留在待审里。", count=len(batch.lacking)), "you")
    there = request.form.get("next")
    return redirect(own_path(there) if there else url_for("listings_review.queue"), 303)


@blueprint.get("/types")
@allow(Who.OFFICE)
def types() -> str:
    """The resource types as this park has them."""
    session, actor, locale = current_session(), current_actor(), reader_locale()
    return render_template("listings/types.html", **_type_parts(locale), changed=overrides(session, actor.park_id))


def _type_parts(locale: str) -> dict[str, Any]:
    catalogue = load_catalogue()
    family = request.args.get("family", "")
    families = [(each.family, each.name(locale)) for each in catalogue.families()]
    chosen = family if family in dict(families) else families[0][0]
    kinds = [kind for kind in catalogue.types.values() if kind.family == chosen and kind.parent is not None]
    names = active_types(current_session(), current_actor().park_id, locale)
    return {"families": families, "chosen": chosen, "kinds": kinds, "names": names, "locale": locale}


def _aliases(text: str) -> list[str]:
    words = plain_words(text, 600).replace("，", ",").split(",")
    return [word.strip()[:60] for word in words if word.strip()]


@blueprint.post("/types/<code>")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def save_type(code: str) -> AnyResponse:
    command = OverrideType(
        type_code=code,
        name_zh=plain_words(request.form.get("name_zh", ""), 60),
        name_en=plain_words(request.form.get("name_en", ""), 60),
        aliases=tuple(_aliases(request.form.get("aliases", ""))),
        is_active=request.form.get("is_active") == "1",
    )
    override_type(current_session(), command, actor=current_actor(), clock=request_clock())
    flash(gettext("类型已更新。"), "done")
    return redirect(url_for("listings_review.types", family=request.form.get("family")), 303)
