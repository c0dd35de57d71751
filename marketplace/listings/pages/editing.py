"""Writing a listing: the form, its typed attributes, and its machines one by one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts.models import Zone
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, typed
from marketplace.kernel.units import dimension_of
from marketplace.kernel.words import gettext
from marketplace.listings import labels, operations, own_listings, queries
from marketplace.listings.catalogue import AttributeDefinition, load_catalogue
from marketplace.listings.commands import CreateListing, EditListing, UnitContent
from marketplace.listings.content import resource_type
from marketplace.listings.forms import PREFIX, content_from, default_values, form_of
from marketplace.listings.models import Approval, DeliveryTerms, Listing, ListingKind, OperatorTerms
from marketplace.listings.storable import plain_words
from marketplace.listings.types import active_types
from marketplace.listings.units import AddUnits, ChangeMembers, EditUnit, add_units, change_members, edit_unit
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("listings_editing", __name__, url_prefix="/machines")


@blueprint.app_context_processor
def attribute_words() -> dict[str, Any]:
    """What the attribute fields ask of a definition."""
    return {"unit_word": unit_word, "option_choices": option_choices}


def unit_word(definition: AttributeDefinition, locale: str) -> str:
    """The unit one need not write, in the reader's words."""
    if definition.unit in {None, "1"}:
        return ""
    unit = dimension_of(definition.dimension or "count").unit(definition.unit or "1")
    return unit.symbol_zh if locale.startswith("zh") else unit.symbol


def option_choices(definition: AttributeDefinition, locale: str) -> list[tuple[str, str]]:
    return [(option.code, option.en if locale.startswith("en") else option.zh) for option in definition.options]


@blueprint.get("/new")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def new() -> str:
    """An empty form; `type` chooses the resource type."""
    values = default_values() | {"type_code": request.args.get("type", "")}
    return _page(Form(values), None)


