"""A small application that has the pages' frame and nothing else: no database, no business."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string, request
from flask_babel import Babel

from marketplace.kernel.words import Words
from marketplace.ui.frame import Frame, Link, Navigation, NavItem
from marketplace.ui.pages import LANGUAGE_COOKIE
from marketplace.ui.register import register_ui

NOW = datetime(2026, 12, 1, 6, 20, tzinfo=UTC)
FRAME = Frame(park_name="云溪智造园", person="陈工", notices_url="/n", unread=2, footer=[Link("说明", "/about")])


@pytest.fixture(scope="module")
def small_app() -> Flask:
    app = Flask("tests.ui.small")
    app.testing = True
    app.extensions["gongzao_settings"] = SimpleNamespace(is_demo=False)
    babel = Babel()
    babel.init_app(
        app,
        default_timezone="Asia/Shanghai",
        locale_selector=lambda: request.cookies.get(LANGUAGE_COOKIE, "zh_CN"),
    )
    babel.domain_instance = Words()

    @app.get("/fragment")
    def fragment() -> str:
        return render_template_string(
            '{% import "ui/macros.html" as ui %}{{ ui.icon("bell") }}{{ ui.icon("bell") }}{{ ui.drawing("lathe") }}'
        )

    @app.get("/whole")
    def whole() -> str:
        source = (
            '{% extends "ui/layout.html" %}{% import "ui/macros.html" as ui %}'
            '{% block main %}{{ ui.icon("bell") }}{{ ui.icon("bell") }}{{ ui.drawing("lathe") }}{% endblock %}'
        )
        return render_template_string(source)

    @app.get("/constant")
    def constant() -> str:
        return render_template_string("{{ 340 | duration }}")

    navigation = Navigation([NavItem("whole", "全部"), NavItem("fragment", "部分", who=frozenset({"office"}))])
    register_ui(app, frame=lambda: FRAME, navigation=navigation, now=lambda: NOW)
    return app


@pytest.fixture
def reader(small_app: Flask):
    return small_app.test_client()


@pytest.fixture
def english_reader(small_app: Flask):
    client = small_app.test_client()
    client.set_cookie(LANGUAGE_COOKIE, "en")
    return client
