"""Makes the application: extensions, blueprints, error pages, sign-in, time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import orjson
from flask import Flask, g, request
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from billing.payments.gateways.choosing import cards_by
from billing.payments.gateways.installed import take_cards_with
from marketplace.accounts.operations.signing_in import touch
from marketplace.accounts.sessions import TOUCH_EVERY, SignedIn, signed_in_by_api_token, signed_in_by_session
from marketplace.app import wiring
from marketplace.app.description import ProductApi, spec_options
from marketplace.app.docs import blueprint as docs
from marketplace.app.frame import load_frame
from marketplace.app.health import blueprint as health
from marketplace.app.metrics import register_metrics
from marketplace.app.privileges import refuse_superusers
from marketplace.app.requests import register_requests
from marketplace.app.worker import bind_jobs
from marketplace.conversations.gateway import ConsoleMailer, SmtpMailer, mail_with
from marketplace.discovery.index import engine_of, search_with
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock, system_clock
from marketplace.kernel.demo_time import CachedClock
from marketplace.kernel.edge import Edge, current_session, lend, request_clock, request_now
from marketplace.kernel.problems import register_problems
from marketplace.kernel.settings import Settings
from marketplace.kernel.side_write import side_write
from marketplace.kernel.web import babel, csrf, db, login
from marketplace.kernel.words import LOCALES, Words
from marketplace.ui.frame import Navigation
from marketplace.ui.pages import LANGUAGE_COOKIE
from marketplace.ui.register import register_ui

UPLOAD_LIMIT_BYTES = 32 * 1024 * 1024


def create_app(settings: Settings, **overrides: Any) -> Flask:
    """One application on these settings; `overrides` are Flask configuration for tests."""
    app = Flask("marketplace", root_path=str(wiring.PACKAGE_FOLDER), static_folder=None)
    app.config.update(_configuration(settings))
    app.config.update(overrides)
    app.extensions["gongzao_settings"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    refuse_superusers(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=_locale)
    babel.domain_instance = Words()  # type: ignore[method-assign]
    _register_sign_in(app)
    register_requests(app, settings)
    register_problems(app)
    register_ui(app, frame=load_frame, navigation=Navigation(wiring.NAVIGATION), now=request_now)
    wiring.register(app, _api(app))
    app.register_blueprint(health)
    app.register_blueprint(docs)
    register_metrics(app, settings.metrics_token)
    bind_jobs(app)
    take_cards_with(cards_by(settings, now=system_clock))
    engine = engine_of(settings)
    engine.prepare()
    search_with(engine)
    mailing = SmtpMailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else ConsoleMailer()
    mail_with(mailing, public_url=settings.public_url)
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    secure = settings.secure_cookies
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.pool_size,
            "max_overflow": 2,
            "pool_timeout": 5,
            "pool_pre_ping": True,
            "connect_args": {
                "connect_timeout": 3,
                "keepalives": 1,
                "keepalives_idle": 10,
                "keepalives_interval": 3,
                "keepalives_count": 3,
                "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c jit=off",
            },
            "json_deserializer": orjson.loads,
        },
        "MAX_CONTENT_LENGTH": UPLOAD_LIMIT_BYTES,
        "SESSION_COOKIE_NAME": "__Host-gongzao" if secure else "gongzao",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "IS_DEMO": settings.is_demo,
        "BABEL_DEFAULT_LOCALE": "zh_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "API_SPEC_OPTIONS": spec_options("__Host-gongzao" if secure else "gongzao"),
        "API_TITLE": "Gongzao 共造",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
    }


def _api(app: Flask) -> ProductApi:
    return ProductApi(app)


def _locale() -> str:
    """The reader's choice, else what their profile says, else what their browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LOCALES:
        return chosen
    if "database_is_gone" not in g and current_user.is_authenticated:
        return str(current_user.actor.locale)
    return "en" if request.accept_languages.best_match(["zh", "zh-CN", "en"]) == "en" else "zh_CN"


def _register_sign_in(app: Flask) -> None:
    clock = CachedClock()

    def load_clock() -> Clock:
        if not app.extensions["gongzao_settings"].is_demo:
            return cast("Clock", app.config.get("CLOCK", system_clock))
        return clock.read(current_session())

    def load_actor() -> Actor | None:
        return replace(current_user.actor, request_id=g.request_id) if current_user.is_authenticated else None

    def load_scopes() -> frozenset[str] | None:
        return current_user.scopes if current_user.is_authenticated else None

    lend(Edge(load_actor=load_actor, load_clock=load_clock, load_scopes=load_scopes))
    login.init_app(app)
    login.user_loader(_by_cookie)
    login.request_loader(_by_header)


def _by_cookie(token: str) -> SignedIn | None:
    now = request_now()
    found = signed_in_by_session(current_session(), token, now=now)
    if found and found.session_id and found.used_at and now - found.used_at >= TOUCH_EVERY:
        with side_write() as beside:
            touch(beside, found.session_id, at=now)
    return found


def _by_header(_request: object) -> SignedIn | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    return signed_in_by_api_token(current_session(), token, now=request_clock()())
