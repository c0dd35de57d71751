# pyright: standard
"""Search for programs."""

from typing import Any

from flask_smorest import Blueprint

from marketplace.accounts.models import Park
from marketplace.accounts.queries import zones_of
from marketplace.discovery.schemas import SearchAnswerSchema, SearchQuery
from marketplace.discovery.searching import Asked, Results, find
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now
from marketplace.kernel.errors import Unavailable
from marketplace.ui.filters import reader_locale
from search.contract import EngineDownError

blueprint = Blueprint("discovery_api", __name__, url_prefix="/api/v1/search", description="Find resources")


@blueprint.get("/")
@allow(Who.SIGNED_IN)
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, SearchAnswerSchema)
def find_listings(query: dict[str, Any]) -> Results:
    """Listings for a line of words, each with the price of this job."""
    session, actor = current_session(), current_actor()
    park = session.get_one(Park, actor.park_id)
    question = Asked(
        text=query["q"],
        kinds=tuple(query["kind"]),
        types=tuple(query["type"]),
        zones=tuple(query["zone"]),
        sort=query["sort"],
        cursor=query["cursor"],
    )
    try:
        return find(
            session,
            question,
            actor=actor,
            park=park,
            zones=zones_of(session, park.id),
            locale=reader_locale(),
            now=request_now(),
        )
    except EngineDownError as error:
        raise Unavailable("search_unavailable") from error
