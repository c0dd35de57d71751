"""Free time kept per unit: free = opening − occupied, rewritten in the transaction that changes either."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.bookings.models import OCCUPYING, Holiday, OpeningException, OpeningHours
from marketplace.bookings.opening import DEFAULT_WEEKLY, Opening
from marketplace.listings.models import Listing, Unit

DAY = timedelta(days=1)
HORIZON = timedelta(days=190)
"""A little more than the longest default horizon, so that a day's roll forward is never late."""
OCCUPYING_WORDS = ", ".join(repr(status.value) for status in OCCUPYING)
REFRESH = text(
    f"""
    UPDATE bookings_unit_free_time AS kept
    SET free = kept.open - taken.ranges,
        clear = tstzmultirange(kept.horizon) - taken.ranges
    FROM (
        SELECT unit.unit_id, coalesce(range_agg(occupancy.occupied), '{{}}'::tstzmultirange) AS ranges
        FROM unnest(cast(:units AS bigint[])) AS unit(unit_id)
        LEFT JOIN bookings_occupancy AS occupancy
            ON occupancy.unit_id = unit.unit_id AND occupancy.status IN ({OCCUPYING_WORDS})
        GROUP BY unit.unit_id
    ) AS taken
    WHERE kept.unit_id = taken.unit_id
    """  # noqa: S608 - the words come from our own enum
)
OPEN = text(
    """
    INSERT INTO bookings_unit_free_time (unit_id, listing_id, open, free, clear, horizon)
    SELECT unit.unit_id, unit.listing_id, cast(:open AS tstzmultirange), '{}', '{}', :horizon
    FROM unnest(cast(:units AS bigint[]), cast(:listings AS bigint[])) AS unit(unit_id, listing_id)
    ORDER BY unit.unit_id
    ON CONFLICT (unit_id) DO UPDATE
    SET listing_id = excluded.listing_id, open = excluded.open, horizon = excluded.horizon
    """
).bindparams(bindparam("horizon", type_=TSTZRANGE()))
"""Units that share their hours share one list of ranges; `refresh` works out what of it is free."""
LOCK = text("SELECT 1 FROM bookings_unit_free_time WHERE unit_id = ANY(:units) ORDER BY unit_id FOR UPDATE")


def refresh(session: Session, unit_ids: Sequence[int]) -> None:
    """Rewrite the free time of these units from their opening and occupancies; their rows are locked in id order."""
    if not unit_ids:
        return
    session.flush()
    units = sorted(unit_ids)
    if len(units) > 1:
        session.execute(LOCK, {"units": units})
    session.execute(REFRESH, {"units": units})


def open_units(session: Session, listing_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Compute the opening of every unit of these listings over the horizon and with it their free time.

    Safe to call again; returns the units' ids.
    """
    session.flush()
    rows = session.execute(
        select(Unit.id, Listing.id, Listing.park_id)
        .join(Listing, Listing.id == Unit.listing_id)
        .where(Listing.id.in_(listing_ids))
        .order_by(Unit.id)
    ).all()
    start = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = start + HORIZON
    openings = openings_of(session, {row[1]: row[2] for row in rows})
    sharing: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for unit_id, listing_id, _ in rows:
        sharing[id(openings[listing_id])].append((unit_id, listing_id))
    unit_ids = [row[0] for row in rows]
    session.execute(LOCK, {"units": unit_ids})
    for key, opening in {id(opening): opening for opening in openings.values()}.items():
        units, listings = zip(*sharing[key], strict=True)
        same = {"units": list(units), "listings": list(listings), "open": _written(opening.ranges(start, end))}
        session.execute(OPEN, same | {"horizon": Range(start, end)})
    refresh(session, unit_ids)
    return unit_ids


OPENING_THEN = text(
    """
    SELECT park.time_zone, hours.weekly, coalesce(hours.observes_holidays, true),
        (SELECT jsonb_object_agg(exception.day, exception.ranges) FROM bookings_opening_exception AS exception
         WHERE exception.listing_id = :listing AND exception.day BETWEEN :first AND :last),
        (SELECT jsonb_object_agg(holiday.day, holiday.is_workday) FROM bookings_holiday AS holiday
         WHERE holiday.park_id = :park AND holiday.day BETWEEN :first AND :last)
    FROM accounts_park AS park LEFT JOIN bookings_opening_hours AS hours ON hours.listing_id = :listing
    WHERE park.id = :park
    """
)


def opening_then(session: Session, listing: Listing, during: Range[datetime]) -> Opening:
    """The opening of one listing around a range, in one statement: what a booking asks for."""
    if during.lower is None or during.upper is None:
        raise ValueError("endless_range")
    first, last = during.lower.date() - DAY, during.upper.date() + DAY
    given = {"listing": listing.id, "park": listing.park_id, "first": first, "last": last}
    row = session.execute(OPENING_THEN, given).one()
    exceptions: dict[str, list[list[str]]] = row[3] or {}
    holidays: dict[str, bool] = row[4] or {}
    return Opening(
        weekly=row[1] or DEFAULT_WEEKLY,
        zone=ZoneInfo(row[0]),
        exceptions={date.fromisoformat(day): ranges for day, ranges in exceptions.items()},
        holidays={date.fromisoformat(day): works for day, works in holidays.items()} if row[2] else {},
    )


def _written(ranges: Sequence[Range[datetime]]) -> str:
    """As PostgreSQL reads them; half a year of days takes the driver's own writer twenty times as long."""
    return "{" + ",".join(f"[{one.lower},{one.upper})" for one in ranges) + "}"


def openings_of(session: Session, parks_by_listing: dict[int, int]) -> dict[int, Opening]:
    """The opening of many listings in five statements; listings without hours of their own share one."""
    listing_ids = list(parks_by_listing)
    zones = {
        park_id: ZoneInfo(zone)
        for park_id, zone in session.execute(
            select(Park.id, Park.time_zone).where(Park.id.in_(set(parks_by_listing.values())))
        )
    }
    hours = {
        row.listing_id: row
        for row in session.scalars(select(OpeningHours).where(OpeningHours.listing_id.in_(listing_ids)))
    }
    exceptions: dict[int, dict[date, list[list[str]]]] = defaultdict(dict)
    for row in session.scalars(select(OpeningException).where(OpeningException.listing_id.in_(listing_ids))):
        exceptions[row.listing_id][row.day] = row.ranges
    holidays: dict[int, dict[date, bool]] = defaultdict(dict)
    for day in session.scalars(select(Holiday).where(Holiday.park_id.in_(zones))):
        holidays[day.park_id][day.day] = day.is_workday
    shared = {
        park_id: Opening(weekly=DEFAULT_WEEKLY, zone=zone, exceptions={}, holidays=holidays[park_id])
        for park_id, zone in zones.items()
    }
    found: dict[int, Opening] = {}
    for listing_id, park_id in parks_by_listing.items():
        own = hours.get(listing_id)
        if own is None and listing_id not in exceptions:
            found[listing_id] = shared[park_id]
            continue
        found[listing_id] = Opening(
            weekly=own.weekly if own else DEFAULT_WEEKLY,
            zone=zones[park_id],
            exceptions=exceptions[listing_id],
            holidays=holidays[park_id] if own is None or own.observes_holidays else {},
        )
    return found
