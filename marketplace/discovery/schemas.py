"""Search on the wire."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.discovery.asking import SORTS
from marketplace.discovery.near_misses import NearMiss
from marketplace.kernel.schemas import MoneySchema

MOST_METRES = 1_000_000
MOST_DAYS = 180


def _words() -> Any:
    """A parameter that may be repeated."""
    return fields.List(
        fields.String(validate=validate.Length(max=80)), load_default=list, validate=validate.Length(max=40)
    )


def _attribute(miss: NearMiss) -> str | None:
    return miss.condition.constraint.attribute if miss.condition.constraint else None


class SearchQuery(Schema):
    """A line of words and what narrows it."""

    q = fields.String(load_default="", validate=validate.Length(max=600))
    without = _words()
    choose = _words()
    kind = _words()
    type = _words()
    zone = _words()
    operator = _words()
    free_days = fields.Integer(load_default=None, validate=validate.Range(1, MOST_DAYS))
    radius_metres = fields.Integer(load_default=None, validate=validate.Range(1, MOST_METRES))
    sort = fields.String(load_default="fit", validate=validate.OneOf(SORTS))
    cursor = fields.String(load_default=None, validate=validate.Length(max=4000))


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


class NearMissSchema(Schema):
    """A listing that fails one condition: its kind, the attribute, and the value it has in base units."""

    listing = fields.Nested(FoundListingSchema, attribute="result")
    condition = fields.String(attribute="condition.kind")
    attribute = fields.Function(_attribute)
    actual = fields.Integer(allow_none=True)


class RelaxationSchema(Schema):
    """Chips (`without`) that may be taken away and how many more listings that finds."""

    without = fields.List(fields.String(), attribute="keys")
    gain = fields.Integer()


class SearchAnswerSchema(Schema):
    """`degraded`: the search engine is down and plain SQL answered."""

    total = fields.Integer()
    items = fields.List(fields.Nested(FoundListingSchema), attribute="results")  # pyright: ignore[reportUnknownVariableType]
    near_misses = fields.List(fields.Nested(NearMissSchema), attribute="near")  # pyright: ignore[reportUnknownVariableType]
    relaxations = fields.List(fields.Nested(RelaxationSchema))  # pyright: ignore[reportUnknownVariableType]
    degraded = fields.Boolean(attribute="is_degraded")
    next_cursor = fields.String(attribute="cursor", allow_none=True)
