"""The inbox."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.conversations import queries
from marketplace.conversations.operations import mark_all_read, mark_read
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now, writes
from marketplace.ui.filters import reader_locale
from marketplace.ui.pages import own_path

blueprint = Blueprint("conversations_pages", __name__, template_folder="templates")


@blueprint.get("/notices")
@allow(Who.SIGNED_IN)
def inbox() -> str:
    page = queries.inbox(
        current_session(), actor=current_actor(), locale=reader_locale(), cursor=request.args.get("cursor")
    )
    return render_template("conversations/inbox.html", page=page)


@blueprint.post("/notices/<public_id>/read")
@allow(Who.SIGNED_IN)
@writes
def open_notice(public_id: str) -> Response:
    """Note that it was read and go to what it is about."""
    notice = mark_read(current_session(), public_id, actor=current_actor(), at=request_now())
    return redirect(own_path(notice.link), 303)


@blueprint.post("/notices/read")
@allow(Who.SIGNED_IN)
@writes
def read_all() -> Response:
    mark_all_read(current_session(), actor=current_actor(), at=request_now())
    return redirect(url_for(".inbox"), 303)
