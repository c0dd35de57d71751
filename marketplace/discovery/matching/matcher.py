"""The matcher: pure, the same whichever side asks. Hard conditions decide, soft parts add up to the score.

`match` never looks at other pairs, so a demand finds a listing exactly when the listing finds the demand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marketplace.demands.constraints import Limit
from marketplace.demands.models import BudgetPer
from search.documents import Place
from search.engines.geography import distance_m

Kind = Literal["attribute", "unstated", "units", "window", "zone", "distance", "budget"]
PartName = Literal["text", "headroom", "price", "distance", "free"]
FAR_METRES = 10_000
"""From here on distance brings no points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The most points of each part; a change makes a new version, so that a ranking can be replayed."""

    version: str
    text: int
    headroom: int
    price: int
    distance: int
    free: int


CURRENT = Weights(version="1", text=25, headroom=25, price=20, distance=15, free=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A demand as the matcher sees it. `only_firms` and `only_listing` narrow who may answer; None means everybody.

    `minutes` is the time of use asked for, `budget` is in fen, VAT included, `centre` is where `radius_metres` counts from.
    """

    demand_id: int
    park_id: int
    demander_id: int
    type_code: str | None = None
    limits: tuple[Limit, ...] = ()
    words: frozenset[str] = frozenset()
    only_firms: frozenset[int] | None = None
    only_listing: int | None = None
    zone: str | None = None
    centre: Place | None = None
    radius_metres: int | None = None
    minutes: int | None = None
    units: int = 1
    budget: int | None = None
    budget_per: BudgetPer = BudgetPer.JOB


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A published listing as the matcher sees it; `lineage` is its type and every type above it."""

    listing_id: int
    park_id: int
    supplier_id: int
    lineage: tuple[str, ...]
    attributes: Mapping[str, Mapping[str, Any]]
    certificates: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    zone: str | None = None
    place: Place | None = None
    pieces: int = 1
    usual_fen_per_hour: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What calendar and rate plan say of one pair. `is_free` is None when no time is asked for, `price` on request.

    `first_start` is when the first run that is long enough begins, as seconds since the epoch.
    """

    is_free: bool | None = None
    free_minutes: int = 0
    first_start: int | None = None
    price: int | None = None
    priced_minutes: int = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One hard condition and how it came out; `limit` and `offered` for attributes, `figure` in metres, fen or pieces."""

    kind: Kind
    is_met: bool
    limit: Limit | None = None
    offered: Mapping[str, Any] | None = None
    figure: int | None = None
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of the score."""

    name: PartName
    points: float
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A (demand, listing) pair with its score and its reasons."""

    demand_id: int
    listing_id: int
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    circumstances: Circumstances
    metres: int | None

    @property
    def score(self) -> float:
        return sum(part.points for part in self.parts)

    @property
    def misses(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if not one.is_met)

    @property
    def is_fit(self) -> bool:
        return not self.misses

    @property
    def is_near(self) -> bool:
        """One condition short of fitting."""
        return len(self.misses) == 1


def may_meet(wanted: Wanted, offered: Offered) -> bool:
    """Whether the two could come together at all: same park, two firms, the right kind of thing, and asked."""
    return (
        wanted.park_id == offered.park_id
        and wanted.demander_id != offered.supplier_id
        and (wanted.only_firms is None or offered.supplier_id in wanted.only_firms)
        and (wanted.only_listing is None or offered.listing_id == wanted.only_listing)
        and (wanted.type_code is None or wanted.type_code in offered.lineage)
    )


def match(wanted: Wanted, offered: Offered, circumstances: Circumstances, weights: Weights = CURRENT) -> Match | None:
    """The pair judged; None when the two could not come together at all."""
    if not may_meet(wanted, offered):
        return None
    metres = _metres(wanted.centre, offered.place)
    findings = tuple(_findings(wanted, offered, circumstances, metres))
    parts = (
        Part("text", weights.text * _text(wanted, offered), weights.text),
        Part("headroom", weights.headroom * _headroom(wanted, offered), weights.headroom),
        Part("price", weights.price * _price(wanted, offered, circumstances), weights.price),
        Part("distance", weights.distance * _nearness(metres), weights.distance),
        Part("free", weights.free * _freedom(wanted, circumstances), weights.free),
    )
    return Match(
        demand_id=wanted.demand_id,
        listing_id=offered.listing_id,
        parts=parts,
        findings=findings,
        circumstances=circumstances,
        metres=metres,
    )


def in_order(matches: Iterable[Match]) -> list[Match]:
    """Best first; equal scores by listing and demand."""
    return sorted(matches, key=lambda one: (-round(one.score, 6), one.listing_id, one.demand_id))


def _metres(centre: Place | None, place: Place | None) -> int | None:
    return None if centre is None or place is None else round(distance_m(centre, place))


def _findings(wanted: Wanted, offered: Offered, circumstances: Circumstances, metres: int | None) -> Iterator[Finding]:
    for limit in wanted.limits:
        yield judged(limit, offered)
    if wanted.units > 1:
        yield Finding(kind="units", is_met=offered.pieces >= wanted.units, figure=offered.pieces, wanted=wanted.units)
    if circumstances.is_free is not None:
        yield Finding(
            kind="window", is_met=circumstances.is_free, figure=circumstances.free_minutes, wanted=wanted.minutes
        )
    if wanted.radius_metres is not None:
        near = metres is not None and metres <= wanted.radius_metres
        yield Finding(kind="distance", is_met=near, figure=metres, wanted=wanted.radius_metres)
    elif wanted.zone is not None:
        yield Finding(kind="zone", is_met=offered.zone == wanted.zone)
    most = budget_of(wanted, circumstances.priced_minutes)
    if most is not None and circumstances.price is not None:
        yield Finding(kind="budget", is_met=circumstances.price <= most, figure=circumstances.price, wanted=most)


def judged(limit: Limit, offered: Offered) -> Finding:
    """One limit against what the listing states; what is not stated is not met."""
    if limit.attribute == "certificates" and not isinstance(limit.value, int):
        held = bool(offered.certificates & set(limit.value))
        stated = {"words": sorted(offered.certificates)}
        return Finding(kind="attribute", is_met=held, limit=limit, offered=stated)
    value = offered.attributes.get(limit.attribute)
    if value is None:
        return Finding(kind="unstated", is_met=False, limit=limit)
    return Finding(kind="attribute", is_met=_reaches(limit, value), limit=limit, offered=value)


def _reaches(limit: Limit, value: Mapping[str, Any]) -> bool:
    if not isinstance(limit.value, int):
        return bool(set(limit.value) & _codes(value))
    low, high = span_of(value)
    match limit.op:
        case ">=":
            return high is None or high >= limit.value
        case "<=":
            return low is None or low <= limit.value
        case _:
            return (low is None or low <= limit.value) and (high is None or limit.value <= high)


def span_of(value: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The figures that a stored attribute covers; None is open on that side."""
    if "number" in value:
        return value["number"], value["number"]
    return value.get("min"), value.get("max")


