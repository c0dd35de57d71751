"""Who reaches what: every address, every kind of person, as the unprivileged database role.

The addresses come from the URL map, the expectation from what each view declares and from whose rows the ids are.
"""

import hashlib
import io

import pytest
from sqlalchemy import text

from marketplace.kernel.edge import Who
from tests.access import world as worlds
from tests.access.addresses import UNDECLARED, addresses, declared
from tests.access.world import PDF
from tests.listings.media.test_uploads import jpeg

PUBLIC = {
    "discovery_pages.home",
    "accounts_api.apply",
    "billing_meters_api.send_readings",
    "billing_webhooks_api.take",
    "listings_api.resource_types",
    "accounts_pages.apply",
    "api_docs.docs",
    "metrics.metrics",
    "accounts_pages.apply_now",
    "accounts_pages.code",
    "accounts_pages.give_code",
    "accounts_pages.invitation",
    "accounts_pages.join",
    "accounts_pages.sign_in",
    "accounts_pages.sign_in_now",
    "accounts_pages.sign_out",
    "bookings_pages.feed",
    "health.alive",
    "health.ready",
    "ui.drawings",
    "ui.language",
    "ui.styleguide",
}
"""Everything that answers without a sign-in."""

NEEDS_MORE = {
    "demands_pages.quote_form",
    "billing_payouts_api.get_account",
    "billing_batches_api.get_file",
    "billing_batches.download",
    "billing_test_cards.show",
}
"""Reads that want more than their address: which machine is offered, an account entered, a batch approved, test cards."""
WINDOW = {"start": "2026-11-23T10:00:00+08:00", "end": "2026-11-23T12:00:00+08:00"}
QUERIES = {"bookings_api.free": WINDOW, "bookings_api.list_bookings": WINDOW}
"""What reads ask for that look at a window of time."""
ENDS_THE_VISIT = {"accounts_pages.sign_out", "accounts_pages.switch_firm"}
KEPT_BY_THE_WAY = ("audit", "session", "throttle", "event", "procrastinate", "alembic", "idempotent")
"""Tables that a refusal may write to: it is audited, it counts, the visit is touched."""

UPLOADS = {
    "listings_media.upload": ("photos", "machine.jpg", jpeg((640, 480))),
    "billing_payments.add_slip": ("slip", "slip.jpg", jpeg((640, 480))),
    "listings_media.upload_paper": ("document", "manual.pdf", PDF),
}
"""Without their file these would turn back before they look whose machine it is."""

PERSONAL = {"wait", "notice", "session", "token"}
PARK_WIDE = {"listing", "type", "park_unit"}
EVERYBODYS = {"language", "invitation", "calendar_secret", "test_checkout"}
BOOKS = {"bank_statement", "bank_line", "payout_batch", "ledger_account", "ledger_transaction"}
FIRMS_OWN = {
    "funds_request",
    "payment",
    "payout",
    "bill",
    "fapiao",
    "contract",
    "buy_out",
    "meter",
    "reading",
    "device_token",
    "draft",
    "unit",
    "photo",
    "document",
    "import",
    "member",
    "enterprise",
    "order",
    "demand",
    "quote",
    "blackout",
    "calendar_feed",
    "booking",
    "record",
    "record_photo",
    "dispute",
}
THEIRS = {
    "ours": FIRMS_OWN | {"offered_demand", "made_quote", "evidence", "objection"},
    "other_side": {
        "asked_demand",
        "funds_request",
        "payment",
        "bill",
        "fapiao",
        "contract",
        "buy_out",
        "order",
        "demand",
        "quote",
        "booking",
        "record",
        "record_photo",
        "dispute",
        "objection",
    },
    "office": FIRMS_OWN - {"import", "blackout", "calendar_feed"} | BOOKS | {"objection", "repair", "holiday"},
    "outside": set(),
}
"""Whose business a kind of row is, beside what the whole park may see."""

CALLERS = (
    "nobody",
    "our owner",
    "our operator",
    "our finance",
    "the other side",
    "a rival",
    "a firm that waits",
    "a firm of another park",
    "office admin",
    "office credit_officer",
    "office finance",
    "office auditor",
    "office of another park",
)


@pytest.fixture
def world(app, session):
    return worlds.build(app, session)


def test_every_address_says_who_may_call_it(app):
    silent = {rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) is None}
    assert silent == UNDECLARED


