"""Matches on the wire."""

from marshmallow import Schema, fields

from marketplace.demands.schemas import DemandSchema, ShownConstraintSchema


class FindingSchema(Schema):
    """One hard condition: figures are metres, fen, pieces or minutes, by `kind`."""

    kind = fields.String()
    is_met = fields.Boolean()
    limit = fields.Nested(ShownConstraintSchema, allow_none=True)
    offered = fields.Raw(allow_none=True)
    figure = fields.Integer(allow_none=True)
    wanted = fields.Integer(allow_none=True)


class PartSchema(Schema):
    """A named part of the score and the most it can bring."""

    name = fields.String()
    points = fields.Float()
    most = fields.Integer()


class MatchSchema(Schema):
    """One listing for one demand."""

    listing = fields.String()
    score = fields.Float()
    is_fit = fields.Boolean()
    parts = fields.List(fields.Nested(PartSchema))  # pyright: ignore[reportUnknownVariableType]
    findings = fields.List(fields.Nested(FindingSchema))  # pyright: ignore[reportUnknownVariableType]
    price = fields.Integer(allow_none=True, metadata={"description": "fen for this job, VAT included; null on request"})
    metres = fields.Integer(allow_none=True)


class MatchesSchema(Schema):
    """Listings that fit, best first, and those with one condition short. `weights` names the version of the ranking."""

    weights = fields.String()
    suppliers = fields.Integer()
    fits = fields.List(fields.Nested(MatchSchema))  # pyright: ignore[reportUnknownVariableType]
    near = fields.List(fields.Nested(MatchSchema))  # pyright: ignore[reportUnknownVariableType]


class DemandMatchSchema(Schema):
    """A demand and how each of your machines suits it, best first."""

    demand = fields.Nested(DemandSchema)
    matches = fields.List(fields.Nested(MatchSchema))  # pyright: ignore[reportUnknownVariableType]


class DemandMatchesSchema(Schema):
    items = fields.List(fields.Nested(DemandMatchSchema))  # pyright: ignore[reportUnknownVariableType]
