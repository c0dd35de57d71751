"""The books on the wire."""

from marshmallow import Schema, fields

from billing.ledger.accounts import AccountKind
from marketplace.kernel.schemas import PageArguments


class BalanceRowSchema(Schema):
    """One kind of account in one currency, in minor units."""

    kind = fields.Enum(AccountKind, by_value=True)
    currency = fields.String()
    accounts = fields.Integer()
    debit = fields.Integer()
    credit = fields.Integer()


class LedgerAccountSchema(Schema):
    """One account; `balance` in the direction in which it grows, in minor units."""

    id = fields.String(attribute="public_id")
    name = fields.String()
    kind = fields.Enum(AccountKind, by_value=True)
    currency = fields.String()
    balance = fields.Integer()
    reserved = fields.Integer()


class LedgerAccountPageSchema(Schema):
    items = fields.List(fields.Nested(LedgerAccountSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class LedgerAccountQuery(PageArguments):
    """Which accounts."""

    kind = fields.Enum(AccountKind, by_value=True, load_default=None)


class LedgerEntrySchema(Schema):
    """One leg: a debit is positive, a credit negative, in minor units."""

    transaction = fields.String(attribute="transaction.public_id")
    kind = fields.String(attribute="transaction.kind")
    effective_at = fields.AwareDateTime(attribute="transaction.effective_at")
    amount = fields.Integer()
    currency = fields.String()


class LedgerEntryPageSchema(Schema):
    items = fields.List(fields.Nested(LedgerEntrySchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class LedgerLegSchema(Schema):
    account = fields.String(attribute="account.public_id")
    name = fields.String(attribute="account.name")
    amount = fields.Integer()
    currency = fields.String()


class LedgerTransactionSchema(Schema):
    """What happened to money at one moment; `source` is the row that caused it."""

    id = fields.String(attribute="public_id")
    kind = fields.String()
    source = fields.String()
    subject = fields.String(attribute="subject_ref")
    memo = fields.String()
    effective_at = fields.AwareDateTime()
    created_at = fields.AwareDateTime()
    entries = fields.List(fields.Nested(LedgerLegSchema))  # pyright: ignore[reportUnknownVariableType]
