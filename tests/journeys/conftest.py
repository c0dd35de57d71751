"""The product as it runs: a server and a worker of one process, a real database, and Chromium in front of it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from marketplace.accounts.models import Enterprise, Park, User
from marketplace.app.worker import worker_beside
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.settings import Settings
from marketplace.kernel.web import db
from marketplace.ui.pages import LANGUAGE_COOKIE
from tests.access.world import sign_in
from tests.application import NOW, empty
from tests.ui.test_browser import AXE, FLAGS, RULES

LANGUAGES = ("zh_CN", "en")
WIDTHS = (1280, 375)
CLEANLINESS = """async rules => {
    const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
    return found.violations.map(rule => rule.id + ": " + rule.nodes.map(node => node.html.slice(0, 160)).join(" | "));
}"""


@dataclass
class Visitor:
    """Somebody's window on the product; `look` reads the page as it stands and holds it to the rules of every page."""

    address: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def look(self) -> None:
        assert self.faults() == []

    def faults(self) -> list[str]:
        """What is wrong with the page in front: inaccessible, wider than the window, or complaining in the console."""
        page = self.page
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = [f"{page.url} {line}" for line in page.evaluate(CLEANLINESS, RULES)]
        width, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        if width > room:
            found.append(f"{page.url} is {width} wide in a window of {room}")
        found += [f"{page.url} complains: {line}" for line in self.complaints]
        self.complaints.clear()
        return found


@dataclass
class Live:
    """The running product: `session` writes to the database that the server reads."""

    app: Flask
    address: str
    session: Session
    browser: Browser

    @contextmanager
    def signed_in(self, user: User, park: Park, firm: Enterprise | None = None, **look: Any) -> Iterator[Visitor]:
        """That person's window; signed in without the form."""
        cookie = sign_in(self, user, park, firm).get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        self.session.commit()
        with self.visitor(cookie=cookie.value, **look) as visitor:
            yield visitor

    @contextmanager
    def visitor(
        self, *, language: str = "zh_CN", width: int = 1280, theme: str = "light", cookie: str = ""
    ) -> Iterator[Visitor]:
        """A window of its own; `cookie` is that of a sign-in made elsewhere."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            bypass_csp=True,
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
        )
        cookies = [{"name": LANGUAGE_COOKIE, "value": language, "url": self.address}]
        if cookie:
            cookies.append({"name": self.app.config["SESSION_COOKIE_NAME"], "value": cookie, "url": self.address})
        context.add_cookies(cookies)
        context.set_default_timeout(15_000)
        page = context.new_page()
        visitor = Visitor(self.address, context, page)
        page.on("console", lambda said: visitor.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on("dialog", lambda asked: (visitor.complaints.append(f"asks: {asked.type}"), asked.accept()))
        with closing(context):
            yield visitor


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(chromium_path), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def live(shared_app: Flask, settings: Settings, cluster: str, browser: Browser) -> Iterator[Live]:
    shared_app.config["CLOCK"] = fixed_clock(NOW)
    server = make_server("127.0.0.1", 0, shared_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    with shared_app.app_context(), worker_beside(settings):
        yield Live(shared_app, f"http://127.0.0.1:{server.server_port}", db.session(), browser)
        db.session.remove()
        server.shutdown()
        thread.join()
        server.server_close()
        db.engine.dispose()
    empty(cluster, settings)


@pytest.fixture(scope="module", autouse=True)
def _index(index_left_empty: None) -> None:
    """Set up first, so that it is torn down last, after the rows are gone."""
