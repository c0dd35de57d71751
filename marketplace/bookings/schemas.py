"""Units' time on the wire."""

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, post_load, validate
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.blackouts import OWNERS_KINDS
from marketplace.bookings.models import BookingStatus, OccupancyKind
from marketplace.bookings.queries import FreeQuestion, Question
from marketplace.kernel.schemas import RangeSchema, Text, WholeNumber, half_open

MOST_MINUTES = 190 * 1440


class WindowQuery(Schema):
    """A half-open window of time."""

    start = fields.AwareDateTime(required=True, metadata={"description": "ISO 8601 with zone; inclusive"})
    end = fields.AwareDateTime(required=True, metadata={"description": "ISO 8601 with zone; exclusive"})

    @post_load
    def to_window(self, data: dict[str, Any], **_: object) -> Any:
        return half_open(data)


class FreeQuery(WindowQuery):
    """Which of the three questions: the whole window (`exact`), n minutes in one run, n minutes in total."""

    question = fields.Enum(Question, by_value=True, load_default=Question.EXACT)
    minutes = fields.Integer(load_default=0, validate=validate.Range(0, MOST_MINUTES))
    units = fields.Integer(load_default=1, validate=validate.Range(1, 1000))

    @post_load
    def to_window(self, data: dict[str, Any], **_: object) -> FreeQuestion:
        return FreeQuestion(window=half_open(data), kind=data["question"], minutes=data["minutes"], units=data["units"])


class FreeSchema(Schema):
    """`fits`: free as asked. `windows`: when at least one unit (of a line every unit) is free inside the window."""

    fits = fields.Boolean()
    windows = fields.List(fields.Nested(RangeSchema))  # pyright: ignore[reportUnknownVariableType]


class BookingSchema(Schema):
    """A booking or hold of one of your machines."""

    id = fields.String(attribute="public_id")
    listing = fields.String(attribute="listing.public_id")
    demander = fields.String(attribute="demander.name_zh")
    during = fields.Nested(RangeSchema)
    quantity = fields.Integer()
    status = fields.Enum(BookingStatus, by_value=True)
    held_until = fields.AwareDateTime(allow_none=True)


class BlackOutSchema(Schema):
    """Time kept from booking. `cancel_bookings`: a breakdown cancels the bookings in its way, free of charge."""

    start = fields.AwareDateTime(required=True)
    end = fields.AwareDateTime(required=True)
    kind = fields.Enum(
        OccupancyKind, by_value=True, load_default=OccupancyKind.MAINTENANCE, validate=validate.OneOf(OWNERS_KINDS)
    )
    note = Text(load_default="", most=200)
    cancel_bookings = fields.Boolean(load_default=False)

    @post_load
    def to_values(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        start, end = data.pop("start"), data.pop("end")
        during: Range[datetime] = Range(start, end) if start < end else Range(empty=True)
        return {"during": during, **data}


class WaitQuery(WindowQuery):
    """A taken window and how many units of it are wanted."""

    quantity = WholeNumber(load_default=1, least=1, most=1000)

    @post_load
    def to_window(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {"during": half_open(data), "quantity": data["quantity"]}


class WaitSchema(Schema):
    id = fields.String(attribute="public_id")
    during = fields.Nested(RangeSchema)
    quantity = fields.Integer()
    told_at = fields.AwareDateTime(allow_none=True)


class BlackoutSchema(Schema):
    id = fields.String(attribute="public_id")
    during = fields.Nested(RangeSchema)
    kind = fields.Enum(OccupancyKind, by_value=True)
    note = fields.String()
    lifted_at = fields.AwareDateTime(allow_none=True)
