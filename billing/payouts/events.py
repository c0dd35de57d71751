"""What has happened to payouts. Amounts are minor units of `currency`; the platform's commission names no enterprise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PayoutQueued:
    payout_id: int
    enterprise_id: int | None
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class PayoutPaid:
    """The bank confirmed it."""

    payout_id: int
    enterprise_id: int | None
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class PayoutReturned:
    """The bank gave it back; the money is the enterprise's to claim again."""

    payout_id: int
    enterprise_id: int | None
    amount: int
    currency: str
    reason: str
