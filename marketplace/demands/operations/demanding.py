"""A demand is posted, opened to quotes, and ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, Membership, MembershipStatus, Zone
from marketplace.bookings.queries import Question
from marketplace.demands.constraints import Limit
from marketplace.demands.events import DemandEnded, DemandOpened
from marketplace.demands.models import (
    ON_THE_TABLE,
    BudgetPer,
    Confidentiality,
    Demand,
    DemandStatus,
    Invitation,
    Quote,
)
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.models import Listing
from marketplace.listings.queries import visible_listing

USUAL_OPENING = timedelta(days=14)
"""How long quotes are taken when nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDemand:
    """What is looked for. `zone` is a code, `invited` are names or USCCs of firms, `listing` a public id (an enquiry).

    Without `closes_at` quotes are taken for a fortnight, at most until the window ends.
    """

    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    type_code: str | None = None
    constraints: tuple[Limit, ...] = ()
    during: Range[datetime] | None = None
    question: Question = Question.RUN
    duration_minutes: int | None = None
    units: int = 1
    pieces: int | None = None
    zone: str | None = None
    radius_metres: int | None = None
    budget_amount: int | None = None
    budget_per: BudgetPer = BudgetPer.JOB
    confidentiality: Confidentiality = Confidentiality.PUBLIC
    invited: tuple[str, ...] = ()
    listing: str | None = None
    closes_at: datetime | None = None
    as_draft: bool = False


def post_demand(session: Session, command: PostDemand, *, actor: Actor, clock: Clock) -> Demand:
    """Write a demand down and, unless it is a draft, open it to quotes. Adds `DemandOpened`.

    Raises `Forbidden` for a firm that may not trade, `NotFound` for a listing the actor may not see, `Invalid` naming
    every field that makes no sense.
    """
    now, demander_id = clock(), actor.require_trading(FirmRole.OPERATOR)
    asked = _asked_listing(session, command, actor, demander_id)
    wrong: dict[str, list[str]] = {}
    _check_what(command, wrong, is_enquiry=asked is not None)
    _check_when(command, wrong, now=now)
    zone = _zone(session, command, actor.park_id, wrong)
    invited = [asked.enterprise_id] if asked else _invited(session, command, actor, wrong)
    _check_place(session, command, demander_id, wrong)
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong, names="、".join(command.invited))
    demand = _demand(command, actor, demander_id, at=now)
    demand.zone_id, demand.asked_listing_id = zone.id if zone else None, asked.id if asked else None
    if asked is not None:
        demand.type_code, demand.confidentiality = asked.type_code, Confidentiality.INVITED
    session.add(demand)
    session.flush()
    session.add_all(Invitation(demand_id=demand.id, enterprise_id=one) for one in sorted(set(invited)))
    _note(session, demand, "posted", actor, at=now)
    if not command.as_draft:
        _open(session, demand, actor, clock=clock)
    return demand


def _asked_listing(session: Session, command: PostDemand, actor: Actor, demander_id: int) -> Listing | None:
    if command.listing is None:
        return None
    listing = visible_listing(session, command.listing, actor=actor)
    if not listing.is_offered or listing.park_id != actor.park_id:
        raise NotFound("listing_not_offered")
    if listing.enterprise_id == demander_id:
        raise Invalid("own_listing", fields={"listing": ["own_listing"]})
    return listing


def _check_what(command: PostDemand, wrong: dict[str, list[str]], *, is_enquiry: bool) -> None:
    if not command.title_zh and not command.title_en:
        wrong["title"] = ["demand_untitled"]
    elif command.type_code is not None and command.type_code not in load_catalogue().types:
        wrong["type_code"] = ["unknown_type"]
    elif command.type_code is None and not command.constraints and not is_enquiry:
        wrong["type_code"] = ["demand_says_too_little"]
    if any(not limit.is_sound() for limit in command.constraints):
        wrong["constraints"] = ["bad_constraint"]


