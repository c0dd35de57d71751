"""Pages of quotes: the form prefilled from the rate plan, one quote with its rounds, what the firm has offered."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema, fields
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from billing.pricing.instalments import term_end
from billing.pricing.jobs import Job
from billing.pricing.plans import Meter, Plan, UsagePlan
from billing.pricing.rent_to_own import RentToOwnTerms
from marketplace.accounts.models import Park
from marketplace.bookings.queries import first_fitting_windows
from marketplace.demands import queries
from marketplace.demands.models import Demand, Quote
from marketplace.demands.operations.quoting import (
    CounterQuote,
    EndQuote,
    MakeQuote,
    QuoteTerms,
    SendQuote,
    counter_quote,
    decline_quote,
    make_quote,
    send_quote,
    withdraw_quote,
)
from marketplace.demands.pages.blueprint import blueprint
from marketplace.demands.pricing import COUNTED, RENT, USUAL_VAT, QuoteLine, offer_of, prefilled
from marketplace.demands.views import view_of
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.kernel.words import gettext
from marketplace.listings.models import Listing
from marketplace.listings.queries import own_listing
from marketplace.ui.filters import reader_locale, reader_zone

OPERATORS = (FirmRole.OPERATOR,)
LOCAL = "%Y-%m-%dT%H:%M"
ROWS = 6
USUAL_MINUTES = 480
LONGEST_SEARCHED = timedelta(days=60)
MOST = Decimal(10**9)


class TermsForm(Schema):
    """A quote as typed, its lines aside; times are the park's."""

    start = fields.NaiveDateTime(required=True, format=LOCAL)
    end = fields.NaiveDateTime(required=True, format=LOCAL)
    valid_until = fields.NaiveDateTime(required=True, format=LOCAL)
    units = WholeNumber(load_default=1, least=1, most=1000)
    vat = WholeNumber(load_default=USUAL_VAT, least=0, most=10_000)
    operator = fields.Boolean(load_default=False)
    delivery = fields.Boolean(load_default=False)
    holds_time = fields.Boolean(load_default=False)
    note = Text(load_default="", most=2000)


def _terms(form: Form) -> QuoteTerms | None:
    """The terms of a form; None with the errors beside their fields."""
    lines = _lines(form)
    values = read(TermsForm(), form)
    if values is None or form.errors:
        return None
    start, end, valid_until = (
        values.pop(name).replace(tzinfo=reader_zone()) for name in ("start", "end", "valid_until")
    )
    during: Range[datetime] = Range(start, end) if start < end else Range(empty=True)
    return QuoteTerms(during=during, valid_until=valid_until, lines=lines, vat_basis_points=values.pop("vat"), **values)


def _lines(form: Form) -> tuple[QuoteLine, ...]:
    """The filled rows; a row that cannot be read is named."""
    found: list[QuoteLine] = []
    for row in range(ROWS):
        name, quantity, unit, price = (
            str(form.values.get(f"line.{row}.{part}") or "").strip() for part in ("name", "quantity", "unit", "price")
        )
        if not name and not price:
            continue
        numbers = [_decimal(text) for text in (quantity or "1", price or "0")]
        if numbers[0] is None or numbers[1] is None or numbers[0] < 0 or not name:
            form.errors.setdefault(f"line.{row}", []).append(gettext("这一行的数量或单价读不懂，请填数字。"))
            continue
        given = str(form.values.get(f"line.{row}.code") or "")
        code = given if given == RENT or given in COUNTED else "fee"
        found.append(QuoteLine(name=name[:100], quantity=numbers[0], unit=unit[:20], unit_price=numbers[1], code=code))
    return tuple(found)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > MOST or int(number.as_tuple().exponent) < -8:
        return None
    return number


def _row_values(lines: Any) -> dict[str, str]:
    values: dict[str, str] = {}
    for row, line in enumerate(list(lines)[:ROWS]):
        values |= {
            f"line.{row}.name": line["name"] or line["text"],
            f"line.{row}.quantity": line["quantity"],
            f"line.{row}.unit": line["unit"],
            f"line.{row}.price": line["unit_price"] or "",
            f"line.{row}.code": line["code"] if line["unit"] else "",
        }
    return values


@blueprint.get("/demands/<demand>/quote")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
def quote_form(demand: str) -> str:
    """The form, prefilled from the machine's own plan for the first time that suits the demand."""
    session, actor = current_session(), current_actor()
    wanted = queries.demand_of(session, demand, actor=actor)
    listing = own_listing(session, request.args.get("listing", ""), actor=actor)
    return _form_page(wanted, listing, Form(_prefilled(session, wanted, listing)))


