"""Credit on the wire."""

from marshmallow import Schema, fields, validate

from credit.scoring.events import Role
from marketplace.kernel.schemas import Text


class GradeQuery(Schema):
    """Up to 100 firms by public id."""

    role = fields.Enum(Role, by_value=True, load_default=Role.SUPPLIER)
    enterprise = fields.List(
        fields.String(validate=validate.Length(max=20)), load_default=list, validate=validate.Length(max=100)
    )


class GradeSchema(Schema):
    """A published grade with its sample size; the score is null while unrated."""

    enterprise = fields.String()
    grade = fields.String(metadata={"description": "A, B, C, D or U (unrated)"})
    orders = fields.Integer()
    score_milli = fields.Integer(allow_none=True, metadata={"description": "thousandths of a point, as published"})


class RatingsSchema(Schema):
    """Ratings in the form of docs/schemas/credit-ratings.schema.json, `ratings` by role."""

    ratings = fields.List(fields.Dict(), required=True)  # pyright: ignore[reportUnknownVariableType]


class ObjectSchema(Schema):
    reason = Text(required=True, least=1, most=2000)
    proof = Text(load_default="", most=2000)


class ObjectionSchema(Schema):
    public_id = fields.String(data_key="id")
    status = fields.String(attribute="status.value")
    reason = fields.String()
    filed_at = fields.AwareDateTime()
    decide_by = fields.AwareDateTime()
    decision = fields.String()
