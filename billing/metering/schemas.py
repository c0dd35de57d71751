"""Meters and readings on the wire."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from billing.metering.models import MeterKind, ReadingStatus, Source
from billing.metering.operations import AddMeter, NewReading, Outcome
from billing.pricing.texts import UNIT_TEXTS
from marketplace.kernel.schemas import MAX_INTEGER, Text, WholeNumber

DECIMAL = {"type": "string", "description": "decimal, at most 8 places"}
WIDEST = 10**12


class Quantity(fields.Decimal):
    """A decimal that is finite, bounded and has eight places at most."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = validate.Range(-WIDEST, WIDEST)
        super().__init__(as_string=True, allow_nan=False, places=8, validate=bounds, metadata=DECIMAL, **kwargs)


class MeterSchema(Schema):
    id = fields.String(attribute="public_id")
    name = fields.String()
    kind = fields.Enum(MeterKind, by_value=True)
    unit = fields.String()
    subject = fields.String(attribute="subject_ref")
    last_counter = fields.Decimal(as_string=True, allow_none=True, metadata={"type": "string"})
    last_at = fields.AwareDateTime(allow_none=True)


class MeterPageSchema(Schema):
    items = fields.List(fields.Nested(MeterSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class AddMeterSchema(Schema):
    """A new meter; `rollover_at` is where its counter begins at 0 again."""

    name = Text(required=True, least=1, most=120)
    kind = fields.Enum(MeterKind, by_value=True, required=True)
    unit = fields.String(required=True, validate=validate.OneOf(sorted(UNIT_TEXTS)))
    rollover_at = Quantity(load_default=None, allow_none=True)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> AddMeter:
        return AddMeter(**data)


class DeviceNameSchema(Schema):
    name = Text(required=True, least=1, most=120)


class DeviceTokenSchema(Schema):
    """`secret` is shown this once."""

    id = fields.String(attribute="token.public_id")
    name = fields.String(attribute="token.name")
    secret = fields.String()


class NewReadingSchema(Schema):
    """One event: `value` is the counter's state, or for a delta meter what was used."""

    event_id = Text(required=True, least=1, most=80)
    at = fields.AwareDateTime(required=True)
    value = Quantity(required=True)
    sequence = WholeNumber(load_default=None, allow_none=True, most=MAX_INTEGER)

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> NewReading:
        return NewReading(**data)


class ReadingBatchSchema(Schema):
    """Up to 1,000 readings of one device."""

    readings = fields.List(  # pyright: ignore[reportUnknownVariableType]
        fields.Nested(NewReadingSchema), required=True, validate=validate.Length(1, 1000)
    )


class ReadingAnswerSchema(Schema):
    """stored, held for review, duplicate, or rejected; `why` is a stable word."""

    event_id = fields.String()
    outcome = fields.Enum(Outcome, by_value=True)
    why = fields.String()


class ReadingAnswersSchema(Schema):
    answers = fields.List(fields.Nested(ReadingAnswerSchema))  # pyright: ignore[reportUnknownVariableType]


class ReadingSchema(Schema):
    event_id = fields.String()
    device = fields.String()
    at = fields.AwareDateTime()
    received_at = fields.AwareDateTime()
    value = fields.Decimal(as_string=True, metadata=DECIMAL)
    used = fields.Decimal(as_string=True, metadata=DECIMAL)
    source = fields.Enum(Source, by_value=True)
    status = fields.Enum(ReadingStatus, by_value=True)
    reason = fields.String()


class ReadingPageSchema(Schema):
    items = fields.List(fields.Nested(ReadingSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class ReadingCorrectionSchema(Schema):
    """What the reading should have added."""

    event_id = Text(required=True, least=1, most=80)
    used = Quantity(required=True)
    reason = Text(required=True, least=1, most=200)
