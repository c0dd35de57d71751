"""Which parts the product is made of: blueprints, event handlers, sentences for error codes, navigation."""

from pathlib import Path

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as lazy  # pyright: ignore[reportUnknownVariableType]
from flask_smorest import Api

from marketplace.accounts.errors import SENTENCES as accounts_sentences  # noqa: N811 - a package's table under the package's name
from marketplace.accounts.pages import blueprint as accounts_pages
from marketplace.kernel.events import Subscription, subscribe
from marketplace.kernel.problems import Sentences, explain
from marketplace.ui.frame import NavItem

PACKAGE_FOLDER = Path(__file__).resolve().parents[1]

PAGES: tuple[Blueprint, ...] = (accounts_pages,)

APIS: tuple[Blueprint, ...] = ()

SUBSCRIPTIONS: tuple[Subscription, ...] = ()

SENTENCES: tuple[Sentences, ...] = (accounts_sentences,)

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(
        "accounts_pages.office_firms", lazy("企业"), who=frozenset({"office"}), within=("accounts_pages.office_firm",)
    ),
)
"""The main navigation in its order; `who` holds words of `app.frame`: firm, office, signed_in."""


def register(app: Flask, api: Api) -> None:
    """Bind every part to the application."""
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    for blueprint in APIS:
        api.register_blueprint(blueprint)  # type: ignore[arg-type]
    subscribe(*SUBSCRIPTIONS)
    for sentences in SENTENCES:
        explain(sentences)
