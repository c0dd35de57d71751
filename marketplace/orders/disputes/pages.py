"""Disputes on the order's page and on the office's desk."""

from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import Conflict, DomainError, Invalid
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.money import EXPONENTS
from marketplace.kernel.problems import sentence
from marketplace.kernel.schemas import Text
from marketplace.kernel.words import gettext
from marketplace.orders.disputes import queries
from marketplace.orders.disputes.models import DisputeSubject
from marketplace.orders.disputes.operations import (
    DECIDERS,
    DecideDispute,
    OpenDispute,
    Word,
    answer_dispute,
    appeal_dispute,
    decide_dispute,
    open_dispute,
    withdraw_dispute,
)
from marketplace.orders.queries import order_of, stream_of

blueprint = Blueprint("orders_disputes", __name__, template_folder="../templates")
OPERATORS = (FirmRole.OPERATOR,)


class DecisionForm(Schema):
    """Amounts as typed, in the order's currency."""

    decision = Text(required=True, least=1, most=3000)
    refund = fields.Decimal(required=True, allow_nan=False, validate=validate.Range(min=0, max=10**10))
    deduction = fields.Decimal(load_default=Decimal(0), allow_nan=False, validate=validate.Range(min=0, max=10**10))


@blueprint.post("/orders/<order>/disputes")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def start(order: str) -> Response:
    session, given = current_session(), request.form
    order_of(session, order, actor=current_actor())
    try:
        subject = DisputeSubject(given.get("subject", ""))
    except ValueError:
        flash(gettext("请选择争议的事由。"), "you")
        return redirect(url_for("orders_pages.show", order=order) + "#dispute", 303)
    command = OpenDispute(order=order, subject=subject, claim=given.get("claim", "")[:3000])
    try:
        open_dispute(session, command, actor=current_actor(), clock=request_clock())
        flash(gettext("争议已提出：这份订单的付款和到期都先停下。"), "done")
    except (Conflict, Invalid) as error:
        session.rollback()
        flash(sentence(error), "blocked")
    return redirect(url_for("orders_pages.show", order=order) + "#dispute", 303)


@blueprint.post("/orders/<order>/disputes/<dispute>/<any(answer, appeal, withdrawal):verb>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def speak(order: str, dispute: str, verb: str) -> Response:
    """Answer, appeal, or take the own dispute back."""
    session, actor, clock = current_session(), current_actor(), request_clock()
    command = Word(dispute=dispute, text=request.form.get("text", "")[:3000])
    try:
        match verb:
            case "answer":
                answer_dispute(session, command, actor=actor, clock=clock)
            case "appeal":
                appeal_dispute(session, command, actor=actor, clock=clock)
            case _:
                withdraw_dispute(session, dispute, actor=actor, clock=clock)
        flash(gettext("已记录，对方会收到通知。"), "done")
    except (Conflict, Invalid) as error:
        session.rollback()
        flash(sentence(error), "blocked")
    return redirect(url_for("orders_pages.show", order=order) + "#dispute", 303)


@blueprint.get("/office/disputes")
@allow(Who.OFFICE)
def index() -> str:
    """Disputes that wait for the park's decision."""
    waiting = queries.waiting_disputes(current_session(), actor=current_actor())
    return render_template("orders/disputes.html", disputes=waiting)


@blueprint.get("/office/disputes/<dispute>")
@allow(Who.OFFICE)
def look(dispute: str) -> str:
    return _page(dispute, Form())


@blueprint.post("/office/disputes/<dispute>")
@allow(Who.OFFICE, office=DECIDERS)
@writes
def decide(dispute: str) -> Response | tuple[str, int]:
    session, actor, form = current_session(), current_actor(), typed()
    found = queries.office_dispute(session, dispute, actor=actor)
    values = read(DecisionForm(), form)
    if values is None:
        return _page(dispute, form), 422
    try:
        command = DecideDispute(
            dispute=dispute,
            decision=values["decision"],
            refund_amount=_minor(values["refund"], found.order.currency, "refund"),
            deduction_amount=_minor(values["deduction"], found.order.currency, "deduction"),
        )
        decide_dispute(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _page(dispute, form), error.status
    flash(gettext("已裁决，双方会收到通知。"), "done")
    return redirect(url_for(".index"), 303)


def _minor(amount: Decimal, currency: str, name: str) -> int:
    minor = amount * Decimal(10) ** EXPONENTS[currency]
    if minor != int(minor):
        raise Invalid("bad_claim", fields={name: ["bad_claim"]})
    return int(minor)


def _page(public_id: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    dispute = queries.office_dispute(session, public_id, actor=actor)
    return render_template(
        "orders/dispute.html",
        dispute=dispute,
        order=dispute.order,
        stream=stream_of(session, dispute.order),
        form=form,
        may_decide=bool(actor.office_roles & set(DECIDERS)),
    )
