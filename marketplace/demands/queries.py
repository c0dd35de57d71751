"""Reads of demands and quotes, always scoped to the actor."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import Enterprise
from marketplace.demands.models import (
    ON_THE_TABLE,
    Confidentiality,
    Demand,
    DemandStatus,
    Invitation,
    Quote,
    QuoteRound,
    QuoteStatus,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, decode_cursor, page_of


def is_offered_to(enterprise_id: int) -> ColumnElement[bool]:
    """Open demands of others that a firm may quote for: public ones, and those it is invited to."""
    invited = exists().where(Invitation.demand_id == Demand.id, Invitation.enterprise_id == enterprise_id)
    return and_(
        Demand.status == DemandStatus.OPEN,
        Demand.demander_id != enterprise_id,
        or_(Demand.confidentiality != Confidentiality.INVITED, invited),
    )


def may_see(actor: Actor) -> ColumnElement[bool]:
    """The rule of visibility: own, offered to the firm, quoted by the firm, or the park office."""
    in_park = Demand.park_id == actor.park_id
    if actor.enterprise_id is None:
        return and_(in_park, Demand.status != DemandStatus.DRAFT) if actor.is_office else false()
    own = Demand.demander_id == actor.enterprise_id
    quoted = exists().where(Quote.demand_id == Demand.id, Quote.supplier_id == actor.enterprise_id)
    offered = is_offered_to(actor.enterprise_id) if actor.admitted else false()
    return and_(in_park, or_(own, offered, quoted))


def with_parts() -> Select[Demand]:
    """Demands with what every page shows of them: the demander, the zone, the listing asked for."""
    return select(Demand).options(
        joinedload(Demand.demander), joinedload(Demand.zone), joinedload(Demand.asked_listing)
    )


def demand_of(session: Session, public_id: str, *, actor: Actor) -> Demand:
    """One demand. Raises `NotFound` for whoever may not see it."""
    demand = session.scalar(with_parts().where(Demand.public_id == public_id, may_see(actor)))
    if demand is None:
        raise NotFound("demand")
    return demand


def own_demand(session: Session, public_id: str, *, actor: Actor) -> Demand:
    """A demand of the actor's firm. Raises `NotFound` for anybody else's."""
    demand = demand_of(session, public_id, actor=actor)
    if demand.demander_id != actor.enterprise_id:
        raise NotFound("demand")
    return demand


def demand_for_supplier(session: Session, public_id: str, *, actor: Actor) -> Demand:
    """The demand under a lock that lets others quote too but holds off its end. Raises `NotFound`."""
    demand = session.scalar(
        select(Demand)
        .where(Demand.public_id == public_id, may_see(actor))
        .with_for_update(read=True, of=Demand)
        .execution_options(populate_existing=True)
    )
    if demand is None:
        raise NotFound("demand")
    return demand


def own_demands(session: Session, *, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[Demand]:
    """What the actor's firm looks for, newest first."""
    rows = (
        with_parts()
        .where(Demand.demander_id == actor.require_firm(), Demand.park_id == actor.park_id)
        .order_by(Demand.id.desc())
        .limit(size + 1)
    )
    if after := decode_cursor(cursor, length=1):
        rows = rows.where(Demand.id < after[0])
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: Demand | Quote) -> tuple[int]:
    return (row.id,)


def quotes_waiting(session: Session, demand_ids: Sequence[int]) -> Mapping[int, int]:
    """Demand → how many quotes are on the table, in one statement for all."""
    rows = session.execute(
        select(Quote.demand_id, func.count())
        .where(Quote.demand_id.in_(demand_ids), Quote.status.in_(ON_THE_TABLE))
        .group_by(Quote.demand_id)
    )
    return {row[0]: row[1] for row in rows}


def _quotes() -> Select[Quote]:
    return select(Quote).options(
        joinedload(Quote.listing),
        joinedload(Quote.supplier),
        joinedload(Quote.demand).joinedload(Demand.demander),
    )


def _visible_quotes(actor: Actor) -> Select[Quote]:
    rows = _quotes().where(Quote.park_id == actor.park_id)
    if actor.is_office and actor.enterprise_id is None:
        return rows.where(Quote.status != QuoteStatus.DRAFT)
    firm = actor.require_firm()
    return rows.where(
        or_(Quote.supplier_id == firm, and_(Quote.demander_id == firm, Quote.status != QuoteStatus.DRAFT))
    )


def quote_of(session: Session, public_id: str, *, actor: Actor) -> Quote:
    """One quote. Raises `NotFound` for whoever is no party to it."""
    quote = session.scalar(_visible_quotes(actor).where(Quote.public_id == public_id))
    if quote is None:
        raise NotFound("quote")
    return quote


def quotes_for(session: Session, demand: Demand, *, actor: Actor) -> Sequence[Quote]:
    """The quotes of a demand that the actor may see: the demander those sent, a supplier its own; cheapest first."""
    rows = _visible_quotes(actor).where(Quote.demand_id == demand.id)
    return session.scalars(rows.order_by(Quote.total_amount, Quote.id)).all()


def own_quotes(session: Session, *, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[Quote]:
    """What the actor's firm has offered, newest first."""
    rows = (
        _quotes()
        .where(Quote.supplier_id == actor.require_firm(), Quote.park_id == actor.park_id)
        .order_by(Quote.id.desc())
        .limit(size + 1)
    )
    if after := decode_cursor(cursor, length=1):
        rows = rows.where(Quote.id < after[0])
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def rounds_of(session: Session, quote_ids: Sequence[int]) -> Mapping[int, list[QuoteRound]]:
    """Quote → what was said, oldest first, in one statement for all."""
    found: dict[int, list[QuoteRound]] = {}
    rows = session.scalars(select(QuoteRound).where(QuoteRound.quote_id.in_(quote_ids)).order_by(QuoteRound.id))
    for row in rows:
        found.setdefault(row.quote_id, []).append(row)
    return found


def invited_firms(session: Session, demand: Demand, *, actor: Actor) -> Sequence[Enterprise]:
    """Whom the demander has asked; nobody else learns it."""
    if actor.enterprise_id != demand.demander_id:
        return ()
    return session.scalars(
        select(Enterprise)
        .join(Invitation, Invitation.enterprise_id == Enterprise.id)
        .where(Invitation.demand_id == demand.id)
        .order_by(Enterprise.id)
    ).all()
