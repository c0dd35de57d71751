"""The week of a listing's page: when it is free, the window one would take, a link for each day that has room for it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

from flask import url_for
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.opening import is_lawful
from marketplace.bookings.other_times import rounded_up
from marketplace.discovery.jobs import SHOWN_STEP
from marketplace.kernel.words import gettext
from marketplace.listings.models import Listing
from marketplace.orders.pages import window_texts
from marketplace.ui.timelines import StripDay, WeekStrip

DAYS = 7
USUAL_NOTICE_MINUTES = 60
SHIFT, SHORTEST = timedelta(hours=8), timedelta(hours=1)

Moments = Range[datetime]


def this_week(now: datetime, zone: tzinfo) -> Moments:
    """Seven of the park's days, from now on."""
    start = datetime.combine(now.astimezone(zone).date(), time(0), zone)
    return Range(max(start, rounded_up(now, SHOWN_STEP)), start + timedelta(days=DAYS))


def first_window(listing: Listing, free: Sequence[Moments], *, now: datetime) -> Moments | None:
    """The first free stretch that may still be booked, from a whole hour on, at most a shift of it."""
    after = now + timedelta(minutes=max(listing.notice_minutes, USUAL_NOTICE_MINUTES))
    found = (_window(one, after, SHORTEST, SHIFT) for one in free)
    return next((one for one in found if one is not None and is_lawful(listing, one, now=now)), None)


def week_strip(
    listing: Listing, free: Sequence[Moments], during: Moments | None, *, now: datetime, zone: tzinfo
) -> WeekStrip:
    """Each day with its free time, the chosen window in it, or the link that chooses one as long on that day."""
    first = now.astimezone(zone).date()
    days = [_day(datetime.combine(first + timedelta(days=n), time(0), zone), free) for n in range(DAYS)]
    return WeekStrip(zone=zone, days=[_with_choice(listing, day, during, now=now, zone=zone) for day in days])


def _window(free: Moments, after: datetime, shortest: timedelta, longest: timedelta) -> Moments | None:
    if free.lower is None or free.upper is None:
        return None
    begin = rounded_up(max(free.lower, after), SHORTEST)
    return Range(begin, min(free.upper, begin + longest)) if free.upper - begin >= shortest else None


def _day(begin: datetime, free: Sequence[Moments]) -> StripDay:
    end = begin + timedelta(days=1)
    spans = [
        (max(one.lower, begin).astimezone(begin.tzinfo), min(one.upper, end).astimezone(begin.tzinfo))
        for one in free
        if one.lower and one.upper and one.lower < end and one.upper > begin
    ]
    return StripDay(day=begin.date(), free=spans)


def _with_choice(listing: Listing, day: StripDay, during: Moments | None, *, now: datetime, zone: tzinfo) -> StripDay:
    if during is None or during.lower is None or during.upper is None:
        return day
    begin = datetime.combine(day.day, time(0), zone)
    if during.lower < begin + timedelta(days=1) and during.upper > begin:
        chosen = (during.lower.astimezone(zone), during.upper.astimezone(zone))
        return StripDay(day=day.day, free=day.free, chosen=chosen, note=gettext("已选"))
    length = during.upper - during.lower
    after = now + timedelta(minutes=max(listing.notice_minutes, USUAL_NOTICE_MINUTES))
    found = (_window(Range(*span), after, length, length) for span in day.free)
    fitting = next((one for one in found if one is not None and is_lawful(listing, one, now=now)), None)
    if fitting is None:
        return StripDay(day=day.day, free=day.free, note=gettext("不够长") if day.free else "")
    there = url_for("discovery_pages.listing", listing=listing.public_id, **window_texts(fitting, zone))
    return StripDay(day=day.day, free=day.free, note=gettext("选这天"), url=there)
