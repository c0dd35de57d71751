"""The contract behind an order that is paid by bills: opened, begun with the handover, wound up with the return."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.contracts.closing import WindUp, wind_up
from billing.contracts.models import Contract, ContractKind, ContractStatus
from billing.contracts.operations import OpenContract, StartContract, open_contract, start_contract
from billing.contracts.runs import bring_up_to_date
from billing.contracts.terms import UsageTerms, terms_from_json
from billing.pricing.vat import Vat
from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentKind
from marketplace.orders.fulfilments.operations.accepting import keep_for_good
from marketplace.orders.fulfilments.queries import fulfilment_of
from marketplace.orders.models import Order, OrderStatus
from marketplace.settlement.operations.meters import meters_for, take_handover_readings
from marketplace.settlement.subjects import subject_of


def contract_vat(contract: Contract) -> Vat:
    """The VAT of a contract's prices."""
    terms = contract.value
    return terms.plan.vat if isinstance(terms, UsageTerms) else terms.vat


OWNED = {ContractStatus.BOUGHT_OUT, ContractStatus.COMPLETED}


def keep_contract(session: Session, order: Order, *, actor: Actor, clock: Clock) -> Contract | None:
    """Bring the contract of a locked order to where the order stands; None where there is none.

    Opened when the order is active, begun when the machine is handed over, its readings taken from the signed records,
    wound up when the order is complete, called off with an order that never began. A machine that was paid off stays
    with the demander, and the order is complete. Locks the contract. Again changes nothing.
    """
    frozen = order.contract_terms
    if frozen is None:
        return None
    contract, fulfilment = contract_under_lock(session, order), fulfilment_of(session, order)
    if contract is None:
        if order.status not in {OrderStatus.ACTIVE, OrderStatus.COMPLETED} or fulfilment is None:
            return None
        contract = _open(session, order, fulfilment, frozen, actor=actor, clock=clock)
    use = _use_of(order, fulfilment)
    if contract.status is ContractStatus.DRAFT and use.began_at is not None:
        _begin(session, order, contract, use.began_at, actor=actor, clock=clock)
    if fulfilment is not None and contract.kind is ContractKind.USAGE:
        take_handover_readings(session, contract, fulfilment, clock=clock)
    if order.status is OrderStatus.ACTIVE and contract.kind is ContractKind.RENT_TO_OWN and contract.status in OWNED:
        keep_for_good(session, order, actor=actor, clock=clock)
    elif order.is_over:
        command = WindUp(contract=contract.public_id, until=use.ended_at or clock(), reason=order.reason)
        wind_up(session, command, actor=actor, clock=clock)
    return contract


def contract_under_lock(session: Session, order: Order) -> Contract | None:
    """The order's contract, locked and read anew."""
    return session.scalar(
        select(Contract)
        .where(Contract.park_id == order.park_id, Contract.subject_ref == subject_of(order))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


@dataclass(frozen=True, slots=True)
class _Use:
    """When the demander had the machine in hand, or the service was done; None where that has not come."""

    began_at: datetime | None
    ended_at: datetime | None


def _use_of(order: Order, fulfilment: Fulfilment | None) -> _Use:
    """By the signed records; an order accepted without any of them counts as used at the agreed time."""
    if fulfilment is None:
        return _Use(None, None)
    start, end = order.booking.during.lower, order.booking.during.upper
    if fulfilment.kind is FulfilmentKind.SERVICE:
        return _Use(order.placed_at, fulfilment.delivered_at or fulfilment.ended_at)
    if fulfilment.handed_over_at is None:
        is_used = order.status is OrderStatus.COMPLETED
        return _Use(start if is_used else None, end if is_used else None)
    return _Use(fulfilment.handed_over_at, fulfilment.returned_at or fulfilment.ended_at)


def _open(
    session: Session, order: Order, fulfilment: Fulfilment, frozen: JSON, *, actor: Actor, clock: Clock
) -> Contract:
    terms = terms_from_json(frozen)
    zone = ZoneInfo(session.get_one(Park, order.park_id).time_zone)
    meters: Sequence[int] = ()
    if isinstance(terms, UsageTerms):
        meters = meters_for(session, order, fulfilment, terms.plan.meter, clock=clock)
    command = OpenContract(
        supplier_id=order.supplier_id,
        demander_id=order.demander_id,
        subject_ref=subject_of(order),
        title=str(order.terms.get("title_zh") or order.number),
        terms=terms,
        starts_on=_agreed_day(order, zone),
        time_zone=zone.key,
        meter_ids=tuple(meters),
    )
    return open_contract(session, command, actor=actor, clock=clock)


def _agreed_day(order: Order, zone: ZoneInfo) -> date:
    return (order.booking.during.lower or order.placed_at).astimezone(zone).date()


def _begin(
    session: Session, order: Order, contract: Contract, began_at: datetime, *, actor: Actor, clock: Clock
) -> None:
    """From the day the machine changed hands; a rent-to-own never before the agreed one."""
    day = began_at.astimezone(contract.zone).date()
    if contract.kind is ContractKind.RENT_TO_OWN:
        day = max(day, _agreed_day(order, contract.zone))
    command = StartContract(contract=contract.public_id, starts_on=day, metered_from=began_at)
    start_contract(session, command, actor=actor, clock=clock)
    bring_up_to_date(session, contract, clock=clock)
