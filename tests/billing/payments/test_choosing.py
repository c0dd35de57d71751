"""Which settings switch cards on, and which refuse to start."""

from dataclasses import replace

import pytest

from billing.payments.gateways.choosing import cards_by
from billing.payments.gateways.fake import FakeGateway
from billing.payments.gateways.stripe import StripeGateway
from marketplace.kernel.clock import system_clock
from marketplace.kernel.settings import SettingsError


@pytest.fixture
def on(settings):
    return replace(
        settings, stripe_api_key="sk_test_1", stripe_account="acct_1", stripe_webhook_secrets=("whsec_1", " whsec_2 ")
    )


def test_key_and_account_take_cards_through_stripe(on):
    cards = cards_by(on, now=system_clock)
    assert isinstance(cards.gateway, StripeGateway)
    assert cards.webhook_secrets == ("whsec_1", "whsec_2")
    assert (cards.account, cards.environment) == ("acct_1", "live")


@pytest.mark.parametrize("missing", ["stripe_api_key", "stripe_account"])
def test_without_key_or_account_cards_are_off(on, missing):
    assert cards_by(replace(on, **{missing: None}), now=system_clock) is None


@pytest.mark.parametrize("secrets", [(), ("",), ("whsec_1", " "), ("", "whsec_1")])
def test_a_key_with_a_blank_webhook_secret_refuses_to_start(on, secrets):
    with pytest.raises(SettingsError, match="STRIPE_WEBHOOK_SECRETS"):
        cards_by(replace(on, stripe_webhook_secrets=secrets), now=system_clock)


def test_the_demo_takes_cards_that_do_not_exist(settings):
    assert isinstance(cards_by(settings.as_demo(), now=system_clock).gateway, FakeGateway)


def test_the_environment_is_read(monkeypatch, tmp_path):
    from marketplace.app.boot import running_settings

    given = {
        "GONGZAO_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "STRIPE_API_KEY": "sk_test_1",
        "STRIPE_ACCOUNT": "acct_1",
        "STRIPE_WEBHOOK_SECRETS": "whsec_1,whsec_2",
        "GONGZAO_ENVIRONMENT": "staging",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with running_settings() as settings:
        cards = cards_by(settings, now=system_clock)
    assert (cards.webhook_secrets, cards.environment) == (("whsec_1", "whsec_2"), "staging")
