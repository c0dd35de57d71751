"""What a result card, a near miss, the map and the comparison show. Inside requests only."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request, url_for
from markupsafe import Markup, escape
from sqlalchemy.dialects.postgresql import Range

from billing.pricing.quotes import Line
from marketplace.discovery.address import MOST_CHARACTERS, search_url, toggled
from marketplace.discovery.asking import Reader, Wish
from marketplace.discovery.finding import Result
from marketplace.discovery.fit import margin_of
from marketplace.discovery.jobs import Slot
from marketplace.discovery.near_misses import NearMiss, Relaxation
from marketplace.discovery.searching import Results
from marketplace.discovery.sentences import missing, reasons, relaxed_to
from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.facts import Fact, drawing_of, facts_of, key_facts, type_name
from marketplace.listings.labels import operator_label
from marketplace.listings.models import Listing
from marketplace.orders.pages import window_texts
from marketplace.ui import formats
from marketplace.ui.filters import reader_locale, reader_zone
from marketplace.ui.maps import ParkMap, Pin, Point, Zone, fan_out
from search.highlighting import marks
from search.ranking.query import Query

MOST_COMPARED = 4
SHOWN_FACTS = 4
MADE_OF = 3
PLACE = "0placeforanid0"


def cards_of(answer: Results, photos: Mapping[int, str]) -> list[dict[str, Any]]:
    """The cards of the results in their order."""
    why = reasons(answer.results, answer.wish)
    links = _Links()
    return [_card(one, answer, photos, links, why.get(one.listing.id, "")) for one in answer.results]


class _Links:
    """The addresses of many cards: built once with a place for what differs, which needs no quoting."""

    def __init__(self) -> None:
        query, self._zone = request.args.get("q") or None, reader_zone()
        page = url_for("discovery_pages.listing", listing=PLACE, q=query)
        self._page, self._joint = page, "&" if query else "?"
        self._put_aside = compared()
        self._compare = self._toggled(PLACE)

    def page(self, listing: Listing, window: Slot | None) -> str:
        """The link carries the window that the card shows, so that the machine's page prices the same job."""
        address = self._page.replace(PLACE, listing.public_id)
        picked = window_texts(Range(*window), self._zone) if window else {}
        return f"{address}{self._joint}{urlencode(picked)}" if picked else address

    def compare(self, listing: Listing) -> str:
        if listing.public_id in self._put_aside:
            return self._toggled(listing.public_id)
        return self._compare.replace(PLACE, listing.public_id)

    def _toggled(self, public_id: str) -> str:
        chosen = toggled(self._put_aside, public_id, most=MOST_COMPARED)
        return search_url(compare=chosen, cursor=request.args.get("cursor"))

    def is_compared(self, listing: Listing) -> bool:
        return listing.public_id in self._put_aside


def _card(one: Result, answer: Results, photos: Mapping[int, str], links: _Links, why: str) -> dict[str, Any]:
    listing, locale = one.listing, reader_locale()
    return {
        **_named(listing, photos, links, one.window),
        "result": one,
        "marked": marked(listing.title(locale), answer.query),
        "facts": touched_facts(listing, answer.wish, locale),
        "operator": operator_label(listing.operator),
        "why": why,
        "made_of": [(_line_label(line), formats.amount_short(line.amount)) for line in one.lines[:MADE_OF]],
        "compare_url": links.compare(listing),
        "is_compared": links.is_compared(listing),
    }


def _named(listing: Listing, photos: Mapping[int, str], links: _Links, window: Slot | None) -> dict[str, Any]:
    locale = reader_locale()
    photo = photos.get(listing.id)
    return {
        "listing": listing,
        "url": links.page(listing, window),
        "title": listing.title(locale),
        "type": type_name(listing, locale),
        "drawing": drawing_of(listing),
        "photo": url_for("listings_media.thumbnail", photo_id=photo) if photo else "",
        "firm": listing.enterprise.name(locale),
        "zone": zone_name(listing, locale),
    }


def zone_name(listing: Listing, locale: str) -> str:
    if listing.zone is None:
        return ""
    return listing.zone.name_en if locale.startswith("en") else listing.zone.name_zh


def _line_label(line: Line) -> str:
    return line.name or gettext(line.text)


def marked(text: str, query: Query) -> Markup:
    """The text with the words of the query marked."""
    pieces: list[str | Markup] = []
    at = 0
    for start, end in marks(text, query):
        pieces += [escape(text[at:start]), Markup("<mark>"), escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])


