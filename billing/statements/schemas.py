"""Bank statements on the wire."""

from typing import Any

from marshmallow import Schema, fields, post_load

from billing.payments.schemas import FileBytes
from billing.statements.models import LineStatus
from billing.statements.operations import ImportStatement
from marketplace.kernel.schemas import PageArguments, Text


class StatementUploadSchema(Schema):
    """A statement file of the bank: CSV in one of the known layouts, base 64, at most 2 MB."""

    name = Text(required=True, least=1, most=200)
    file = FileBytes(required=True, most=2_900_000)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> ImportStatement:
        return ImportStatement(name=data["name"], body=data["file"])


class BankStatementSchema(Schema):
    """One file as imported; amounts in minor units."""

    id = fields.String(attribute="public_id")
    name = fields.String()
    digest = fields.String()
    layout = fields.String()
    currency = fields.String()
    opening = fields.Integer(attribute="opening_amount")
    closing = fields.Integer(attribute="closing_amount")
    first_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime()
    lines = fields.Integer(attribute="line_count")
    known = fields.Integer(attribute="known_count")
    imported_at = fields.AwareDateTime()


class BankStatementPageSchema(Schema):
    items = fields.List(fields.Nested(BankStatementSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class BankLineSchema(Schema):
    """One booking of the bank: positive came in, negative went out, in minor units."""

    id = fields.String(attribute="public_id")
    statement = fields.String(attribute="statement.public_id")
    at = fields.AwareDateTime()
    amount = fields.Integer()
    currency = fields.String()
    bank_ref = fields.String()
    counterparty = fields.String()
    memo = fields.String()
    status = fields.Enum(LineStatus, by_value=True)
    note = fields.String()


class BankLinePageSchema(Schema):
    items = fields.List(fields.Nested(BankLineSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class BankLineQuery(PageArguments):
    """Which lines."""

    status = fields.Enum(LineStatus, by_value=True, load_default=None)


class LineMatchSchema(Schema):
    """For which request a line was meant: its id or its reference."""

    request = Text(required=True, least=1, most=20)
    note = Text(load_default="", most=500)


class LineAsideSchema(Schema):
    """What was done about a line that belongs to no request."""

    note = Text(required=True, least=1, most=500)


class ReconciliationSchema(Schema):
    """What the bank and the ledger say of the custody account, in minor units."""

    currency = fields.String()
    as_of = fields.AwareDateTime()
    bank = fields.Integer()
    ledger = fields.Integer()
    unbooked = fields.Integer()
    waiting = fields.Integer()
    difference = fields.Integer()
