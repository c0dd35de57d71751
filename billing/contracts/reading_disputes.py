"""A demander contests a reading of the meter its bills are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from billing.contracts.models import Contract, ContractMeter
from billing.contracts.queries import contract_of
from billing.contracts.used import whole_window
from billing.metering.models import FIRST, Meter, Reading, ReadingStatus
from billing.metering.reviewing import hold_reading
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeReading:
    """`meter` by public id; the reading of that event id."""

    contract: str
    meter: str
    event_id: str
    reason: str


def dispute_reading(session: Session, command: DisputeReading, *, actor: Actor, clock: Clock) -> Reading:
    """Hold a reading for review: it counts again when the meter's owner confirms it. Again changes nothing.

    Only the demander may, and only what counts for its contract: raises `NotFound` for anything else, `Invalid`
    `reason_required`, `Conflict` `reading_not_counted`.
    """
    contract = contract_of(session, command.contract, actor=actor)
    if actor.require_firm(FirmRole.FINANCE, FirmRole.OPERATOR) != contract.demander_id:
        raise NotFound("reading")
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    reading = session.scalar(
        _counting(contract).where(Meter.public_id == command.meter, Reading.event_id == command.event_id)
    )
    if reading is None:
        raise NotFound("reading")
    if reading.status is ReadingStatus.HELD:
        return reading
    if reading.status is not ReadingStatus.COUNTED or reading.reason == FIRST:
        raise Conflict("reading_not_counted")
    hold_reading(session, reading, reason=command.reason.strip()[:200], actor=actor, clock=clock)
    return reading


def readings_of_contract(session: Session, contract: Contract, *, most: int = 50) -> Sequence[tuple[Meter, Reading]]:
    """The newest readings that count for a contract, and those held of them."""
    rows = _counting(contract).with_only_columns(Meter, Reading).order_by(Reading.at.desc(), Reading.id.desc())
    return [(row[0], row[1]) for row in session.execute(rows.limit(most))]


def _counting(contract: Contract) -> Select[Reading]:
    return (
        select(Reading)
        .join(Meter, Meter.id == Reading.meter_id)
        .join(ContractMeter, ContractMeter.meter_id == Meter.id)
        .where(ContractMeter.contract_id == contract.id, *whole_window(contract).conditions())
    )
