"""Events of the card gateway: twice, reversed, forged, late, early, large, re-written, about others, and poisoned."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from billing.payments.gateways.signatures import require_signature
from billing.payments.models import PaymentStatus, RequestStatus, Webhook, WebhookStatus
from billing.payments.operations.settling import Refund, refund
from marketplace.kernel.errors import Invalid
from tests.application import NOW
from tests.billing.ledger.book import CLOCK
from tests.billing.payments.cards import SECRETS

WHERE = "/api/v1/webhooks/stripe"


@pytest.fixture
def desk(card_desk):
    return card_desk


@pytest.fixture
def paid(desk):
    """A payment whose card was good, and of which nobody has told us yet."""
    payment = desk.opened(desk.ask())
    desk.gateway.pay(payment.gateway_ref)
    return payment


def event(about, kind="checkout.session.completed", identity="evt_1", **more):
    thing = {"object": "checkout.session", "client_reference_id": about, "metadata": {"payment": about}}
    return json.dumps({"id": identity, "object": "event", "type": kind, "data": {"object": thing}, **more})


def signature(body, secret=SECRETS[0], at=NOW):
    return stripe.WebhookSignature.generate_signature_header(body, secret, int(at.timestamp()))


def send(client, body, header=None):
    headers = {"Stripe-Signature": signature(body) if header is None else header}
    return client.post(WHERE, data=body, headers=headers, content_type="application/json; charset=utf-8")


def kept(desk):
    desk.session.expire_all()
    return {row.event_id: (row.status, row.note) for row in desk.session.query(Webhook).order_by(Webhook.id)}


def test_the_published_signature():
    """billing.md W1: computed with stripe 16.1.0."""
    body = b'{"id":"evt_1","object":"event"}'
    header = "t=1700000000,v1=4c15fb2a43f93ef61eaa3e0893866d57cad9cad4223242cfb96f362480cb4021"
    now = datetime.fromtimestamp(1_700_000_000, UTC)
    require_signature(body, header, ["whsec_test"], now=now)
    for wrong in (header[:-1] + "2", "", "t=1700000000", "v1=4c15", "t=x,v1=1"):
        with pytest.raises(Invalid, match="bad_signature"):
            require_signature(body, wrong, ["whsec_test"], now=now)


@pytest.mark.parametrize("secret", SECRETS)
def test_an_event_by_any_active_secret_is_answered_at_once_and_looked_at_later(client, desk, paid, secret):
    body = event(paid.public_id)
    answer = send(client, body, signature(body, secret))
    assert (answer.status_code, answer.json) == (200, {"is_new": True})
    desk.session.expire_all()
    assert paid.status is PaymentStatus.PENDING
    desk.settle()
    assert paid.status is PaymentStatus.SUCCEEDED
    assert kept(desk) == {"evt_1": (WebhookStatus.DONE, "")}
    assert desk.off() == []


def test_an_event_that_comes_twice_counts_once(client, desk, paid):
    body = event(paid.public_id)
    assert [send(client, body).json["is_new"] for _ in range(3)] == [True, False, False]
    desk.settle()
    send(client, body)
    desk.settle()
    assert len(kept(desk)) == 1
    assert desk.has("gateway_clearing", desk.payer) == 1250
    assert desk.off() == []


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_they_come_does_not_matter(client, desk, paid, order):
    story = [
        event(paid.public_id, "payment_intent.amount_capturable_updated", "evt_1"),
        event(paid.public_id, "checkout.session.completed", "evt_2"),
        event(paid.public_id, "charge.captured", "evt_3"),
        event(paid.public_id, "payment_intent.succeeded", "evt_4"),
    ]
    for body in story[::order]:
        assert send(client, body).status_code == 200
        desk.settle()
    assert (paid.status, paid.amount) == (PaymentStatus.SUCCEEDED, 130_000)
    assert desk.gateway.calls.count("capture") == 1
    assert desk.off() == []


def test_what_an_event_claims_moves_nothing(client, desk):
    """It may say paid: the gateway knows that nobody paid."""
    request = desk.ask()
    payment = desk.opened(request)
    send(client, event(payment.public_id, "payment_intent.succeeded"))
    desk.settle()
    assert payment.status is PaymentStatus.PENDING
    assert request.status is RequestStatus.AWAITED


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_signatures_of_another_time_are_refused(client, desk, paid, seconds):
    body = event(paid.public_id)
    answer = send(client, body, signature(body, at=NOW + timedelta(seconds=seconds)))
    assert (answer.status_code, answer.json["code"]) == (422, "stale_signature")
    assert kept(desk) == {}


@pytest.mark.parametrize("seconds", [-300, 300])
def test_signatures_of_about_now_are_taken(client, desk, paid, seconds):
    body = event(paid.public_id)
    assert send(client, body, signature(body, at=NOW + timedelta(seconds=seconds))).status_code == 200


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: (body, signature(body, "whsec_other")),
        lambda body: (body, ""),
        lambda body: (body, f"t={2**80},v1=00"),
        lambda body: (body.replace("evt_1", "evt_2"), signature(body)),
        lambda body: (json.dumps(json.loads(body), indent=2), signature(body)),
        lambda body: (b"\xff\xfe", signature(body)),
    ],
    ids=["other secret", "none", "no time", "other content", "re-serialised", "no text"],
)
def test_what_the_gateway_did_not_sign_is_refused(client, desk, paid, forge):
    body, header = forge(event(paid.public_id))
    answer = send(client, body, header)
    assert (answer.status_code, answer.json["code"]) == (422, "bad_signature")
    assert kept(desk) == {}


def test_a_megabyte_is_refused_unread(client, desk):
    body = json.dumps({"id": "evt_1", "type": "x", "filler": "x" * 1_000_000})
    assert send(client, body).status_code == 413
    assert kept(desk) == {}


@pytest.mark.parametrize("body", ["[]", "null", "{}", '{"id": 1, "type": "x"}', '{"id": "", "type": "x"}', "no json"])
def test_signed_nonsense_is_refused(client, desk, body):
    answer = send(client, body)
    assert (answer.status_code, answer.json["code"]) == (422, "not_an_event")


def test_kinds_we_do_not_know_and_events_of_others_are_kept_and_ignored(client, desk, paid):
    send(client, event(paid.public_id, "radar.early_fraud_warning.created", "evt_1"))
    send(client, event(paid.public_id, identity="evt_2", account="acct_other"))
    send(client, event(None, identity="evt_3"))
    desk.settle()
    assert {identity: status for identity, (status, _) in kept(desk).items()} == dict.fromkeys(
        ("evt_1", "evt_2", "evt_3"), WebhookStatus.IGNORED
    )
    assert paid.status is PaymentStatus.PENDING


def test_poison_is_parked_and_what_comes_after_it_is_served(client, desk, paid):
    send(client, json.dumps({"id": "evt_1", "type": "charge.captured", "data": []}))
    send(client, json.dumps({"id": "evt_2", "type": "charge.captured", "data": {"object": "\x00"}}))
    send(client, event("doesnotexist00", identity="evt_3"))
    send(client, event(paid.public_id, identity="evt_4"))
    desk.settle()
    states = {identity: status for identity, (status, _) in kept(desk).items()}
    assert states == dict.fromkeys(("evt_1", "evt_2", "evt_3"), WebhookStatus.PARKED) | {"evt_4": WebhookStatus.DONE}
    assert paid.status is PaymentStatus.SUCCEEDED


def test_an_event_about_a_refund_asks_what_became_of_it(client, desk, paid):
    desk.look_again(paid)
    desk.gateway.time_out_after.add("refund")
    refund(desk.session, Refund(subject_ref=desk.subject, key="back"), actor=desk.actor, clock=CLOCK)
    desk.settle()
    sent = desk.refunds()[0]
    assert sent.status is PaymentStatus.UNKNOWN
    thing = {"object": "refund", "metadata": {"refund": sent.public_id}}
    send(client, json.dumps({"id": "evt_1", "type": "refund.updated", "data": {"object": thing}}))
    desk.settle()
    assert sent.status is PaymentStatus.SUCCEEDED
    assert desk.off() == []


def test_no_session_is_needed_and_none_is_misused(app, client, desk, paid, monkeypatch):
    """The check against forged forms stays on for everybody else."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert send(client, event(paid.public_id)).status_code == 200
    assert client.post("/api/v1/funds/x/slip", json={}).status_code == 400


def test_without_cards_there_is_no_such_address(app, client):
    assert send(client, event("x")).status_code == 404