def _codes(value: Mapping[str, Any]) -> set[str]:
    if "bool" in value:
        return {"true" if value["bool"] else "false"}
    if "word" in value:
        return {str(value["word"])}
    return {str(one) for one in value.get("words", ())}


def budget_of(wanted: Wanted, minutes: int) -> int | None:
    """The most that a job of so many minutes may cost, in fen."""
    if wanted.budget is None:
        return None
    match wanted.budget_per:
        case BudgetPer.JOB:
            return wanted.budget
        case BudgetPer.HOUR:
            return wanted.budget * minutes // 60
        case BudgetPer.DAY:
            return wanted.budget * max(1, -(-minutes // 1440))


def _text(wanted: Wanted, offered: Offered) -> float:
    return len(wanted.words & offered.words) / len(wanted.words) if wanted.words else 0.5


def _headroom(wanted: Wanted, offered: Offered) -> float:
    """Some to spare is best: none is tight, several times too much is a waste."""
    spare = [
        _spare(limit.value, bound, limit.op)
        for limit in wanted.limits
        if isinstance(limit.value, int) and limit.value > 0
        for bound in (_bound(limit, offered),)
        if bound is not None and bound > 0
    ]
    return sum(spare) / len(spare) if spare else 0.5


def _bound(limit: Limit, offered: Offered) -> int | None:
    low, high = span_of(offered.attributes.get(limit.attribute, {}))
    return low if limit.op == "<=" else high


def _spare(wanted: int, offered: int, op: str) -> float:
    ratio = wanted / offered if op == "<=" else offered / wanted
    if op == "=":
        return 1.0
    if ratio < 1:
        return 0.0
    if ratio < 1.15:
        return 0.7 + 2 * (ratio - 1)
    return max(0.2, 1 - max(0.0, ratio - 1.6) * 0.3)


def _price(wanted: Wanted, offered: Offered, circumstances: Circumstances) -> float:
    """Against the budget, else against what such a machine usually costs; half when neither can be said."""
    price, minutes = circumstances.price, circumstances.priced_minutes
    if price is None:
        return 0.3
    most = budget_of(wanted, minutes)
    if most is not None:
        return max(0.0, min(1.0, 1.25 - price / most)) if most else 0.0
    if offered.usual_fen_per_hour is None:
        return 0.5
    low, high = offered.usual_fen_per_hour
    hourly = price * 60 / max(1, minutes) / max(1, wanted.units)
    return max(0.0, min(1.0, (1.5 * high - hourly) / max(1.0, 1.5 * high - low)))


def _nearness(metres: int | None) -> float:
    return 0.5 if metres is None else max(0.0, 1 - metres / FAR_METRES)


def _freedom(wanted: Wanted, circumstances: Circumstances) -> float:
    """Three times the time asked for is as free as it gets."""
    if circumstances.is_free is None:
        return 0.5
    return min(1.0, circumstances.free_minutes / (3 * (wanted.minutes or 480)))
