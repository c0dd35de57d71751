"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from functools import cache

from flask import current_app, url_for

from marketplace.ui.symbols import STATIC, drawing_sprite


@cache
def content_version(filename: str) -> str:
    """Ten hex digits of the file's content; empty when there is no such file."""
    if filename == "drawings.svg":
        return hashlib.sha256(drawing_sprite().encode()).hexdigest()[:10]
    path = STATIC / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def static_url(filename: str) -> str:
    """The address of one of our static files, with the version of its content."""
    if current_app.debug:
        content_version.cache_clear()
    version = content_version(filename) or None
    if filename == "drawings.svg":
        return url_for("ui.drawings", v=version)
    return url_for("ui.static", filename=filename, v=version)
