"""The chart of accounts: what each kind holds, on which side it grows, and whether it may fall below zero."""

from dataclasses import dataclass
from enum import StrEnum

DEBIT, CREDIT = 1, -1
"""The sign of an entry that makes an account of that side grow."""


class AccountKind(StrEnum):
    """What an account is for. Market money is never platform income; only commission and its like are.

    `commission_clearing` is commission that still lies in the custody bank until it has moved it to the platform's own
    account. `receivable` is what a firm has to give back, `claim` what somebody is owed of that.
    """

    CUSTODY = "custody"
    PLATFORM_BANK = "platform_bank"
    COMMISSION_CLEARING = "commission_clearing"
    GATEWAY_CLEARING = "gateway_clearing"
    APPLICATION_FEE = "application_fee"
    RECEIVABLE = "receivable"
    CLAIM = "claim"
    CHARGEBACK_RECEIVABLE = "chargeback_receivable"
    ESCROW = "escrow"
    DEPOSIT = "deposit"
    PAYABLE = "payable"
    CUSTOMER_CREDIT = "customer_credit"
    RENT_CREDIT = "rent_credit"
    VAT_OUTPUT = "vat_output"
    UNAPPLIED = "unapplied"
    COMMISSION = "commission"
    LATE_FEES = "late_fees"
    PLATFORM_FEES = "platform_fees"
    GATEWAY_FEES = "gateway_fees"
    BAD_DEBT = "bad_debt"
    DISPUTE_FEES = "dispute_fees"
    ROUNDING = "rounding"


MARKET_ASSETS = frozenset({AccountKind.CUSTODY, AccountKind.GATEWAY_CLEARING, AccountKind.APPLICATION_FEE})
"""Where the money of an enterprise lies: the bank's sub-account, on its way from a card, or taken as fee in advance."""

MARKET_LIABILITIES = frozenset(
    {
        AccountKind.ESCROW,
        AccountKind.DEPOSIT,
        AccountKind.PAYABLE,
        AccountKind.CUSTOMER_CREDIT,
        AccountKind.UNAPPLIED,
    }
)
"""What that money is held for. For every enterprise the two sides are equal, and `billing check` says so."""

_DEBIT_SIDE = MARKET_ASSETS | {
    AccountKind.PLATFORM_BANK,
    AccountKind.COMMISSION_CLEARING,
    AccountKind.RECEIVABLE,
    AccountKind.CHARGEBACK_RECEIVABLE,
    AccountKind.GATEWAY_FEES,
    AccountKind.BAD_DEBT,
    AccountKind.DISPUTE_FEES,
    AccountKind.ROUNDING,
}
GUARDED = (
    MARKET_ASSETS
    | MARKET_LIABILITIES
    | {
        AccountKind.PLATFORM_BANK,
        AccountKind.COMMISSION_CLEARING,
        AccountKind.RENT_CREDIT,
        AccountKind.RECEIVABLE,
        AccountKind.CLAIM,
    }
)
"""Accounts that the database never lets fall below what is reserved on them."""


def side_of(kind: AccountKind) -> int:
    """`DEBIT` for what is owned or spent, `CREDIT` for what is owed or earned."""
    return DEBIT if kind in _DEBIT_SIDE else CREDIT


@dataclass(frozen=True, slots=True, order=True)
class AccountName:
    """Which account: a kind, whose money it is, and for which subject (`order:3kq0…`) it is kept apart."""

    kind: AccountKind
    enterprise_id: int | None = None
    subject_ref: str = ""

    def __str__(self) -> str:
        """The name as written in exports, such as `custody:12` or `escrow:12:order:3kq0…`."""
        owner = "" if self.enterprise_id is None else str(self.enterprise_id)
        return ":".join(part for part in (self.kind.value, owner, self.subject_ref) if part)
