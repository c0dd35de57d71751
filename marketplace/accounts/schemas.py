"""Wire to command and row to wire for firms and people."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from marketplace.accounts.coordinates import Datum, to_wgs84
from marketplace.accounts.models import MembershipStatus, SizeClass, TaxpayerType
from marketplace.accounts.operations.admission import DecideStanding, FirmDetails, NewPerson
from marketplace.kernel.schemas import Text, WholeNumber


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
    industry_code = fields.String(attribute="enterprise.industry_code")
    size_class = fields.Enum(SizeClass, by_value=True, attribute="enterprise.size_class")
    taxpayer_type = fields.Enum(TaxpayerType, by_value=True, attribute="enterprise.taxpayer_type")
    zone = fields.String(attribute="zone.code", dump_default=None)
    status = fields.Enum(MembershipStatus, by_value=True)
    reason = fields.String()
    publishes_unreviewed = fields.Boolean()
    applied_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime()
    version = fields.Integer()
