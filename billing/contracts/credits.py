"""Bills below zero: rent that was billed ahead for days that never came."""

from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from billing.bills.models import Bill
from billing.bills.operations import IssueBill, issue_bill
from billing.contracts.events import ContractBilled
from billing.contracts.models import Contract, Period
from billing.pricing.calculations.answers import AnswerLine
from billing.pricing.vat import taxed
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import record

CREDIT = "unused"
"""How the key of such a bill begins; the contract and the number of its period follow."""


def credit_period(
    session: Session, contract: Contract, period: Period, days: tuple[date, date], *, actor: Actor, clock: Clock
) -> Bill | None:
    """Give back the share of these days (half-open) in the rent of a billed period, once. Adds `ContractBilled`.

    None where that is less than a minor unit. The caller holds the contract's lock.
    """
    terms, (start, end) = contract.rent_to_own, days
    share = Fraction((end - start).days, (period.ends_on - period.starts_on).days)
    amount = -terms.rent(period.number).times(share)
    if not amount.amount:
        return None
    line = AnswerLine(
        code="credit",
        quantity=Fraction(1),
        unit_price=None,
        amount=amount,
        tax=taxed(amount, terms.vat).tax,
        vat=terms.vat,
        service=days,
    )
    command = IssueBill(
        park_id=contract.park_id,
        issuer_id=contract.supplier_id,
        recipient_id=contract.demander_id,
        key=f"{CREDIT}:{contract.public_id}:{period.number}",
        subject_ref=contract.subject_ref,
        title=contract.title,
        currency=contract.currency,
        lines=[line],
        due_on=clock().astimezone(contract.zone).date(),
        zone=contract.zone,
        service=days,
    )
    bill = issue_bill(session, command, actor=actor, clock=clock)
    event = ContractBilled(contract=contract.public_id, subject_ref=contract.subject_ref, bill=bill.public_id)
    record(session, event, actor=actor, at=clock())
    return bill
