"""Many listings in one go: publish all, pause, resume, archive, one price for the machines ticked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from billing.operations import StorePlan, store_plans
from billing.pricing.plans import Plan
from marketplace.accounts.models import Enterprise
from marketplace.accounts.queries import membership_of
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid
from marketplace.kernel.events import record
from marketplace.listings import queries
from marketplace.listings.calendars import calendars
from marketplace.listings.content import lacking
from marketplace.listings.events import ListingsApproved, ListingsMoved, ListingsSubmitted
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.priceable import check_term

BATCH = 500
MOST = 20_000


class BatchAction(StrEnum):
    """What may be done to the machines ticked in the table."""

    SUBMIT = "submit"
    PAUSE = "pause"
    RESUME = "resume"
    ARCHIVE = "archive"


FROM = {
    BatchAction.SUBMIT: (ListingStatus.DRAFT,),
    BatchAction.PAUSE: (ListingStatus.PUBLISHED,),
    BatchAction.RESUME: (ListingStatus.PAUSED,),
    BatchAction.ARCHIVE: (ListingStatus.DRAFT, ListingStatus.PUBLISHED, ListingStatus.PAUSED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveListings:
    """Public ids; listings not in a fitting state are left as they are and counted."""

    action: BatchAction
    listings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishAll:
    """Every draft that is not withheld; with `import_run_id` only those that the run made."""

    import_run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListings:
    listings: tuple[str, ...]
    plan: Plan | None
    price_as_written: str = ""


@dataclass(slots=True)
class Batch:
    """`lacking`: public id → field → codes of what is missing; `skipped` were in another state."""

    published: int = 0
    submitted: int = 0
    moved: int = 0
    skipped: int = 0
    lacking: dict[str, dict[str, list[str]]] = field(default_factory=dict[str, dict[str, list[str]]])


def publish_all(session: Session, command: PublishAll, *, actor: Actor, clock: Clock) -> Batch:
    """Send every draft that may be offered: online at once where the office trusts the firm, else to the office."""
    actor.require_trading(FirmRole.OPERATOR)
    only: list[ColumnElement[bool]] = [Listing.withheld_reason.is_(None)]
    if command.import_run_id is not None:
        only.append(Listing.import_run_id == command.import_run_id)
    return _submit(session, _locked(session, actor, (ListingStatus.DRAFT,), *only), actor=actor, clock=clock)


def move_listings(session: Session, command: MoveListings, *, actor: Actor, clock: Clock) -> Batch:
    """Do one thing to all ticked machines of the actor's firm."""
    actor.require_trading(FirmRole.OPERATOR)
    _check_size(command.listings)
    wanted = _locked(session, actor, FROM[command.action], Listing.public_id.in_(command.listings))
    match command.action:
        case BatchAction.SUBMIT:
            batch = _submit(session, wanted, actor=actor, clock=clock)
        case BatchAction.RESUME:
            ready, batch = _ready(session, wanted, today=clock())
            _move(session, ready, ListingStatus.PUBLISHED, actor=actor, clock=clock)
            batch.moved = len(ready)
        case BatchAction.PAUSE | BatchAction.ARCHIVE:
            after = ListingStatus.PAUSED if command.action is BatchAction.PAUSE else ListingStatus.ARCHIVED
            _move(session, wanted, after, actor=actor, clock=clock)
            batch = Batch(moved=len(wanted))
    batch.skipped = len(set(command.listings)) - len(wanted)
    return batch


def approve_all_of(session: Session, enterprise: str, *, actor: Actor, clock: Clock) -> Batch:
    """The office lets all submitted listings of one firm (public id) go online; incomplete ones stay and are named.

    Raises `NotFound` for a firm that is no member of the park.
    """
    actor.require_office(OfficeRole.ADMIN)
    membership_of(session, enterprise, actor=actor)
    waiting = session.scalars(
        select(Listing)
        .join(Enterprise, Enterprise.id == Listing.enterprise_id)
        .where(
            Enterprise.public_id == enterprise,
            Listing.park_id == actor.park_id,
            Listing.status == ListingStatus.IN_REVIEW,
        )
        .order_by(Listing.id)
        .with_for_update(of=Listing)
        .execution_options(populate_existing=True)
    ).all()
    ready, batch = _ready(session, waiting, today=clock())
    _move(session, ready, ListingStatus.PUBLISHED, actor=actor, clock=clock)
    batch.published = len(ready)
    for start in range(0, len(ready), BATCH):
        ids = [listing.id for listing in ready[start : start + BATCH]]
        record(session, ListingsApproved(ids), actor=actor, at=clock())
    return batch


