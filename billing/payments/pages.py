"""Pages of money asked for: the list, and one request with how to pay it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from billing.payments import queries
from billing.payments.gateways.installed import cards_taken
from billing.payments.models import RequestStatus
from billing.payments.operations.cards import MOST as CARD_MOST
from billing.payments.operations.requesting import UploadSlip, upload_slip
from billing.payments.queries import FundsSide
from billing.payments.references import spaced
from billing.payouts.operations.accounts import bank_account_of
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.words import gettext

blueprint = Blueprint("billing_payments", __name__, template_folder="templates", url_prefix="/money/requests")
PAYERS = (FirmRole.FINANCE, FirmRole.OPERATOR)


@blueprint.get("/")
@allow(Who.FIRM)
def index() -> str:
    """Everything the firm was asked to pay in, and everything others pay in for it."""
    session, actor = current_session(), current_actor()
    given = request.args.get("side")
    side = FundsSide(given) if given in set(FundsSide) else None
    return render_template(
        "billing_payments/index.html",
        page=queries.requests_of(session, actor=actor, side=side, cursor=request.args.get("cursor")),
        side=side.value if side else "",
        own=actor.enterprise_id,
        now=request_now(),
    )


@blueprint.get("/<funds_request>")
@allow(Who.SIGNED_IN)
def show(funds_request: str) -> str:
    """How to pay one request, and where its money is."""
    return _page(funds_request, Form())


def _page(public_id: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    found = queries.request_of(session, public_id, actor=actor)
    return render_template(
        "billing_payments/show.html",
        asked=found,
        code=spaced(found.reference),
        account=bank_account_of(session, None, actor=actor),
        payments=queries.payments_of(session, found),
        own=actor.enterprise_id,
        may_pay=queries.may_pay(found, actor=actor),
        takes_cards=cards_taken() is not None and found.missing.amount <= CARD_MOST,
        card=queries.last_card_payment(session, found) if found.status is RequestStatus.AWAITED else None,
        key=new_public_id(),
        form=form,
        now=request_now(),
    )


@blueprint.post("/<funds_request>/slip")
@allow(Who.FIRM, firm=PAYERS)
@writes
def add_slip(funds_request: str) -> Redirect | tuple[str, int]:
    """Show the transfer slip; the time to pay is extended once."""
    session, form = current_session(), Form()
    upload = request.files.get("slip")
    command = UploadSlip(
        request=funds_request,
        name=(upload.filename or "") if upload else "",
        body=upload.read() if upload else b"",
    )
    try:
        upload_slip(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        if error.status in {403, 404}:
            raise
        form.refuse(error)
        return _page(funds_request, form), error.status
    flash(gettext("凭证已收到，等银行到账。"), "done")
    return redirect(url_for(".show", funds_request=funds_request), 303)


@blueprint.get("/<funds_request>/slip")
@allow(Who.SIGNED_IN)
def slip(funds_request: str) -> Response:
    """The slip as it was kept: a picture shown, a PDF only as an attachment."""
    kept = queries.slip_of(current_session(), funds_request, actor=current_actor())
    picture = kept.content_type.startswith("image/")
    answer = Response(kept.body, content_type=kept.content_type)
    way, suffix = ("inline", "jpg") if picture else ("attachment", "pdf")
    answer.headers["Content-Disposition"] = f'{way}; filename="slip.{suffix}"'
    return answer


@blueprint.get("/payment/<payment>")
@allow(Who.SIGNED_IN)
def of_payment(payment: str) -> Redirect:
    """From a payment, as the ledger names it, to the request it was made for."""
    found = queries.request_of_payment(current_session(), payment, actor=current_actor())
    return redirect(url_for(".show", funds_request=found.public_id), 303)