def _check_when(command: PostDemand, wrong: dict[str, list[str]], *, now: datetime) -> None:
    during, minutes = command.during, command.duration_minutes
    if during is None or during.lower is None or during.upper is None:
        if command.question is Question.EXACT:
            wrong["start"] = ["exact_needs_a_window"]
        elif minutes is not None and command.question is Question.TOTAL:
            wrong["start"] = ["hours_need_a_window"]
    elif during.upper <= now:
        wrong["end"] = ["window_passed"]
    elif minutes is not None and during.upper - max(during.lower, now) < timedelta(minutes=minutes):
        wrong["hours"] = ["window_too_short"]
    if command.closes_at is None:
        return
    if command.closes_at <= now:
        wrong["closes_at"] = ["closes_in_the_past"]
    elif during is not None and during.upper is not None and command.closes_at > during.upper:
        wrong["closes_at"] = ["closes_after_the_window"]


def _zone(session: Session, command: PostDemand, park_id: int, wrong: dict[str, list[str]]) -> Zone | None:
    if command.zone is None:
        return None
    zone = session.scalar(select(Zone).where(Zone.park_id == park_id, Zone.code == command.zone))
    if zone is None:
        wrong["zone"] = ["unknown_zone"]
    return zone


def _check_place(session: Session, command: PostDemand, demander_id: int, wrong: dict[str, list[str]]) -> None:
    """A radius needs a centre: the zone, else the firm's own point."""
    if command.radius_metres is None or command.zone is not None:
        return
    if session.get_one(Enterprise, demander_id).latitude is None:
        wrong["radius"] = ["radius_needs_a_place"]


def _invited(session: Session, command: PostDemand, actor: Actor, wrong: dict[str, list[str]]) -> Sequence[int]:
    """Ids of the named firms that trade in the park; naming an unknown one is refused."""
    if command.confidentiality is not Confidentiality.INVITED:
        return ()
    if not command.invited:
        wrong["invited"] = ["nobody_invited"]
        return ()
    names = set(command.invited)
    spellings = (Enterprise.uscc, Enterprise.name_zh, Enterprise.name_en, Enterprise.short_name_zh)
    rows = session.execute(
        select(Enterprise.id, *spellings)
        .join(Membership, Membership.enterprise_id == Enterprise.id)
        .where(Membership.park_id == actor.park_id, Membership.status == MembershipStatus.ADMITTED)
        .where(or_(*(column.in_(names) for column in spellings)), Enterprise.id != actor.enterprise_id)
    ).all()
    known = {spelling for row in rows for spelling in row[1:]}
    if names - known:
        wrong["invited"] = ["unknown_firm"]
    return [row[0] for row in rows]


def _demand(command: PostDemand, actor: Actor, demander_id: int, *, at: datetime) -> Demand:
    usual = at + USUAL_OPENING
    last = command.during.upper if command.during is not None and command.during.upper is not None else usual
    return Demand(
        park_id=actor.park_id,
        demander_id=demander_id,
        posted_by=actor.user_id,
        created_at=at,
        closes_at=command.closes_at or min(usual, last),
        title_zh=command.title_zh,
        title_en=command.title_en,
        text_zh=command.text_zh,
        text_en=command.text_en,
        type_code=command.type_code,
        constraints=[limit.to_json() for limit in command.constraints],
        during=command.during,
        question=command.question,
        duration_minutes=command.duration_minutes,
        units=command.units,
        pieces=command.pieces,
        radius_metres=command.radius_metres,
        budget_amount=command.budget_amount,
        budget_per=command.budget_per,
        confidentiality=command.confidentiality,
    )


