"""From the environment to settings, starting the embedded database when no other is named."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from marketplace.kernel.embedded import default_data_folder, embedded_server
from marketplace.kernel.settings import Settings, SettingsError, driver_url


@contextmanager
def running_settings() -> Generator[Settings]:
    """The settings of this process, with a database that answers as long as the block lasts."""
    folder = default_data_folder()
    if url := os.environ.get("DATABASE_URL"):
        owner_url = os.environ.get("DATABASE_OWNER_URL", url)
        yield _settings(folder, driver_url(url), driver_url(owner_url))
        return
    server = embedded_server(folder)
    try:
        yield _settings(folder, server.app_url, server.owner_url)
    finally:
        server.stop()


def _settings(folder: Path, database_url: str, owner_database_url: str) -> Settings:
    environ = os.environ
    return Settings(
        database_url=database_url,
        owner_database_url=owner_database_url,
        secret_key=environ.get("SECRET_KEY") or _kept_secret(folder),
        data_folder=folder,
        elasticsearch_url=environ.get("ELASTICSEARCH_URL") or None,
        smtp_url=environ.get("SMTP_URL") or None,
        mail_from=environ.get("MAIL_FROM", "gongzao@localhost"),
        public_url=environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
        is_demo=environ.get("GONGZAO_DEMO") == "1",
        trusted_proxies=_whole("TRUSTED_PROXIES", 0),
        pool_size=_whole("DATABASE_POOL_SIZE", 10),
        metrics_token=environ.get("METRICS_TOKEN") or None,
        environment=environ.get("GONGZAO_ENVIRONMENT") or "live",
        stripe_api_key=environ.get("STRIPE_API_KEY") or None,
        stripe_account=environ.get("STRIPE_ACCOUNT") or None,
        stripe_webhook_secrets=tuple(environ.get("STRIPE_WEBHOOK_SECRETS", "").split(",")),
        stripe_api_base=environ.get("STRIPE_API_BASE") or None,
    )


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal():
        raise SettingsError(f"{name}={text!r} is not a whole number; set it to one such as {default}.")
    return int(text)


def _kept_secret(folder: Path) -> str:
    """The signing key of a single machine, made once and kept readable by us alone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret-key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()
