# pyright: standard
"""Search for programs."""

from typing import Any

from flask_smorest import Blueprint

from marketplace.discovery.asking import Asked
from marketplace.discovery.index import service
from marketplace.discovery.schemas import SearchAnswerSchema, SearchQuery
from marketplace.discovery.searching import Results, find, reader_of
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("discovery_api", __name__, url_prefix="/api/v1/search", description="Find resources")


@blueprint.get("/")
@allow(Who.SIGNED_IN)
@blueprint.arguments(SearchQuery, location="query")
@blueprint.response(200, SearchAnswerSchema)
def find_listings(query: dict[str, Any]) -> Results:
    """Listings for a line of words, each with the price of this job; while the engine is down, from plain SQL."""
    session = current_session()
    reader = reader_of(session, current_actor(), locale=reader_locale(), now=request_now())
    question = Asked(
        text=query["q"],
        without=tuple(query["without"]),
        choose=tuple(query["choose"]),
        kinds=tuple(query["kind"]),
        types=tuple(query["type"]),
        zones=tuple(query["zone"]),
        operators=tuple(query["operator"]),
        free_days=query["free_days"],
        radius_metres=query["radius_metres"],
        sort=query["sort"],
        cursor=query["cursor"],
    )
    return find(session, question, reader=reader, service=service(), for_page=False)
