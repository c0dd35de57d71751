"""Orders on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from sqlalchemy.dialects.postgresql import Range

from marketplace.kernel.schemas import MoneySchema, PageArguments, RangeSchema, Text, WholeNumber, half_open
from marketplace.orders.models import OrderStatus, Side, Way
from marketplace.orders.operations.placing import PlaceOrder


class JobSchema(Schema):
    """What is wanted of a listing: a half-open range of time, units, operator, delivery."""

    listing = Text(required=True, least=1, most=20)
    start = fields.AwareDateTime(required=True, metadata={"description": "ISO 8601 with zone; inclusive"})
    end = fields.AwareDateTime(
        load_default=None,
        metadata={"description": "ISO 8601 with zone; exclusive. Left out for rent-to-own, whose plan fixes the term"},
    )
    quantity = WholeNumber(load_default=1, least=1, most=1000)
    operator = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={"description": "with the supplier's operator; left out: as the listing has it"},
    )
    delivery = fields.Boolean(load_default=False)
    expected_usage = fields.Decimal(
        load_default=None,
        allow_none=True,
        places=4,
        validate=validate.Range(0, 10**9),
        metadata={"type": "string", "description": "of a pay-per-use job, in the plan's unit: pieces, kWh, hours"},
    )

    @validates_schema
    def runs_forward(self, data: dict[str, Any], **_: object) -> None:
        if data["end"] is not None and data["start"] >= data["end"]:
            raise ValidationError({"end": ["end_before_start"]})

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> PlaceOrder:
        during = half_open(data) if data["end"] is not None else Range(data["start"], None)
        rest = {name: value for name, value in data.items() if name not in {"start", "end"}}
        return PlaceOrder(during=during, **rest)


class PlaceOrderSchema(JobSchema):
    """As `JobSchema`, with a word to the supplier and the total one saw."""

    note = Text(load_default="", most=1000)
    accepted_total = WholeNumber(
        load_default=None, allow_none=True, metadata={"description": "minor units; refused when the price changed"}
    )


class LineSchema(Schema):
    """One line of a price; the amount in minor units of the order's currency."""

    code = fields.String()
    text = fields.String()
    name = fields.String()
    unit = fields.String()
    quantity = fields.String()
    unit_price = fields.String(allow_none=True)
    amount = fields.Integer()


class JobPriceSchema(Schema):
    """The price of a job now."""

    total = fields.Nested(MoneySchema, attribute="priced.total")
    tax = fields.Nested(MoneySchema, attribute="priced.tax")
    saved = fields.Nested(MoneySchema, attribute="priced.saved")
    up_front = fields.Integer(metadata={"description": "minor units paid before the use; the rest comes by bills"})
    is_estimate = fields.Function(lambda job: job.contract is not None)
    lines = fields.Function(lambda job: job.lines())


class OrderSchema(Schema):
    """One agreement as its parties see it."""

    id = fields.String(attribute="public_id")
    number = fields.String()
    status = fields.Enum(OrderStatus, by_value=True)
    way = fields.Enum(Way, by_value=True)
    listing = fields.String(attribute="listing.public_id")
    supplier = fields.String(attribute="supplier.name_zh")
    demander = fields.String(attribute="demander.name_zh")
    during = fields.Nested(RangeSchema, attribute="booking.during")
    quantity = fields.Integer(attribute="booking.quantity")
    total = fields.Method("money_of_total")
    tax = fields.Method("money_of_tax")
    lines = fields.List(fields.Nested(LineSchema))  # pyright: ignore[reportUnknownVariableType]
    up_front = fields.Integer(metadata={"description": "minor units paid before the use"})
    contract_terms = fields.Raw(metadata={"description": "of a pay-per-use or rent-to-own order, else null"})
    cancellation = fields.Raw()
    note = fields.String()
    reason = fields.String()
    ended_by = fields.Enum(Side, by_value=True, allow_none=True)
    cancellation_amount = fields.Integer(allow_none=True)
    placed_at = fields.AwareDateTime()
    decide_by = fields.AwareDateTime(allow_none=True)
    pay_by = fields.AwareDateTime(allow_none=True)

    def money_of_total(self, order: Any) -> dict[str, Any]:
        return {"amount": order.total_amount, "currency": order.currency}

    def money_of_tax(self, order: Any) -> dict[str, Any]:
        return {"amount": order.tax_amount, "currency": order.currency}


class OrderPageSchema(Schema):
    items = fields.List(fields.Nested(OrderSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class OrderQuery(PageArguments):
    """Which orders."""

    side = fields.Enum(Side, by_value=True, load_default=None, validate=validate.NoneOf([Side.PLATFORM]))


class OrderReasonSchema(Schema):
    reason = Text(load_default="", most=500)


class WriteMessageSchema(Schema):
    text = Text(required=True, least=1, most=2000)


class MessageSchema(Schema):
    """One message of an order."""

    id = fields.String(attribute="public_id")
    side = fields.Enum(Side, by_value=True)
    person = fields.String()
    text = fields.String()
    is_masked = fields.Boolean()
    at = fields.AwareDateTime()
