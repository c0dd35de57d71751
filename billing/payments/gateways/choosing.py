"""How an installation takes cards, by its settings: through Stripe, with test cards in the demo, or not at all."""

from collections.abc import Callable
from datetime import datetime

from billing.payments.gateways.fake import FakeGateway
from billing.payments.gateways.installed import Cards
from billing.payments.gateways.stripe import StripeGateway
from marketplace.kernel.settings import Settings, SettingsError


def cards_by(settings: Settings, *, now: Callable[[], datetime]) -> Cards | None:
    """None where cards are off: without a key, or without the custody operator's connected account.

    Raises `SettingsError` for a key whose webhook secrets are missing or blank: anybody could then tell of payments.
    """
    if settings.stripe_api_key is None:
        return _test_cards(settings) if settings.is_demo else None
    secrets = tuple(secret.strip() for secret in settings.stripe_webhook_secrets)
    if not secrets or not all(secrets):
        raise SettingsError(
            "STRIPE_API_KEY is set, but STRIPE_WEBHOOK_SECRETS is missing or has a blank one; "
            "write the signing secrets of the webhook endpoint there (whsec_…), several parted by commas."
        )
    if not settings.stripe_account:
        return None
    base, key = settings.stripe_api_base, settings.stripe_api_key
    return Cards(
        gateway=StripeGateway(key, settings.stripe_account, api_base=base, now=now),
        environment=settings.environment,
        public_url=settings.public_url,
        webhook_secrets=secrets,
        account=settings.stripe_account,
    )


def _test_cards(settings: Settings) -> Cards:
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    gateway = FakeGateway(settings.data_folder)
    return Cards(gateway=gateway, environment=settings.environment, public_url="")
