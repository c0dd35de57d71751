"""Suppliers quote, both sides bargain; every round is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.models import RatePlan
from billing.pricing.plans import RentPlan
from billing.pricing.rent_to_own import RentToOwnTerms
from marketplace.bookings.models import Booking, BookingStatus, ReleaseReason
from marketplace.bookings.operations import TakeOccupancy, release_booking, take_occupancy
from marketplace.demands.events import QuoteCountered, QuoteEnded, QuoteSent
from marketplace.demands.models import (
    ON_THE_TABLE,
    ONE_LIVE_QUOTE,
    Demand,
    DemandStatus,
    Quote,
    QuoteRound,
    QuoteStatus,
)
from marketplace.demands.pricing import RENT, Offer, QuoteLine, has_code, offer_of
from marketplace.demands.queries import demand_for_supplier
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.listings.models import Listing
from marketplace.listings.queries import own_listing

LONGEST_VALID = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTerms:
    """What is offered: when, how many units, for how much, until when. `holds_time` keeps the units meanwhile."""

    during: Range[datetime]
    lines: tuple[QuoteLine, ...]
    valid_until: datetime
    vat_basis_points: int = 1300
    units: int = 1
    operator: bool = False
    delivery: bool = False
    note: str = ""
    holds_time: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeQuote:
    """An offer of one's own listing for a demand; both by public id."""

    demand: str
    listing: str
    terms: QuoteTerms
    as_draft: bool = False


def make_quote(session: Session, command: MakeQuote, *, actor: Actor, clock: Clock) -> Quote:
    """Quote for a demand, as a draft or sent at once. Adds `QuoteSent`.

    Raises `NotFound` for a demand or listing that is not the actor's to see, `Invalid` naming the field, `Conflict`
    `demand_not_open`, `one_live_quote`, or `slot_taken` where the time is to be held.
    """
    now, supplier_id = clock(), actor.require_trading(FirmRole.OPERATOR)
    demand = demand_for_supplier(session, command.demand, actor=actor)
    listing = own_listing(session, command.listing, actor=actor)
    if demand.demander_id == supplier_id:
        raise Invalid("own_demand", fields={"demand": ["own_demand"]})
    if not listing.is_offered:
        raise NotFound("listing_not_offered")
    if demand.asked_listing_id not in {None, listing.id}:
        raise Invalid("not_asked", fields={"listing": ["not_asked"]})
    _check_open(demand, now=now)
    offer = _checked(command.terms, now=now)
    quote = Quote(
        demand_id=demand.id,
        park_id=demand.park_id,
        listing_id=listing.id,
        supplier_id=supplier_id,
        demander_id=demand.demander_id,
        made_by=actor.user_id,
        created_at=now,
        **_columns(command.terms, offer),
    )
    with refusing(session, {ONE_LIVE_QUOTE: lambda: Conflict("one_live_quote")}):
        session.add(quote)
    if command.as_draft:
        _note(session, quote, "drafted", actor, at=now)
    else:
        _send(session, quote, listing, actor, clock=clock)
    return quote


@dataclass(frozen=True, slots=True, kw_only=True)
class SendQuote:
    """Send a draft, or answer a counter-offer; without `terms` the quote stands as it was."""

    quote: str
    terms: QuoteTerms | None = None


def send_quote(session: Session, command: SendQuote, *, actor: Actor, clock: Clock) -> Quote:
    """The supplier's next word. Adds `QuoteSent`. Raises `Conflict` where it is not the supplier's turn."""
    quote = locked_quote(session, command.quote, actor=actor)
    _require(quote.supplier_id, actor)
    demand = session.get_one(Demand, quote.demand_id)
    if quote.status is QuoteStatus.DRAFT:
        _check_open(demand, now=clock())
    elif demand.status is not DemandStatus.OPEN:
        raise Conflict("demand_not_open")
    listing = own_listing(session, session.get_one(Listing, quote.listing_id).public_id, actor=actor)
    if command.terms is not None:
        for name, value in _columns(command.terms, _checked(command.terms, now=clock())).items():
            setattr(quote, name, value)
    elif quote.valid_until <= clock():
        raise Invalid("valid_until_passed", fields={"valid_until": ["valid_until_passed"]})
    _send(session, quote, listing, actor, clock=clock)
    return quote


def _check_open(demand: Demand, *, now: datetime) -> None:
    if demand.status is not DemandStatus.OPEN or demand.closes_at <= now:
        raise Conflict("demand_not_open")


