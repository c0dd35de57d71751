"""The morning queue and the parked jobs in it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.kernel.words import gettext
from marketplace.office.jobs import parked_job, run_again
from marketplace.office.pages.blueprint import blueprint
from marketplace.office.queue import Queue, queue_of
from marketplace.office.sources.registry import SOURCES
from marketplace.ui.filters import reader_locale
from marketplace.ui.pages import own_path


def _queue() -> Queue:
    return queue_of(current_session(), SOURCES, actor=current_actor(), at=request_now(), locale=reader_locale()).of(
        request.args.get("source")
    )


@blueprint.get("")
@allow(Who.OFFICE)
def queue() -> str:
    """Everything that waits, what is due first on top; each item leads back to the one after it."""
    source = request.args.get("source")
    return render_template("office/queue.html", queue=_queue(), chosen=source, now=request_now())


@blueprint.get("/next")
@allow(Who.OFFICE)
def following() -> AnyResponse:
    """Opens the item that now stands where the decided one stood; without any, the empty queue says so."""
    source, place = request.args.get("source"), request.args.get("place", "0")
    items = _queue().items
    if not items:
        return redirect(url_for(".queue"), 303)
    at = int(place) if place.isdecimal() and int(place) < len(items) else 0
    following = url_for(".following", source=source, place=at)
    url = items[at].url
    return redirect(f"{url}{'&' if '?' in url else '?'}next={_quoted(following)}", 303)


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("&", "%26").replace("?", "%3F").replace("=", "%3D")


@blueprint.get("/jobs/<int:job_id>")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
def job(job_id: int) -> str:
    return render_template(
        "office/job.html",
        job=parked_job(current_session(), job_id, actor=current_actor()),
        there=own_path(request.args.get("next")),
    )


@blueprint.post("/jobs/<int:job_id>/run-again")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def run_job_again(job_id: int) -> AnyResponse:
    run_again(current_session(), job_id, actor=current_actor(), clock=request_clock())
    flash(gettext("已放回队列，马上会再跑。"), "done")
    return redirect(own_path(request.form.get("next")), 303)
