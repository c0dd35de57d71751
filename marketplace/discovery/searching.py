"""One search: a line understood, candidates from the engine, free time from SQL, the price of this job for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.pricing.jobs import Job
from billing.pricing.quotes import quick_total
from marketplace.accounts.models import Enterprise, Park, Zone
from marketplace.bookings.queries import FreeQuestion, Question, first_fitting_windows, free_listing_ids
from marketplace.discovery.documents import place_of
from marketplace.discovery.index import service
from marketplace.kernel.actor import Actor
from marketplace.kernel.money import Money
from marketplace.listings.models import Listing
from marketplace.listings.queries import may_see, with_parts
from marketplace.listings.vocabulary import words_of_park
from search.contract import FacetCount, Filters, NumberFilter, Radius, WordFilter
from search.documents import Place
from search.service import Found, SearchRequest
from search.understanding.corrections import read_corrections
from search.understanding.results import Constraint, Understood
from search.understanding.understand import understand

HORIZON = timedelta(days=30)
USUAL_HOURS = Decimal(8)
"""A job of which nobody said how long it takes is priced as a shift."""
EARTH_METRES = 6_371_000
MOST_PRICED = 2_000
FACETS = ("kind", "types", "zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the reader asked: the line, what they corrected of it, the facets they ticked, the order they want."""

    text: str = ""
    without: tuple[str, ...] = ()
    choose: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    sort: str = "fit"
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One listing with what this question makes of it."""

    listing: Listing
    price: Money | None
    hours: Decimal
    window: tuple[datetime, datetime] | None
    distance_metres: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    understood: Understood
    results: Sequence[Result]
    total: int
    facets: Mapping[str, Sequence[FacetCount]]
    cursor: str | None
    is_relaxed: bool


def find(
    session: Session,
    question: Asked,
    *,
    actor: Actor,
    park: Park,
    zones: Sequence[Zone],
    locale: str,
    now: datetime,
) -> Results:
    """Answer a question with at most 20 listings that the actor may see, each with the price of this job."""
    zone = ZoneInfo(park.time_zone)
    understood = understand(
        question.text,
        vocabulary=words_of_park(zones),
        now=now,
        zone=zone,
        locale="en" if locale.startswith("en") else "zh",
        corrections=read_corrections(question.without, question.choose),
    )
    here = own_place(session, actor)
    filters = filters_of(understood, question, park_id=park.id, here=here)
    free = free_ids(session, understood, now=now)
    request = SearchRequest(
        text=understood.remaining_words,
        filters=replace(filters, ids=frozenset(free)) if free is not None else filters,
        facets=FACETS,
        cursor=question.cursor,
        order=question.sort,
    )
    if question.sort == "price":
        return _by_price(session, request, understood, actor=actor, here=here, now=now, zone=zone)
    found = service().search(request)
    results = _results(session, [hit.id for hit in found.hits], understood, actor=actor, here=here, now=now, zone=zone)
    if question.sort == "distance":
        results = sorted(results, key=lambda one: (one.distance_metres is None, one.distance_metres or 0))
    return _answer(understood, found, results)


def _answer(understood: Understood, found: Found, results: Sequence[Result]) -> Results:
    return Results(
        understood=understood,
        results=results,
        total=found.total,
        facets=found.facets,
        cursor=found.cursor,
        is_relaxed=found.relaxed,
    )


def _by_price(
    session: Session,
    request: SearchRequest,
    understood: Understood,
    *,
    actor: Actor,
    here: Place | None,
    now: datetime,
    zone: ZoneInfo,
) -> Results:
    """The cheapest first over all matches; what is on request comes last."""
    found = service().search(request)
    ids = service().matching_ids(request, limit=MOST_PRICED)
    priced = _results(session, ids, understood, actor=actor, here=here, now=now, zone=zone)
    cheapest = sorted(priced, key=_price_order)[: request.size]
    return replace(_answer(understood, found, cheapest), cursor=None)


def _price_order(one: Result) -> tuple[bool, int, int]:
    return one.price is None, one.price.amount if one.price is not None else 0, one.listing.id


def own_place(session: Session, actor: Actor) -> Place | None:
    """Where the reader's own firm stands."""
    firm = session.get(Enterprise, actor.enterprise_id) if actor.enterprise_id else None
    if firm is None or firm.latitude is None or firm.longitude is None:
        return None
    return Place(firm.latitude, firm.longitude)