def _checked(terms: QuoteTerms, *, now: datetime) -> Offer:
    """The offer's sum. Raises `Invalid` naming each field that makes no sense."""
    wrong: dict[str, list[str]] = {}
    start, end = terms.during.lower, terms.during.upper
    if start is None or end is None or start >= end:
        wrong["end"] = ["end_before_start"]
    elif start <= now:
        wrong["start"] = ["window_passed"]
    elif terms.valid_until > start:
        wrong["valid_until"] = ["valid_until_after_start"]
    if terms.valid_until <= now:
        wrong["valid_until"] = ["valid_until_passed"]
    elif terms.valid_until > now + LONGEST_VALID:
        wrong["valid_until"] = ["too_long_valid"]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)
    return offer_of(terms.lines, terms.vat_basis_points)


def _columns(terms: QuoteTerms, offer: Offer) -> dict[str, Any]:
    return {
        "valid_until": terms.valid_until,
        "during": terms.during,
        "currency": offer.total.currency,
        "lines": [line.to_json() for line in offer.lines],
        "total_amount": offer.total.amount,
        "tax_amount": offer.tax.amount,
        "vat_basis_points": terms.vat_basis_points,
        "units": terms.units,
        "operator": terms.operator,
        "delivery": terms.delivery,
        "note": terms.note,
        "holds_time": terms.holds_time,
    }


def _send(session: Session, quote: Quote, listing: Listing, actor: Actor, *, clock: Clock) -> None:
    quote.move_to(QuoteStatus.SENT)
    quote.sent_at, quote.counter_amount, quote.counter_note = clock(), None, ""
    session.flush()
    release_hold(session, quote, ReleaseReason.MOVED, actor=actor, clock=clock)
    if quote.holds_time:
        quote.booking_id = _hold(session, quote, listing, actor, clock=clock).id
    number = write_round(session, quote, "sent", actor, at=clock())
    record(session, QuoteSent(quote.id, number), actor=actor, at=clock())
    defer(session, "demands.expire_quote", at=quote.valid_until, arguments={"quote_id": quote.id})


def _hold(session: Session, quote: Quote, listing: Listing, actor: Actor, *, clock: Clock) -> Booking:
    """The units are the demander's while the quote stands: through the guard of every booking."""
    wish = TakeOccupancy(
        listing_id=listing.id,
        during=quote.during,
        demander_id=quote.demander_id,
        quantity=quote.units,
        hold_until=quote.valid_until,
        spans_closed_hours=spans_closed_hours(session, listing),
        for_a_term=has_code(quote.lines, RENT),
    )
    return take_occupancy(session, wish, actor=actor, clock=clock)


def spans_closed_hours(session: Session, listing: Listing) -> bool:
    """Whether a use of the listing by its plan runs through closed hours; a rent-to-own always does."""
    row = session.get(RatePlan, listing.rate_plan_id) if listing.rate_plan_id else None
    plan = row.value() if row is not None else None
    return isinstance(plan, RentToOwnTerms) or (isinstance(plan, RentPlan) and plan.spans_closed_hours)


def release_hold(session: Session, quote: Quote, reason: ReleaseReason, *, actor: Actor, clock: Clock) -> None:
    """Give back the time that a quote holds; a booking that became an agreement is left alone."""
    if quote.booking_id is None:
        return
    booking = session.scalar(select(Booking).where(Booking.id == quote.booking_id).with_for_update())
    if booking is not None and booking.status is BookingStatus.HELD:
        release_booking(session, booking, reason, actor=actor, clock=clock)
    quote.booking_id = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterQuote:
    """What the demander would rather pay, in minor units for the whole, or have changed."""

    quote: str
    amount: int | None = None
    note: str = ""


def counter_quote(session: Session, command: CounterQuote, *, actor: Actor, clock: Clock) -> Quote:
    """The demander asks for other terms; the ball is with the supplier. Adds `QuoteCountered`."""
    quote = locked_quote(session, command.quote, actor=actor)
    _require(quote.demander_id, actor)
    if command.amount is None and not command.note.strip():
        raise Invalid("counter_says_nothing", fields={"amount": ["counter_says_nothing"]})
    if quote.status is QuoteStatus.SENT and quote.valid_until <= clock():
        raise Conflict("quote_expired")
    quote.move_to(QuoteStatus.COUNTERED)
    quote.counter_amount, quote.counter_note = command.amount, command.note.strip()
    number = write_round(session, quote, "countered", actor, at=clock())
    record(session, QuoteCountered(quote.id, number), actor=actor, at=clock())
    return quote


@dataclass(frozen=True, slots=True, kw_only=True)
class EndQuote:
    """Decline or withdraw, with a word to the other side."""

    quote: str
    reason: str = ""