def _prefilled(session: Session, demand: Demand, listing: Listing) -> dict[str, Any]:
    start, end = _slot(session, demand, listing)
    zone = ZoneInfo(session.get_one(Park, demand.park_id).time_zone)
    plan = listing.rate_plan.value() if listing.rate_plan else None
    if isinstance(plan, RentToOwnTerms):
        end = term_end(plan, start.astimezone(zone))
    job = Job(start=start, end=end, units=demand.units, expected_usage=_expected(demand, plan), zone=zone)
    lines, vat = prefilled(plan, job)
    shown = [
        line.to_json() | {"name": gettext(line.name), "unit": gettext(line.unit) if line.unit else ""} for line in lines
    ]
    valid_until = min(start, request_now() + timedelta(days=3))
    return _row_values(shown) | {
        "start": _local(start),
        "end": _local(end),
        "valid_until": _local(valid_until),
        "units": demand.units,
        "vat": vat,
    }


def _expected(demand: Demand, plan: Plan | None) -> Decimal | None:
    """The pieces that the demand names, for a plan that counts them."""
    counts_pieces = isinstance(plan, UsagePlan) and plan.meter in {Meter.PIECE, Meter.SAMPLE}
    return Decimal(demand.pieces) if counts_pieces and demand.pieces else None


def _local(moment: datetime) -> str:
    return moment.astimezone(reader_zone()).strftime(LOCAL)


def _slot(session: Session, demand: Demand, listing: Listing) -> tuple[datetime, datetime]:
    """The first run of the machine's free time that is long enough for the demand, past the notice it wants."""
    during, earliest = demand.during, request_now() + timedelta(minutes=listing.notice_minutes)
    hour = earliest.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start, end = hour, hour + LONGEST_SEARCHED
    minutes = demand.duration_minutes or USUAL_MINUTES
    if during is not None and during.lower is not None and during.upper is not None:
        start, end = max(hour, during.lower), max(during.upper, hour + timedelta(hours=1))
        if demand.duration_minutes is None and demand.question.value == "exact":
            minutes = int((during.upper - during.lower) / timedelta(minutes=1))
    found = first_fitting_windows(session, [listing.id], Range(start, max(end, start + timedelta(hours=1))), minutes)
    begin = found[listing.id][0] if listing.id in found else start
    return begin, begin + timedelta(minutes=minutes)


def _form_page(demand: Demand, listing: Listing, form: Form, quote: Quote | None = None) -> str:
    locale = reader_locale()
    return render_template(
        "demands/quote_form.html",
        demand=view_of(demand, actor=current_actor(), locale=locale),
        listing=listing,
        form=form,
        quote=quote,
        rows=range(ROWS),
        offer=_offer(form),
        locale=locale,
        once=new_public_id(),
    )


def _offer(form: Form) -> Any:
    """The sum of what is typed; None while it does not add up."""
    trial = Form(dict(form.values))
    vat = str(form.values.get("vat") or USUAL_VAT)
    lines = _lines(trial)
    if trial.errors or not lines or not vat.isdecimal() or int(vat) > 10_000:
        return None
    try:
        return offer_of(lines, int(vat))
    except DomainError:
        return None


@blueprint.post("/quotes/total")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
def quote_total() -> str:
    """The sum of the lines typed so far (an HTMX fragment)."""
    return render_template("demands/_total.html", offer=_offer(typed()))


