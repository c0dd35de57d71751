"""What makes a machine the same machine when its ledger comes again. Pure."""

import unicodedata
from collections.abc import Sequence
from hashlib import sha256

KEY_LENGTH = 200


def normalised(text: str) -> str:
    """Equal after NFKC, case and blanks is equal."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def number_key(asset_number: str) -> str | None:
    """The key of an asset number, None for none."""
    plain = normalised(asset_number)
    return _bounded("n:", plain) if plain else None


def columns_key(values: Sequence[str]) -> str | None:
    """The key of chosen columns; None when all of them are empty."""
    plain = [normalised(value) for value in values]
    return _bounded("k:", "\x1f".join(plain)) if any(plain) else None


def _bounded(prefix: str, plain: str) -> str:
    if len(plain) > KEY_LENGTH:
        plain = sha256(plain.encode()).hexdigest()
    return prefix + plain
