"""What is asked: the line as understood, what the reader corrected and ticked, and the hard conditions of both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range

from marketplace.accounts.models import Park, Zone
from marketplace.bookings.queries import FreeQuestion, Question
from marketplace.kernel.actor import Actor
from marketplace.listings.vocabulary import words_of_park
from search.contract import Filters, NumberFilter, PriceBand, PriceField, Radius, WordFilter
from search.documents import Place
from search.understanding.corrections import read_corrections
from search.understanding.results import Constraint, Understood
from search.understanding.understand import understand

HORIZON = timedelta(days=30)
USUAL_HOURS = Decimal(8)
"""A job of which nobody said how long it takes is looked at as a shift."""
LONGEST_HOURS = Decimal(24 * 1000)
DAY_HOURS = Decimal(24)
ONE_WINDOW = timedelta(hours=24)
MOST_UNITS = 1000
PRICE_LENGTHS: tuple[tuple[Decimal, PriceField], ...] = (
    (Decimal(720), "thirty_days"),
    (Decimal(168), "week"),
    (Decimal(24), "day"),
    (Decimal(8), "eight_hours"),
    (Decimal(1), "hour"),
)
"""Standard lengths in hours, longest first, with the field of the index that bounds the price of such a job."""
SORTS = ("fit", "price", "distance", "soonest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the reader asked: the line, what they corrected of it, the facets they ticked, the order they want.

    `least` and `most` are limits in base units set by hand, by attribute; `price` a band in fen of the job's length;
    `free_days` wants a free stretch within so many days.
    """

    text: str = ""
    without: tuple[str, ...] = ()
    choose: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    least: tuple[tuple[str, int], ...] = ()
    most: tuple[tuple[str, int], ...] = ()
    price: tuple[int | None, int | None] | None = None
    free_days: int | None = None
    radius_metres: int | None = None
    sort: str = "fit"
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks, from where, and when; `here` is where their own firm stands."""

    actor: Actor
    park: Park
    zones: Sequence[Zone]
    locale: str
    now: datetime
    here: Place | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.park.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most a job of so many hours may cost, in fen."""

    hours: Decimal
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A question with its hard conditions: filters for the engine, a window for the calendar, a limit for the price.

    `hours` is the length of the job that is priced, `units` how many machines it takes; several may come from
    several listings, so their number prices the job and filters nothing.
    """

    understood: Understood
    filters: Filters
    window: FreeQuestion | None
    limit: Limit | None
    hours: Decimal
    units: int

    @property
    def has_structure(self) -> bool:
        """Whether anything but words was asked."""
        known = self.filters
        return bool(known.types or known.numbers or known.words or known.certificates or known.kinds)


def wish_of(question: Asked, reader: Reader) -> Wish:
    """Read the line and put its conditions and the ticked ones together."""
    understood = understand(
        question.text,
        vocabulary=words_of_park(reader.zones),
        now=reader.now,
        zone=reader.zone,
        locale="en" if reader.locale.startswith("en") else "zh",
        corrections=read_corrections(question.without, question.choose),
    )
    quantity = understood.quantity
    units = quantity.amount if quantity and quantity.kind == "units" else 1
    hours = job_hours(understood)
    return Wish(
        understood=understood,
        filters=filters_of(understood, question, reader, hours=hours),
        window=_window(understood, question, now=reader.now),
        limit=limit_of(understood, hours),
        hours=hours,
        units=min(units, MOST_UNITS),
    )


def job_hours(understood: Understood) -> Decimal:
    """How long the job takes: as said, else the whole of a short exact window, else a shift."""
    window = understood.window
    if window is None:
        return USUAL_HOURS
    if window.hours:
        return min(max(window.hours, Decimal("0.25")), LONGEST_HOURS)
    if window.question == "exact" and window.start and window.end and window.end - window.start <= ONE_WINDOW:
        return Decimal((window.end - window.start).total_seconds()) / 3600
    return USUAL_HOURS


def filters_of(understood: Understood, question: Asked, reader: Reader, *, hours: Decimal) -> Filters:
    """The hard constraints of a line and the ticked facets, as the engines filter."""
    place = understood.place
    zones = question.zones or ((place.zone,) if place and place.zone and not place.radius_m else ())
    numbers = [number_filter(one) for one in understood.constraints if isinstance(one.value, int)]
    numbers += [NumberFilter(code, maximum_at_least=value) for code, value in question.least]
    numbers += [NumberFilter(code, minimum_at_most=value) for code, value in question.most]
    return Filters(
        park=reader.park.id,
        kinds=question.kinds,
        types=question.types or ((understood.type_code,) if understood.type_code else ()),
        zones=zones,
        operators=question.operators,
        certificates=tuple(
            code for one in _worded(understood) if one.attribute == "certificates" for code in _codes(one)
        ),
        numbers=tuple(numbers),
        words=tuple(
            WordFilter(one.attribute, _codes(one)) for one in _worded(understood) if one.attribute != "certificates"
        ),
        price=PriceBand(price_field(hours), *question.price) if question.price else None,
        near=_radius(understood, question, reader),
    )


def _worded(understood: Understood) -> list[Constraint]:
    return [one for one in understood.constraints if not isinstance(one.value, int)]


def _codes(constraint: Constraint) -> tuple[str, ...]:
    value = constraint.value
    return value if isinstance(value, tuple) else (str(value),)


def _radius(understood: Understood, question: Asked, reader: Reader) -> Radius | None:
    """Around the zone that was named, else around the reader's own firm; without either there is no circle."""
    place = understood.place
    metres = question.radius_metres or (place.radius_m if place else None)
    centre = reader.here
    if place and place.zone and not question.radius_metres:
        centre = next((Place(zone.latitude, zone.longitude) for zone in reader.zones if zone.code == place.zone), None)
    return Radius(centre, metres) if metres and centre else None


