"""Pages of a firm's money: where it is, what is paid out, to which bank account."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from billing.payments.models import RequestStatus
from billing.payments.queries import FundsSide, held_of, requests_of
from billing.payouts import queries
from billing.payouts.operations.accounts import bank_account_of, keep_bank_account
from billing.payouts.operations.queueing import QueuePayout, queue_payout
from billing.payouts.schemas import BankAccountSchema, PayoutWishSchema
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.words import gettext

blueprint = Blueprint("billing_payouts", __name__, template_folder="templates", url_prefix="/money")
CLERKS = (FirmRole.FINANCE,)


@blueprint.get("/")
@allow(Who.FIRM)
def index() -> str:
    """What we are owed, what we have paid in, what has to be paid next."""
    return _overview(Form())


def _overview(form: Form) -> str:
    session, actor = current_session(), current_actor()
    return render_template(
        "billing_payouts/index.html",
        money=queries.money_of(session, actor=actor),
        due=requests_of(session, actor=actor, side=FundsSide.PAY, status=RequestStatus.AWAITED),
        held=held_of(session, actor=actor),
        payouts=queries.payouts_of(session, actor=actor, size=5).items,
        account=bank_account_of(session, actor.enterprise_id, actor=actor),
        may_write=actor.firm_role in {FirmRole.OWNER, *CLERKS},
        own=actor.enterprise_id,
        form=form,
        now=request_now(),
        key=new_public_id(),
    )


@blueprint.get("/payouts")
@allow(Who.FIRM)
def payouts() -> str:
    session, actor = current_session(), current_actor()
    page = queries.payouts_of(session, actor=actor, cursor=request.args.get("cursor"))
    return render_template("billing_payouts/payouts.html", page=page)


@blueprint.post("/payouts")
@allow(Who.TRADING_FIRM, firm=CLERKS)
@writes
@idempotent
def ask() -> Redirect | tuple[str, int]:
    """Ask for what may be paid out, without waiting for the morning."""
    session, actor, form = current_session(), current_actor(), typed()
    wish = read(PayoutWishSchema(), form)
    if wish is None:
        return _overview(form), 422
    try:
        command = QueuePayout(enterprise_id=actor.require_firm(), least=1, **wish)
        queue_payout(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _overview(form), 422 if error.status == 404 else error.status
    flash(gettext("已排队，园区复核后由银行转出。"), "done")
    return redirect(url_for(".payouts"), 303)


@blueprint.get("/account")
@allow(Who.FIRM)
def account() -> str:
    return _account_page(Form())


def _account_page(form: Form) -> str:
    session, actor = current_session(), current_actor()
    return render_template(
        "billing_payouts/account.html",
        account=bank_account_of(session, actor.require_firm(), actor=actor),
        may_write=actor.firm_role in {FirmRole.OWNER, *CLERKS},
        form=form,
    )


@blueprint.post("/account")
@allow(Who.FIRM, firm=CLERKS)
@writes
def keep_account() -> Redirect | tuple[str, int]:
    """Write down where the firm is paid."""
    session, form = current_session(), typed()
    command = read(BankAccountSchema(), form)
    if command is None:
        return _account_page(form), 422
    try:
        keep_bank_account(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _account_page(form), error.status
    flash(gettext("收款账户已保存，以后的结算转到这里。"), "done")
    return redirect(url_for(".index"), 303)