@blueprint.post("/new")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def create() -> AnyResponse | tuple[str, int]:
    form = _typed()
    content, plain = content_from(form)
    if content is None:
        return _page(form, None), 422
    numbers = [number for number in plain["asset_numbers"].split() if number]
    count = max(plain["unit_count"], len(numbers))
    units = tuple(UnitContent(asset_number=numbers[at] if at < len(numbers) else "") for at in range(count))
    members = tuple(request.form.getlist("member_units"))
    command = CreateListing(content=content, units=() if members else units, member_units=members)
    try:
        listing = operations.create_listing(current_session(), command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        current_session().rollback()
        form.refuse(error)
        return _page(form, None), error.status
    flash(gettext("草稿已保存。下一步：定价，然后发布。"), "done")
    return redirect(url_for("listings_prices.edit", public_id=listing.public_id), 303)


@blueprint.get("/<public_id>/edit")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def edit(public_id: str) -> str:
    listing = queries.own_listing(current_session(), public_id, actor=current_actor())
    zone = listing.zone.public_id if listing.zone else None
    form = form_of(listing, reader_locale(), zone=zone)
    form.values["member_units"] = queries.member_unit_ids(current_session(), listing.id)
    return _page(form, listing)


@blueprint.post("/<public_id>/edit")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def save(public_id: str) -> AnyResponse | tuple[str, int]:
    """Save the form; two tabs editing: the second keeps its input and is told."""
    session, actor = current_session(), current_actor()
    listing = queries.own_listing(session, public_id, actor=actor)
    form = _typed()
    content, plain = content_from(form)
    if content is None:
        return _page(form, listing), 422
    command = EditListing(listing=public_id, version=plain["version"], content=content)
    try:
        operations.edit_listing(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        form.values["version"] = queries.own_listing(session, public_id, actor=actor).version
        return _page(form, listing), error.status
    if request.form.get("members_shown") == "1":
        members = ChangeMembers(listing=public_id, units=tuple(request.form.getlist("member_units")))
        change_members(session, members, actor=actor, clock=request_clock())
    flash(gettext("已保存。"), "done")
    return redirect(url_for("listings_pages.machine", public_id=public_id), 303)


@blueprint.post("/attributes")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def attributes() -> str:
    """The fields of the type just chosen, with what was typed so far."""
    form = _typed()
    return render_template("listings/_attributes.html", **_attribute_parts(form))


def _typed() -> Form:
    lists = [name for name in request.form if name.startswith(PREFIX) and len(request.form.getlist(name)) > 1]
    return typed("tier_hours", "tier_percent", "member_units", *lists)


def _page(form: Form, listing: Listing | None) -> str:
    session, actor, locale = current_session(), current_actor(), reader_locale()
    zones = session.scalars(select(Zone).where(Zone.park_id == actor.park_id).order_by(Zone.id)).all()
    en = locale.startswith("en")
    return render_template(
        "listings/form.html",
        listing=listing,
        zones=[(zone.public_id, zone.name_en if en else zone.name_zh) for zone in zones],
        types=_type_choices(locale),
        labels=labels,
        operators=[(each.value, labels.operator_label(each)) for each in OperatorTerms],
        deliveries=[(each.value, labels.delivery_label(each)) for each in DeliveryTerms],
        approvals=list(Approval),
        **_attribute_parts(form),
    )


def _type_choices(locale: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Types by family, as grouped options; what the park switched off is left out."""
    catalogue = load_catalogue()
    names = active_types(current_session(), current_actor().park_id, locale)
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for family in catalogue.families():
        options = [
            (kind.code, names[kind.code])
            for kind in catalogue.types.values()
            if kind.family == family.family and kind.parent is not None and kind.code in names
        ]
        groups.append((family.name(locale), sorted(options, key=_second)))
    return [group for group in groups if group[1]]


def _second(option: tuple[str, str]) -> str:
    return option[1]


def _attribute_parts(form: Form) -> dict[str, Any]:
    kind = resource_type(str(form.values.get("type_code") or ""))
    definitions = load_catalogue().attributes_of(kind.code) if kind else ()
    groups: dict[str, list[AttributeDefinition]] = {}
    en = reader_locale().startswith("en")
    for definition in definitions:
        groups.setdefault(definition.group.en if en else definition.group.zh, []).append(definition)
    parts: dict[str, Any] = {"kind": kind, "groups": groups, "form": form, "locale": reader_locale(), "choices": []}
    if kind is not None and kind.kind == ListingKind.LINE.value:
        parts["choices"] = own_listings.units_to_choose(current_session(), actor=current_actor())
    return parts


@blueprint.post("/<public_id>/units")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def add_unit(public_id: str) -> AnyResponse:
    """One more identical machine."""
    unit = UnitContent(
        asset_number=plain_words(request.form.get("asset_number", ""), 60),
        serial=plain_words(request.form.get("serial", ""), 60),
        label=plain_words(request.form.get("label", ""), 60),
    )
    add_units(
        current_session(), AddUnits(listing=public_id, units=(unit,)), actor=current_actor(), clock=request_clock()
    )
    return redirect(url_for("listings_pages.machine", public_id=public_id) + "#units", 303)


@blueprint.post("/<public_id>/units/<unit_id>")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def save_unit(public_id: str, unit_id: str) -> AnyResponse:
    """New words for a machine, or out of booking."""
    content = UnitContent(
        asset_number=plain_words(request.form.get("asset_number", ""), 60),
        serial=plain_words(request.form.get("serial", ""), 60),
        label=plain_words(request.form.get("label", ""), 60),
    )
    command = EditUnit(
        listing=public_id, unit=unit_id, content=content, is_bookable=request.form.get("is_bookable") == "1"
    )
    edit_unit(current_session(), command, actor=current_actor(), clock=request_clock())
    return redirect(url_for("listings_pages.machine", public_id=public_id) + "#units", 303)
