"""One call that gives an application its pages' frame, filters and static files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from flask import Flask
from flask_babel import get_locale

from marketplace.kernel.words import word_on_page
from marketplace.ui.assets import static_url
from marketplace.ui.filters import reader_locale, reader_zone, register_formats
from marketplace.ui.frame import Frame, NavEntry, Navigation, entries_here
from marketplace.ui.pages import blueprint
from marketplace.ui.symbols import drawing, icon, symbols


def register_ui(app: Flask, *, frame: Callable[[], Frame], navigation: Navigation, now: Callable[[], datetime]) -> None:
    """`frame` is asked once for every whole page, `now` whenever a page says today or how long is left."""
    app.register_blueprint(blueprint)
    register_formats(app, now)

    def page_frame() -> Frame:
        return frame()

    def page_navigation(page: Frame) -> list[NavEntry]:
        return entries_here(navigation, page)

    shared: dict[str, Any] = {
        "_": word_on_page,
        "static_url": static_url,
        "ui_icon": icon,
        "ui_drawing": drawing,
        "ui_symbols": symbols,
        "ui_frame": page_frame,
        "ui_plain_frame": Frame,
        "ui_navigation": page_navigation,
        "ui_language": page_language,
        "ui_other_language": other_language,
        "ui_now": now,
        "ui_zone": reader_zone,
        "ui_locale": reader_locale,
    }
    app.jinja_env.globals.update(shared)
    app.jinja_env.filters["hash_id"] = hash_id
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def page_language() -> str:
    """The value of `<html lang>`."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh-CN"


@dataclass(frozen=True, slots=True)
class Language:
    """A language as its own readers call it; `code` is what the switch takes, `tag` what `lang` takes."""

    code: str
    tag: str
    name: str


CHINESE = Language("zh", "zh-CN", "中文")
ENGLISH = Language("en", "en", "English")


def other_language() -> Language:
    """The language that the switch leads to."""
    return CHINESE if page_language() == "en" else ENGLISH


def hash_id(text: str) -> str:
    """A short stable id from words, for headings that nobody gave one."""
    return f"{crc32(text.encode()):08x}"
