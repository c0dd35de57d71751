"""Hours in which machines really ran, cut to weeks: for other enterprises, and for their owners.

For others a unit runs from the signed handover to its signed return (still out: until now; bought out: until then);
where both records read a single unit's hour meter, the meter's hours count, spread evenly over that time. A service
runs in its booked time until delivery. The owner's own runs are the times kept for own production.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.office.figures.weeks import Week

RAN = text(
    """
    WITH run AS (
        SELECT cast(unit.id AS bigint) AS unit_id, given.at AS start, true AS is_served,
            coalesce(back.at, fulfilment.ended_at, 'infinity') AS until,
            CASE WHEN given.meter = 'machine_hour' AND back.meter = 'machine_hour'
                AND jsonb_array_length(given.unit_ids) = 1
            THEN least(1, (back.reading - given.reading) * 3600 / nullif(extract(epoch FROM back.at - given.at), 0))
            END AS running
        FROM orders_handover_record AS given
        JOIN orders_fulfilment AS fulfilment ON fulfilment.id = given.fulfilment_id
        JOIN orders_order AS agreed ON agreed.id = fulfilment.order_id
        CROSS JOIN LATERAL jsonb_array_elements(given.unit_ids) AS unit(id)
        LEFT JOIN LATERAL (
            SELECT one.at, one.meter, one.reading FROM orders_handover_record AS one
            WHERE one.fulfilment_id = given.fulfilment_id AND one.id > given.id
                AND one.kind = 'return' AND one.status = 'signed' AND one.unit_ids @> unit.id
            ORDER BY one.id LIMIT 1
        ) AS back ON true
        WHERE given.kind = 'handover' AND given.status = 'signed' AND agreed.park_id = :park AND given.at < :until
            AND coalesce(back.at, fulfilment.ended_at, 'infinity') > :start
        UNION ALL
        SELECT taken.unit_id, lower(taken.during), true, least(upper(taken.during), fulfilment.delivered_at), 1
        FROM orders_fulfilment AS fulfilment
        JOIN orders_order AS agreed ON agreed.id = fulfilment.order_id
        JOIN bookings_occupancy AS taken ON taken.booking_id = agreed.booking_id AND taken.status = 'confirmed'
        WHERE fulfilment.kind = 'service' AND fulfilment.delivered_at > lower(taken.during)
            AND agreed.park_id = :park AND taken.during && tstzrange(:start, :until)
        UNION ALL
        SELECT taken.unit_id, lower(taken.during), false, upper(taken.during), 1
        FROM bookings_occupancy AS taken
        WHERE taken.kind = 'own_production' AND taken.status = 'confirmed' AND taken.during && tstzrange(:start, :until)
    )
    SELECT listing.id, listing.enterprise_id, week.number, run.is_served,
        sum(extract(epoch FROM least(run.until, week.until) - greatest(run.start, week.start))
            * coalesce(run.running, 1)) / 3600
    FROM unnest(cast(:starts AS timestamptz[]), cast(:ends AS timestamptz[])) WITH ORDINALITY AS week(start, until, number)
    JOIN run ON run.start < week.until AND run.until > week.start
    JOIN listings_unit AS unit ON unit.id = run.unit_id
    JOIN listings_listing AS listing ON listing.id = unit.listing_id
    WHERE listing.park_id = :park
    GROUP BY listing.id, listing.enterprise_id, week.number, run.is_served
    """
)


@dataclass(frozen=True, slots=True)
class Running:
    """Hours in each week: `served` to other enterprises and the owner's `own`."""

    served: Sequence[float]
    own: Sequence[float]

    @classmethod
    def total(cls, parts: Sequence[Self], weeks: int) -> "Running":
        """All parts together; nothing at all for none."""
        return Running(
            [sum(one.served[n] for one in parts) for n in range(weeks)],
            [sum(one.own[n] for one in parts) for n in range(weeks)],
        )

    @property
    def effective(self) -> list[float]:
        """Own use included."""
        return [served + own for served, own in zip(self.served, self.own, strict=True)]

    @property
    def sharing(self) -> float | None:
        """Served ÷ effective; None where nothing ran."""
        return sharing(sum(self.served), sum(self.effective))


def sharing(served: float, effective: float) -> float | None:
    """The sharing rate: served ÷ effective; None where nothing ran."""
    return served / effective if effective > 0 else None


def running_hours(session: Session, weeks: Sequence[Week], *, park_id: int) -> dict[tuple[int, int], Running]:
    """(listing, its enterprise) → hours, in one statement; listings that are no longer offered count too."""
    bounds = {"start": weeks[0].start, "until": weeks[-1].end}
    given = {"starts": [one.start for one in weeks], "ends": [one.end for one in weeks], "park": park_id, **bounds}
    found: dict[tuple[int, int], tuple[list[float], list[float]]] = defaultdict(
        lambda: ([0.0] * len(weeks), [0.0] * len(weeks))
    )
    for listing, firm, number, is_served, hours in session.execute(RAN, given):
        found[listing, firm][0 if is_served else 1][number - 1] = float(hours)
    return {place: Running(served, own) for place, (served, own) in found.items()}
