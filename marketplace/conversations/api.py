# pyright: standard
"""Notices for programs."""

from typing import Any

from flask_smorest import Blueprint

from marketplace.conversations import queries
from marketplace.conversations.operations import mark_read
from marketplace.conversations.schemas import NoticePageSchema
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now, writes
from marketplace.kernel.schemas import PageArguments
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("conversations_api", __name__, url_prefix="/api/v1/notices", description="What waits for you")


@blueprint.get("/")
@allow(Who.SIGNED_IN)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, NoticePageSchema)
def list_notices(page: dict[str, Any]) -> object:
    """Your notices, newest first."""
    return queries.inbox(current_session(), actor=current_actor(), locale=reader_locale(), **page)


@blueprint.post("/<string:public_id>/read")
@allow(Who.SIGNED_IN)
@writes
@blueprint.response(204)
def read_notice(public_id: str) -> None:
    """Mark one as read; again changes nothing."""
    mark_read(current_session(), public_id, actor=current_actor(), at=request_now())
