"""Answer a file of lines against the live index and database, as programs and judges read it: `gongzao search run`.

The page asks the same way; here the list goes 100 deep and asset numbers stand for listings. The form is written down
in docs/schemas/search-run.schema.json.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.accounts.queries import zones_of
from marketplace.bookings.free_time import open_units
from marketplace.bookings.models import UnitFreeTime
from marketplace.discovery.asking import HORIZON, Asked, Reader
from marketplace.discovery.conditions import widest
from marketplace.discovery.documents import asset_numbers, findable_ids
from marketplace.discovery.finding import Finding
from marketplace.discovery.near_misses import near_misses, nearly_fitting
from marketplace.kernel.actor import system_actor
from marketplace.kernel.quantities import from_base
from search.service import SearchReader, SearchRequest
from search.understanding.results import Constraint, Understood

DEPTH = 100
MOST_CHARACTERS = 600


def reader_in(session: Session, park: Park, *, now: datetime) -> Reader:
    """Nobody in particular who asks in this park."""
    return Reader(
        actor=system_actor(park.id), park=park, zones=zones_of(session, park.id), locale="zh_CN", now=now, here=None
    )


def look_from(session: Session, now: datetime) -> int:
    """Work out free time as of a moment that the kept free time does not cover; returns for how many listings.

    It stays in the caller's transaction, which is to be rolled back.
    """
    covered = func.lower(UnitFreeTime.horizon) <= now
    reaching = func.upper(UnitFreeTime.horizon) >= now + HORIZON
    known = select(UnitFreeTime.listing_id).where(covered, reaching)
    ids = set(session.scalars(findable_ids())) - set(session.scalars(known))
    if ids:
        open_units(session, sorted(ids), now=now)
    return len(ids)


def answer(session: Session, text: str, *, reader: Reader, service: SearchReader, depth: int = DEPTH) -> dict[str, Any]:
    """What was understood of a line, and the listings that fit it, best first; none fits: the near misses."""
    finding = Finding(session, Asked(text=text[:MOST_CHARACTERS]), reader, service)
    fitting = _fitting(finding, depth)
    ranked = fitting or _nearly(finding, depth)
    numbers = asset_numbers(session, ranked)
    return {
        "ranked": [list(numbers.get(identity, ())) for identity in ranked],
        "understood": understood_json(finding.wish.understood),
        "nothing_fits": not fitting,
    }


def _fitting(finding: Finding, depth: int) -> list[int]:
    """What keeps every hard condition: first what has the words, then what has any of them, then the rest."""
    request = replace(_plain(finding.request(size=depth)), words_are_optional=False)
    ids = finding.best(request)
    if len(ids) < depth and finding.wish.has_structure:
        wordless = replace(request, ranking_words=f"{request.text} {request.ranking_words}", text="")
        ids += [one for one in finding.best(wordless) if one not in ids]
    return ids[:depth]


def _nearly(finding: Finding, depth: int) -> list[int]:
    """What fails one condition, the nearest first; after them what fails several."""
    ids = [
        miss.result.listing.id for miss in near_misses(finding, nearly_fitting(finding, (), each=depth), shown=depth)
    ]
    if len(ids) < depth and finding.wish.has_structure:
        request = _plain(finding.request(widest(finding.wish), size=depth))
        ids += [one for one in finding.best(request) if one not in ids]
    return ids[:depth]


def _plain(request: SearchRequest) -> SearchRequest:
    return replace(request, facets=(), price_facet=None)


def understood_json(understood: Understood) -> dict[str, Any]:
    """What was read of a line, in the units that were understood, sums in yuan."""
    window, place, budget = understood.window, understood.place, understood.budget
    return {
        "type": understood.type_code,
        "constraints": [_constraint(one) for one in understood.constraints],
        "window": window
        and {
            "start": window.start.isoformat() if window.start else None,
            "end": window.end.isoformat() if window.end else None,
            "hours": float(window.hours) if window.hours is not None else None,
        },
        "place": place and {"zone": place.zone, "radius_m": place.radius_m},
        "budget": budget and {"amount": budget.amount / 100, "per": budget.per},
    }


def _constraint(one: Constraint) -> Mapping[str, Any]:
    value: Any = one.value
    if isinstance(value, int) and one.unit and one.dimension:
        number = from_base(value, one.unit, one.dimension)
        value = int(number) if number == number.to_integral_value() else float(number)
    elif isinstance(one.value, tuple):
        value = list(one.value)
    return {"attribute": one.attribute, "op": one.op, "value": value, "unit": one.unit}
