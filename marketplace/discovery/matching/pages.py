"""Pages that join demands with listings: one demand with its matches and quotes, what a firm could serve, the live count."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for

from marketplace.demands import queries
from marketplace.demands.constraints import attribute_name, limit_words, limits_of
from marketplace.demands.models import Confidentiality, Demand, DemandStatus
from marketplace.demands.operations.demanding import PostDemand
from marketplace.demands.pages.blueprint import blueprint
from marketplace.demands.pages.wizard import draft_of
from marketplace.demands.views import view_of
from marketplace.discovery.matching.facts import asked_of, asked_of_command
from marketplace.discovery.matching.finding import DemandMatch, Matched, demands_for, judge, listings_for
from marketplace.discovery.matching.matcher import Match, in_order
from marketplace.discovery.matching.wording import part_words, reasons_of
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.facts import drawing_of
from marketplace.listings.models import Listing
from marketplace.listings.queries import own_listings_offered
from marketplace.ui.filters import reader_locale

SHOWN = 10
BOARD = 50


def _card(match: Match, listing: Listing, locale: str) -> dict[str, Any]:
    reasons = reasons_of(match, locale)
    words = part_words()
    return {
        "match": match,
        "title": listing.title(locale),
        "firm": listing.enterprise.name(locale),
        "zone": (listing.zone.name_en if locale.startswith("en") else listing.zone.name_zh) if listing.zone else "",
        "drawing": drawing_of(listing),
        "listing": listing.public_id,
        "url": url_for("discovery_pages.listing", listing=listing.public_id),
        "facts": reasons,
        "missing": "；".join(f"{one.label} {one.value}" for one in reasons if not one.ok),
        "why": [(words[part.name], f"{part.points:.0f}/{part.most}") for part in match.parts],
        "price": match.circumstances.price,
        "score": round(match.score),
    }


def type_name(code: str | None, locale: str) -> str:
    kind = load_catalogue().types.get(code or "")
    return kind.name(locale) if kind else ""


def asked_words(demand: Demand, locale: str) -> list[tuple[str, str]]:
    """The limits of a demand as label and value."""
    return [(attribute_name(one.attribute, locale), limit_words(one, locale)) for one in limits_of(demand.constraints)]


@blueprint.get("/demands/<demand>")
@allow(Who.SIGNED_IN)
def show(demand: str) -> str:
    """One demand: its demander sees quotes side by side and who could do it, a supplier its own machines' fit."""
    session, actor, locale = current_session(), current_actor(), reader_locale()
    row = queries.demand_of(session, demand, actor=actor)
    view = view_of(row, actor=actor, locale=locale)
    quotes = queries.quotes_for(session, row, actor=actor) if actor.enterprise_id or actor.is_office else ()
    found = _matches(row) if view.is_mine and row.status is DemandStatus.OPEN else None
    own = _own_machines(row) if actor.enterprise_id and not view.is_mine and row.status is DemandStatus.OPEN else []
    return render_template(
        "matching/demand.html",
        demand=view,
        quotes=quotes,
        invited=queries.invited_firms(session, row, actor=actor),
        limits=asked_words(row, locale),
        type_name=type_name(row.type_code, locale),
        found=found,
        fits=_cards(found.fits, found, locale) if found else [],
        near=_cards(found.near, found, locale) if found else [],
        own=[_card(one, listing, locale) for one, listing in own],
        quoted={one.listing_id: one for one in quotes},
        now=request_now(),
        locale=locale,
    )


def _matches(demand: Demand) -> Matched:
    session = current_session()
    return listings_for(session, asked_of(session, [demand])[0], now=request_now())


def _cards(matches: Sequence[Match], found: Matched, locale: str) -> list[dict[str, Any]]:
    return [_card(one, found.listings[one.listing_id], locale) for one in matches[:SHOWN]]


def _own_machines(demand: Demand) -> list[tuple[Match, Listing]]:
    """The reader's machines that could serve the demand, those that fit first."""
    session = current_session()
    machines = own_listings_offered(session, actor=current_actor())
    judged = in_order(judge(session, asked_of(session, [demand]), machines, now=request_now()))
    by_id = {one.id: one for one in machines}
    return [(one, by_id[one.listing_id]) for one in sorted(judged, key=_misses)][:SHOWN]


def _misses(match: Match) -> int:
    return len(match.misses)


@blueprint.get("/demands/matching")
@allow(Who.TRADING_FIRM)
def board() -> str:
    """Open demands that the firm's machines could serve, those that fit first."""
    session, actor, locale = current_session(), current_actor(), reader_locale()
    found = demands_for(session, actor=actor, now=request_now())
    shown = found[:BOARD]
    machines = {one.id: one for one in own_listings_offered(session, actor=actor)}
    return render_template(
        "matching/board.html",
        rows=[_row(one, machines, locale) for one in shown],
        fitting=sum(1 for one in found if one.best.is_fit),
        total=len(found),
        locale=locale,
    )


def _row(one: DemandMatch, machines: dict[int, Listing], locale: str) -> dict[str, Any]:
    return {
        "demand": view_of(one.demand, actor=current_actor(), locale=locale),
        "type": type_name(one.demand.type_code, locale),
        "card": _card(one.best, machines[one.best.listing_id], locale),
        "others": len(one.matches) - 1,
    }


@blueprint.get("/demands/count")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def count() -> str:
    """How many suppliers could do what is typed so far (an HTMX fragment)."""
    command, session = draft_of(request.args).command, current_session()
    found = None
    if command is not None and _says_enough(command):
        found = listings_for(session, asked_of_command(session, command, actor=current_actor()), now=request_now())
    locale = reader_locale()
    return render_template(
        "matching/_count.html",
        found=found,
        near=_cards(found.near, found, locale)[:3] if found else [],
        is_invited=command is not None and command.confidentiality is Confidentiality.INVITED,
    )


def _says_enough(command: PostDemand) -> bool:
    known = command.type_code is None or command.type_code in load_catalogue().types
    return known and bool(command.type_code or command.constraints)
