"""One report: hours open and booked for each published listing and week, and what follows from them.

Open hours are those of the listing's opening (hours, exceptions, holidays) times its bookable units, from the week it
was published in; booked hours are confirmed bookings cut to the week. A rent that spans closed hours can be longer than
the opening, so utilisation is capped at one. Maintenance and own production count as neither. What really ran is told
by `running`, also for listings that are no longer published. Money is shown to those who may read the park's books.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from billing.ledger.held import HeldMoney, held_money
from billing.ledger.queries import BOOK_READERS
from marketplace.accounts.models import Enterprise, Membership, MembershipStatus, Park
from marketplace.bookings.free_time import openings_of
from marketplace.bookings.opening import Opening
from marketplace.kernel.actor import Actor
from marketplace.listings.models import Listing, ListingKind, ListingStatus, Unit
from marketplace.office.figures.running import Running, running_hours
from marketplace.office.figures.weeks import WEEK, Week, whole_weeks

HOUR_SECONDS = 3600
BOOKED = text(
    """
    SELECT unit.listing_id, week.number,
        sum(extract(epoch FROM least(upper(taken.during), week.until) - greatest(lower(taken.during), week.start))) / 3600
    FROM unnest(cast(:starts AS timestamptz[]), cast(:ends AS timestamptz[])) WITH ORDINALITY AS week(start, until, number)
    JOIN bookings_occupancy AS taken ON taken.during && tstzrange(week.start, week.until)
    JOIN listings_unit AS unit ON unit.id = taken.unit_id
    JOIN listings_listing AS listing ON listing.id = unit.listing_id
    WHERE taken.kind = 'booking' AND taken.status = 'confirmed' AND listing.park_id = :park
    GROUP BY unit.listing_id, week.number
    """
)
AHEAD = text(
    """
    SELECT coalesce(sum(open), 0), coalesce(sum(free), 0) FROM (
        SELECT (SELECT sum(extract(epoch FROM upper(piece) - lower(piece))) / 3600
                FROM unnest(kept.open * tstzmultirange(tstzrange(:start, :until))) AS piece) AS open,
            (SELECT sum(extract(epoch FROM upper(piece) - lower(piece))) / 3600
                FROM unnest(kept.free * tstzmultirange(tstzrange(:start, :until))) AS piece) AS free
        FROM bookings_unit_free_time AS kept
        JOIN listings_listing AS listing ON listing.id = kept.listing_id
        WHERE listing.park_id = :park AND listing.status = 'published'
    ) AS each
    """
)
ORDERS = text(
    """
    SELECT date_trunc('week', placed_at AT TIME ZONE :zone)::date, count(*),
        coalesce(sum(total_amount) FILTER (WHERE status IN ('active', 'completed')), 0)
    FROM orders_order WHERE park_id = :park AND placed_at >= :start AND placed_at < :until AND currency = 'CNY'
    GROUP BY 1
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One listing over the report's weeks; hours are of all its units together."""

    listing: Listing
    firm: Enterprise
    open_hours: Sequence[float]
    booked_hours: Sequence[float]
    running: Running

    @property
    def open(self) -> float:
        return sum(self.open_hours)

    @property
    def booked(self) -> float:
        return sum(self.booked_hours)

    @property
    def utilisation(self) -> float | None:
        return share(self.booked, self.open)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmHours:
    """One enterprise over the report's weeks: open and booked hours of what it offers, and what its machines ran."""

    firm: Enterprise
    open: float
    booked: float
    running: Running

    @property
    def utilisation(self) -> float | None:
        return share(self.booked, self.open)

    @property
    def effective(self) -> float:
        return sum(self.running.effective)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the page, the files and the API show. Amounts are fen; `orders` is Monday → (count, amount).

    `money` has one entry a week, or is None for a reader who may not see the park's books.
    """

    weeks: Sequence[Week]
    machines: Sequence[Machine]
    firms: Mapping[MembershipStatus, int]
    listings: Mapping[ListingStatus, int]
    orders: Mapping[date, tuple[int, int]]
    open_ahead_hours: float
    free_ahead_hours: float
    running: Running
    by_firm: Sequence[FirmHours]
    money: Sequence[HeldMoney] | None

    @property
    def open_hours(self) -> list[float]:
        return [sum(one.open_hours[n] for one in self.machines) for n in range(len(self.weeks))]

    @property
    def booked_hours(self) -> list[float]:
        return [sum(one.booked_hours[n] for one in self.machines) for n in range(len(self.weeks))]

    @property
    def utilisation(self) -> float | None:
        return share(sum(self.booked_hours), sum(self.open_hours))

    @property
    def order_count(self) -> int:
        return sum(count for count, _ in self.orders.values())

    @property
    def order_amount(self) -> int:
        return sum(amount for _, amount in self.orders.values())

    def busiest(self, most: int) -> list[Machine]:
        """The machines with the highest utilisation, those with more hours first among equals."""
        used = [one for one in self.machines if one.booked > 0]
        return sorted(used, key=lambda one: (-(one.utilisation or 0), -one.booked, one.listing.id))[:most]

    def idle(self) -> list[Machine]:
        """Machines that were open in every week and never booked, the most empty hours first."""
        empty = [one for one in self.machines if one.booked == 0 and one.open_hours and min(one.open_hours) > 0]
        return sorted(empty, key=lambda one: (-one.open, one.listing.id))


def share(booked: float, opened: float) -> float | None:
    """Booked ÷ open, at most one; None where nothing was open."""
    return min(booked / opened, 1.0) if opened > 0 else None


def report_of(session: Session, *, actor: Actor, at: datetime, weeks: int) -> Report:
    """The report of the actor's park over so many whole weeks, in a fixed number of statements."""
    actor.require_office()
    zone = ZoneInfo(session.scalars(select(Park.time_zone).where(Park.id == actor.park_id)).one())
    covered = whole_weeks(at, weeks, zone)
    period: dict[str, Any] = {"park": actor.park_id, "start": covered[0].start, "until": covered[-1].end}
    ahead = session.execute(AHEAD, {"park": actor.park_id, "start": at, "until": at + WEEK}).one()
    orders = session.execute(ORDERS, {**period, "zone": zone.key})
    ran = running_hours(session, covered, park_id=actor.park_id)
    machines = _machines(session, covered, ran, park_id=actor.park_id)
    return Report(
        weeks=covered,
        machines=machines,
        firms=_counts(session, Membership.status, Membership.park_id == actor.park_id),
        listings=_counts(session, Listing.status, Listing.park_id == actor.park_id),
        orders={row[0]: (row[1], int(row[2])) for row in orders},
        open_ahead_hours=float(ahead[0]),
        free_ahead_hours=float(ahead[1]),
        running=Running.total(list(ran.values()), len(covered)),
        by_firm=_by_firm(session, machines, ran, len(covered)),
        money=_money(session, covered, actor=actor),
    )