def decline_quote(session: Session, command: EndQuote, *, actor: Actor, clock: Clock) -> Quote:
    """The demander takes another way; again changes nothing. Adds `QuoteEnded`."""
    quote = locked_quote(session, command.quote, actor=actor)
    _require(quote.demander_id, actor)
    if quote.status is not QuoteStatus.DECLINED:
        _end(session, quote, QuoteStatus.DECLINED, actor=actor, clock=clock, reason=command.reason)
    return quote


def withdraw_quote(session: Session, command: EndQuote, *, actor: Actor, clock: Clock) -> Quote:
    """The supplier takes an offer back; again changes nothing. Adds `QuoteEnded`."""
    quote = locked_quote(session, command.quote, actor=actor)
    _require(quote.supplier_id, actor)
    if quote.status is not QuoteStatus.WITHDRAWN:
        _end(session, quote, QuoteStatus.WITHDRAWN, actor=actor, clock=clock, reason=command.reason)
    return quote


def expire_quote(session: Session, quote_id: int, *, clock: Clock) -> None:
    """An offer past its validity lapses and its time is free; one decided or renewed meanwhile is left alone."""
    quote = session.scalar(select(Quote).where(Quote.id == quote_id).with_for_update(of=Quote))
    if quote is None or quote.status not in ON_THE_TABLE or quote.valid_until > clock():
        return
    _end(session, quote, QuoteStatus.EXPIRED, actor=system_actor(quote.park_id), clock=clock)


def lapsed_quotes(session: Session, *, now: datetime) -> Sequence[int]:
    """Ids of quotes on the table that are past their validity."""
    overdue = select(Quote.id).where(Quote.status.in_(ON_THE_TABLE), Quote.valid_until <= now)
    return session.scalars(overdue.order_by(Quote.id).limit(500)).all()


def _end(session: Session, quote: Quote, status: QuoteStatus, *, actor: Actor, clock: Clock, reason: str = "") -> None:
    end_quote(session, quote, status, actor=actor, clock=clock, reason=reason)
    released = ReleaseReason.HOLD_EXPIRED if status is QuoteStatus.EXPIRED else ReleaseReason.DECLINED
    release_hold(session, quote, released, actor=actor, clock=clock)


def end_quote(
    session: Session, quote: Quote, status: QuoteStatus, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Move a locked quote to an end and tell of it; the time it holds is left to the caller. Adds `QuoteEnded`."""
    quote.move_to(status)
    quote.decided_at, quote.reason = clock(), reason.strip()
    write_round(session, quote, status.value, actor, at=clock())
    record(session, QuoteEnded(quote.id, status.value), actor=actor, at=clock())


def _require(firm_id: int, actor: Actor) -> None:
    """The step belongs to this firm's people."""
    if actor.require_trading(FirmRole.OPERATOR) != firm_id:
        raise Forbidden("other_side_decides")


def locked_quote(session: Session, public_id: str, *, actor: Actor) -> Quote:
    """The quote under its row lock; only its parties find it, the demander not while it is a draft."""
    firm = actor.require_firm()
    seen = (Quote.demander_id == firm) & (Quote.status != QuoteStatus.DRAFT)
    quote = session.scalar(
        select(Quote)
        .where(Quote.public_id == public_id, Quote.park_id == actor.park_id, or_(Quote.supplier_id == firm, seen))
        .with_for_update(of=Quote)
        .execution_options(populate_existing=True)
    )
    if quote is None:
        raise NotFound("quote")
    return quote


def write_round(session: Session, quote: Quote, kind: str, actor: Actor, *, at: datetime) -> int:
    """Keep this step as it stands now; returns its number."""
    session.flush()
    start, end = quote.during.lower, quote.during.upper
    facts: dict[str, Any] = {
        "total": quote.total_amount,
        "lines": quote.lines,
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "valid_until": quote.valid_until.isoformat(),
        "note": quote.counter_note if kind == "countered" else quote.note if kind == "sent" else quote.reason,
    }
    amount = quote.counter_amount if kind == "countered" else quote.total_amount
    row = QuoteRound(quote_id=quote.id, at=at, kind=kind, enterprise_id=actor.enterprise_id, amount=amount, facts=facts)
    session.add(row)
    session.flush()
    _note(session, quote, kind, actor, at=at)
    return row.id


def _note(session: Session, quote: Quote, what: str, actor: Actor, *, at: datetime) -> None:
    after = {"status": quote.status.value, "total": quote.total_amount, "counter": quote.counter_amount}
    audit(session, actor, at=at, action=f"quote.{what}", subject=f"quote:{quote.public_id}", after=after)
