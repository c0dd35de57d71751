"""Public ids: what addresses, files and programs call a row; the bigint key never leaves the database."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 14
"""70 random bits: nobody guesses one, and a million rows collide with a chance below one in a billion."""


def new_public_id() -> str:
    """A fresh id in Crockford's base 32, lower case: no i, l, o or u to misread."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
