"""The bill of an order: from the supplier to the demander, for what it came to in the end."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from billing.bills.models import Bill, BillKind
from billing.bills.operations import CorrectBill, IssueBill, correct_bill, issue_bill
from billing.models import RatePlan
from billing.payments.models import Funds
from billing.pricing.calculations.answers import AnswerLine
from billing.pricing.plans import AsWritten
from billing.pricing.vat import Vat, out_of_gross, taxed
from marketplace.accounts.models import Park
from marketplace.demands.models import Quote
from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.orders.disputes.models import Dispute
from marketplace.orders.models import Order, OrderStatus
from marketplace.settlement.subjects import subject_of

UNTAXED = Decimal(0)
"""Compensation for a use that never took place bears no VAT."""


def bill_order(
    session: Session,
    order: Order,
    escrow: Funds | None,
    disputes: Sequence[Dispute],
    *,
    actor: Actor,
    clock: Clock,
) -> Bill | None:
    """Issue the bill of a completed order less what the park gave back, or of the fee for a cancelled one; once.

    None when nothing is owed. The caller holds the order's lock.
    """
    return _issue(session, order, _lines(session, order, escrow, disputes), subject_of(order), actor=actor, clock=clock)


def bill_anew(session: Session, order: Order, back: Money, dispute: Dispute, *, clock: Clock) -> Bill | None:
    """A decision came after the bill: take the bill back and issue it again less all that was `back` by then.

    None when nothing is owed any more, or nothing had been billed. The caller holds the order's lock.
    """
    supplier = system_actor(order.park_id, order.supplier_id)
    standing = _standing(session, order)
    if standing is None:
        return None
    command = CorrectBill(bill=standing.public_id, reason=dispute.decision[:500])
    correct_bill(session, command, actor=supplier, clock=clock)
    vat = Vat(rate=UNTAXED) if order.status is OrderStatus.CANCELLED else Vat(rate=_vat(session, order).rate)
    if order.status is OrderStatus.CANCELLED:
        lines = [_line("cancellation", Money(order.cancellation_amount or 0, order.currency), vat)]
    else:
        lines = _agreed_lines(order, _vat(session, order))
    lines.append(_line("ruling", -back, vat))
    key = f"{subject_of(order)}:{dispute.public_id}"
    return _issue(session, order, lines, key, actor=supplier, clock=clock)


def _standing(session: Session, order: Order) -> Bill | None:
    """The order's bill that nobody has taken back."""
    correction = aliased(Bill)
    taken_back = exists().where(correction.corrects_id == Bill.id)
    return session.scalar(
        select(Bill)
        .where(
            Bill.issuer_id == order.supplier_id,
            Bill.subject_ref == subject_of(order),
            Bill.kind == BillKind.BILL,
            ~taken_back,
        )
        .order_by(Bill.id.desc())
        .limit(1)
    )


def _issue(
    session: Session, order: Order, lines: Sequence[AnswerLine], key: str, *, actor: Actor, clock: Clock
) -> Bill | None:
    if sum((line.net + line.tax).amount for line in lines) <= 0:
        return None
    zone = ZoneInfo(session.get_one(Park, order.park_id).time_zone)
    today, during = clock().astimezone(zone).date(), order.booking.during
    service = None
    if during.lower is not None and during.upper is not None:
        service = during.lower.astimezone(zone).date(), during.upper.astimezone(zone).date()
    command = IssueBill(
        park_id=order.park_id,
        issuer_id=order.supplier_id,
        recipient_id=order.demander_id,
        key=key,
        subject_ref=subject_of(order),
        title=str(order.terms.get("title_zh") or order.number),
        currency=order.currency,
        lines=lines,
        due_on=today,
        zone=zone,
        service=service,
    )
    return issue_bill(session, command, actor=actor, clock=clock)


def _lines(session: Session, order: Order, escrow: Funds | None, disputes: Sequence[Dispute]) -> list[AnswerLine]:
    if order.status is OrderStatus.CANCELLED:
        kept = order.cancellation_amount or 0 if escrow is None else escrow.released_amount + escrow.fee_amount
        return [_line("cancellation", Money(kept, order.currency), Vat(rate=UNTAXED))]
    vat = _vat(session, order)
    lines = _agreed_lines(order, vat)
    back = _given_back(order, escrow, disputes)
    return [*lines, _line("ruling", -back, Vat(rate=vat.rate))] if back.amount else lines


def _given_back(order: Order, escrow: Funds | None, disputes: Sequence[Dispute]) -> Money:
    """What of the price the park let the demander have back."""
    if escrow is not None:
        return Money(escrow.refunded_amount, order.currency)
    return Money((disputes[-1].refund_amount or 0) if disputes else 0, order.currency)


def _line(code: str, amount: Money, vat: Vat) -> AnswerLine:
    tax = out_of_gross(amount, vat.rate).tax
    return AnswerLine(code=code, quantity=Fraction(1), unit_price=None, amount=amount, tax=tax, vat=vat)


def _vat(session: Session, order: Order) -> Vat:
    """At which rate, and whether the lines contain it: they do when they add up to the total."""
    return Vat(rate=_rate(session, order), included=sum(line["amount"] for line in order.lines) == order.total_amount)


def _rate(session: Session, order: Order) -> Decimal:
    """The quote's rate, else that of the frozen plan."""
    if order.quote_ref is not None:
        points = session.scalar(select(Quote.vat_basis_points).where(Quote.public_id == order.quote_ref))
        if points is not None:
            return Decimal(points) / 10_000
    plan = session.get_one(RatePlan, order.rate_plan_id).value() if order.rate_plan_id else None
    return Vat().rate if plan is None or isinstance(plan, AsWritten) else plan.vat.rate


def _agreed_lines(order: Order, vat: Vat) -> list[AnswerLine]:
    """The lines as frozen, each with its VAT; the last one takes what rounding left of the order's tax."""
    amounts = [Money(line["amount"], order.currency) for line in order.lines]
    taxes = [taxed(amount, vat).tax for amount in amounts]
    missing = order.tax_amount - sum(tax.amount for tax in taxes)
    if missing and taxes:
        taxes[-1] += Money(missing, order.currency)
    return [
        AnswerLine(
            code=line["code"],
            quantity=Fraction(line["quantity"]),
            unit_price=None,
            amount=amount,
            tax=tax,
            vat=vat,
            name=line["name"],
        )
        for line, amount, tax in zip(order.lines, amounts, taxes, strict=True)
    ]