def filters_of(understood: Understood, question: Asked, *, park_id: int, here: Place | None) -> Filters:
    """The hard constraints of a line and the ticked facets, as the engines filter."""
    numbers = tuple(_number_filter(one) for one in understood.constraints if isinstance(one.value, int))
    words = tuple(
        WordFilter(one.attribute, one.value)
        for one in understood.constraints
        if isinstance(one.value, tuple) and one.attribute != "certificates"
    )
    certificates = tuple(
        code
        for one in understood.constraints
        if isinstance(one.value, tuple) and one.attribute == "certificates"
        for code in one.value
    )
    place = understood.place
    zones = question.zones or ((place.zone,) if place and place.zone else ())
    near = Radius(here, place.radius_m) if place and place.radius_m and here else None
    return Filters(
        park=park_id,
        kinds=question.kinds,
        types=question.types or ((understood.type_code,) if understood.type_code else ()),
        zones=zones,
        certificates=certificates,
        numbers=numbers,
        words=words,
        near=near,
    )


def _number_filter(constraint: Constraint) -> NumberFilter:
    value = constraint.value if isinstance(constraint.value, int) else 0
    match constraint.op:
        case ">=":
            return NumberFilter(constraint.attribute, maximum_at_least=value)
        case "<=":
            return NumberFilter(constraint.attribute, minimum_at_most=value)
        case _:
            return NumberFilter(constraint.attribute, minimum_at_most=value, maximum_at_least=value)


def free_ids(session: Session, understood: Understood, *, now: datetime) -> set[int] | None:
    """Ids that are free as the line asks; None when it says nothing about time."""
    window = understood.window
    if window is None:
        return None
    start = window.start or now
    end = window.end or start + HORIZON
    if end <= start:
        return set()
    kind = Question(window.question)
    minutes = int((window.hours or Decimal(1)) * 60)
    if kind is Question.EXACT and (window.hours is None and end - start > timedelta(hours=24)):
        kind = Question.RUN
    return free_listing_ids(session, FreeQuestion(window=Range(start, end), kind=kind, minutes=minutes))


def _results(
    session: Session,
    ids: Sequence[int],
    understood: Understood,
    *,
    actor: Actor,
    here: Place | None,
    now: datetime,
    zone: ZoneInfo,
) -> list[Result]:
    rows = {row.id: row for row in session.scalars(with_parts().where(Listing.id.in_(ids), may_see(actor)))}
    window = understood.window
    hours = (window.hours if window else None) or USUAL_HOURS
    start = (window.start if window else None) or now
    end = (window.end if window else None) or start + HORIZON
    fitting = (
        first_fitting_windows(session, list(rows), Range(start, max(end, start)), int(hours * 60))
        if end > start
        else {}
    )
    units = understood.quantity.amount if understood.quantity and understood.quantity.kind == "units" else 1
    length = timedelta(minutes=int(hours * 60))
    results: list[Result] = []
    for one in ids:
        listing = rows.get(one)
        if listing is None:
            continue
        slot = fitting.get(one)
        begin = slot[0] if slot else start
        job = Job(start=begin, end=begin + length, units=units, zone=zone)
        plan = listing.rate_plan.value() if listing.rate_plan else None
        results.append(
            Result(
                listing=listing,
                price=quick_total(plan, job) if plan is not None else None,
                hours=hours,
                window=(begin, begin + length) if slot else None,
                distance_metres=_distance(here, place_of(listing)),
            )
        )
    return results


def _distance(here: Place | None, there: Place | None) -> int | None:
    """Metres as the crow flies, by the haversine formula."""
    if here is None or there is None:
        return None
    lat1, lat2 = radians(here.latitude), radians(there.latitude)
    half = sin((lat2 - lat1) / 2) ** 2
    half += cos(lat1) * cos(lat2) * sin(radians(there.longitude - here.longitude) / 2) ** 2
    return round(2 * EARTH_METRES * asin(sqrt(half)))
