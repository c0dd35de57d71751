"""Static files: addresses that change with their content, and the text ones sent compressed."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache, lru_cache

from flask import Blueprint, Response, current_app, request, url_for

from marketplace.ui.symbols import STATIC, drawing_sprite

COMPRESSED = (".css", ".js", ".svg")


@cache
def static_files() -> frozenset[str]:
    """Every file we serve; nothing else is ever looked up, read or remembered."""
    return frozenset(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


@cache
def content_version(filename: str) -> str:
    """Ten hex digits of the file's content; empty when there is no such file."""
    if filename == "drawings.svg":
        return hashlib.sha256(drawing_sprite().encode()).hexdigest()[:10]
    if filename not in static_files():
        return ""
    return hashlib.sha256((STATIC / filename).read_bytes()).hexdigest()[:10]


def static_url(filename: str) -> str:
    """The address of one of our static files, with the version of its content."""
    if current_app.debug:
        content_version.cache_clear()
        static_files.cache_clear()
    version = content_version(filename) or None
    if filename == "drawings.svg":
        return url_for("ui.drawings", v=version)
    return url_for("ui.static", filename=filename, v=version)


@lru_cache(maxsize=64)
def compressed(filename: str, version: str) -> bytes:
    """The file through gzip, made once for each version of its content."""
    del version
    return gzip.compress((STATIC / filename).read_bytes(), compresslevel=9, mtime=0)


class StaticBlueprint(Blueprint):
    """Sends style sheets, scripts and drawings compressed to browsers that take it: a tenth of the bytes on a phone."""

    def send_static_file(self, filename: str) -> Response:
        is_text = filename.endswith(COMPRESSED) and filename in static_files()
        if not is_text or request.accept_encodings["gzip"] <= 0:
            return super().send_static_file(filename)
        version = content_version(filename)
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        response = Response(compressed(filename, version), mimetype=kind)
        response.headers["Content-Encoding"] = "gzip"
        response.vary.add("Accept-Encoding")
        response.set_etag(version)
        response.cache_control.no_cache = True
        return response.make_conditional(request)  # pyright: ignore[reportReturnType]
