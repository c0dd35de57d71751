# pyright: standard
"""Free time, bookings and blackouts for programs."""

from collections.abc import Sequence
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings import blackouts, queries
from marketplace.bookings.free_time import HORIZON
from marketplace.bookings.models import Blackout, Booking, Wait
from marketplace.bookings.queries import FreeAnswer, FreeQuestion
from marketplace.bookings.schemas import (
    BlackOutSchema,
    BlackoutSchema,
    BookingSchema,
    FreeQuery,
    FreeSchema,
    WaitQuery,
    WaitSchema,
    WindowQuery,
)
from marketplace.bookings.waiting import JoinWaitlist, join_waitlist, leave_waitlist, waits_of
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
from marketplace.kernel.errors import Invalid
from marketplace.kernel.idempotency import idempotent
from marketplace.listings.queries import visible_listing

blueprint = Blueprint("bookings_api", __name__, url_prefix="/api/v1", description="Units' time: free, booked, blocked")
OPERATORS = (FirmRole.OPERATOR,)


@blueprint.get("/listings/<string:listing>/free")
@allow(Who.SIGNED_IN)
@blueprint.arguments(FreeQuery, location="query")
@blueprint.response(200, FreeSchema)
def free(question: FreeQuestion, listing: str) -> FreeAnswer:
    """When a listing is free, never by whom it is taken."""
    _check_length(question.window)
    session = current_session()
    found = visible_listing(session, listing, actor=current_actor())
    return queries.free_answer(session, found, question)


def _check_length(window: Range[Any]) -> None:
    if window.lower is None or window.upper is None or window.upper - window.lower > HORIZON:
        raise Invalid("window_too_long", fields={"end": ["window_too_long"]})


@blueprint.get("/bookings")
@allow(Who.FIRM)
@blueprint.arguments(WindowQuery, location="query")
@blueprint.response(200, BookingSchema(many=True))
def list_bookings(window: Range[Any]) -> Sequence[Booking]:
    """Bookings and holds of your firm's machines that touch the window, by start."""
    _check_length(window)
    return queries.bookings_at(current_session(), actor=current_actor(), window=window)


@blueprint.get("/listings/<string:machine>/blackouts")
@allow(Who.FIRM)
@blueprint.response(200, BlackoutSchema(many=True))
def list_blackouts(machine: str) -> Sequence[Blackout]:
    """Blackouts of your machine that are not over."""
    session = current_session()
    listing = queries.own_listing(session, machine, actor=current_actor())
    return blackouts.blackouts_of(session, listing, now=request_now())


@blueprint.post("/listings/<string:machine>/blackouts")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
@blueprint.arguments(BlackOutSchema)
@blueprint.response(201, BlackoutSchema)
def make_blackout(values: dict[str, Any], machine: str) -> Blackout:
    """Keep time of your machine for maintenance, own production or a breakdown.

    409 `bookings_in_the_way` names the busy ranges; a breakdown sent again with `cancel_bookings` cancels them.
    """
    command = blackouts.BlackOut(listing=machine, **values)
    return blackouts.black_out(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.delete("/blackouts/<string:blackout>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, BlackoutSchema)
def lift(blackout: str) -> Blackout:
    """Open the time again."""
    return blackouts.lift_blackout(current_session(), blackout, actor=current_actor(), clock=request_clock())


@blueprint.post("/listings/<string:listing>/waits")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(WaitQuery)
@blueprint.response(201, WaitSchema)
def wait(values: dict[str, Any], listing: str) -> Wait:
    """Be told when a taken window is free; the same window again gives the same answer."""
    command = JoinWaitlist(listing=listing, **values)
    return join_waitlist(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.get("/waits")
@allow(Who.FIRM)
@blueprint.response(200, WaitSchema(many=True))
def list_waits() -> Sequence[Wait]:
    """What you wait for or were told of, as long as it lies ahead."""
    return waits_of(current_session(), actor=current_actor(), now=request_now())


@blueprint.delete("/waits/<string:wait>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, WaitSchema)
def leave(wait: str) -> Wait:
    """Wait no longer."""
    return leave_waitlist(current_session(), wait, actor=current_actor(), clock=request_clock())
