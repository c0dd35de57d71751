"""Money asked for and held, on the wire."""

import base64
import binascii
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from billing.payments.card_queries import CardsShown
from billing.payments.models import FundsKind, FundsStatus, GatewayName, PaymentStatus, RequestStatus
from billing.payments.queries import FundsSide
from billing.payments.references import spaced
from marketplace.kernel.schemas import MoneySchema, PageArguments, Text


class FileBytes(fields.String):
    """A file in base 64; loads as bytes."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=most), metadata={"format": "byte"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error) as error:
            raise ValidationError("not base 64") from error


class HeldFundsSchema(Schema):
    """One escrow or deposit."""

    kind = fields.Enum(FundsKind, by_value=True)
    status = fields.Enum(FundsStatus, by_value=True)
    amount = fields.Integer()
    released = fields.Integer(attribute="released_amount")
    refunded = fields.Integer(attribute="refunded_amount")
    currency = fields.String()


class FundsRequestSchema(Schema):
    """What is to be paid in for a subject; `reference` stands in the transfer's memo."""

    id = fields.String(attribute="public_id")
    subject = fields.String(attribute="subject_ref")
    purpose = fields.String()
    label = fields.String()
    payer = fields.String(attribute="payer.name_zh")
    payee = fields.String(attribute="payee.name_zh")
    reference = fields.String()
    reference_spaced = fields.Function(lambda request: spaced(request.reference), metadata={"type": "string"})
    status = fields.Enum(RequestStatus, by_value=True)
    total = fields.Nested(MoneySchema)
    missing = fields.Nested(MoneySchema)
    due_at = fields.AwareDateTime()
    slip_at = fields.AwareDateTime(allow_none=True)
    secured_at = fields.AwareDateTime(allow_none=True)
    funds = fields.List(fields.Nested(HeldFundsSchema))  # pyright: ignore[reportUnknownVariableType]


class CardRefundSchema(Schema):
    """Money back to a card; one that failed is the payer's credit again."""

    id = fields.String(attribute="public_id")
    status = fields.Enum(PaymentStatus, by_value=True)
    amount = fields.Integer()
    currency = fields.String()
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class PaymentSchema(Schema):
    """One payment towards a request. `page_url` is where the payer pays by card, while there is something to do there.

    `unknown` means that the gateway is being asked; `failure` is its word for the last refusal. `fee` is the part that
    a card gateway already passed on to the platform.
    """

    id = fields.String(attribute="public_id")
    gateway = fields.Enum(GatewayName, by_value=True)
    status = fields.Enum(PaymentStatus, by_value=True)
    amount = fields.Integer()
    fee = fields.Integer(attribute="fee_amount")
    refunded = fields.Integer(attribute="refunded_amount")
    currency = fields.String()
    page_url = fields.String(allow_none=True)
    failure = fields.String()
    created_at = fields.AwareDateTime()
    authorised_at = fields.AwareDateTime(allow_none=True)
    succeeded_at = fields.AwareDateTime(allow_none=True)
    refunds = fields.List(fields.Nested(CardRefundSchema))  # pyright: ignore[reportUnknownVariableType]


class PaymentsSchema(Schema):
    items = fields.List(fields.Nested(PaymentSchema))  # pyright: ignore[reportUnknownVariableType]


class CardPaymentSchema(PaymentSchema):
    """A card payment as the clerk reads it."""

    request = fields.String(attribute="request.public_id")
    label = fields.String(attribute="request.label")
    payer = fields.String(attribute="request.payer.name_zh")


class CardPaymentPageSchema(Schema):
    items = fields.List(fields.Nested(CardPaymentSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class CardsQuery(PageArguments):
    """Which card payments."""

    show = fields.Enum(CardsShown, by_value=True, load_default=CardsShown.ALL, attribute="shown")


class FundsRequestPageSchema(Schema):
    items = fields.List(fields.Nested(FundsRequestSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class FundsQuery(PageArguments):
    """Which requests."""

    side = fields.Enum(FundsSide, by_value=True, load_default=None)
    status = fields.Enum(RequestStatus, by_value=True, load_default=None)


class TransferSlipSchema(Schema):
    """A picture or PDF of the transfer, base 64, at most 5 MB."""

    name = Text(most=200, load_default="")
    slip = FileBytes(required=True, most=7_000_000)

    @post_load
    def tidy(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {"name": data["name"], "body": data["slip"]}
