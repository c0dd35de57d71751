"""A real server signs an event and sends it over the network: the bytes as they come are what the signature is over."""

import json
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from time import sleep

import pytest
import stripe
from werkzeug.serving import make_server

from billing.payments.gateways.installed import take_cards_with
from billing.payments.models import Webhook
from marketplace.kernel.clock import system_clock
from marketplace.kernel.ids import new_public_id
from tests.billing.payments.cards import cards_at

SECRET = "whsec_of_localstripe"


@contextmanager
def serving(app, answers):
    """The application on a port, noting with which status it answers."""

    def noting(environ, start_response):
        def start(status, *more):
            answers.append(int(status[:3]))
            return start_response(status, *more)

        return app(environ, start)

    server = make_server("127.0.0.1", 0, noting, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v1/webhooks/stripe"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def register(url, name, body):
    request = urllib.request.Request(  # noqa: S310 - a server of ours
        f"{url}/_config/webhooks/{name}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


@pytest.mark.parametrize("secret", [SECRET, "whsec_of_somebody_else"])
def test_an_event_of_a_server_is_kept_when_it_is_signed_by_our_secret(
    app, committing, tmp_path, localstripe_url, monkeypatch, secret
):
    monkeypatch.setitem(app.config, "CLOCK", system_clock)
    take_cards_with(replace(cards_at(tmp_path), webhook_secrets=(SECRET,)))
    client = stripe.StripeClient("sk_test_12345", base_addresses={"api": localstripe_url}, max_network_retries=0)
    name, answers = new_public_id(), []

    try:
        with serving(app, answers) as address:
            register(localstripe_url, name, {"url": address, "secret": secret, "events": ["customer.created"]})
            client.v1.customers.create({"email": "payer@example.com"})
            for _ in range(200):
                if answers:
                    break
                sleep(0.1)
            register(localstripe_url, name, {"url": address, "secret": secret, "events": []})
    finally:
        take_cards_with(None)
    kept = [row.kind for row in committing.query(Webhook)]
    assert (answers, kept) == (([200], ["customer.created"]) if secret == SECRET else ([422], []))
