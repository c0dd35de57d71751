"""The rate plan editor: the form, live examples beside it, and one price for many machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from billing.pricing.errors import PlanError
from billing.pricing.jobs import Job
from billing.pricing.plan_json import plan_from_json
from billing.pricing.plans import Plan, RentPlan, UsagePlan
from billing.pricing.quotes import Priced, quote
from billing.pricing.rent_to_own import Position, RentToOwnTerms, position, rises
from billing.pricing.texts import REFUSAL_TEXTS, UNIT_TEXTS
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, typed
from marketplace.kernel.problems import field_sentence
from marketplace.kernel.words import gettext
from marketplace.listings import operations, queries
from marketplace.listings.batches import PriceListings, price_listings
from marketplace.listings.commands import SetRatePlan
from marketplace.listings.models import Listing
from marketplace.listings.storable import plain_words
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("listings_prices", __name__, url_prefix="/machines")
LENGTHS = ("hour", "shift", "day", "week", "month")
TIERS = (1, 2, 3)
TO_OWN = ("price", "option_price", "late_fee", "quote_valid_days", "grace_days", "suspend_days")
CREDIT = ("percent", "cap_percent", "window")
ZONE = ZoneInfo("Asia/Shanghai")


@blueprint.get("/<public_id>/price")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR, FirmRole.FINANCE))
def edit(public_id: str) -> str:
    listing = queries.own_listing(current_session(), public_id, actor=current_actor())
    return _page(_form_of(listing), [listing], listing)


@blueprint.post("/<public_id>/price")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR, FirmRole.FINANCE))
@writes
def save(public_id: str) -> AnyResponse | tuple[str, int]:
    session, actor = current_session(), current_actor()
    listing = queries.own_listing(session, public_id, actor=actor)
    form = typed()
    plan = read_plan(form)
    if form.errors:
        return _page(form, [listing], listing), 422
    version = str(form.values.get("version") or "")
    command = SetRatePlan(
        listing=public_id,
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
        plan=plan,
        price_as_written=_written(form),
    )
    try:
        operations.set_rate_plan(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        form.values["version"] = queries.own_listing(session, public_id, actor=actor).version
        return _page(form, [listing], listing), error.status
    flash(gettext("价格已保存，新订单按新价格，已有订单不变。"), "done")
    return redirect(url_for("listings_pages.machine", public_id=public_id), 303)


@blueprint.post("/price/examples")
@allow(Who.TRADING_FIRM)
def examples() -> str:
    """What the plan typed so far comes to for an hour, a day, ten and thirty days; for rent-to-own what buying costs."""
    form = typed()
    plan = read_plan(form)
    return render_template("listings/_examples.html", form=form, **_examples(plan))


def _examples(plan: Plan | None) -> dict[str, Any]:
    if isinstance(plan, RentToOwnTerms):
        return {"examples": [], "buy_outs": buy_outs_of(plan), "rises": rises(plan), "months": plan.instalments}
    return {"examples": examples_of(plan), "buy_outs": [], "rises": [], "months": 0}


def buy_outs_of(terms: RentToOwnTerms) -> list[Position]:
    """Where the contract stands before, half-way through and after its rents."""
    whole = terms.instalments
    return [position(terms, paid) for paid in sorted({0, 1, whole // 2, whole - 1, whole}) if paid <= whole]


@blueprint.post("/price/choose")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR, FirmRole.FINANCE))
def choose_bulk() -> AnyResponse | str:
    """The editor for the machines ticked in the table."""
    listings = _chosen()
    if not listings:
        flash(field_sentence("nothing_chosen"), "you")
        return redirect(url_for("listings_pages.index"), 303)
    return _page(_form_of(listings[0]), listings, None)


@blueprint.post("/price/bulk")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR, FirmRole.FINANCE))
@writes
def save_bulk() -> AnyResponse | tuple[str, int]:
    form = typed("listing")
    plan = read_plan(form)
    listings = _chosen()
    if form.errors or not listings:
        return _page(form, listings, None), 422
    command = PriceListings(
        listings=tuple(listing.public_id for listing in listings), plan=plan, price_as_written=_written(form)
    )
    batch = price_listings(current_session(), command, actor=current_actor(), clock=request_clock())
    flash(gettext("%(count)s 条已按同一价格更新。", count=batch.moved), "done")
    return redirect(url_for("listings_pages.index"), 303)


def _chosen() -> Sequence[Listing]:
    ids = request.form.getlist("listing")[:2000]
    return queries.own_listings(current_session(), ids, actor=current_actor())


def _page(form: Form, listings: Sequence[Listing], listing: Listing | None) -> str:
    plan = read_plan(Form(dict(form.values)))
    return render_template(
        "listings/price.html",
        form=form,
        listing=listing,
        listings=listings,
        **_examples(plan),
        locale=reader_locale(),
        lengths=list(_length_labels().items()),
        meters=[(code, gettext(UNIT_TEXTS[code])) for code in ("machine_hour", "piece", "sample", "kwh", "cycle")],
        tiers=TIERS,
    )


def _length_labels() -> dict[str, str]:
    words = (gettext("每小时"), gettext("每班"), gettext("每天"), gettext("每周"), gettext("每月"))
    return dict(zip(LENGTHS, words, strict=True))


def read_plan(form: Form) -> Plan | None:
    """The plan as typed; None for a price of another kind. Faults go beside their fields."""
    kind = str(form.values.get("kind") or "rent")
    if kind == "as_written":
        return None
    body = {"usage": _usage_body, "rent_to_own": _to_own_body}.get(kind, _rent_body)(form)
    body |= _vat_body(form) if kind == "rent_to_own" else _shared_body(form)
    try:
        return plan_from_json(body)
    except PlanError as error:
        name = _field_of(error.field)
        words = gettext(REFUSAL_TEXTS.get(error.code, error.code))
        form.errors.setdefault(name, []).append(field_sentence("price_missing") if name == "rates" else words)
        return None


def _rent_body(form: Form) -> dict[str, Any]:
    rates = {code: value for code in LENGTHS if (value := _text(form, f"rates.{code}"))}
    if "shift" in rates and (hours := _text(form, "rates.shift_hours")):
        rates["shift_hours"] = hours
    body: dict[str, Any] = {"kind": "rent", "rates": rates}
    for name in ("minimum_hours", "minimum_charge"):
        if value := _text(form, name):
            body[name] = value
    if percent := _text(form, "night_percent"):
        body["bands"] = [{"code": "night", "percent": f"-{percent}", "start": "20:00", "end": "08:00"}]
    body["spans_closed_hours"] = form.values.get("spans_closed_hours") == "1"
    return body


def _usage_body(form: Form) -> dict[str, Any]:
    """The first price, and dearer or cheaper ones beyond so many units: each unit by its own, or all by the last one."""
    starts = [_text(form, f"tier.{n}.from") for n in TIERS]
    later = [(start, _text(form, f"tier.{n}.price")) for n, start in zip(TIERS, starts, strict=True) if start]
    prices = [_text(form, "unit_price"), *(price for _, price in later)]
    bounds: list[str | None] = [*(start for start, _ in later), None]
    tiers = [{"unit_price": price, "up_to": bound} for price, bound in zip(prices, bounds, strict=True)]
    body: dict[str, Any] = {"kind": "usage", "meter": _text(form, "meter") or "machine_hour", "tiers": tiers}
    if later:
        body["model"] = _text(form, "model") or "graduated"
    for name in ("free_units", "minimum_commitment", "cap"):
        if value := _text(form, name):
            body[name] = value
    return body


def _to_own_body(form: Form) -> dict[str, Any]:
    """A price, equal monthly rents, how much of them counts towards the price."""
    body: dict[str, Any] = {
        "kind": "rent_to_own",
        "rents": [{"count": _whole(form, "months"), "rent": _text(form, "rent")}],
        "credits_unused_days": form.values.get("keeps_unused_days") != "1",
    }
    for name in TO_OWN:
        if value := _text(form, name):
            body[name] = _whole(form, name) if name.endswith("days") else value
    credit: dict[str, Any] = {"kind": _text(form, "credit.kind") or "percent"}
    for name in CREDIT:
        if value := _text(form, f"credit.{name}"):
            credit[name] = _whole(form, f"credit.{name}") if name == "window" else value
    return body | {"credit": credit}


def _whole(form: Form, name: str) -> int | str:
    """A whole number as one; anything else as it was typed, for the reader of plans to refuse."""
    value = _text(form, name)
    return int(value) if value.isdecimal() and len(value) < 7 else value


def _vat_body(form: Form) -> dict[str, Any]:
    return {"vat": {"rate": _text(form, "vat_rate") or "0.13", "included": form.values.get("vat_on_top") != "1"}}


def _shared_body(form: Form) -> dict[str, Any]:
    body = _vat_body(form)
    if mode := _text(form, "operator_mode"):
        body["operator"] = {"mode": mode, "hour": _text(form, "operator.hour") or "0"}
    if value := _text(form, "delivery"):
        body["delivery"] = value
    if value := _text(form, "set_up"):
        body["fees"] = [{"code": "set_up", "price": value, "per": "job", "name": ""}]
    return body


def _text(form: Form, name: str) -> str:
    return str(form.values.get(name) or "").strip().replace(",", "").replace("，", "")[:30]


def _written(form: Form) -> str:
    return plain_words(str(form.values.get("price_as_written") or ""), 300)


def _field_of(path: str) -> str:
    if path.startswith("rents"):
        return "rent" if path.endswith("rent") else "months"
    if path.startswith("tiers"):
        return "unit_price"
    if path.startswith("bands"):
        return "night_percent"
    return "set_up" if path.startswith("fees") else path


def _form_of(listing: Listing) -> Form:
    values: dict[str, Any] = {"version": listing.version, "price_as_written": listing.price_as_written, "kind": "rent"}
    plan = listing.rate_plan.value() if listing.rate_plan else None
    match plan:
        case RentPlan():
            values |= {f"rates.{code}": _shown(getattr(plan.rates, code)) for code in LENGTHS}
            values["rates.shift_hours"] = _shown(plan.rates.shift_hours)
            values |= {"minimum_hours": _shown(plan.minimum_hours), "minimum_charge": _shown(plan.minimum_charge)}
            values["night_percent"] = _shown(-plan.bands[0].percent) if plan.bands else ""
            values["spans_closed_hours"] = "1" if plan.spans_closed_hours else ""
        case UsagePlan():
            values |= {"kind": "usage", "meter": plan.meter.value, "unit_price": _shown(plan.tiers[0].unit_price)}
            values |= {
                "free_units": _shown(plan.free_units),
                "minimum_commitment": _shown(plan.minimum_commitment),
                "cap": _shown(plan.cap),
                "model": plan.model.value,
            }
            for n, (below, tier) in zip(TIERS, pairwise(plan.tiers), strict=False):
                values |= {f"tier.{n}.from": _shown(below.up_to), f"tier.{n}.price": _shown(tier.unit_price)}
        case RentToOwnTerms():
            values |= _values_of_to_own(plan)
        case _:
            values["kind"] = "as_written" if listing.price_as_written else "rent"
    if isinstance(plan, RentPlan | UsagePlan | RentToOwnTerms):
        values |= {"vat_rate": f"{plan.vat.rate:f}", "vat_on_top": "" if plan.vat.included else "1"}
    if isinstance(plan, RentPlan | UsagePlan):
        values |= {"delivery": _shown(plan.delivery), "set_up": _shown(plan.fees[0].price) if plan.fees else ""}
        values["operator_mode"] = plan.operator.mode.value if plan.operator else ""
        values["operator.hour"] = _shown(plan.operator.hour) if plan.operator else ""
    return Form(values)


def _values_of_to_own(plan: RentToOwnTerms) -> dict[str, Any]:
    values: dict[str, Any] = {name: f"{getattr(plan, name)}" for name in TO_OWN}
    values |= {name: _shown(getattr(plan, name)) for name in ("price", "option_price", "late_fee")}
    credit = plan.credit
    return values | {
        "kind": "rent_to_own",
        "months": plan.instalments,
        "rent": _shown(plan.rents[0].rent),
        "keeps_unused_days": "" if plan.credits_unused_days else "1",
        "credit.kind": credit.kind.value,
        "credit.percent": f"{credit.percent.normalize():f}",
        "credit.cap_percent": f"{credit.cap_percent.normalize():f}",
        "credit.window": "" if credit.window is None else credit.window,
    }


def _shown(number: Decimal | None) -> str:
    return f"{number.normalize():f}" if number else ""


@dataclass(frozen=True, slots=True)
class Example:
    """A length of use and its price; None: on request."""

    label: str
    priced: Priced | None


def examples_of(plan: Plan | None) -> list[Example]:
    """Prices for 1 hour, 1 day, 10 and 30 days of eight hours' use, from the next midnight."""
    if plan is None:
        return []
    day = request_now().astimezone(ZONE).date() + timedelta(days=1)
    midnight = datetime.combine(day, time(), ZONE)
    wanted = [(gettext("1 小时"), timedelta(hours=1), Decimal(1))]
    wanted += [(gettext("%(count)s 天", count=days), timedelta(days=days), Decimal(8 * days)) for days in (1, 10, 30)]
    return [
        Example(label, quote(plan, Job(start=midnight, end=midnight + length, hours=hours)))
        for label, length, hours in wanted
    ]
