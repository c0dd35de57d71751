# pyright: standard
"""Matches for programs: added to the demands' addresses from here, because they join demands with listings."""

from collections.abc import Mapping
from typing import Any

from marketplace.demands.api import blueprint
from marketplace.demands.queries import own_demand
from marketplace.demands.views import view_of
from marketplace.discovery.matching.facts import asked_of
from marketplace.discovery.matching.finding import demands_for, listings_for
from marketplace.discovery.matching.matcher import CURRENT, Match
from marketplace.discovery.matching.schemas import DemandMatchesSchema, MatchesSchema
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now
from marketplace.listings.models import Listing
from marketplace.listings.queries import public_ids_of

MOST_SENT = 50


def _shown(match: Match, listing: str) -> dict[str, Any]:
    return {
        "listing": listing,
        "score": round(match.score, 4),
        "is_fit": match.is_fit,
        "parts": match.parts,
        "findings": match.findings,
        "price": match.circumstances.price,
        "metres": match.metres,
    }


@blueprint.get("/<string:demand>/matches")
@allow(Who.FIRM)
@blueprint.response(200, MatchesSchema)
def list_matches(demand: str) -> dict[str, Any]:
    """Listings for one of your demands, with every condition and the parts of the score; at most 50 of each."""
    session = current_session()
    wanted = own_demand(session, demand, actor=current_actor())
    found = listings_for(session, asked_of(session, [wanted])[0], now=request_now())

    def shown(matches: Any, listings: Mapping[int, Listing]) -> list[dict[str, Any]]:
        return [_shown(one, listings[one.listing_id].public_id) for one in matches[:MOST_SENT]]

    return {
        "weights": CURRENT.version,
        "suppliers": len(found.supplier_ids),
        "fits": shown(found.fits, found.listings),
        "near": shown(found.near, found.listings),
    }


@blueprint.get("/matching")
@allow(Who.TRADING_FIRM)
@blueprint.response(200, DemandMatchesSchema)
def list_matching_demands() -> dict[str, Any]:
    """Open demands that your machines could serve, those that fit first; at most 50."""
    session, actor = current_session(), current_actor()
    found = demands_for(session, actor=actor, now=request_now())[:MOST_SENT]
    names = public_ids_of(session, {one.listing_id for row in found for one in row.matches})
    return {
        "items": [
            {
                "demand": view_of(row.demand, actor=actor),
                "matches": [_shown(one, names[one.listing_id]) for one in row.matches],
            }
            for row in found
        ]
    }
