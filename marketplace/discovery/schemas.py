"""Search on the wire."""

from marshmallow import Schema, fields, validate

from marketplace.kernel.schemas import MoneySchema


class SearchQuery(Schema):
    """A line of words and what narrows it."""

    q = fields.String(load_default="", validate=validate.Length(max=600))
    kind = fields.List(fields.String(), load_default=list)  # pyright: ignore[reportUnknownVariableType]
    type = fields.List(fields.String(), load_default=list)  # pyright: ignore[reportUnknownVariableType]
    zone = fields.List(fields.String(), load_default=list)  # pyright: ignore[reportUnknownVariableType]
    sort = fields.String(load_default="fit", validate=validate.OneOf(["fit", "price", "distance"]))
    cursor = fields.String(load_default=None, validate=validate.Length(max=2000))


class FoundListingSchema(Schema):
    """One result: the listing, its first fitting window and the price of this job."""

    id = fields.String(attribute="listing.public_id")
    title_zh = fields.String(attribute="listing.title_zh")
    title_en = fields.String(attribute="listing.title_en")
    type = fields.String(attribute="listing.type_code")
    attributes = fields.Raw(attribute="listing.attributes")
    supplier = fields.String(attribute="listing.enterprise.name_zh")
    price = fields.Nested(MoneySchema, allow_none=True)
    hours = fields.Decimal(as_string=True)
    distance_metres = fields.Integer(allow_none=True)
    start = fields.Function(lambda one: one.window[0].isoformat() if one.window else None)
    end = fields.Function(lambda one: one.window[1].isoformat() if one.window else None)


class SearchAnswerSchema(Schema):
    total = fields.Integer()
    items = fields.List(fields.Nested(FoundListingSchema), attribute="results")  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(attribute="cursor", allow_none=True)
