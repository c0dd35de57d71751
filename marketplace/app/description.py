"""How the API describes itself: OpenAPI 3.1 from the schemas, with problem+json, sign-in ways and their words."""

from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import INCLUDE, Schema, fields

PROBLEM = "application/problem+json"
INTRODUCTION = """\
Programs sign in with a token (`Authorization: Bearer gz_…`), made on the page "API tokens"; its scopes say what it may do.
Times are ISO 8601 with zone, money is integer minor units with a currency, lists are paged by `cursor`.
Creates that move money or capacity take an `Idempotency-Key`: the same key and body get the same answer again.
Refusals are problem+json (RFC 9457) with a stable `code`: 400 cannot be read, 401 sign in, 403 not allowed, 404 absent or
not yours, 409 the world moved on, 422 fields to mend, 429 too often, 503 try again.
"""


class ProblemSchema(Schema):
    """A refusal (RFC 9457). `code` is the contract; `errors` names the fields and what is wrong with each.

    The facts of a code stand beside these.
    """

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata={"example": "urn:gongzao:invalid_fields"})
    title = fields.String(required=True)
    status = fields.Integer(required=True, metadata={"example": 422})
    code = fields.String(required=True, metadata={"example": "invalid_fields"})
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))  # pyright: ignore[reportUnknownVariableType]
    request_id = fields.String()


class ProductApi(Api):
    """flask-smorest for schemas and specification alone: errors are `kernel.problems`' business."""

    ERROR_SCHEMA = ProblemSchema

    def init_app(self, app: Flask, **kwargs: Any) -> None:
        super().init_app(app, **kwargs)  # pyright: ignore[reportUnknownMemberType]
        self.ma_plugin.converter.add_attribute_function(decimal_property)  # pyright: ignore[reportUnknownMemberType, reportOptionalMemberAccess]

    def _register_error_handlers(self) -> None:
        """Leave error answers to the application."""

    def _register_responses(self) -> None:
        """Refusals are described as what they are: problem+json."""
        ordinary = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = ordinary  # pyright: ignore[reportConstantRedefinition]


def decimal_property(
    _converter: object, field: fields.Field[Any], *, ret: dict[str, Any], **_: object
) -> dict[str, Any]:
    """Exact decimals: text or numbers are taken, text is answered where the field says so; their limits are numbers."""
    if not isinstance(field, fields.Decimal):
        return {}
    limits: dict[str, Any] = {name: float(ret[name]) for name in ("minimum", "maximum") if ret.get(name) is not None}
    if "type" in field.metadata:
        return limits
    kinds = ["string", "number"] if field.as_string else ["number"]
    kinds += ["null"] if field.allow_none else []
    return limits | {"type": kinds[0] if len(kinds) == 1 else kinds}


def spec_options(cookie_name: str) -> dict[str, Any]:
    """What the specification says beside the paths: an introduction and the two ways to sign in."""
    return {
        "info": {"description": INTRODUCTION},
        "security": [{"token": []}, {"session": []}],
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A personal or machine token"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookie_name,
                    "description": "A browser's session",
                },
            }
        },
    }
