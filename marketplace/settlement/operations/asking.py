"""An agreed order asks for its money."""

from sqlalchemy.orm import Session

from billing.payments.models import FundsRequest
from billing.payments.operations.requesting import RequestFunds, request_funds
from credit.ratings.queries import public_grades
from credit.scoring.events import Role
from marketplace.accounts.models import Park
from marketplace.bookings.working_days import transfer_until
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.listings.models import Listing, ListingKind
from marketplace.orders.models import Order
from marketplace.orders.operations.paying import latest_agreement
from marketplace.settlement.rules import rules_of
from marketplace.settlement.subjects import subject_of


def ask_for_money(session: Session, order: Order, *, actor: Actor, clock: Clock) -> FundsRequest | None:
    """Ask the demander for what is paid up front as escrow and for the deposit, due when the order lapses without.

    The caller holds the order's lock and has seen that nothing was asked yet. None once it is too late.
    """
    if order.pay_by is None or order.pay_by <= clock():
        return None
    park, listing = session.get_one(Park, order.park_id), session.get_one(Listing, order.listing_id)
    total, rules = Money(order.up_front, order.currency), rules_of(park)
    command = RequestFunds(
        subject_ref=subject_of(order),
        payer_id=order.demander_id,
        payee_id=order.supplier_id,
        escrow=total,
        deposit=deposit_for(session, order, listing, park),
        due_at=order.pay_by,
        due_with_slip=min(
            transfer_until(session, park, now=order.pay_by), latest_agreement(listing, order.booking.during)
        ),
        expected_fee=rules.commission(total).amount,
        label=f"{order.number} {listing.title_zh}"[:200],
    )
    return request_funds(session, command, actor=actor, clock=clock)


def deposit_for(session: Session, order: Order, listing: Listing, park: Park) -> Money:
    """The park's share of the total, by the demander's grade where the park wants that; a service needs none."""
    if listing.kind is ListingKind.SERVICE:
        return Money.zero(order.currency)
    rules, grade = rules_of(park), "U"
    if rules.deposit_by_grade:
        known = public_grades(session, [order.demander_id], park_id=park.id, role=Role.DEMANDER)
        grade = known[order.demander_id].grade
    return rules.deposit(Money(order.total_amount, order.currency), grade)
