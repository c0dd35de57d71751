"""Is the process alive, and can it serve?"""

from flask import Blueprint, jsonify
from flask.wrappers import Response
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from marketplace.kernel.edge import Who, allow, current_session
from marketplace.kernel.errors import Unavailable

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@allow(Who.ANYONE)
def alive() -> Response:
    """200 as long as the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@allow(Who.ANYONE)
def ready() -> Response:
    """200 when the database answers and the queue of jobs can be reached; 503 otherwise: no request is sent here then."""
    current_session().execute(text("SELECT 1"))
    try:
        current_session().execute(text("SELECT 1 FROM procrastinate_jobs LIMIT 1"))
    except ProgrammingError as error:
        raise Unavailable("queue_unavailable") from error
    return jsonify(status="ok", database="ok", queue="ok")
