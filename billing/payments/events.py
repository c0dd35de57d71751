"""What has happened to money held, for whoever keeps something in step with it.

Amounts are minor units of `currency`; enterprises are told by id, the matter by `subject_ref`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FundsRequested:
    """The payer was asked to pay in; `due_at` is ISO 8601."""

    subject_ref: str
    purpose: str
    request_id: int
    payer_id: int
    total: int
    currency: str
    due_at: str


@dataclass(frozen=True, slots=True)
class TransferSlipUploaded:
    """The payer showed a transfer slip; the time to pay now ends at `due_at` (ISO 8601)."""

    subject_ref: str
    purpose: str
    request_id: int
    due_at: str


@dataclass(frozen=True, slots=True)
class MoneyReceived:
    """Money came in towards a request; `missing` is what is still to come."""

    subject_ref: str
    purpose: str
    request_id: int
    payment_id: int
    amount: int
    missing: int
    currency: str


@dataclass(frozen=True, slots=True)
class FundsSecured:
    """All that was asked for is held."""

    subject_ref: str
    purpose: str
    request_id: int
    escrow: int
    deposit: int
    currency: str


@dataclass(frozen=True, slots=True)
class FundsNotSecured:
    """The request ended without the money: `status` is cancelled or expired."""

    subject_ref: str
    purpose: str
    request_id: int
    status: str


@dataclass(frozen=True, slots=True)
class MoneyLeftOver:
    """Money of the payer that no request needs: overpaid, or come too late. It waits as their credit."""

    subject_ref: str
    purpose: str
    payer_id: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class FundsFrozen:
    """Nothing moves until a dispute is decided."""

    subject_ref: str
    purpose: str
    reason: str


@dataclass(frozen=True, slots=True)
class FundsUnfrozen:
    subject_ref: str
    purpose: str


@dataclass(frozen=True, slots=True)
class FundsReleased:
    """Escrow went to the payee, `fee` (with its tax) to the platform; `is_final` when nothing is held any more."""

    subject_ref: str
    purpose: str
    payee_id: int
    amount: int
    fee: int
    currency: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class FundsRefunded:
    """Escrow or a deposit (`kind`) went back to the payer's credit."""

    subject_ref: str
    purpose: str
    kind: str
    payer_id: int
    amount: int
    currency: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class FundsSplit:
    """A dispute was decided: so much to the payee, so much back to the payer, `fee` to the platform."""

    subject_ref: str
    purpose: str
    to_payee: int
    to_payer: int
    fee: int
    currency: str


@dataclass(frozen=True, slots=True)
class DepositClaimed:
    """Part of a deposit went to the payee for damage."""

    subject_ref: str
    purpose: str
    payee_id: int
    amount: int
    currency: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CardPaymentFailed:
    """A card payment ended without money; `reason` is the gateway's word for why."""

    subject_ref: str
    purpose: str
    request_id: int
    payment_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class CardRefundMade:
    """Money went back to the card it came from."""

    subject_ref: str
    purpose: str
    request_id: int
    refund_id: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class CardRefundFailed:
    """The card would not take its money back: it stays the payer's credit and leaves by bank transfer."""

    subject_ref: str
    purpose: str
    request_id: int
    refund_id: int
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class RecoveryMoved:
    """Something is claimed back, or part of it was met: `recovered` so far, `open` still."""

    recovery_id: int
    subject_ref: str
    recovered: int
    open: int
