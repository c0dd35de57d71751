"""The contract of an order as its parties see it: how far it is, and what its bills still ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.contracts.models import Contract, ContractKind, Period
from billing.contracts.queries import paid_instalments, periods_of
from billing.contracts.used import used_so_far
from billing.payments.models import FundsRequest, RequestStatus
from billing.pricing.rent_to_own import Position, position
from marketplace.orders.models import Order
from marketplace.settlement.models import Due
from marketplace.settlement.operations.dues import dues_of
from marketplace.settlement.subjects import subject_of


@dataclass(frozen=True, slots=True)
class ShownDue:
    """One bill of the contract; `request` is where it is paid while money is still asked for."""

    due: Due
    request: FundsRequest | None


@dataclass(frozen=True, slots=True)
class RunningContract:
    """`standing` of a rent-to-own, `used` of a pay-per-use in its meter's unit; None for the other kind."""

    contract: Contract
    periods: Sequence[Period]
    dues: Sequence[ShownDue]
    standing: Position | None
    used: Decimal | None

    @property
    def to_pay(self) -> Sequence[ShownDue]:
        return [shown for shown in self.dues if shown.request is not None]


def running_contract(session: Session, order: Order) -> RunningContract | None:
    """The contract of an order that the reader was allowed to see; None where it has none yet."""
    if order.contract_terms is None:
        return None
    contract = session.scalar(
        select(Contract).where(Contract.park_id == order.park_id, Contract.subject_ref == subject_of(order))
    )
    if contract is None:
        return None
    asked = {
        request.purpose: request
        for request in session.scalars(
            select(FundsRequest).where(
                FundsRequest.park_id == order.park_id,
                FundsRequest.subject_ref == subject_of(order),
                FundsRequest.status == RequestStatus.AWAITED,
            )
        )
    }
    to_own = contract.kind is ContractKind.RENT_TO_OWN
    return RunningContract(
        contract=contract,
        periods=periods_of(session, contract),
        dues=[ShownDue(due, asked.get(due.purpose)) for due in dues_of(session, order)],
        standing=position(contract.rent_to_own, paid_instalments(session, contract)) if to_own else None,
        used=None if to_own else used_so_far(session, contract),
    )
