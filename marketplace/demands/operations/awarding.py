"""One quote wins: what `orders` asks of demands while it makes the agreement."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.demands.models import LIVE, Demand, DemandStatus, Quote, QuoteStatus
from marketplace.demands.operations.demanding import end_demand
from marketplace.demands.operations.quoting import end_quote
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, NotFound


def quote_to_accept(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Quote:
    """The quote, with its demand and the demand's other quotes locked in id order; accepted ones are handed out too.

    Raises `NotFound` for anybody but the demander, `Conflict` `quote_expired`, `demand_not_open` or `quote_transition`.
    """
    firm = actor.require_trading(FirmRole.OPERATOR)
    found = session.execute(
        select(Quote.id, Quote.demand_id).where(
            Quote.public_id == public_id,
            Quote.demander_id == firm,
            Quote.park_id == actor.park_id,
            Quote.status != QuoteStatus.DRAFT,
        )
    ).one_or_none()
    if found is None:
        raise NotFound("quote")
    demand = session.scalars(select(Demand).where(Demand.id == found.demand_id).with_for_update(of=Demand)).one()
    rows = session.scalars(
        select(Quote)
        .where(Quote.demand_id == demand.id)
        .order_by(Quote.id)
        .with_for_update(of=Quote)
        .execution_options(populate_existing=True)
    ).all()
    quote = next(row for row in rows if row.id == found.id)
    if quote.status is QuoteStatus.ACCEPTED:
        return quote
    if quote.status is not QuoteStatus.SENT:
        raise Conflict("quote_transition", before=quote.status.value, after=QuoteStatus.ACCEPTED.value)
    if quote.valid_until <= clock():
        raise Conflict("quote_expired")
    if demand.status is not DemandStatus.OPEN:
        raise Conflict("demand_not_open")
    return quote


def award(session: Session, quote: Quote, *, actor: Actor, clock: Clock) -> None:
    """The quote wins its demand, the others are declined politely. Adds `QuoteEnded` for each and `DemandEnded`.

    The time that declined quotes hold is given back by the handler of `QuoteEnded`, in a transaction of its own, so
    that two awards never wait for each other's units.
    """
    demand = session.get_one(Demand, quote.demand_id)
    end_quote(session, quote, QuoteStatus.ACCEPTED, actor=actor, clock=clock)
    end_demand(session, demand, DemandStatus.AWARDED, actor=actor, clock=clock)
    decline_others(session, demand.id, clock=clock)


def decline_others(session: Session, demand_id: int, *, clock: Clock) -> None:
    """Whatever still stands for a demand that is over is declined; drafts are withdrawn."""
    rows = session.scalars(
        select(Quote)
        .where(Quote.demand_id == demand_id, Quote.status.in_(LIVE))
        .order_by(Quote.id)
        .with_for_update(of=Quote)
    )
    for other in rows.all():
        status = QuoteStatus.WITHDRAWN if other.status is QuoteStatus.DRAFT else QuoteStatus.DECLINED
        end_quote(session, other, status, actor=system_actor(other.park_id), clock=clock)
