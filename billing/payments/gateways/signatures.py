"""Who sent an event: the signature over its exact bytes, by any of the active secrets, and not long ago or to come."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import stripe

from marketplace.kernel.errors import Invalid

TOLERANCE = timedelta(seconds=300)


def require_signature(body: bytes, header: str, secrets: Sequence[str], *, now: datetime) -> None:
    """Raises `Invalid` `bad_signature` for another sender or other bytes, `stale_signature` when it is not of now.

    The library is asked for the signature alone: its own look at the time lets a signature of the future pass.
    """
    if not any(_signed(body, header, secret) for secret in secrets):
        raise Invalid("bad_signature")
    if abs(now - _signed_at(header)) > TOLERANCE:
        raise Invalid("stale_signature")


def _signed(body: bytes, header: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, header, secret))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


def _signed_at(header: str) -> datetime:
    """The first `t=` of the header, the one that the signature is over."""
    stamp = next(part.partition("=")[2] for part in header.split(",") if part.startswith("t="))
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid("stale_signature") from error
