# pyright: reportUnknownVariableType=false, reportUnknownLambdaType=false, reportUnknownArgumentType=false
"""Imports on the wire."""

from typing import Any

from marshmallow import Schema, fields, validate

from marketplace.kernel.schemas import Text
from marketplace.listings.imports.models import RunState


class ImportRunSchema(Schema):
    """A run: `counts` once it is done, `plan` (what a commit would do) from `previewed` on."""

    public_id = fields.String()
    filename = fields.String()
    sha256 = fields.String()
    state = fields.Enum(RunState, by_value=True)
    reason = fields.String()
    mapping = fields.Dict(allow_none=True)
    progress_done = fields.Integer()
    progress_total = fields.Integer()
    counts = fields.Dict()
    created_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)


class ImportPreviewSchema(Schema):
    """What the file holds (import-check.schema.json) and what a commit would do with it."""

    outcome = fields.Dict(allow_none=True)
    plan = fields.Dict(allow_none=True)


class ImportMappingSchema(Schema):
    """`mapping`: sheet (or *) → header or column letter → field; `key_columns`: headers that together name a machine."""

    mapping = fields.Dict(
        keys=fields.String(validate=validate.Length(max=200)),
        values=fields.Dict(keys=fields.String(validate=validate.Length(max=400)), values=fields.Raw()),
        required=True,
    )
    key_columns = fields.List(Text(most=400), load_default=list, validate=validate.Length(max=5))


class ImportCommitSchema(Schema):
    only_whole = fields.Boolean(load_default=False)
    create_unidentified = fields.Boolean(load_default=False)
    publish = fields.Boolean(load_default=False)


def run_list(runs: Any) -> dict[str, Any]:
    """The wire form of a list without further pages."""
    return {"items": runs}


class ImportRunListSchema(Schema):
    items = fields.List(fields.Nested(ImportRunSchema))