@blueprint.post("/demands/<demand>/quote")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
def create_quote(demand: str) -> Response | tuple[str, int]:
    """Send the quote, or keep it as a draft; a refusal comes back beside its field."""
    session, actor, form = current_session(), current_actor(), typed()
    wanted = queries.demand_of(session, demand, actor=actor)
    listing = own_listing(session, str(form.values.get("listing") or ""), actor=actor)
    terms = _terms(form)
    if terms is None:
        return _form_page(wanted, listing, form), 422
    command = MakeQuote(demand=demand, listing=listing.public_id, terms=terms, as_draft="draft" in form.values)
    try:
        quote = make_quote(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        wanted = queries.demand_of(session, demand, actor=actor)
        return _form_page(wanted, own_listing(session, command.listing, actor=actor), form), error.status
    flash(gettext("报价已存为草稿。") if command.as_draft else gettext("报价已发出，对方会收到通知。"), "done")
    return redirect(url_for("demands_pages.quote", quote=quote.public_id), 303)


@blueprint.get("/quotes")
@allow(Who.FIRM)
def quotes() -> str:
    """What the firm has offered, newest first."""
    session, actor = current_session(), current_actor()
    page = queries.own_quotes(session, actor=actor, cursor=request.args.get("cursor"))
    locale = reader_locale()
    views = {row.id: view_of_quote_demand(row, locale) for row in page.items}
    return render_template("demands/quotes.html", page=page, views=views, locale=locale)


def view_of_quote_demand(quote: Quote, locale: str) -> dict[str, Any]:
    """Title and name of a quote's demand as this reader may see them."""
    demand, actor = quote.demand, current_actor()
    mine = demand.demander_id == actor.enterprise_id or (actor.is_office and actor.enterprise_id is None)
    return {
        "title": demand.title(locale),
        "demander": demand.demander.name(locale) if mine or not demand.hides_its_demander else None,
        "url": url_for("demands_pages.show", demand=demand.public_id),
    }


@blueprint.get("/quotes/<quote>")
@allow(Who.SIGNED_IN)
def quote(quote: str) -> str:
    """One quote with every round of it."""
    return quote_page(quote, Form())


def quote_page(public_id: str, form: Form) -> str:
    """The page of a quote for its reader, with what was refused."""
    session, actor, locale = current_session(), current_actor(), reader_locale()
    row = queries.quote_of(session, public_id, actor=actor)
    return render_template(
        "demands/quote.html",
        quote=row,
        demand=view_of_quote_demand(row, locale),
        rounds=queries.rounds_of(session, [row.id]).get(row.id, []),
        side="demander"
        if row.demander_id == actor.enterprise_id
        else "supplier"
        if row.supplier_id == actor.enterprise_id
        else "",
        is_past=row.valid_until <= request_now(),
        form=form,
        locale=locale,
        once=new_public_id(),
    )


@blueprint.get("/quotes/<quote>/edit")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
def edit_quote(quote: str) -> str:
    """The supplier's next word: the form with the terms as they stand."""
    session, actor = current_session(), current_actor()
    row = queries.quote_of(session, quote, actor=actor)
    listing = own_listing(session, row.listing.public_id, actor=actor)
    start, end = row.during.lower, row.during.upper
    values = _row_values(row.lines) | {
        "start": _local(start) if start else "",
        "end": _local(end) if end else "",
        "valid_until": _local(row.valid_until),
        "units": row.units,
        "vat": row.vat_basis_points,
        "note": row.note,
        "operator": row.operator,
        "delivery": row.delivery,
        "holds_time": row.holds_time,
    }
    return _form_page(_demand_of(session, row), listing, Form(values), row)


def _demand_of(session: Session, quote: Quote) -> Demand:
    return queries.demand_of(session, quote.demand.public_id, actor=current_actor())


@blueprint.post("/quotes/<quote>/send")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
def resend_quote(quote: str) -> Response | tuple[str, int]:
    """Send a draft or answer a counter-offer with the terms typed."""
    session, actor, form = current_session(), current_actor(), typed()
    row = queries.quote_of(session, quote, actor=actor)
    listing = own_listing(session, row.listing.public_id, actor=actor)
    terms = _terms(form)
    if terms is None:
        return _form_page(_demand_of(session, row), listing, form, row), 422
    try:
        send_quote(session, SendQuote(quote=quote, terms=terms), actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        row = queries.quote_of(session, quote, actor=actor)
        listing = own_listing(session, row.listing.public_id, actor=actor)
        return _form_page(_demand_of(session, row), listing, form, row), error.status
    flash(gettext("报价已发出，对方会收到通知。"), "done")
    return redirect(url_for("demands_pages.quote", quote=quote), 303)


@blueprint.post("/quotes/<quote>/<any(counter, decline, withdraw):verb>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def act_on_quote(quote: str, verb: str) -> Response | tuple[str, int]:
    """Counter, decline or take back."""
    session, actor, clock, form = current_session(), current_actor(), request_clock(), typed()
    reason = str(form.values.get("reason") or "").replace("\x00", "")[:500]
    try:
        match verb:
            case "counter":
                counter_quote(session, _counter(quote, form), actor=actor, clock=clock)
            case "decline":
                decline_quote(session, EndQuote(quote=quote, reason=reason), actor=actor, clock=clock)
            case _:
                withdraw_quote(session, EndQuote(quote=quote, reason=reason), actor=actor, clock=clock)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return quote_page(quote, form), error.status
    flash(gettext("已记录，对方会收到通知。"), "done")
    return redirect(url_for("demands_pages.quote", quote=quote), 303)


def _counter(quote: str, form: Form) -> CounterQuote:
    amount = _decimal(str(form.values.get("amount") or ""))
    note = str(form.values.get("note") or "").replace("\x00", "")[:1000]
    return CounterQuote(quote=quote, amount=int(amount * 100) if amount is not None and amount > 0 else None, note=note)
