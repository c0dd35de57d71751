"""Is the process alive, and can it serve?"""

from flask import Blueprint, jsonify
from flask.wrappers import Response
from sqlalchemy import text

from marketplace.kernel.edge import Who, allow, current_session

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@allow(Who.ANYONE)
def alive() -> Response:
    """200 as long as the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@allow(Who.ANYONE)
def ready() -> Response:
    """200 when the database answers; 503 otherwise, so that no request is sent here."""
    current_session().execute(text("SELECT 1"))
    return jsonify(status="ok", database="ok")