def touched_facts(listing: Listing, wish: Wish, locale: str) -> list[dict[str, Any]]:
    """The attributes that the question speaks of, ticked or short; then the telling ones of the type, up to four."""
    limits = wish.understood.constraints
    every = {fact.code: fact for group in facts_of(listing, locale) for fact in group.facts} if limits else {}
    shown: dict[str, dict[str, Any]] = {}
    for limit in limits:
        fact = every.get(limit.attribute)
        if fact is None:
            continue
        margin = margin_of(limit, listing.attributes.get(limit.attribute)) if isinstance(limit.value, int) else None
        shown[fact.code] = _shown(fact, is_short=margin is not None and margin < 0 and limit.op != "=")
    for fact in key_facts(listing, locale, most=8):
        shown.setdefault(fact.code, _shown(fact, is_short=False))
    return list(shown.values())[:SHOWN_FACTS]


def _shown(fact: Fact, *, is_short: bool) -> dict[str, Any]:
    return {"ok": not is_short, "label": fact.label, "value": fact.value}


def near_cards(answer: Results, photos: Mapping[int, str]) -> list[dict[str, Any]]:
    """The near misses, each with what it lacks and the link that would let it in."""
    links = _Links()
    return [_near(miss, photos, links) for miss in answer.near]


def _near(miss: NearMiss, photos: Mapping[int, str], links: _Links) -> dict[str, Any]:
    relax_url = ""
    if miss.choose and miss.gain > 0:
        relax_url = search_url(choose=[*request.args.getlist("choose"), miss.choose])
    return {
        **_named(miss.result.listing, photos, links, miss.result.window),
        "result": miss.result,
        "missing": missing(miss),
        "relax_url": relax_url,
        "relax": relaxed_to(miss) if relax_url else "",
    }


def relax_links(relaxations: Sequence[Relaxation], wish: Wish) -> list[dict[str, Any]]:
    """For each condition the link without it and how many more it finds."""
    chips = {chip.key: f"{chip.label} {chip.value}" for chip in wish.understood.chips}
    joint = gettext("、")
    return [
        {
            "label": joint.join(chips.get(key, key) for key in one.keys),
            "gain": one.gain,
            "url": search_url(without=[*request.args.getlist("without"), *one.keys]),
        }
        for one in relaxations
    ]


def compared() -> list[str]:
    """Public ids of what the reader put aside to compare, at most four."""
    return list(dict.fromkeys(value for value in request.args.getlist("compare") if value))[:MOST_COMPARED]


def demand_url() -> str:
    """Where a need is posted, with the line carried over; empty while nobody takes demands."""
    endpoint = "demands_pages.new"
    if endpoint not in current_app.view_functions:
        return ""
    return url_for(endpoint, q=request.args.get("q", "")[:MOST_CHARACTERS])


def map_of(answer: Results, reader: Reader) -> ParkMap | None:
    """The park's zones with the results as numbered pins and the near misses as dashed ones."""
    if not reader.zones:
        return None
    centres = {zone.id: _centre([(x, y) for x, y in zone.polygon]) for zone in reader.zones}
    hit = {one.listing.zone_id for one in answer.results}
    zones = [
        Zone(
            name=zone.name_en if reader.locale.startswith("en") else zone.name_zh,
            polygon=[(x, y) for x, y in zone.polygon],
            is_hit=zone.id in hit,
            url=search_url(zone=[zone.code]),
        )
        for zone in reader.zones
    ]
    places = [point for zone in zones for point in zone.polygon]
    shape = reader.park.outline
    return ParkMap(
        width=float(shape.get("width") or max(x for x, _ in places) + 10),
        height=float(shape.get("height") or max(y for _, y in places) + 10),
        zones=zones,
        pins=fan_out(_pins(answer, centres, reader.locale)),
    )


def _pins(answer: Results, centres: Mapping[int, Point], locale: str) -> list[Pin]:
    pins: list[Pin] = []
    for number, one in enumerate(answer.results, 1):
        if (centre := centres.get(one.listing.zone_id or 0)) is not None:
            x, y = centre
            pins.append(Pin(x=x, y=y, mark=str(number), name=one.listing.title(locale), url=f"#r{number}"))
    for miss in answer.near:
        if (centre := centres.get(miss.result.listing.zone_id or 0)) is not None:
            x, y = centre
            pins.append(Pin(x=x, y=y, mark="", name=miss.result.listing.title(locale), is_near_miss=True))
    return pins


def _centre(polygon: Sequence[Point]) -> Point:
    """Left of the middle of a zone, so that pins fanned out to the right stay inside."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs) + (max(xs) - min(xs)) * 0.28, min(ys) + (max(ys) - min(ys)) * 0.34


def compare_rows(listings: Sequence[Listing], locale: str) -> list[tuple[str, list[str]]]:
    """The attributes of listings side by side, those that all have first: (label, a value or a dash for each)."""
    known = load_catalogue().attributes
    each = [{fact.code: fact for group in facts_of(one, locale) for fact in group.facts} for one in listings]
    codes = list(dict.fromkeys(code for facts in each for code in facts))
    codes.sort(key=lambda code: -sum(code in facts for facts in each))
    return [
        (
            known[code].zh if locale.startswith("zh") else known[code].en,
            [facts[code].value if code in facts else "—" for facts in each],
        )
        for code in codes
    ]
