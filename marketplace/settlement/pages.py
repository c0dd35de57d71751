"""What settlement adds to the page of an order: how to pay, where the money is, what both say of each other."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from billing.payments.gateways.installed import cards_taken
from billing.payments.references import spaced
from billing.payouts.operations.accounts import bank_account_of
from billing.pricing.texts import UNIT_TEXTS
from credit.reviews.operations import CRITERIA, MOST_TEXT
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.problems import sentence
from marketplace.kernel.words import gettext
from marketplace.orders.models import Order, Side
from marketplace.orders.queries import order_of
from marketplace.settlement.operations.reviewing import (
    ReviewOrder,
    may_review,
    review_order,
    reviewed_role,
    reviews_of_order,
)
from marketplace.settlement.queries import MoneyState, order_money
from marketplace.settlement.running_orders import running_contract
from marketplace.settlement.subjects import PREFIX

blueprint = Blueprint("settlement_pages", __name__, template_folder="templates")
PAY = "billing_payments.show"


class MoneyPanels:
    """Draws the money and the reviews of an order."""

    def main(self, order: Order, side: Side | None) -> Markup:
        session, actor, now = current_session(), current_actor(), request_now()
        money = order_money(session, order)
        reviews = reviews_of_order(session, order, actor=actor, now=now) if order.is_over else ()
        running = running_contract(session, order)
        to_pay = money if side is Side.DEMANDER and money.state is MoneyState.AWAITED else None
        return Markup(  # noqa: S704 - a template of ours, escaped by Jinja
            render_template(
                "settlement/_beside_stream.html",
                order=order,
                running=running,
                side=side.value if side else "",
                to_pay=to_pay,
                code=spaced(to_pay.request.reference) if to_pay is not None and to_pay.request is not None else "",
                account=bank_account_of(session, None, actor=actor) if to_pay is not None else None,
                takes_cards=cards_taken() is not None,
                pay_url=_pay_url(to_pay.request.public_id) if to_pay is not None and to_pay.request else "",
                reviews=reviews,
                own=actor.enterprise_id,
                criteria=CRITERIA[reviewed_role(side)] if side is not None else (),
                may_review=may_review(order, reviews, actor=actor, now=now),
                most_text=MOST_TEXT,
            )
        )

    def aside(self, order: Order, side: Side | None) -> Markup:
        session = current_session()
        known = {"order": order, "side": side.value if side else ""}
        drawn = render_template("settlement/_money.html", money=order_money(session, order), **known)
        running = running_contract(session, order)
        if running is not None:
            unit = UNIT_TEXTS.get(order.counted, "")
            drawn = render_template("settlement/_contract.html", running=running, usage_unit=unit, **known) + drawn
        return Markup(drawn)  # noqa: S704 - a template of ours, escaped by Jinja


class OrderLinks:
    """`billing.contracts.subjects.SubjectLinks`: a contract leads to the order it belongs to."""

    def link(self, subject_ref: str) -> tuple[str, str] | None:
        """The order's number and its address."""
        session, actor = current_session(), current_actor()
        public_id = subject_ref.removeprefix(PREFIX)
        if public_id == subject_ref:
            return None
        try:
            order = order_of(session, public_id, actor=actor)
        except NotFound:
            return None
        return order.number, url_for("orders_pages.show", order=order.public_id)


def _pay_url(request_id: str) -> str:
    """Where a request is paid; empty where no such page is installed."""
    return url_for(PAY, funds_request=request_id) if PAY in current_app.view_functions else ""


@blueprint.post("/orders/<order>/review")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def review(order: str) -> Response:
    """Write the reader's review; what was refused is told on the order's page."""
    session, actor = current_session(), current_actor()
    stars = {
        name.removeprefix("stars_"): int(value)
        for name, value in request.form.items()
        if name.startswith("stars_") and value in {"1", "2", "3", "4", "5"}
    }
    command = ReviewOrder(order=order, stars=stars, text=request.form.get("text", "").strip()[:MOST_TEXT])
    try:
        review_order(session, command, actor=actor, clock=request_clock())
        flash(gettext("评价已记下；对方也写完，或满七天后，双方才能看到。"), "done")
    except DomainError as error:
        session.rollback()
        if error.status in {403, 404}:
            raise
        flash(sentence(error), "blocked")
    return redirect(url_for("orders_pages.show", order=order) + "#reviews", 303)
