"""The style guide in a real browser: accessible in both languages, widths and themes, under the product's own CSP."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from marketplace.app.requests import CONTENT_SECURITY_POLICY

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(small_app: Flask) -> Iterator[str]:
    @small_app.after_request
    def guard(response):
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    server = make_server("127.0.0.1", 0, small_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ui/styleguide"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium_path), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The style guide, opened as the parameters say; closes with the test."""
    wish = {"language": "zh_CN", "width": 1280, "theme": "light", "bypass": False} | getattr(request, "param", {})
    context = browser.new_context(
        viewport={"width": wish["width"], "height": 900}, color_scheme=wish["theme"], bypass_csp=wish["bypass"]
    )
    context.add_cookies([{"name": "gz_language", "value": wish["language"], "url": address}])
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.goto(address)
    yield opened
    context.close()


LOOKS = [
    {"language": language, "width": width, "theme": theme, "bypass": True}
    for language in ("zh_CN", "en")
    for width in (1280, 375)
    for theme in ("light", "dark")
]


@pytest.mark.skipif(not AXE.exists(), reason="npm packages are not installed: run scripts/build_static.py")
@pytest.mark.parametrize("page", LOOKS, indirect=True, ids=lambda look: "-".join(str(part) for part in look.values()))
def test_style_guide_is_accessible(page: Page):
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []


@pytest.mark.parametrize("page", [{"width": 1280}, {"width": 375}, {"width": 320}], indirect=True)
def test_page_keeps_to_its_width_and_its_policy(page: Page):
    page.wait_for_selector(".gz-chart canvas")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.complaints == []


def test_confirmation_sends_once_and_only_after_yes(page: Page):
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("[data-confirm] button").click()
    page.locator("dialog[open] button").first.click()
    assert sent == []
    page.locator("[data-confirm] button").click()
    with page.expect_request(lambda request: request.method == "POST"):
        page.locator("dialog[open] .btn-primary").click()
    assert len(sent) == 1


def test_digit_chooses_until_shortcuts_are_switched_off(page: Page):
    page.keyboard.press("2")
    assert page.locator("[data-key='2']").is_checked()
    page.locator("[data-keys-switch]").click()
    page.keyboard.press("1")
    assert page.locator("[data-key='2']").is_checked()


def test_digit_inside_a_field_is_only_text(page: Page):
    page.locator("#f-about").fill("")
    page.locator("#f-about").press_sequentially("2")
    assert page.locator("#f-about").input_value() == "2"
    assert page.locator("[data-key='1']").is_checked()


def test_theme_is_remembered_without_a_flash(page: Page):
    page.locator("[data-theme-switch]").click()
    page.reload(wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_dialog_opens_closes_and_gives_the_focus_back(page: Page):
    opener = page.locator("[data-dialog='sample-dialog']")
    opener.click()
    assert page.locator("#sample-dialog").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#sample-dialog").is_hidden()
    assert opener.evaluate("button => button === document.activeElement")


@pytest.fixture
def form_page(page: Page, address: str) -> Page:
    page.goto(address.replace("/ui/styleguide", "/form"))
    return page


def test_refused_form_comes_back_with_its_errors_in_focus(form_page: Page):
    form_page.locator("#box button[type=submit]").click()
    form_page.wait_for_selector(".gz-errors")
    assert form_page.evaluate("document.activeElement.className") == "gz-errors"
    assert form_page.locator("#f-name").get_attribute("aria-invalid") == "true"
    assert "请填写名称" in form_page.locator("#f-name-e").inner_text()


def test_refusal_is_said_and_the_entry_stays(form_page: Page):
    form_page.locator("#f-name").fill("taken")
    form_page.locator("#box button[type=submit]").click()
    form_page.wait_for_selector("#gz-toast:not([hidden])")
    assert form_page.locator("#gz-toast").inner_text() == "12月3日 已被预订"
    assert form_page.locator("#f-name").input_value() == "taken"
    assert form_page.locator("#box").get_attribute("aria-busy") is None


def test_swap_is_announced(form_page: Page):
    form_page.locator("#f-name").fill("DU-80")
    form_page.locator("#box button[type=submit]").click()
    form_page.wait_for_selector("#gz-live:text-is('已保存')", state="attached")
    assert form_page.locator("#box").inner_text() == "已保存"
