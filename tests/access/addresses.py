"""Every address of the product with its parameters filled in: the URL map is the list, so a new route is met by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from flask import Flask
from werkzeug.routing import AnyConverter, Rule

from marketplace.kernel.edge import Access

UNDECLARED = frozenset({"ui.static", "api-docs.openapi_json"})
"""Served as they are to everybody: the product's own files and the description of its API."""

KINDS: dict[str, str] = {
    "accounts_pages.end_session:public_id": "session",
    "accounts_api.get_enterprise:enterprise": "enterprise",
    "accounts_api.decide_enterprise:enterprise": "enterprise",
    "accounts_api.decide_member:member": "member",
    "accounts_api.delete_token:public_id": "token",
    "accounts_pages.revoke_own_token:public_id": "token",
    "office_pages:enterprise": "enterprise",
    "job_id": "job",
    "accounts_pages.decide_member:member": "member",
    "accounts_pages.change_role:member": "member",
    "accounts_pages.invitation:secret": "invitation",
    "accounts_pages.join:secret": "invitation",
    "conversations_api.read_notice:public_id": "notice",
    "conversations_pages.open_notice:public_id": "notice",
    "imports_api:public_id": "import",
    "listings_imports:public_id": "import",
    "listings_api:public_id": "draft",
    "listings_api:enterprise_id": "enterprise",
    "listings_pages:public_id": "draft",
    "listings_editing:public_id": "draft",
    "listings_prices:public_id": "draft",
    "listings_media:public_id": "draft",
    "listings_review:public_id": "draft",
    "listings_review:code": "type",
    "credit_pages:enterprise": "enterprise",
    "credit_api:enterprise": "enterprise",
    "evidence": "evidence",
    "objection": "objection",
    "repair": "repair",
    "unit_id": "unit",
    "photo_id": "photo",
    "document_id": "document",
    "discovery_pages:listing": "listing",
    "orders_pages:listing": "listing",
    "funds_request": "funds_request",
    "payout": "payout",
    "payment": "payment",
    "checkout": "test_checkout",
    "statement": "bank_statement",
    "bank_line": "bank_line",
    "payout_batch": "payout_batch",
    "ledger_account": "ledger_account",
    "ledger_transaction": "ledger_transaction",
    "bill": "bill",
    "fapiao": "fapiao",
    "contract": "contract",
    "buy_out": "buy_out",
    "meter": "meter",
    "reading": "reading",
    "device_token": "device_token",
    "bookings_api:listing": "listing",
    "machine": "draft",
    "bookings_pages:listing": "listing",
    "wait": "wait",
    "calendar_feed": "calendar_feed",
    "bookings_pages:secret": "calendar_secret",
    "bookings_pages:day": "holiday",
    "bookings_api:day": "holiday",
    "blackout": "blackout",
    "booking": "booking",
    "orders_handovers:public_id": "draft",
    "orders_handovers:unit": "park_unit",
    "orders_handovers.photo:photo": "record_photo",
    "record": "record",
    "dispute": "dispute",
    "order": "order",
    "demands_api.list_matches:demand": "asked_demand",
    "demands_pages.quote_form:demand": "offered_demand",
    "demands_pages.edit_quote:quote": "made_quote",
    "demand": "demand",
    "quote": "quote",
    "ui.language:code": "language",
}
"""What stands in a parameter: by endpoint and name, by blueprint and name, or by name alone."""


@dataclass(frozen=True)
class Address:
    endpoint: str
    method: str
    path: str
    kinds: frozenset[str]
    access: Access

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.endpoint})"


def declared(app: Flask, endpoint: str) -> Access | None:
    """What `allow` says of the view, through whatever decorators stand around it."""
    view = app.view_functions[endpoint]
    while view is not None:
        if (access := getattr(view, "access", None)) is not None:
            return access
        view = getattr(view, "__wrapped__", None)
    return None


def kind_of(rule: Rule, name: str) -> str | None:
    blueprint = rule.endpoint.rpartition(".")[0]
    return KINDS.get(f"{rule.endpoint}:{name}") or KINDS.get(f"{blueprint}:{name}") or KINDS.get(name)


def addresses(app: Flask, ids: dict[str, str]) -> Iterator[Address]:
    """Each rule with each of its methods; a choice such as `approve|decline` is walked through."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        access = declared(app, rule.endpoint)
        if access is None:
            continue
        for path, kinds in _paths(rule, ids):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Address(rule.endpoint, method, path, kinds, access)


def _paths(rule: Rule, ids: dict[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    choices: list[list[tuple[str, str]]] = []
    kinds: set[str] = set()
    for name in sorted(rule.arguments):
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            choices.append([(name, word) for word in sorted(converter.items)])
            continue
        kind = kind_of(rule, name)
        assert kind, f"say in tests/access/addresses.py what {rule.endpoint} means by <{name}>"
        kinds.add(kind)
        choices.append([(name, ids[kind])])
    for chosen in product(*choices):
        values = dict(chosen)
        built = rule.build(values, append_unknown=False)
        assert built is not None
        yield built[1], frozenset(kinds)
