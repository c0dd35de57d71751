"""Notices on the wire."""

from marshmallow import Schema, fields


class NoticeSchema(Schema):
    """A notice in the caller's language."""

    id = fields.String(attribute="public_id")
    subject = fields.String()
    body = fields.String()
    link = fields.String()
    at = fields.AwareDateTime()
    is_read = fields.Boolean()


class NoticePageSchema(Schema):
    items = fields.List(fields.Nested(NoticeSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)
