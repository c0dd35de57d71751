"""A small application that has the pages' frame and nothing else: no database, no business."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask, render_template, render_template_string, request
from flask_babel import Babel

from marketplace.kernel.words import Words
from marketplace.ui.frame import Frame, Link, Navigation, NavItem
from marketplace.ui.pages import LANGUAGE_COOKIE
from marketplace.ui.register import register_ui

NOW = datetime(2026, 12, 1, 6, 20, tzinfo=UTC)
FRAME = Frame(park_name="云溪智造园", person="陈工", notices_url="/n", unread=2, footer=[Link("说明", "/about")])

FORM = """{% import "ui/macros.html" as ui %}{% set errors = ERRORS %}
<form id="box" method="post" action="/form" hx-post="/form" hx-swap="outerHTML">{{ ui.form_errors(errors, {"name": "名称"}) }}
{{ ui.field("name", "名称", request.form.get("name", ""), error=errors.get("name")) }}{{ ui.form_end("保存") }}</form>"""


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

    @app.get("/form")
    def form() -> str:
        return render_template_string(
            '{% extends "ui/layout.html" %}{% block main %}' + FORM.replace("ERRORS", "{}") + "{% endblock %}"
        )

    @app.post("/form")
    def sent() -> tuple[str, int]:
        if request.form["name"] == "taken":
            return render_template("ui/problem_fragment.html", detail="12月3日 已被预订"), 409
        if not request.form["name"]:
            return render_template_string(FORM.replace("ERRORS", '{"name": ["请填写名称"]}')), 422
        return '<p id="box" data-announce="已保存">已保存</p>', 200

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
