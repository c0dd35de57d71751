"""Passwords: argon2 hashes, at least ten characters, none that everybody tries first."""

from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from marketplace.kernel.errors import Invalid

LEAST = 10
MOST = 200

_hasher = PasswordHasher()


@cache
def common_passwords() -> frozenset[str]:
    """What is tried first everywhere, in lower case."""
    return frozenset(files("marketplace.accounts").joinpath("common_passwords.txt").read_text("utf-8").split())


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def check_password_rules(password: str, *, email: str, field: str = "password") -> None:
    """Raise `Invalid` `password_rules` for a password that is too short, too common, or the address itself."""
    lowered = password.lower()
    if not LEAST <= len(password) <= MOST:
        raise Invalid("password_rules", fields={field: ["password_length"]})
    if lowered in common_passwords() or len(set(lowered)) < 4:
        raise Invalid("password_rules", fields={field: ["password_common"]})
    if lowered in {email.lower(), email.partition("@")[0].lower()}:
        raise Invalid("password_rules", fields={field: ["password_is_address"]})


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; without a hash it takes as long to say no."""
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