def open_demand(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Demand:
    """Open a draft to quotes; again changes nothing. Adds `DemandOpened`."""
    demand = own_demand_locked(session, public_id, actor=actor)
    if demand.status is DemandStatus.OPEN:
        return demand
    if demand.closes_at <= clock():
        raise Invalid("closes_in_the_past", fields={"closes_at": ["closes_in_the_past"]})
    _open(session, demand, actor, clock=clock)
    return demand


def _open(session: Session, demand: Demand, actor: Actor, *, clock: Clock) -> None:
    demand.move_to(DemandStatus.OPEN)
    demand.opened_at = clock()
    session.flush()
    _note(session, demand, "opened", actor, at=clock())
    record(session, DemandOpened(demand.id), actor=actor, at=clock())
    defer(session, "demands.expire_demand", at=demand.closes_at, arguments={"demand_id": demand.id})


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDemand:
    """Withdraw or close a demand, with a word to those who quoted."""

    demand: str
    reason: str = ""


def withdraw_demand(session: Session, command: EndDemand, *, actor: Actor, clock: Clock) -> Demand:
    """The demander looks no further; quotes on the table are declined. Again changes nothing. Adds `DemandEnded`."""
    demand = own_demand_locked(session, command.demand, actor=actor)
    if demand.status is not DemandStatus.WITHDRAWN:
        end_demand(session, demand, DemandStatus.WITHDRAWN, actor=actor, clock=clock, reason=command.reason)
    return demand


def close_demand(session: Session, command: EndDemand, *, actor: Actor, clock: Clock) -> Demand:
    """An awarded demand is done with. Again changes nothing. Adds `DemandEnded`."""
    demand = own_demand_locked(session, command.demand, actor=actor)
    if demand.status is not DemandStatus.CLOSED:
        end_demand(session, demand, DemandStatus.CLOSED, actor=actor, clock=clock, reason=command.reason)
    return demand


def expire_demand(session: Session, demand_id: int, *, clock: Clock) -> None:
    """A demand whose time for quotes is over lapses, unless a valid quote still waits to be decided. Safe to run again."""
    demand = session.scalar(select(Demand).where(Demand.id == demand_id).with_for_update())
    if demand is None or demand.status is not DemandStatus.OPEN or demand.closes_at > clock():
        return
    waiting = exists().where(Quote.demand_id == demand.id, Quote.status.in_(ON_THE_TABLE), Quote.valid_until > clock())
    if session.scalar(select(waiting)):
        return
    end_demand(session, demand, DemandStatus.EXPIRED, actor=system_actor(demand.park_id), clock=clock)


def end_demand(
    session: Session, demand: Demand, status: DemandStatus, *, actor: Actor, clock: Clock, reason: str = ""
) -> None:
    """Move a locked demand to an end and tell of it. Adds `DemandEnded`."""
    demand.move_to(status)
    demand.ended_at, demand.reason = clock(), reason.strip()
    session.flush()
    _note(session, demand, status.value, actor, at=clock())
    record(session, DemandEnded(demand.id, status.value), actor=actor, at=clock())


def own_demand_locked(session: Session, public_id: str, *, actor: Actor) -> Demand:
    """The actor's firm's demand under its row lock. Raises `NotFound` for anybody else's."""
    firm = actor.require_trading(FirmRole.OPERATOR)
    demand = session.scalar(
        select(Demand)
        .where(Demand.public_id == public_id, Demand.demander_id == firm, Demand.park_id == actor.park_id)
        .with_for_update(of=Demand)
        .execution_options(populate_existing=True)
    )
    if demand is None:
        raise NotFound("demand")
    return demand


def lapsed_demands(session: Session, *, now: datetime) -> Sequence[int]:
    """Ids of open demands that take no quotes any more."""
    overdue = select(Demand.id).where(Demand.status == DemandStatus.OPEN, Demand.closes_at <= now)
    return session.scalars(overdue.order_by(Demand.id).limit(500)).all()


def _note(session: Session, demand: Demand, what: str, actor: Actor, *, at: datetime) -> None:
    after: dict[str, Any] = {"status": demand.status.value, "reason": demand.reason}
    audit(session, actor, at=at, action=f"demand.{what}", subject=f"demand:{demand.public_id}", after=after)
