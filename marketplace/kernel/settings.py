"""What differs between two installations, as one value; `marketplace.app.boot` reads it from the environment."""

from dataclasses import dataclass, replace
from pathlib import Path


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text names the variable and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation.

    `database_url` is the product's unprivileged role, `owner_database_url` the role that migrates.
    `data_folder` holds files, the embedded database and the embedded search index.
    """

    database_url: str
    owner_database_url: str
    secret_key: str
    data_folder: Path
    elasticsearch_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "gongzao@localhost"
    public_url: str = "http://127.0.0.1:8000"
    is_demo: bool = False
    trusted_proxies: int = 0
    pool_size: int = 10
    metrics_token: str | None = None
    """What `/metrics` asks of whoever is not on this machine."""
    environment: str = "live"
    """Stands in every key sent to the card gateway, so that two installations on one account never share one."""
    stripe_api_key: str | None = None
    stripe_account: str | None = None
    """The custody operator's connected account; without it no cards are taken."""
    stripe_webhook_secrets: tuple[str, ...] = ()
    stripe_api_base: str | None = None
    """Another server than Stripe's, for tests."""

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    def as_demo(self) -> "Settings":
        """The same installation with the demo park's time and sign-ins."""
        return replace(self, is_demo=True)


def driver_url(url: str) -> str:
    """The URL with the psycopg 3 driver named, as SQLAlchemy wants it."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