def price_listings(session: Session, command: PriceListings, *, actor: Actor, clock: Clock) -> Batch:
    """Give all ticked machines the same price."""
    actor.require_trading(FirmRole.OPERATOR, FirmRole.FINANCE)
    _check_size(command.listings)
    check_term(command.plan)
    wanted = _locked(session, actor, tuple(ListingStatus), Listing.public_id.in_(command.listings))
    ids = {f"listing:{listing.public_id}": listing for listing in wanted}
    plans = {}
    if command.plan is not None:
        orders = [StorePlan(subject_ref=ref, plan=command.plan) for ref in ids]
        plans = store_plans(session, orders, clock=clock)
    for ref, listing in ids.items():
        listing.rate_plan_id = plans[ref].id if ref in plans else None
        listing.price_as_written = command.price_as_written
        listing.updated_at = clock()
        audit(session, actor, at=clock(), action="listing.priced", subject=f"listing:{listing.public_id}")
    session.flush()
    _announce(session, [each for each in wanted if each.is_offered], actor=actor, clock=clock)
    return Batch(moved=len(wanted), skipped=len(set(command.listings)) - len(wanted))


def _check_size(listings: Sequence[str]) -> None:
    if not listings:
        raise Invalid("nothing_chosen", fields={"listings": ["nothing_chosen"]})
    if len(listings) > MOST:
        raise Invalid("too_many_chosen", fields={"listings": ["too_many_chosen"]})


def _locked(
    session: Session, actor: Actor, states: Sequence[ListingStatus], *only: ColumnElement[bool]
) -> Sequence[Listing]:
    """The firm's own listings in these states, locked in the order of their ids."""
    return session.scalars(
        select(Listing)
        .where(
            Listing.enterprise_id == actor.require_firm(),
            Listing.park_id == actor.park_id,
            Listing.status.in_(states),
            *only,
        )
        .order_by(Listing.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _submit(session: Session, drafts: Sequence[Listing], *, actor: Actor, clock: Clock) -> Batch:
    ready, batch = _ready(session, drafts, today=clock())
    if not ready:
        return batch
    if queries.publishes_unreviewed(session, actor.park_id, actor.require_firm()):
        _move(session, ready, ListingStatus.PUBLISHED, actor=actor, clock=clock)
        batch.published = len(ready)
        return batch
    _move(session, ready, ListingStatus.IN_REVIEW, actor=actor, clock=clock)
    for start in range(0, len(ready), BATCH):
        ids = [listing.id for listing in ready[start : start + BATCH]]
        record(session, ListingsSubmitted(ids), actor=actor, at=clock())
    batch.submitted = len(ready)
    return batch


def _ready(session: Session, listings: Sequence[Listing], *, today: datetime) -> tuple[list[Listing], Batch]:
    pieces = queries.bookable_pieces(session, [listing.id for listing in listings])
    batch = Batch()
    ready: list[Listing] = []
    for listing in listings:
        lacks = lacking(listing, bookable_pieces=pieces.get(listing.id, 0), today=today.date())
        if lacks:
            batch.lacking[listing.public_id] = lacks
        else:
            ready.append(listing)
    return ready, batch


def _move(session: Session, listings: Sequence[Listing], after: ListingStatus, *, actor: Actor, clock: Clock) -> None:
    """One statement for the state of all, an audit row for each, one event for every five hundred."""
    now = clock()
    seen = [listing for listing in listings if listing.is_offered or after is ListingStatus.PUBLISHED]
    rows = [(listing.id, listing.public_id, listing.status, listing.published_at) for listing in listings]
    for listing in listings:
        listing.move_to(after, at=now)
        session.expunge(listing)
    values = {"status": after, "updated_at": now, "moderation_reason": "", "version": Listing.version + 1}
    if after is ListingStatus.IN_REVIEW:
        values["submitted_at"] = now
    ids = [row[0] for row in rows]
    session.execute(update(Listing).where(Listing.id.in_(ids)).values(values))
    if after is ListingStatus.PUBLISHED:
        first = [listing_id for listing_id, _, _, published_at in rows if published_at is None]
        session.execute(update(Listing).where(Listing.id.in_(first)).values(published_at=now))
    for _, public_id, before, _ in rows:
        audit(
            session,
            actor,
            at=now,
            action=f"listing.moved_to_{after.value}",
            subject=f"listing:{public_id}",
            before={"status": before.value},
            after={"status": after.value},
        )
    session.flush()
    _announce(session, seen, actor=actor, clock=clock)


def _announce(session: Session, listings: Sequence[Listing], *, actor: Actor, clock: Clock) -> None:
    ids = [listing.id for listing in listings]
    if ids:
        calendars().open_calendars(session, ids, clock=clock)
    for start in range(0, len(ids), BATCH):
        record(session, ListingsMoved(ids[start : start + BATCH]), actor=actor, at=clock())
