"""The page with the addresses for calendar programs, and what stands at such an address."""

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from marketplace.bookings.feeds import MadeFeed, bookings_in, feed_by_secret, feeds_of, make_feed, revoke_feed
from marketplace.bookings.ical import Entry, calendar_of, tag_of
from marketplace.bookings.models import Booking
from marketplace.bookings.pages import OPERATORS, blueprint
from marketplace.bookings.queries import own_listings
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.schemas import Text
from marketplace.kernel.words import gettext
from marketplace.ui.filters import reader_locale


class FeedForm(Schema):
    """One machine, or all of them."""

    machine = Text(load_default="", most=20)


@blueprint.get("/machines/calendar-addresses")
@allow(Who.FIRM)
def feeds() -> str:
    """Addresses at which calendar programs read the bookings of the firm's machines."""
    return _page(Form())


def _page(form: Form, made: MadeFeed | None = None) -> str:
    session, actor = current_session(), current_actor()
    locale = reader_locale()
    return render_template(
        "bookings/feeds.html",
        form=form,
        made=url_for(".feed", secret=made.secret, _external=True) if made else "",
        feeds=[(one, one.listing.title(locale) if one.listing else "") for one in feeds_of(session, actor=actor)],
        machines=[(one.public_id, one.title(locale)) for one in own_listings(session, actor=actor)],
        may_act=actor.admitted and actor.firm_role in {FirmRole.OPERATOR, FirmRole.OWNER},
    )


@blueprint.post("/machines/calendar-addresses")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def make_feed_now() -> tuple[str, int]:
    """The new address is in this answer alone."""
    session, form = current_session(), typed()
    given = read(FeedForm(), form)
    if given is None:
        return _page(form), 422
    try:
        made = make_feed(session, given["machine"] or None, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _page(form), error.status
    return _page(Form(), made), 201


@blueprint.post("/machines/calendar-addresses/<calendar_feed>/revoke")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def revoke_feed_now(calendar_feed: str) -> Response:
    """Nobody reads at the address any more."""
    revoke_feed(current_session(), calendar_feed, actor=current_actor(), clock=request_clock())
    flash(gettext("日历地址已撤销，用它的程序读不到新内容了。"), "done")
    return redirect(url_for(".feeds"), 303)


@blueprint.get("/calendar/<secret>.ics")
@allow(Who.ANYONE)
def feed(secret: str) -> Response:
    """The bookings behind an address; whoever knows it reads them, and it can be revoked."""
    session, now = current_session(), request_now()
    found = feed_by_secret(session, secret)
    entries = [_entry(one) for one in bookings_in(session, found, now=now)]
    name = found.listing.title("zh_CN") if found.listing else found.enterprise.name("zh_CN")
    answer = FlaskResponse(content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Disposition"] = 'inline; filename="gongzao.ics"'
    answer.set_etag(tag_of(entries, name=name))
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.set_data(calendar_of(entries, name=name, now=now))
    return answer


def _entry(booking: Booking) -> Entry:
    there = url_for("orders_pages.of_booking", booking=booking.public_id, _external=True)
    summary = f"{booking.listing.title('zh_CN')} · {booking.demander.name('zh_CN')}"
    return Entry(booking=booking, summary=summary, url=there)
