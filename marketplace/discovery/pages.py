"""Search for people: the front page, the results, machines side by side, one listing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, session, url_for
from sqlalchemy.dialects.postgresql import Range
from werkzeug.wrappers import Response

from credit.ratings.queries import GradeShown, public_grades
from marketplace.bookings.opening import is_lawful
from marketplace.bookings.queries import free_ranges
from marketplace.discovery.address import asked, corrected_url, kept, search_url
from marketplace.discovery.asking import SORTS
from marketplace.discovery.cards import (
    cards_of,
    compare_rows,
    compared,
    demand_url,
    map_of,
    near_cards,
    relax_links,
    zone_name,
)
from marketplace.discovery.facets import facets_of, limit_fields
from marketplace.discovery.index import service
from marketplace.discovery.overview import free_this_week, running_orders
from marketplace.discovery.searching import Results, find, put_aside, reader_of
from marketplace.discovery.similar import SimilarByType
from marketplace.discovery.week import first_window, this_week, week_strip
from marketplace.kernel.edge import Who, allow, current_actor, current_actor_or_none, current_session, request_now
from marketplace.kernel.errors import Invalid
from marketplace.kernel.forms import Form
from marketplace.kernel.words import gettext
from marketplace.listings.facts import drawing_of, facts_of, key_facts, type_name
from marketplace.listings.labels import kind_label, operator_label
from marketplace.listings.media.queries import first_photos, photos_of
from marketplace.listings.models import Listing
from marketplace.listings.queries import visible_listing
from marketplace.orders.pages import LOCAL, panel_context, window_texts
from marketplace.ui.filters import reader_locale, reader_zone
from search.contract import EngineDownError
from search.suggestions import did_you_mean, suggestions
from search.understanding.corrections import as_parameters, read_corrections, taking_away

blueprint = Blueprint("discovery_pages", __name__, template_folder="templates")
RECENT = "recent_searches"
MOST_RECENT = 5
MOST_SUGGESTED = 8
MOST_SIMILAR = 3


@blueprint.get("/")
@allow(Who.ANYONE)
def home() -> str | Response:
    """The box for whoever is signed in; the way in for everybody else."""
    actor = current_actor_or_none()
    if actor is None:
        return render_template("discovery/landing.html")
    counts = free_this_week(current_session(), actor=actor, now=request_now())
    return render_template(
        "discovery/home.html",
        examples=_examples(),
        recent=session.get(RECENT, []),
        kinds=[(kind, kind_label(kind), count) for kind, count in counts],
        orders=running_orders(current_session(), actor=actor),
    )


def _examples() -> list[str]:
    return [
        gettext("五轴 钛合金 600mm ±0.01 周五前 12小时"),
        gettext("三坐标 明天上午"),
        gettext("注塑机 200吨 下周 8小时"),
        gettext("激光切割 3000x1500 碳钢"),
    ]


@blueprint.get("/search")
@allow(Who.SIGNED_IN)
def results() -> str:
    """What fits the line, what nearly fits, and how to go on."""
    question = asked()
    database, actor, locale = current_session(), current_actor(), reader_locale()
    reader = reader_of(database, actor, locale=locale, now=request_now())
    begins_again = False
    try:
        answer = find(database, question, reader=reader, service=service())
    except Invalid:
        begins_again = True
        question = asked(cursor="")
        answer = find(database, question, reader=reader, service=service())
    _remember(question.text)
    shown = [one.listing.id for one in (*answer.results, *(miss.result for miss in answer.near))]
    photos = first_photos(database, shown)
    return render_template(
        "discovery/results.html",
        question=question,
        answer=answer,
        begins_again=begins_again,
        chips=_chips(answer),
        cards=cards_of(answer, photos),
        grades=_grades([one.listing for one in answer.results]),
        near=near_cards(answer, photos),
        relaxations=relax_links(answer.relaxations, answer.wish),
        facets=facets_of(answer.facets, answer.wish, question, reader.zones, locale),
        limits=limit_fields(answer.wish, locale),
        may_radius=reader.here is not None,
        sorts=_sorts(),
        kept=kept,
        park_map=map_of(answer, reader),
        tray=put_aside(database, compared(), actor=actor),
        search_url=search_url,
        compare_url=url_for(".compare", compare=compared(), q=question.text or None),
        demand_url=demand_url(),
        meant=_meant(answer),
        next_url=search_url(cursor=answer.cursor) if answer.cursor else "",
    )


def _grades(listings: Sequence[Listing]) -> Mapping[int, GradeShown]:
    """The published grades of the suppliers by enterprise, as the reader's park has them."""
    firms = {one.enterprise_id for one in listings}
    return public_grades(current_session(), firms, park_id=current_actor().park_id)


def _sorts() -> list[tuple[str, str]]:
    words = (gettext("按契合度"), gettext("本次价格从低到高"), gettext("距离"), gettext("最早有空"))
    return list(zip(SORTS, words, strict=True))


