"""Payouts, batches and bank accounts on the wire."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from billing.payouts.models import AccountPurpose, BatchStatus, PayoutSource, PayoutStatus
from billing.payouts.operations.accounts import KeepBankAccount
from marketplace.kernel.schemas import Text


class BankAccountSchema(Schema):
    """Where a firm is paid; for the office, the custody account into which everybody pays."""

    holder = Text(required=True, least=1, most=200)
    bank = Text(required=True, least=1, most=200)
    number = Text(required=True, least=1, most=40)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> KeepBankAccount:
        return KeepBankAccount(**data)


class FirmMoneySchema(Schema):
    """Where a firm's money is, in minor units of one currency."""

    currency = fields.String()
    payable = fields.Integer()
    credit = fields.Integer()
    on_the_way = fields.Integer()
    held_for_us = fields.Integer()
    our_escrow = fields.Integer()
    our_deposits = fields.Integer()
    owed_by_us = fields.Integer(metadata={"description": "what decisions after a release still take from us"})
    owed_to_us = fields.Integer(metadata={"description": "what decisions after a release still bring us"})


class ParkAccountSchema(BankAccountSchema):
    """One of the park's two bank accounts: the custody bank's, or the platform's own to which commission goes."""

    purpose = fields.Enum(
        AccountPurpose,
        by_value=True,
        load_default=AccountPurpose.CUSTODY,
        validate=validate.OneOf([AccountPurpose.CUSTODY, AccountPurpose.PLATFORM]),
    )


class PayoutWishSchema(Schema):
    """Pay out all that may be: what was earned, or credit given back."""

    source = fields.Enum(
        PayoutSource,
        by_value=True,
        load_default=PayoutSource.PAYABLE,
        validate=validate.OneOf([PayoutSource.PAYABLE, PayoutSource.CUSTOMER_CREDIT]),
    )
    currency = fields.String(load_default="CNY", validate=validate.Regexp(r"^[A-Z]{3}$"))


class PayoutSchema(Schema):
    id = fields.String(attribute="public_id")
    source = fields.Enum(PayoutSource, by_value=True)
    status = fields.Enum(PayoutStatus, by_value=True)
    amount = fields.Integer()
    currency = fields.String()
    reference = fields.String()
    holder = fields.String()
    bank = fields.String()
    number = fields.String()
    queued_at = fields.AwareDateTime()
    paid_at = fields.AwareDateTime(allow_none=True)
    returned_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class PayoutPageSchema(Schema):
    items = fields.List(fields.Nested(PayoutSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class PayoutBatchSchema(Schema):
    """One file for the bank; `digest` is its SHA-256."""

    id = fields.String(attribute="public_id")
    status = fields.Enum(BatchStatus, by_value=True)
    currency = fields.String()
    digest = fields.String()
    drafted_by = fields.String(attribute="created_by_name")
    drafted_at = fields.AwareDateTime(attribute="created_at")
    approved_by = fields.String(attribute="approved_by_name")
    approved_at = fields.AwareDateTime(allow_none=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    payouts = fields.List(fields.Nested(PayoutSchema))  # pyright: ignore[reportUnknownVariableType]


class PayoutBatchPageSchema(Schema):
    items = fields.List(fields.Nested(PayoutBatchSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class BatchDecisionSchema(Schema):
    """`digest` is that of the file looked at."""

    digest = Text(required=True, least=1, most=64)


class BatchDraftSchema(Schema):
    currency = fields.String(load_default="CNY", validate=validate.Regexp(r"^[A-Z]{3}$"))


class PayoutReturnSchema(Schema):
    """Why the bank gave the money back; the firm reads it."""

    reason = Text(required=True, least=1, most=500)
