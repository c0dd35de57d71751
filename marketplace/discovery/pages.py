"""Search for people: the front page, the results, one listing."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.dialects.postgresql import Range
from werkzeug.wrappers import Response

from marketplace.accounts.models import Park
from marketplace.accounts.queries import zones_of
from marketplace.bookings.queries import free_ranges
from marketplace.discovery.searching import Asked, find
from marketplace.kernel.edge import Who, allow, current_actor, current_actor_or_none, current_session, request_now
from marketplace.kernel.forms import Form
from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.facts import drawing_of, facts_of, key_facts, type_name
from marketplace.listings.labels import kind_label, operator_label
from marketplace.listings.models import Listing
from marketplace.listings.queries import visible_listing
from marketplace.orders.pages import panel_context
from marketplace.ui.filters import reader_locale, reader_zone
from marketplace.ui.timelines import StripDay, WeekStrip
from search.contract import EngineDownError
from search.understanding.corrections import as_parameters, read_corrections, taking_away

blueprint = Blueprint("discovery_pages", __name__, template_folder="templates")
WEEK_DAYS = 7


@blueprint.get("/")
@allow(Who.ANYONE)
def home() -> str | Response:
    """The box for whoever is signed in; the way in for everybody else."""
    actor = current_actor_or_none()
    if actor is None:
        return render_template("discovery/landing.html")
    return render_template("discovery/home.html", examples=_examples())


def _examples() -> list[str]:
    return [
        gettext("五轴 钛合金 600mm ±0.01 周五前 12小时"),
        gettext("三坐标 明天上午"),
        gettext("注塑机 200吨 下周 8小时"),
        gettext("激光切割 3000x1500 碳钢"),
    ]


def asked() -> Asked:
    """The question of the address."""
    given = request.args
    return Asked(
        text=given.get("q", "")[:600],
        without=tuple(given.getlist("without")),
        choose=tuple(given.getlist("choose")),
        kinds=tuple(given.getlist("kind")),
        types=tuple(given.getlist("type")),
        zones=tuple(given.getlist("zone")),
        sort=given.get("sort", "fit"),
        cursor=given.get("cursor"),
    )


@blueprint.get("/search")
@allow(Who.SIGNED_IN)
def results() -> str | tuple[str, int]:
    session, actor, question, locale = current_session(), current_actor(), asked(), reader_locale()
    park = session.get_one(Park, actor.park_id)
    zones = zones_of(session, park.id)
    try:
        answer = find(session, question, actor=actor, park=park, zones=zones, locale=locale, now=request_now())
    except EngineDownError:
        return render_template("discovery/engine_down.html", question=question), 503
    zone_names = {zone.code: zone.name_en if locale.startswith("en") else zone.name_zh for zone in zones}
    return render_template(
        "discovery/results.html",
        question=question,
        answer=answer,
        chips=[_chip(chip, question) for chip in answer.understood.chips],
        cards=[_card(one, locale) for one in answer.results],
        facets=_facets(answer.facets, zone_names, locale),
        next_url=_with(cursor=answer.cursor) if answer.cursor else "",
    )


def _with(**changes: Any) -> str:
    given: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    return url_for("discovery_pages.results", **{**given, **changes})


def _chip(chip: Any, question: Asked) -> dict[str, str]:
    corrections = taking_away(read_corrections(question.without, question.choose), chip.key)
    given: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name != "cursor"}
    given |= {"without": [], "choose": []}
    for name, value in as_parameters(corrections):
        given[name].append(value)
    url = url_for("discovery_pages.results", **given)
    return {"label": chip.label, "value": chip.value, "why": chip.explanation, "remove_url": url}


def _card(one: Any, locale: str) -> dict[str, Any]:
    listing: Listing = one.listing
    return {
        "result": one,
        "url": url_for("discovery_pages.listing", listing=listing.public_id, q=request.args.get("q")),
        "title": listing.title(locale),
        "type": type_name(listing, locale),
        "drawing": drawing_of(listing),
        "facts": [{"ok": True, "label": fact.label, "value": fact.value} for fact in key_facts(listing, locale)],
        "firm": listing.enterprise.name(locale),
        "zone": (listing.zone.name_en if locale.startswith("en") else listing.zone.name_zh) if listing.zone else "",
        "operator": operator_label(listing.operator),
    }


def _facets(counts: Any, zones: dict[str, str], locale: str) -> list[dict[str, Any]]:
    known = load_catalogue().types

    def type_word(code: str) -> str:
        return known[code].name(locale) if code in known else code

    def zone_word(code: str) -> str:
        return zones.get(code, code)

    words: dict[str, Callable[[str], str]] = {"kind": kind_label, "type": type_word, "zone": zone_word}
    titles = {"kind": gettext("种类"), "type": gettext("类型"), "zone": gettext("区域")}
    facets: list[dict[str, Any]] = []
    for name, source in (("kind", "kind"), ("type", "types"), ("zone", "zone")):
        options = [(one.value, words[name](one.value), one.count) for one in counts.get(source, ())][:12]
        if options:
            facets.append(
                {"name": name, "title": titles[name], "options": options, "chosen": request.args.getlist(name)}
            )
    return facets


@blueprint.get("/listings/<listing>")
@allow(Who.SIGNED_IN)
def listing(listing: str) -> str:
    """One machine: does it fit, when is it free, what does this job cost."""
    session, actor, locale = current_session(), current_actor(), reader_locale()
    found = visible_listing(session, listing, actor=actor)
    form = Form({name: request.args.get(name) for name in ("start", "end", "quantity") if request.args.get(name)})
    return render_template(
        "discovery/listing.html",
        **panel_context(found, form),
        title=found.title(locale),
        type_name=type_name(found, locale),
        drawing=drawing_of(found),
        groups=facts_of(found, locale),
        key=key_facts(found, locale),
        strip=_week(found, request_now()),
        operator=operator_label(found.operator),
        description=found.description(locale),
    )


def _week(listing: Listing, now: datetime) -> WeekStrip:
    zone = reader_zone()
    first = now.astimezone(zone).date()
    start = datetime.combine(first, time(0), zone)
    window = Range(max(start, now), start + timedelta(days=WEEK_DAYS))
    free = free_ranges(current_session(), listing, window)
    days: list[StripDay] = []
    for offset in range(WEEK_DAYS):
        day = first + timedelta(days=offset)
        begin = datetime.combine(day, time(0), zone)
        end = begin + timedelta(days=1)
        spans = [
            (max(one.lower, begin).astimezone(zone), min(one.upper, end).astimezone(zone))
            for one in free
            if one.lower and one.upper and one.lower < end and one.upper > begin
        ]
        days.append(StripDay(day=day, free=spans))
    return WeekStrip(zone=zone, days=days)