def test_what_answers_without_a_sign_in_is_listed(app):
    public = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (access := declared(app, rule.endpoint)) is not None and access.who is Who.ANYONE
    }
    assert public == PUBLIC


def sees(caller, kind):
    """Whether the row of this kind is this person's business at all."""
    if kind in EVERYBODYS:
        return True
    if (
        kind == "job"
    ):  # the installation's, not one park's: any park's admin may run it again, none sees what it carries
        return caller.side == "office"
    if caller.actor is None or caller.park == "far":
        return caller.actor is not None and kind == "type"
    if kind in PERSONAL:
        return caller.name == "our owner"
    return kind in PARK_WIDE or kind in THEIRS[caller.side]


def refused(answer, address, *, for_want_of_rights):
    """A refusal that tells nothing: of a write also the complaint about an empty form, which comes before any row."""
    if answer.status_code in {401, 403, 404}:
        return True
    if answer.status_code == 302:
        return answer.headers["Location"].startswith("/sign-in")
    return not for_want_of_rights and address.method != "GET" and answer.status_code in {400, 409, 415, 422}


def ask(client, address):
    """An empty body, or the file where one is expected."""
    if address.path.startswith("/api/") and address.method != "GET":
        return client.open(address.path, method=address.method, json={})
    if (upload := UPLOADS.get(address.endpoint)) is not None:
        name, filename, content = upload
        return client.post(address.path, data={name: (io.BytesIO(content), filename)})
    return client.open(address.path, method=address.method, query_string=QUERIES.get(address.endpoint))


def fingerprint(session):
    """One hash per table that a refused request must leave as it was."""
    names = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    ).all()
    kept = [name for name in names if not any(word in name for word in KEPT_BY_THE_WAY)]
    return {
        name: hashlib.sha256(
            (
                session.scalar(text(f"SELECT string_agg(t::text, '|' ORDER BY t::text) FROM \"{name}\" t")) or ""  # noqa: S608
            ).encode()
        ).hexdigest()
        for name in kept
    }


@pytest.mark.parametrize("name", CALLERS)
def test_nobody_reads_or_changes_what_is_not_theirs(app, world, name):
    caller = world.callers[name]
    before = fingerprint(world.session)
    wrong = []
    for address in addresses(app, world.ids):
        lacks_rights = not caller.may_call(address.access)
        foreign = not all(sees(caller, kind) for kind in address.kinds)
        if address.endpoint in ENDS_THE_VISIT or not (lacks_rights or foreign):
            continue
        answer = ask(caller.client, address)
        if not refused(answer, address, for_want_of_rights=lacks_rights):
            wrong.append(f"{address} answered {answer.status_code} to {name}")
    assert wrong == []
    world.session.expire_all()
    after = fingerprint(world.session)
    assert [table for table in before if before[table] != after[table]] == []


@pytest.mark.parametrize("name", [name for name in CALLERS if not name.startswith(("our", "office"))])
def test_lists_searches_and_pages_hold_nothing_private_of_others(app, world, name):
    caller = world.callers[name]
    private = [*world.secrets, world.ids["draft"], world.ids["import"]]
    if caller.side == "other_side":
        private = [word for word in private if word not in world.shared]
    told = []
    for address in addresses(app, world.ids):
        if address.method != "GET" or address.kinds - PARK_WIDE - {"language"}:
            continue
        body = ask(caller.client, address).get_data().decode("utf-8", "replace")
        told += [f"{address} told {name}: {word}" for word in private if word in body]
    assert told == []


@pytest.mark.parametrize("name", ["our owner", "our operator", "the other side", "office admin", "office auditor"])
def test_who_may_read_does_read(app, world, name):
    """The control of the matrix: with the same ids the right people are let in."""
    caller = world.callers[name]
    wrong = []
    for address in addresses(app, world.ids):
        if address.method != "GET" or address.endpoint in ENDS_THE_VISIT | NEEDS_MORE:
            continue
        if not caller.may_call(address.access) or not all(sees(caller, kind) for kind in address.kinds):
            continue
        answer = ask(caller.client, address)
        if answer.status_code >= 400:
            wrong.append(f"{address} answered {answer.status_code} to {name}: {answer.get_data(as_text=True)[:200]}")
    assert wrong == []
