"""Icons and drawings: each drawn once a page as a `<symbol>` and used by reference, so they follow text colour.

A fragment for HTMX cannot know what the page already holds, so there the reference names the sprite file instead.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import current_app, g, request
from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
FALLBACK_DRAWING = "service"
SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>', re.DOTALL)


class UnknownSymbol(LookupError):
    """No icon of this name in `icons.txt`, or the static files were not built."""


@cache
def icon_symbols() -> dict[str, str]:
    """Symbol id -> markup of every icon that the static build drew; empty before the first build."""
    sprite = STATIC / "vendor" / "icons.svg"
    if not sprite.exists():
        return {}
    return {found[1]: found[0] for found in SYMBOL.finditer(sprite.read_text(encoding="utf-8"))}


@cache
def drawing_names() -> frozenset[str]:
    """The families that have a line drawing."""
    return frozenset(path.stem for path in (STATIC / "drawings").glob("*.svg"))


@cache
def drawing_symbol(name: str) -> str:
    """The drawing as a `<symbol>`; its title stays in the file, the page says what it shows."""
    source = (STATIC / "drawings" / f"{name}.svg").read_text(encoding="utf-8")
    shapes = re.findall(r"<path\b[^>]*/>", source)
    return f'<symbol id="d-{name}" viewBox="0 0 64 64">{"".join(shapes)}</symbol>'


@cache
def drawing_sprite() -> str:
    """Every drawing in one file, for fragments."""
    symbols = "\n".join(drawing_symbol(name) for name in sorted(drawing_names()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _is_fragment() -> bool:
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def _reference(symbol: str, sprite: str) -> str:
    """`#id` on a whole page, where `symbols()` will draw it; the sprite's address in a fragment."""
    used: dict[str, None] | None = g.get("ui_symbols")
    if used is None and _is_fragment():
        static_url: Any = current_app.jinja_env.globals["static_url"]
        return f"{static_url(sprite)}#{symbol}"
    if used is None:
        used = g.ui_symbols = {}
    used[symbol] = None
    return f"#{symbol}"


@lru_cache(maxsize=512)
def _icon_markup(reference: str, size: str) -> Markup:
    classes = f"gz-i gz-i-{size}" if size else "gz-i"
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>').format(classes, reference)


@lru_cache(maxsize=512)
def _drawing_markup(reference: str, size: int, label: str) -> Markup:
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="gz-draw" width="{0}" height="{0}" {1}><use href="{2}"/></svg>').format(
        size, said, reference
    )


def icon(name: str, size: str = "") -> Markup:
    """A Tabler icon beside a word, never alone; `size` is `s` (14 px) or `l` (20 px), else 16 px."""
    symbol = f"i-{name}"
    if symbol not in icon_symbols() and (current_app.debug or current_app.testing) and icon_symbols():
        raise UnknownSymbol(f"icon {name!r}: add it to marketplace/ui/icons.txt and run scripts/build_static.py")
    return _icon_markup(_reference(symbol, "vendor/icons.svg"), size)


def drawing(name: str, size: int = 60, label: str = "") -> Markup:
    """The line drawing of a family, decoration unless `label` says what it shows; unknown families get the helmet."""
    known = name if name in drawing_names() else FALLBACK_DRAWING
    return _drawing_markup(_reference(f"d-{known}", "drawings.svg"), size, label)


def symbols() -> Markup:
    """Everything that the page used, drawn once; the layout puts it at the very end of the body."""
    used: dict[str, None] = g.get("ui_symbols", {})
    drawn = [
        icon_symbols().get(name, "") if name.startswith("i-") else drawing_symbol(name.removeprefix("d-"))
        for name in used
    ]
    return Markup('<svg hidden xmlns="http://www.w3.org/2000/svg">{}</svg>').format(Markup("".join(drawn)))  # noqa: S704  our own files
