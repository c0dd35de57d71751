import gzip
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from werkzeug.exceptions import NotFound

from marketplace.ui import symbols
from marketplace.ui.assets import content_version
from marketplace.ui.frame import Frame, Navigation, NavItem
from marketplace.ui.pages import own_path, styleguide

UI = Path(symbols.__file__).parent
MARKETPLACE = UI.parent


def test_whole_page_draws_each_symbol_once(reader):
    page = reader.get("/whole").text
    assert page.count('<symbol id="d-lathe"') == 1
    assert page.count('href="#d-lathe"') == 1
    assert page.count('href="#i-bell"') >= 2


def test_fragment_points_to_the_sprite(reader):
    fragment = reader.get("/fragment", headers={"HX-Request": "true"}).text
    assert "<symbol" not in fragment
    assert re.search(r'href="/ui/drawings\.svg\?v=[0-9a-f]{10}#d-lathe"', fragment)


def test_page_speaks_the_reader_s_language(reader, english_reader):
    chinese, english = reader.get("/whole").text, english_reader.get("/whole").text
    assert '<html lang="zh-CN"' in chinese
    assert "跳到正文" in chinese
    assert '<html lang="en"' in english
    assert "Skip to content" in english


def test_constant_is_not_settled_in_the_first_reader_s_language(reader, english_reader):
    assert reader.get("/constant").text == "5 小时 40 分"
    assert english_reader.get("/constant").text == "5 h 40 min"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_style_guide_renders_without_inline_style_or_script(small_app, language):
    client = small_app.test_client()
    client.set_cookie("gz_language", language)
    answer = client.get("/ui/styleguide")
    assert answer.status_code == 200
    assert " style=" not in answer.text
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", answer.text)
    assert not re.search(r"\son[a-z]+=", answer.text)


def test_style_guide_is_closed_in_production(small_app):
    small_app.testing = False
    try:
        with small_app.test_request_context("/ui/styleguide"), pytest.raises(NotFound):
            styleguide()
        small_app.extensions["gongzao_settings"] = SimpleNamespace(is_demo=True)
        with small_app.test_request_context("/ui/styleguide"):
            assert styleguide().status_code == 200
    finally:
        small_app.testing = True
        small_app.extensions["gongzao_settings"] = SimpleNamespace(is_demo=False)


def test_file_is_kept_for_a_year_under_its_own_version_only(reader):
    version = content_version("tokens.css")
    with reader.get(f"/ui/static/tokens.css?v={version}") as kept:
        assert kept.cache_control.max_age == 365 * 24 * 3600
    for address in ("/ui/static/tokens.css?v=1234567890", "/ui/static/tokens.css"):
        with reader.get(address) as asked_again:
            assert asked_again.cache_control.max_age is None


def test_style_sheet_travels_compressed_to_those_who_take_it(reader):
    with reader.get("/ui/static/tokens.css") as plain:
        whole = plain.data
    answer = reader.get("/ui/static/tokens.css", headers={"Accept-Encoding": "gzip"})
    assert answer.mimetype == "text/css"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(answer.data) < len(whole) / 2
    assert gzip.decompress(answer.data) == whole
    again = reader.get(
        "/ui/static/tokens.css", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["../pages.py", "..%2fpages.py", "vendor/../../pages.py", "nothing.css"])
def test_nothing_outside_the_static_folder_is_served(reader, path):
    assert reader.get(f"/ui/static/{path}", headers={"Accept-Encoding": "gzip"}).status_code == 404


def test_language_switch_remembers_and_returns(reader):
    answer = reader.get("/ui/language/en?next=/orders?page=2")
    assert answer.status_code == 303
    assert answer.location == "/orders?page=2"
    assert "gz_language=en" in answer.headers["Set-Cookie"]
    assert reader.get("/ui/language/fr").status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "\\\\evil", "x", None]
)
def test_switch_leads_nowhere_else(target):
    assert own_path(target) == "/"


def test_navigation_shows_what_the_reader_may_use():
    items = [
        NavItem("home", "H"),
        NavItem("orders.index", "O", who=frozenset({"firm"}), within=("orders.",)),
        NavItem("queue", "Q", who=frozenset({"office"})),
    ]
    frame = Frame(audiences=frozenset({"firm"}), counts={"orders.index": 3})
    entries = Navigation(items).entries(frame, "orders.show", lambda endpoint: f"/{endpoint}")
    assert [(entry.label, entry.is_current, entry.count) for entry in entries] == [("H", False, 0), ("O", True, 3)]


def test_exact_page_comes_before_its_section():
    items = [NavItem("orders.index", "O", within=("orders.",)), NavItem("orders.calendar", "C")]
    entries = Navigation(items).entries(Frame(), "orders.calendar", str)
    assert [entry.is_current for entry in entries] == [False, True]


def test_unknown_family_is_drawn_as_the_fallback(small_app):
    with small_app.test_request_context("/"):
        assert 'href="#d-service"' in symbols.drawing("no-such-family")


def test_every_drawing_is_line_work_in_the_house_style():
    for path in (UI / "static" / "drawings").glob("*.svg"):
        source = path.read_text(encoding="utf-8")
        assert 'viewBox="0 0 64 64"' in source, path.name
        assert "<title>" in source, path.name
        assert not re.search(r"#[0-9a-fA-F]{3,6}|style=|<image|<text", source), path.name
        assert len(re.findall(r"<path", source)) >= 6, path.name


def test_every_icon_that_a_page_names_is_in_the_list():
    listed = set((UI / "icons.txt").read_text(encoding="utf-8").split())
    missing: set[str] = set()
    for template in MARKETPLACE.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        named = re.findall(r"""(?:ui\.icon|ui_icon)\(\s*["']([a-z0-9-]+)["']""", text)
        missing |= {f"{template.name}: {name}" for name in named if name not in listed}
    assert not missing
