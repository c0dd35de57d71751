"""The payer's way through a card payment: to the gateway's page and back, told what became of it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response as AnyResponse

from billing.payments import queries
from billing.payments.gateways.installed import cards_taken
from billing.payments.models import FundsRequest, Payment, PaymentStatus
from billing.payments.operations.cards import PAYERS, StartCardPayment, start_card_payment
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import DomainError, Unavailable
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.jobs import defer
from marketplace.kernel.problems import sentence

blueprint = Blueprint("billing_cards", __name__, template_folder="templates", url_prefix="/money/requests")


def start_of(funds_request: str) -> StartCardPayment:
    """What the payer asks for. Raises `NotFound` for strangers, `Unavailable` `cards_off` where no cards are taken."""
    queries.request_of(current_session(), funds_request, actor=current_actor())
    cards = cards_taken()
    if cards is None:
        raise Unavailable("cards_off")
    return StartCardPayment(request=funds_request, gateway=cards.gateway.name, locale=str(get_locale() or ""))


@blueprint.post("/<funds_request>/card")
@allow(Who.FIRM, firm=PAYERS)
@writes
@idempotent
def pay(funds_request: str) -> AnyResponse:
    """Begin to pay by card what is missing; what was refused is told on the request's page."""
    session = current_session()
    try:
        start_card_payment(session, start_of(funds_request), actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        if error.status in {403, 404}:
            raise
        flash(sentence(error), "blocked")
        return redirect(url_for("billing_payments.show", funds_request=funds_request), 303)
    return redirect(url_for(".show", funds_request=funds_request), 303)


@blueprint.get("/<funds_request>/card")
@allow(Who.SIGNED_IN)
def show(funds_request: str) -> AnyResponse | str:
    """On to the gateway's page as soon as there is one; afterwards, what became of the payment."""
    asked, payment = _found(funds_request)
    if payment is None:
        return redirect(url_for("billing_payments.show", funds_request=funds_request))
    is_back = "back" in request.args
    if _waits_for_payer(payment) and not is_back and current_actor().enterprise_id == asked.payer_id:
        return redirect(payment.page_url or "")
    return render_template(
        "billing_cards/show.html",
        asked=asked,
        payment=payment,
        is_back=is_back,
        own=current_actor().enterprise_id,
        may_pay=queries.may_pay(asked, actor=current_actor()),
    )


@blueprint.get("/<funds_request>/card/progress")
@allow(Who.SIGNED_IN)
def progress(funds_request: str) -> Response | str:
    """How far it is; whenever there is something new to see, the page loads anew."""
    asked, payment = _found(funds_request)
    is_back = "back" in request.args
    if payment is not None and _is_under_way(payment, is_back=is_back):
        return render_template("billing_cards/_progress.html", asked=asked, payment=payment, is_back=is_back)
    there = url_for(".show", funds_request=funds_request, back=1 if is_back else None)
    return Response("", headers={"HX-Redirect": there})


@blueprint.post("/<funds_request>/card/ask")
@allow(Who.FIRM, firm=PAYERS)
@writes
def ask(funds_request: str) -> AnyResponse:
    """Have the gateway asked what became of the payment, without waiting for its message."""
    _, payment = _found(funds_request)
    if payment is not None and payment.is_open:
        name = f"payment:{payment.id}"
        arguments = {"payment_id": payment.id}
        defer(current_session(), "billing.ask_about_payment", lock=name, arguments=arguments)
    return redirect(url_for(".show", funds_request=funds_request, back=1), 303)


def _found(funds_request: str) -> tuple[FundsRequest, Payment | None]:
    session = current_session()
    asked = queries.request_of(session, funds_request, actor=current_actor())
    return asked, queries.last_card_payment(session, asked)


def _waits_for_payer(payment: Payment) -> bool:
    return payment.status is PaymentStatus.PENDING and payment.page_url is not None


def _is_under_way(payment: Payment, *, is_back: bool) -> bool:
    """Whether something changes by itself soon: the page is being opened, or what was paid is being taken."""
    return payment.is_open and (is_back or not _waits_for_payer(payment))
