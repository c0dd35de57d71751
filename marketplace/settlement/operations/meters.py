"""The meters of an order's machines, and what the signed handover records say they showed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.contracts.models import Contract, ContractMeter
from billing.metering.models import Meter, MeterKind, Source
from billing.metering.operations import AddMeter, NewReading, TakeReadings, add_meter, take_readings
from billing.pricing.plans import Meter as Counts
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import Clock
from marketplace.listings.models import Listing, Unit
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentKind, HandoverRecord, RecordKind, RecordStatus
from marketplace.orders.models import Order

DEVICE = "handover"
"""Under this device readings of handover records are kept."""


def meter_subject(unit: Unit) -> str:
    """How a meter names the machine it is on."""
    return f"unit:{unit.public_id}"


def meters_for(session: Session, order: Order, fulfilment: Fulfilment, counts: Counts, *, clock: Clock) -> list[int]:
    """One meter of the wanted kind for each booked unit: the one it has, else a new one of its owner.

    Machines show a counter; what a service counts is written down when it is delivered.
    """
    units = session.scalars(select(Unit).where(Unit.id.in_(fulfilment.unit_ids)).order_by(Unit.id)).all()
    known = {
        meter.subject_ref: meter.id
        for meter in session.scalars(
            select(Meter)
            .where(
                Meter.enterprise_id == order.supplier_id,
                Meter.unit == counts.value,
                Meter.subject_ref.in_([meter_subject(unit) for unit in units]),
            )
            .order_by(Meter.id.desc())
        )
    }
    kind = MeterKind.DELTA if fulfilment.kind is FulfilmentKind.SERVICE else MeterKind.COUNTER
    return [
        known.get(meter_subject(unit)) or _new_meter(session, order, unit, kind, counts, clock=clock) for unit in units
    ]


def _new_meter(session: Session, order: Order, unit: Unit, kind: MeterKind, counts: Counts, *, clock: Clock) -> int:
    title = session.get_one(Listing, order.listing_id).title("zh_CN")
    name = " ".join(word for word in (title, unit.label or unit.asset_number) if word)[:120]
    command = AddMeter(name=name, kind=kind, unit=counts.value, subject_ref=meter_subject(unit))
    return add_meter(session, command, actor=system_actor(order.park_id, order.supplier_id), clock=clock).id


def take_handover_readings(session: Session, contract: Contract, fulfilment: Fulfilment, *, clock: Clock) -> None:
    """Readings of signed records go to the meter of their machine, once; a record about several machines has no one meter.

    Of a service the quantity of the last delivery counts, once it is accepted: rework replaces what was delivered before.
    """
    signed = session.scalars(
        select(HandoverRecord)
        .where(
            HandoverRecord.fulfilment_id == fulfilment.id,
            HandoverRecord.status == RecordStatus.SIGNED,
            HandoverRecord.reading.is_not(None),
        )
        .order_by(HandoverRecord.at, HandoverRecord.id)
    ).all()
    deliveries = [record for record in signed if record.kind is RecordKind.DELIVERY]
    for record in signed:
        if record.kind is RecordKind.DELIVERY and (not fulfilment.is_over or record is not deliveries[-1]):
            continue
        meter = _meter_of(session, contract, record)
        if meter is None:
            continue
        reading = NewReading(event_id=record.public_id, at=record.at, value=record.reading)
        command = TakeReadings(meter_id=meter, device=DEVICE, readings=(reading,), source=Source.MANUAL)
        take_readings(session, command, clock=clock)


def _meter_of(session: Session, contract: Contract, record: HandoverRecord) -> int | None:
    meters = contract_meters(session, contract)
    if len(record.unit_ids) != 1:
        return None
    unit = session.get_one(Unit, record.unit_ids[0])
    return next(
        (meter.id for meter in meters if meter.subject_ref == meter_subject(unit) and record.meter in {"", meter.unit}),
        None,
    )


def contract_meters(session: Session, contract: Contract) -> Sequence[Meter]:
    """The meters that a contract counts, oldest first."""
    rows = select(Meter).join(ContractMeter, ContractMeter.meter_id == Meter.id)
    return session.scalars(rows.where(ContractMeter.contract_id == contract.id).order_by(Meter.id)).all()
