"""Fulfilments on the wire."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.orders.fulfilments.models import FulfilmentKind, FulfilmentStatus, RecordKind, RecordStatus
from marketplace.orders.fulfilments.operations.handing_over import CheckedItem
from marketplace.orders.models import Side


class CheckedItemSchema(Schema):
    """One point of the resource type's checklist; what is not in order says why."""

    code = Text(required=True, least=1, most=40)
    ok = fields.Boolean(required=True)
    note = Text(load_default="", most=300)

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> CheckedItem:
        return CheckedItem(**data)


class WriteRecordSchema(Schema):
    """What one side finds when the machine changes hands; without `units` all that are still due."""

    kind = fields.Enum(RecordKind, by_value=True, required=True)
    checklist = fields.List(fields.Nested(CheckedItemSchema), load_default=list, validate=validate.Length(max=40))  # pyright: ignore[reportUnknownVariableType]
    reading = fields.Decimal(
        load_default=None,
        allow_none=True,
        allow_nan=False,
        as_string=True,
        validate=validate.Range(min=0, max=1_000_000_000),
        metadata={"description": "the meter's figure in the resource type's own unit, up to three decimals"},
    )
    note = Text(load_default="", most=1000)
    units = fields.List(Text(least=1, most=20), load_default=list, validate=validate.Length(max=200))


class InspectionSchema(Schema):
    """How the machine came back; the claim against the deposit is in minor units."""

    damage = Text(load_default="", most=1000)
    claim_amount = WholeNumber(load_default=0, most=10**12)


class MissedReportSchema(Schema):
    note = Text(load_default="", most=500)


class HandoverReasonSchema(Schema):
    reason = Text(required=True, least=1, most=500)


class HandoverRecordSchema(Schema):
    """A handover record as both sides signed it."""

    id = fields.String(attribute="public_id")
    kind = fields.Enum(RecordKind, by_value=True)
    status = fields.Enum(RecordStatus, by_value=True)
    at = fields.AwareDateTime()
    checklist = fields.Raw()
    meter = fields.String()
    reading = fields.Decimal(as_string=True, allow_none=True)
    note = fields.String()
    written_side = fields.Enum(Side, by_value=True)
    writer = fields.String()
    signer = fields.String()
    signed_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class FulfilmentSchema(Schema):
    """What became of an order."""

    status = fields.Enum(FulfilmentStatus, by_value=True)
    kind = fields.Enum(FulfilmentKind, by_value=True)
    handed_over_at = fields.AwareDateTime(allow_none=True)
    returned_at = fields.AwareDateTime(allow_none=True)
    delivered_at = fields.AwareDateTime(allow_none=True)
    inspected_at = fields.AwareDateTime(allow_none=True)
    accept_by = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    accepted_by_silence = fields.Boolean()
    damage = fields.String()
    claim = fields.Method("claim_money")
    reason = fields.String()
    missed_by = fields.Enum(Side, by_value=True, allow_none=True)
    records = fields.List(fields.Nested(HandoverRecordSchema))  # pyright: ignore[reportUnknownVariableType]

    def claim_money(self, shown: Any) -> Any:
        return {"amount": shown["claim_amount"], "currency": shown["currency"]}
