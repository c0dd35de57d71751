"""Pages of one's own demands."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace.demands import queries
from marketplace.demands.operations.demanding import EndDemand, close_demand, open_demand, withdraw_demand
from marketplace.demands.pages.blueprint import blueprint
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.words import gettext
from marketplace.ui.filters import reader_locale


@blueprint.get("/demands")
@allow(Who.FIRM)
def index() -> str:
    """What the firm looks for, newest first, with the quotes that wait."""
    session = current_session()
    page = queries.own_demands(session, actor=current_actor(), cursor=request.args.get("cursor"))
    waiting = queries.quotes_waiting(session, [one.id for one in page.items])
    return render_template("demands/index.html", page=page, waiting=waiting, locale=reader_locale())


@blueprint.post("/demands/<demand>/<any(open, withdraw, close):verb>")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def act(demand: str, verb: str) -> Response:
    """Open a draft, look no further, or be done."""
    session, actor, clock = current_session(), current_actor(), request_clock()
    command = EndDemand(demand=demand, reason=request.form.get("reason", "").replace("\x00", "")[:500])
    match verb:
        case "open":
            open_demand(session, demand, actor=actor, clock=clock)
        case "withdraw":
            withdraw_demand(session, command, actor=actor, clock=clock)
        case _:
            close_demand(session, command, actor=actor, clock=clock)
    flash(gettext("已记录。"), "done")
    return redirect(url_for("demands_pages.show", demand=demand), 303)
