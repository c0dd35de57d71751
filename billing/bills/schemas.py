"""Bills and fapiao on the wire."""

from marshmallow import Schema, fields

from billing.bills.models import BillKind, FapiaoKind, FapiaoStatus
from billing.bills.queries import BillSide
from marketplace.kernel.schemas import PageArguments, Text


class BillLineSchema(Schema):
    """One line; amounts in minor units of the bill's currency, quantity and unit price as decimal strings."""

    code = fields.String()
    text = fields.String()
    name = fields.String()
    quantity = fields.Decimal(as_string=True, metadata={"type": "string"})
    unit = fields.String()
    unit_price = fields.Decimal(as_string=True, allow_none=True, metadata={"type": "string"})
    amount = fields.Integer()
    net = fields.Integer()
    tax = fields.Integer()
    vat_rate = fields.Decimal(as_string=True, metadata={"type": "string"})
    service_start = fields.Date(allow_none=True)
    service_end = fields.Date(allow_none=True)


class BillSchema(Schema):
    """A bill as its two firms see it."""

    id = fields.String(attribute="public_id")
    number = fields.String()
    kind = fields.Enum(BillKind, by_value=True)
    subject = fields.String(attribute="subject_ref")
    title = fields.String()
    issuer = fields.String(attribute="issuer.name_zh")
    recipient = fields.String(attribute="recipient.name_zh")
    issued_on = fields.Date()
    due_on = fields.Date()
    service_start = fields.Date(allow_none=True)
    service_end = fields.Date(allow_none=True)
    net = fields.Function(lambda bill: bill.money(bill.net).to_json())
    tax = fields.Function(lambda bill: bill.money(bill.tax).to_json())
    total = fields.Function(lambda bill: bill.money(bill.total).to_json())
    reason = fields.String()


class BillWithLinesSchema(BillSchema):
    lines = fields.List(fields.Nested(BillLineSchema))  # pyright: ignore[reportUnknownVariableType]


class BillPageSchema(Schema):
    items = fields.List(fields.Nested(BillSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class BillQuery(PageArguments):
    """Which bills."""

    side = fields.Enum(BillSide, by_value=True, load_default=None)


class BillCorrectionSchema(Schema):
    reason = Text(required=True, least=1, most=500)


class FapiaoRequestSchema(Schema):
    """What the buyer wants on it; title and tax number are the buyer's own unless given."""

    kind = fields.Enum(FapiaoKind, by_value=True, required=True)
    title = Text(load_default="", most=200)
    tax_number = Text(load_default="", most=20)


class FapiaoNumberSchema(Schema):
    """The 20 digits of the fully digital fapiao 数电票."""

    number = Text(required=True, least=1, most=40)
    issued_on = fields.Date(required=True)


class RedLetterSchema(Schema):
    """The red letter 红字发票 and its confirmation form."""

    red_number = Text(required=True, least=1, most=40)
    red_form = Text(required=True, least=1, most=40)
    reversed_on = fields.Date(required=True)


class FapiaoSchema(Schema):
    id = fields.String(attribute="public_id")
    bill = fields.String(attribute="bill.public_id")
    bill_number = fields.String(attribute="bill.number")
    kind = fields.Enum(FapiaoKind, by_value=True)
    status = fields.Enum(FapiaoStatus, by_value=True)
    title = fields.String()
    tax_number = fields.String()
    number = fields.String(allow_none=True)
    issued_on = fields.Date(allow_none=True)
    red_number = fields.String(allow_none=True)
    red_form = fields.String()


class FapiaoPageSchema(Schema):
    items = fields.List(fields.Nested(FapiaoSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)
