"""The clerk's pages of payouts: make a batch, have it approved by a second person, hand it to the bank, hear back."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from billing.ledger.queries import BOOK_READERS
from billing.payouts import queries
from billing.payouts.models import BatchStatus, PayoutBatch
from billing.payouts.operations.access import CLERK
from billing.payouts.operations.batches import (
    DecideBatch,
    approve_batch,
    batch_file,
    draft_batch,
    reject_batch,
    send_batch,
)
from billing.payouts.operations.paying import confirm_paid, payout_id_of, return_payout
from billing.payouts.schemas import BatchDraftSchema, PayoutReturnSchema
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import Conflict, DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.words import gettext

blueprint = Blueprint("billing_batches", __name__, template_folder="templates", url_prefix="/office/money/payouts")
DECISIONS = {"approve": approve_batch, "reject": reject_batch, "send": send_batch}


@blueprint.get("/")
@allow(Who.OFFICE, office=BOOK_READERS)
def index() -> str:
    """What waits to be paid out, and the batches so far."""
    return _index_page(Form())


def _index_page(form: Form) -> str:
    session, actor = current_session(), current_actor()
    return render_template(
        "billing_batches/index.html",
        queued=queries.queued_of(session, actor=actor),
        page=queries.batches_of(session, actor=actor, cursor=request.args.get("cursor")),
        may_write=OfficeRole.FINANCE in actor.office_roles,
        me=actor.user_id,
        form=form,
        key=new_public_id(),
    )


@blueprint.post("/batches")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
def draft() -> Redirect | tuple[str, int]:
    """Put everything queued into one file for the bank."""
    session, form = current_session(), typed()
    wish = read(BatchDraftSchema(), form)
    if wish is None:
        return _index_page(form), 422
    try:
        batch = draft_batch(session, actor=current_actor(), clock=request_clock(), **wish)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _index_page(form), error.status
    flash(gettext("批次已制好，请另一位同事复核。"), "done")
    return redirect(url_for(".show", payout_batch=batch.public_id), 303)


@blueprint.get("/batches/<payout_batch>")
@allow(Who.OFFICE, office=BOOK_READERS)
def show(payout_batch: str) -> str:
    """One batch: its transfers, its digest, and the next step."""
    return _page(payout_batch, Form())


def _page(public_id: str, form: Form, at: str = "") -> str:
    """`at` is the payout whose form was refused."""
    session, actor = current_session(), current_actor()
    return render_template(
        "billing_batches/show.html",
        batch=queries.batch_of(session, public_id, actor=actor),
        may_write=OfficeRole.FINANCE in actor.office_roles,
        me=actor.user_id,
        form=form,
        at=at,
        key=new_public_id(),
    )


@blueprint.post("/batches/<payout_batch>/<any(approve, reject, send):decision>")
@allow(Who.OFFICE, office=CLERK)
@writes
def decide(payout_batch: str, decision: str) -> Redirect | tuple[str, int]:
    """Approve or reject as the second person; note that the bank has the file."""
    session, form = current_session(), typed()
    command = DecideBatch(batch=payout_batch, digest=request.form.get("digest", ""))
    try:
        DECISIONS[decision](session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        if error.code != "second_person_needed" and error.status in {403, 404}:
            raise
        form.refuse(error)
        return _page(payout_batch, form), error.status
    flash(gettext("已记录。"), "done")
    return redirect(url_for(".show", payout_batch=payout_batch), 303)


@blueprint.get("/batches/<payout_batch>.csv")
@allow(Who.OFFICE, office=BOOK_READERS)
def download(payout_batch: str) -> Response:
    """The file for the bank, once a second person has approved it."""
    return file_answer(queries.batch_of(current_session(), payout_batch, actor=current_actor()))


def file_answer(batch: PayoutBatch) -> Response:
    """Raises `Conflict` `batch_transition` before approval: nothing unapproved leaves the house."""
    if batch.status not in {BatchStatus.APPROVED, BatchStatus.SENT}:
        raise Conflict("batch_transition", status=batch.status.value)
    answer = Response(batch_file(batch.payouts), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="payouts-{batch.public_id}.csv"'
    return answer


@blueprint.get("/payout/<payout>")
@allow(Who.OFFICE, office=BOOK_READERS)
def of_payout(payout: str) -> Redirect:
    """From a payout, as the ledger names it, to its batch."""
    return redirect(_batch_of(payout), 303)


def _batch_of(payout: str) -> str:
    found = queries.payout_of(current_session(), payout, actor=current_actor())
    return url_for(".show", payout_batch=found.batch.public_id) if found.batch else url_for(".index")


@blueprint.post("/payout/<payout>/paid")
@allow(Who.OFFICE, office=CLERK)
@writes
def paid(payout: str) -> Redirect | tuple[str, int]:
    """The bank has paid this one; most often the statement says so by itself."""

    def act(payout_id: int) -> None:
        confirm_paid(current_session(), payout_id, actor=current_actor(), clock=request_clock())

    return _heard(payout, Form(), act)


@blueprint.post("/payout/<payout>/returned")
@allow(Who.OFFICE, office=CLERK)
@writes
def returned(payout: str) -> Redirect | tuple[str, int]:
    """The bank gave this one back; the firm reads why."""
    form = typed()
    values = read(PayoutReturnSchema(), form)
    if values is None:
        found = queries.payout_of(current_session(), payout, actor=current_actor())
        return _page(found.batch.public_id, form, payout) if found.batch else _index_page(form), 422

    def act(payout_id: int) -> None:
        return_payout(current_session(), payout_id, actor=current_actor(), clock=request_clock(), **values)

    return _heard(payout, form, act)


def _heard(public_id: str, form: Form, act: Callable[[int], None]) -> Redirect | tuple[str, int]:
    session, actor = current_session(), current_actor()
    try:
        act(payout_id_of(session, public_id, actor=actor))
    except DomainError as error:
        session.rollback()
        if error.status in {403, 404}:
            raise
        form.refuse(error)
        found = queries.payout_of(session, public_id, actor=actor)
        return _page(found.batch.public_id, form, public_id) if found.batch else _index_page(form), error.status
    flash(gettext("已记录，企业会收到通知。"), "done")
    return redirect(_batch_of(public_id), 303)