def _remember(line: str) -> None:
    """The last lines stay in this browser's own cookie."""
    if line.strip() and not request.args.get("cursor"):
        short = line.strip()[:80]
        session[RECENT] = [short, *(one for one in session.get(RECENT, []) if one != short)][:MOST_RECENT]


def _meant(answer: Results) -> tuple[str, str] | None:
    """Another spelling for a line that found nothing: the words and where they lead."""
    if answer.total or answer.is_degraded:
        return None
    words = answer.wish.understood.remaining_words
    mended = did_you_mean(words, service().engine.lexicon()) if words else None
    if not mended or mended == words:
        return None
    line = request.args.get("q", "").replace(words, mended) if words in request.args.get("q", "") else mended
    return line, search_url(q=line)


def _chips(answer: Results) -> list[dict[str, str]]:
    corrections = read_corrections(request.args.getlist("without"), request.args.getlist("choose"))
    return [
        {
            "label": chip.label,
            "value": chip.value,
            "why": chip.explanation,
            "remove_url": corrected_url(as_parameters(taking_away(corrections, chip.key))),
        }
        for chip in answer.wish.understood.chips
    ]


@blueprint.get("/search/suggestions")
@allow(Who.SIGNED_IN)
def suggest() -> str:
    """Words that begin as the line's last word (an HTMX fragment of options); nothing while the engine is down."""
    line = request.args.get("q", "")[:100]
    before, _, last = line.rpartition(" ")
    try:
        found = suggestions(last, service().engine.lexicon(), limit=MOST_SUGGESTED) if last else []
    except EngineDownError:
        found = []
    return render_template("discovery/_suggestions.html", lines=[f"{before} {one.text}".strip() for one in found])


@blueprint.get("/compare")
@allow(Who.SIGNED_IN)
def compare() -> str:
    """Up to four machines side by side."""
    locale, actor = reader_locale(), current_actor()
    listings = put_aside(current_session(), compared(), actor=actor)
    return render_template(
        "discovery/compare.html",
        listings=[_column(one, locale) for one in listings],
        rows=compare_rows(listings, locale),
        back_url=url_for(".results", q=request.args.get("q") or None, compare=compared()),
    )


def _column(listing: Listing, locale: str) -> dict[str, Any]:
    rest = [value for value in compared() if value != listing.public_id]
    return {
        "title": listing.title(locale),
        "type": type_name(listing, locale),
        "firm": listing.enterprise.name(locale),
        "zone": zone_name(listing, locale),
        "operator": operator_label(listing.operator),
        "drawing": drawing_of(listing),
        "url": url_for(".listing", listing=listing.public_id),
        "remove_url": url_for(".compare", compare=rest, q=request.args.get("q") or None),
    }


@blueprint.get("/listings/<listing>")
@allow(Who.SIGNED_IN)
def listing(listing: str) -> str:
    """One machine: does it fit, when is it free, what does this job cost."""
    database, actor, locale = current_session(), current_actor(), reader_locale()
    found = visible_listing(database, listing, actor=actor)
    form = Form({name: request.args.get(name) for name in ("start", "end", "quantity") if request.args.get(name)})
    now, zone = request_now(), reader_zone()
    free = free_ranges(database, found, this_week(now, zone))
    during = _asked_window(form)
    if during is None or not is_lawful(found, during, now=now):
        during = first_window(found, free, now=now)
    if during is not None:
        form.values.update(window_texts(during, zone))
    return render_template(
        "discovery/listing.html",
        **panel_context(found, form),
        title=found.title(locale),
        grade=_grades([found])[found.enterprise_id],
        type_name=type_name(found, locale),
        drawing=drawing_of(found),
        photos=[
            {
                "url": url_for("listings_media.photo", photo_id=photo.public_id),
                "small_url": url_for("listings_media.thumbnail", photo_id=photo.public_id),
            }
            for photo in photos_of(database, found.id)
        ],
        groups=facts_of(found, locale),
        key=key_facts(found, locale),
        strip=week_strip(found, free, during, now=now, zone=zone),
        during=during,
        similar=_similar(found, during),
        operator=operator_label(found.operator),
        description=found.description(locale),
    )


def _asked_window(form: Form) -> Range[datetime] | None:
    """The window typed into the booking panel, when it is one."""
    try:
        start, end = (
            datetime.strptime(str(form.values.get(name, "")), LOCAL).replace(tzinfo=reader_zone())
            for name in ("start", "end")
        )
    except ValueError:
        return None
    return Range(start, end) if start < end else None


def _similar(listing: Listing, during: Range[datetime] | None) -> list[dict[str, Any]]:
    """Up to three machines that could do the same job in the window."""
    if during is None:
        return []
    locale = reader_locale()
    found = SimilarByType().similar(current_session(), listing, during, actor=current_actor(), now=request_now())
    return [
        {
            "title": one.listing.title(locale),
            "url": url_for(".listing", listing=one.listing.public_id, **window_texts(during, reader_zone())),
            "firm": one.listing.enterprise.name(locale),
            "zone": zone_name(one.listing, locale),
            "drawing": drawing_of(one.listing),
            "total": one.total,
        }
        for one in found[:MOST_SIMILAR]
    ]
