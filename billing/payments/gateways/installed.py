"""Which gateway takes cards in this installation, if any; `marketplace.app` says so once."""

from dataclasses import dataclass

from billing.payments.gateways.contract import Gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """`environment` stands in every key sent to the gateway, `public_url` before every link back."""

    gateway: Gateway
    environment: str
    public_url: str
    webhook_secrets: tuple[str, ...] = ()
    account: str = ""
    """The connected account that events must be about."""


_cards: list[Cards] = []


def take_cards_with(cards: Cards | None) -> None:
    """Register how cards are taken; None switches them off."""
    _cards[:] = [] if cards is None else [cards]


def cards_taken() -> Cards | None:
    return _cards[0] if _cards else None