def _money(session: Session, weeks: Sequence[Week], *, actor: Actor) -> Sequence[HeldMoney] | None:
    if not actor.office_roles & set(BOOK_READERS):
        return None
    return held_money(session, [weeks[0].start, *(week.end for week in weeks)], actor=actor)


def _by_firm(
    session: Session, machines: Sequence[Machine], ran: Mapping[tuple[int, int], Running], weeks: int
) -> list[FirmHours]:
    """Firms that offer something or ran something, those with the most effective hours first."""
    offered: dict[int, list[Machine]] = defaultdict(list)
    for machine in machines:
        offered[machine.firm.id].append(machine)
    running: dict[int, list[Running]] = defaultdict(list)
    for (_, firm_id), one in ran.items():
        running[firm_id].append(one)
    firms = session.scalars(select(Enterprise).where(Enterprise.id.in_({*offered, *running})))
    found = [
        FirmHours(
            firm=firm,
            open=sum(machine.open for machine in offered[firm.id]),
            booked=sum(machine.booked for machine in offered[firm.id]),
            running=Running.total(running[firm.id], weeks),
        )
        for firm in firms
    ]
    return sorted(found, key=lambda one: (-one.effective, -one.booked, one.firm.id))


def _counts(session: Session, status: Any, condition: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(select(status, func.count()).where(condition).group_by(status))}


def _machines(
    session: Session, weeks: Sequence[Week], ran: Mapping[tuple[int, int], Running], *, park_id: int
) -> list[Machine]:
    """Lines are left out: their hours are those of their members."""
    rows = session.execute(
        select(Listing, Enterprise, func.count(Unit.id))
        .join(Enterprise, Enterprise.id == Listing.enterprise_id)
        .join(Unit, (Unit.listing_id == Listing.id) & Unit.is_bookable)
        .where(Listing.park_id == park_id, Listing.status == ListingStatus.PUBLISHED)
        .where(Listing.kind != ListingKind.LINE)
        .group_by(Listing.id, Enterprise.id)
        .order_by(Listing.id)
    ).all()
    booked: dict[int, list[float]] = defaultdict(lambda: [0.0] * len(weeks))
    starts, ends = [week.start for week in weeks], [week.end for week in weeks]
    for listing_id, number, hours in session.execute(BOOKED, {"starts": starts, "ends": ends, "park": park_id}):
        booked[listing_id][number - 1] = float(hours)
    openings = openings_of(session, {row[0].id: park_id for row in rows})
    opened, nothing = _Opened(weeks), Running.total([], len(weeks))
    return [
        Machine(
            listing=listing,
            firm=firm,
            open_hours=[hours * units for hours in opened.hours(openings[listing.id], since=listing.published_at)],
            booked_hours=booked[listing.id],
            running=ran.get((listing.id, firm.id), nothing),
        )
        for listing, firm, units in rows
    ]


class _Opened:
    """Hours an opening has in each week; worked out once for the many listings that share one."""

    def __init__(self, weeks: Sequence[Week]) -> None:
        self._weeks = weeks
        self._known: dict[int, list[float]] = {}

    def hours(self, opening: Opening, *, since: datetime | None) -> list[float]:
        known = self._known.get(id(opening))
        if known is None:
            known = [_hours(opening, week) for week in self._weeks]
            self._known[id(opening)] = known
        return [
            hours if since is not None and since < week.end else 0.0
            for hours, week in zip(known, self._weeks, strict=True)
        ]


def _hours(opening: Opening, week: Week) -> float:
    pieces = opening.ranges(week.start, week.end)
    length = sum((one.upper - one.lower for one in pieces if one.upper and one.lower), timedelta())
    return length.total_seconds() / HOUR_SECONDS