def number_filter(constraint: Constraint) -> NumberFilter:
    """One measured wish as bounds on the span that a listing's attribute covers."""
    value = constraint.value if isinstance(constraint.value, int) else 0
    match constraint.op:
        case ">=":
            return NumberFilter(constraint.attribute, maximum_at_least=value)
        case "<=":
            return NumberFilter(constraint.attribute, minimum_at_most=value)
        case _:
            return NumberFilter(constraint.attribute, minimum_at_most=value, maximum_at_least=value)


def price_field(hours: Decimal) -> PriceField:
    """The index's bound for the longest standard length that is not longer than the job."""
    for length, name in PRICE_LENGTHS:
        if length <= hours:
            return name
    return "hour"


def limit_of(understood: Understood, hours: Decimal) -> Limit | None:
    """The budget as the most that a job of some length may cost; None where a plan by the hour cannot be held to it."""
    budget = understood.budget
    match budget.per if budget else "":
        case "job":
            return Limit(hours=hours, amount=budget.amount if budget else 0)
        case "hour":
            return Limit(hours=hours, amount=int((budget.amount if budget else 0) * hours))
        case "day" | "week" | "month" as per:
            length = {"day": Decimal(24), "week": Decimal(168), "month": Decimal(720)}[per]
            return Limit(hours=length, amount=budget.amount if budget else 0)
        case _:
            return None


def _window(understood: Understood, question: Asked, *, now: datetime) -> FreeQuestion | None:
    """The question asked of the calendar; what has passed of a window is cut off.

    Nobody is open for days on end: more than a day's use is asked for as a shift of free time for each day of it.
    """
    window = understood.window
    if window is None and question.free_days is None:
        return None
    hours = min((window.hours if window else None) or Decimal(1), LONGEST_HOURS)
    start = max((window.start if window else None) or now, now)
    end = (window.end if window else None) or start + max(HORIZON, timedelta(hours=float(hours)))
    if question.free_days is not None:
        end = min(end, now + timedelta(days=question.free_days))
    kind = Question(window.question) if window else Question.RUN
    if kind is Question.EXACT and window and window.hours is None and end - start > ONE_WINDOW:
        kind = Question.RUN
    if kind is not Question.TOTAL and hours > DAY_HOURS:
        kind, hours = Question.TOTAL, ceil(hours / DAY_HOURS) * USUAL_HOURS
    span = Range(start, end) if start < end else Range[datetime](empty=True)
    return FreeQuestion(window=span, kind=kind, minutes=int(hours * 60))


def asked_again(question: Asked, *, without: str = "", choose: str = "") -> Asked:
    """The question with one chip taken away or read differently, from the first page."""
    return replace(
        question,
        without=(*question.without, without) if without else question.without,
        choose=(*question.choose, choose) if choose else question.choose,
        cursor=None,
    )
