"""Static files, the language switch, and the style guide."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from marketplace.kernel.edge import Who, allow
from marketplace.ui.assets import StaticBlueprint, content_version
from marketplace.ui.samples import sample_page
from marketplace.ui.symbols import drawing_names, drawing_sprite

LANGUAGE_COOKIE = "gz_language"
LANGUAGES = {"zh": "zh_CN", "en": "en"}
A_YEAR_SECONDS = 365 * 24 * 3600

blueprint = StaticBlueprint(
    "ui", __name__, url_prefix="/ui", static_folder="static", static_url_path="/static", template_folder="templates"
)


@blueprint.after_request
def keep_versioned_files(response: Response) -> Response:
    """A file asked for by the version it has now never changes."""
    filename = (request.view_args or {}).get("filename", "drawings.svg")
    asked = request.args.get("v")
    if request.endpoint in {"ui.static", "ui.drawings"} and asked and asked == content_version(filename):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = A_YEAR_SECONDS
        response.cache_control.immutable = True
    return response


@blueprint.get("/drawings.svg")
@allow(Who.ANYONE)
def drawings() -> Response:
    """All line drawings as one sprite."""
    return Response(drawing_sprite(), mimetype="image/svg+xml")


def own_path(target: str | None) -> str:
    """A path on this site, or the front page: never somewhere else."""
    parts = urlsplit((target or "").replace("\\", "/"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@blueprint.get("/language/<code>")
@allow(Who.ANYONE)
def language(code: str) -> AnyResponse:
    """Remember the reader's language in a cookie and go back to the page."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(own_path(request.args.get("next")), 303)
    response.set_cookie(
        LANGUAGE_COOKIE, LANGUAGES[code], max_age=A_YEAR_SECONDS, samesite="Lax", secure=request.is_secure
    )
    return response


@blueprint.get("/styleguide")
@allow(Who.ANYONE)
def styleguide() -> Response:
    """Every macro with sample facts; shown while developing and in the demo park only."""
    settings = current_app.extensions.get("gongzao_settings")
    if not (current_app.debug or current_app.testing or getattr(settings, "is_demo", False)):
        abort(404)
    page = render_template("ui/styleguide.html", sample=sample_page(), sample_drawings=sorted(drawing_names()))
    return make_response(page)
