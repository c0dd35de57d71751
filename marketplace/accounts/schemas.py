"""Wire to command and row to wire for firms and people."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from marketplace.accounts.coordinates import Datum, to_wgs84
from marketplace.accounts.models import MembershipStatus, MemberStatus, SizeClass, TaxpayerType
from marketplace.accounts.operations.admission import DecideStanding, FirmDetails, NewPerson
from marketplace.accounts.operations.tokens import MakeToken
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.schemas import PageArguments, Text, WholeNumber


class PersonSchema(Schema):
    """A new person."""

    name = Text(required=True, least=1, most=60)
    email = fields.Email(required=True, validate=validate.Length(max=254))
    password = fields.String(required=True, load_only=True, validate=validate.Length(max=200))

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> NewPerson:
        return NewPerson(**data)


class FirmSchema(Schema):
    """What a firm says of itself when it applies."""

    uscc = Text(required=True, most=30, metadata={"description": "统一社会信用代码, 18 characters"})
    name_zh = Text(required=True, least=2, most=120)
    name_en = Text(load_default="", most=160)
    industry_code = fields.String(load_default=None, validate=validate.Regexp(r"^[A-T]\d{0,4}$"))
    size_class = fields.Enum(SizeClass, by_value=True, load_default=None)
    taxpayer_type = fields.Enum(TaxpayerType, by_value=True, load_default=TaxpayerType.GENERAL)
    legal_person = Text(load_default="", most=60)
    controller = Text(load_default="", most=60)
    phone = Text(load_default="", most=30)
    bank_account = Text(load_default="", most=40)
    address = Text(load_default="", most=200)
    latitude = fields.Float(load_default=None, validate=validate.Range(min=-90, max=90))
    longitude = fields.Float(load_default=None, validate=validate.Range(min=-180, max=180))
    datum = fields.Enum(Datum, by_value=True, load_default=Datum.GCJ02)
    zone_code = Text(load_default=None, most=40, allow_none=True)

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> FirmDetails:
        datum = data.pop("datum")
        if data["latitude"] is not None and data["longitude"] is not None:
            data["latitude"], data["longitude"] = to_wgs84(data["latitude"], data["longitude"], datum)
        return FirmDetails(**data)


class StandingSchema(Schema):
    """A decision of the office."""

    status = fields.Enum(MembershipStatus, by_value=True, required=True)
    reason = Text(load_default="", most=500)
    version = WholeNumber(load_default=None, allow_none=True)
    publishes_unreviewed = fields.Boolean(load_default=None, allow_none=True)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> DecideStanding:
        return DecideStanding(enterprise="", **data)


class EnterpriseSchema(Schema):
    """A firm as the park sees it."""

    id = fields.String(attribute="enterprise.public_id")
    uscc = fields.String(attribute="enterprise.uscc")
    name_zh = fields.String(attribute="enterprise.name_zh")
    name_en = fields.String(attribute="enterprise.name_en")
    industry_code = fields.String(attribute="enterprise.industry_code", allow_none=True)
    size_class = fields.Enum(SizeClass, by_value=True, attribute="enterprise.size_class", allow_none=True)
    taxpayer_type = fields.Enum(TaxpayerType, by_value=True, attribute="enterprise.taxpayer_type")
    zone = fields.String(attribute="zone.code", dump_default=None, allow_none=True)
    status = fields.Enum(MembershipStatus, by_value=True)
    reason = fields.String()
    publishes_unreviewed = fields.Boolean()
    applied_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class EnterprisePageSchema(Schema):
    items = fields.List(fields.Nested(EnterpriseSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class EnterpriseQuery(PageArguments):
    """Which firms; `text` is part of a name or the beginning of the USCC."""

    status = fields.Enum(MembershipStatus, by_value=True, load_default=None)
    text = Text(most=60, load_default="")


class ApplicationSchema(Schema):
    """An application; `licence` is the file's bytes in base 64, `person` is left out by whoever is signed in."""

    firm = fields.Nested(FirmSchema, required=True)
    licence = fields.String(load_default=None, validate=validate.Length(max=14_000_000))
    person = fields.Nested(PersonSchema, load_default=None)


class MemberSchema(Schema):
    """A person in a firm."""

    id = fields.String(attribute="public_id")
    name = fields.String(attribute="user.name")
    email = fields.String(attribute="user.email")
    role = fields.Enum(FirmRole, by_value=True)
    status = fields.Enum(MemberStatus, by_value=True)


class JoinDecisionSchema(Schema):
    accept = fields.Boolean(required=True)
    role = fields.Enum(FirmRole, by_value=True, load_default=FirmRole.OPERATOR)


class MeSchema(Schema):
    """Who the caller is and may act for."""

    name = fields.String()
    locale = fields.String()
    firm_role = fields.Enum(FirmRole, by_value=True, allow_none=True)
    office_roles = fields.Method("sorted_roles")
    admitted = fields.Boolean()

    def sorted_roles(self, actor: Actor) -> list[str]:
        return sorted(role.value for role in actor.office_roles)


class NewTokenSchema(Schema):
    """A token to make."""

    name = Text(required=True, least=1, most=60)
    scopes = fields.List(
        fields.String(validate=validate.Length(max=60)), required=True, validate=validate.Length(1, 100)
    )  # pyright: ignore[reportUnknownVariableType]
    days = WholeNumber(load_default=90, least=1, most=366)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> MakeToken:
        return MakeToken(name=data["name"], scopes=tuple(data["scopes"]), days=data["days"])


class TokenSchema(Schema):
    """A token; `secret` comes with the answer that makes it and never again."""

    id = fields.String(attribute="token.public_id")
    name = fields.String(attribute="token.name")
    scopes = fields.List(fields.String(), attribute="token.scopes")  # pyright: ignore[reportUnknownVariableType]
    expires_at = fields.AwareDateTime(attribute="token.expires_at")
    secret = fields.String()


class KeptTokenSchema(Schema):
    """A token as it is listed."""

    id = fields.String(attribute="public_id")
    name = fields.String()
    scopes = fields.List(fields.String())  # pyright: ignore[reportUnknownVariableType]
    created_at = fields.AwareDateTime()
    used_at = fields.AwareDateTime(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)
