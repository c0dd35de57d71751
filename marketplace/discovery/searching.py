"""Search for a reader: the page of results, what nearly fits, and plain SQL when the engine is down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, Park, Zone
from marketplace.discovery.asking import Asked, Reader, Wish
from marketplace.discovery.finding import Finding, Result
from marketplace.discovery.near_misses import NearMiss, Relaxation, near_misses, nearly_fitting, relaxations
from marketplace.discovery.rows import SearchRows
from marketplace.kernel.actor import Actor
from marketplace.listings.models import Listing
from marketplace.listings.queries import may_see, with_parts
from search.contract import EngineDownError, FacetCount
from search.documents import Place
from search.ranking.query import Query
from search.service import SearchReader

FEW = 8
"""With fewer results than this the page also shows what fits but for one condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`is_relaxed`: no listing has most of the words; `is_degraded`: the engine is down and plain SQL answered."""

    wish: Wish
    results: Sequence[Result]
    total: int
    facets: Mapping[str, Sequence[FacetCount]]
    cursor: str | None
    query: Query
    is_relaxed: bool
    is_degraded: bool = False
    near: Sequence[NearMiss] = ()
    relaxations: Sequence[Relaxation] = ()


READER = (
    select(Park, Zone, Enterprise.latitude, Enterprise.longitude)
    .outerjoin(Zone, Zone.park_id == Park.id)
    .outerjoin(Enterprise, Enterprise.id == bindparam("enterprise_id"))
    .where(Park.id == bindparam("park_id"))
    .order_by(Zone.id)
)


def reader_of(session: Session, actor: Actor, *, locale: str, now: datetime) -> Reader:
    """The reader with their park, its zones and where their own firm stands; one statement."""
    given = {"park_id": actor.park_id, "enterprise_id": actor.enterprise_id or 0}
    rows = session.execute(READER, given).all()
    park, _, latitude, longitude = rows[0]
    zones: Sequence[Zone] = [row[1] for row in rows if row[1]]
    here = Place(latitude, longitude) if latitude is not None and longitude is not None else None
    return Reader(actor=actor, park=park, zones=zones, locale=locale, now=now, here=here)


def find(
    session: Session,
    question: Asked,
    *,
    reader: Reader,
    service: SearchReader,
    for_page: bool = True,
) -> Results:
    """Answer a question with at most 20 listings that the reader may see; when the engine is down, from plain SQL.

    `for_page` false leaves out what only the page shows: facets, and what each price is made of. Raises `Invalid` `bad_cursor` for a cursor that is broken or of another question.
    """
    try:
        return _results(Finding(session, question, reader, service, for_page=for_page))
    except EngineDownError:
        spare = SearchReader(SearchRows(session))
        again = replace(question, cursor=None)
        return replace(_results(Finding(session, again, reader, spare, for_page=for_page)), is_degraded=True)


def _results(finding: Finding) -> Results:
    found, shown = finding.found()
    few = found.total < FEW and not finding.question.cursor
    nearly = nearly_fitting(finding, [hit.id for hit in found.hits]) if few else {}
    finding.prepare([*shown, *nearly])
    return Results(
        wish=finding.wish,
        results=finding.dressed(shown, finding.load(shown)),
        total=found.total,
        facets=found.facets,
        cursor=found.cursor,
        query=found.query,
        is_relaxed=found.relaxed,
        near=near_misses(finding, nearly, total=len(found.hits)),
        relaxations=relaxations(finding, found.total) if few else (),
    )


def put_aside(session: Session, public_ids: Sequence[str], *, actor: Actor) -> list[Listing]:
    """Those of the listings that the actor may see, in the order given."""
    if not public_ids:
        return []
    rows = session.scalars(with_parts().where(Listing.public_id.in_(public_ids), may_see(actor)))
    by_id = {row.public_id: row for row in rows}
    return [by_id[one] for one in public_ids if one in by_id]
