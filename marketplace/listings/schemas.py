# pyright: reportUnknownVariableType=false, reportUnknownLambdaType=false, reportUnknownArgumentType=false
"""Listings on the wire: what comes in becomes a frozen command, what goes out is read from rows."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from billing.pricing.errors import PlanError
from billing.pricing.plan_json import plan_from_json
from marketplace.kernel.errors import DomainError
from marketplace.kernel.schemas import PageArguments, Text, WholeNumber
from marketplace.listings.batches import BatchAction, MoveListings
from marketplace.listings.commands import (
    Certificate,
    CreateListing,
    ListingContent,
    ListingTerms,
    SetRatePlan,
    SpecialEquipment,
    UnitContent,
)
from marketplace.listings.models import Approval, DeliveryTerms, ListingKind, ListingStatus, OperatorTerms
from marketplace.listings.rules import CancellationRules, CancellationTier, TimeRules

PublicId = validate.Regexp(r"^[0-9a-z]{14}$")


def public_id(**kwargs: Any) -> fields.String:
    """A public id: 14 characters."""
    return fields.String(validate=PublicId, **kwargs)


class CertificateSchema(Schema):
    code = Text(most=40, required=True)
    name = Text(most=120, required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> Certificate:
        return Certificate(**data)


class SpecialEquipmentSchema(Schema):
    """特种设备 registration."""

    number = Text(most=60, least=1, required=True)
    valid_until = fields.Date(required=True)

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> SpecialEquipment:
        return SpecialEquipment(**data)


class ListingCancellationTierSchema(Schema):
    """Who cancels at least `hours_before` the start pays `percent` of the price."""

    hours_before = WholeNumber(required=True, most=24 * 365)
    percent = WholeNumber(required=True, most=100)


class ListingTermsSchema(Schema):
    """Rules of booking and use; what is left out takes the usual value."""

    operator = fields.Enum(OperatorTerms, by_value=True, load_default=OperatorTerms.OPTIONAL)
    delivery = fields.Enum(DeliveryTerms, by_value=True, load_default=DeliveryTerms.ON_SITE)
    approval = fields.Enum(Approval, by_value=True, load_default=Approval.INSTANT)
    approval_grade = fields.String(validate=validate.OneOf(("A", "B", "C", "D")), load_default=None, allow_none=True)
    min_minutes = WholeNumber(least=1, most=1_000_000, load_default=60)
    max_minutes = WholeNumber(least=1, most=1_000_000, load_default=90 * 1440)
    step_minutes = WholeNumber(least=1, most=1440, load_default=30)
    notice_minutes = WholeNumber(most=1_000_000, load_default=60)
    horizon_days = WholeNumber(least=1, most=730, load_default=180)
    turnaround_minutes = WholeNumber(most=100_000, load_default=30)
    cancellation = fields.List(
        fields.Nested(ListingCancellationTierSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=6),
    )
    insurance_terms = Text(most=2000, load_default="")
    damage_terms = Text(most=2000, load_default="")
    certificates = fields.List(fields.Nested(CertificateSchema), load_default=list, validate=validate.Length(max=20))
    special_equipment = fields.Nested(SpecialEquipmentSchema, load_default=None, allow_none=True)
    operator_certificate = Text(most=120, load_default="")

    @post_load
    def to_terms(self, data: dict[str, Any], **_: object) -> ListingTerms:
        tiers = data.pop("cancellation")
        names = ("min_minutes", "max_minutes", "step_minutes", "notice_minutes", "horizon_days", "turnaround_minutes")
        try:
            time = TimeRules(**{name: data.pop(name) for name in names})
            rules = CancellationRules(tiers=tuple(CancellationTier(**tier) for tier in tiers)) if tiers else None
        except DomainError as error:
            raise ValidationError({name: list(codes) for name, codes in error.fields.items()}) from error
        certificates = tuple(data.pop("certificates"))
        return ListingTerms(**data, time=time, cancellation=rules or CancellationRules(), certificates=certificates)


class ListingContentSchema(Schema):
    """Everything a listing says. `attributes`: code → {"number"} in base units | {"min","max"} | {"word"} | {"words"} |
    {"bool"} | {"text"}, as the resource type defines them (GET /api/v1/resource-types).
    """

    type_code = Text(most=60, required=True)
    title_zh = Text(most=120, load_default="")
    title_en = Text(most=120, load_default="")
    description_zh = Text(most=4000, load_default="")
    description_en = Text(most=4000, load_default="")
    model = Text(most=80, load_default="")
    manufacturer = Text(most=80, load_default="")
    attributes = fields.Dict(
        keys=fields.String(validate=validate.Length(max=60)),
        values=fields.Dict(keys=fields.String(validate=validate.Length(max=10)), values=fields.Raw(allow_none=True)),
        load_default=dict,
        validate=validate.Length(max=100),
    )
    zone = public_id(load_default=None, allow_none=True)
    place = Text(most=120, load_default="")
    latitude = fields.Float(validate=validate.Range(-90, 90), load_default=None, allow_none=True)
    longitude = fields.Float(validate=validate.Range(-180, 180), load_default=None, allow_none=True)
    terms = fields.Nested(ListingTermsSchema, load_default=ListingTerms)

    @post_load
    def to_content(self, data: dict[str, Any], **_: object) -> ListingContent:
        return ListingContent(**data)


class ListingUnitSchema(Schema):
    """One machine of a listing."""

    public_id = fields.String(dump_only=True)
    asset_number = Text(most=60, load_default="")
    serial = Text(most=60, load_default="")
    label = Text(most=60, load_default="")
    status = fields.String(dump_only=True, attribute="status.value")
    is_bookable = fields.Boolean(dump_only=True)

    @post_load
    def to_unit(self, data: dict[str, Any], **_: object) -> UnitContent:
        return UnitContent(**data)


class ListingUnitEditSchema(Schema):
    asset_number = Text(most=60, load_default="")
    serial = Text(most=60, load_default="")
    label = Text(most=60, load_default="")
    is_bookable = fields.Boolean(load_default=True)


class NewListingSchema(Schema):
    """A draft: its content and machines, or for a line the units and lines it is made of (public ids)."""

    content = fields.Nested(ListingContentSchema, required=True)
    units = fields.List(fields.Nested(ListingUnitSchema), load_default=None, validate=validate.Length(min=1, max=500))
    member_units = fields.List(public_id(), load_default=list, validate=validate.Length(max=500))
    member_lines = fields.List(public_id(), load_default=list, validate=validate.Length(max=50))

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> CreateListing:
        members = {"member_units": tuple(data["member_units"]), "member_lines": tuple(data["member_lines"])}
        units = tuple(data["units"]) if data["units"] else (UnitContent(),)
        return CreateListing(content=data["content"], units=() if any(members.values()) else units, **members)


class LineMembersSchema(Schema):
    """Public ids of own units and own lines, in the order of the flow."""

    units = fields.List(public_id(), load_default=list, validate=validate.Length(max=500))
    lines = fields.List(public_id(), load_default=list, validate=validate.Length(max=50))


class ListingSchema(Schema):
    """A listing as its readers see it."""

    public_id = fields.String()
    version = fields.Integer()
    kind = fields.Enum(ListingKind, by_value=True)
    type_code = fields.String(allow_none=True)
    title_zh = fields.String()
    title_en = fields.String()
    description_zh = fields.String()
    description_en = fields.String()
    model = fields.String()
    manufacturer = fields.String()
    attributes = fields.Dict(keys=fields.String())
    suggested_attributes = fields.List(fields.String())
    status = fields.Enum(ListingStatus, by_value=True)
    withheld_reason = fields.Function(lambda row: row.withheld_reason.value if row.withheld_reason else None)
    enterprise = fields.Function(lambda row: {"public_id": row.enterprise.public_id, "name": row.enterprise.name_zh})
    zone = fields.Function(lambda row: row.zone.public_id if row.zone else None)
    place = fields.String()
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    operator = fields.Enum(OperatorTerms, by_value=True)
    delivery = fields.Enum(DeliveryTerms, by_value=True)
    approval = fields.Enum(Approval, by_value=True)
    approval_grade = fields.String(allow_none=True)
    min_minutes = fields.Integer()
    max_minutes = fields.Integer()
    step_minutes = fields.Integer()
    notice_minutes = fields.Integer()
    horizon_days = fields.Integer()
    turnaround_minutes = fields.Integer()
    cancellation = fields.List(fields.Nested(ListingCancellationTierSchema))
    insurance_terms = fields.String()
    damage_terms = fields.String()
    certificates = fields.List(fields.Dict())
    special_equipment = fields.Dict(allow_none=True)
    operator_certificate = fields.String()
    rate_plan = fields.Function(lambda row: row.rate_plan.plan if row.rate_plan else None)
    rate_plan_version = fields.Function(lambda row: row.rate_plan.version if row.rate_plan else None)
    price_as_written = fields.String()
    moderation_reason = fields.String()
    created_at = fields.AwareDateTime()
    updated_at = fields.AwareDateTime()
    published_at = fields.AwareDateTime(allow_none=True)


class OwnListingsQuery(PageArguments):
    """Filters of the firm's own list."""

    status = fields.Enum(ListingStatus, by_value=True, load_default=None)
    text = Text(most=100, load_default="")
    withheld = fields.Boolean(load_default=False)


class OwnListingsRowSchema(Schema):
    listing = fields.Nested(ListingSchema)
    unit_count = fields.Integer()
    photo = fields.String(allow_none=True)


class OwnListingsPageSchema(Schema):
    items = fields.List(fields.Nested(OwnListingsRowSchema))
    next_cursor = fields.String(allow_none=True)


class ListingPageSchema(Schema):
    items = fields.List(fields.Nested(ListingSchema))
    next_cursor = fields.String(allow_none=True)


class ListingRatePlanSchema(Schema):
    """`plan`: {"kind": "rent", "rates": {"hour": "420"}} | {"kind": "usage", "meter", "tiers"} |
    {"kind": "rent_to_own", "price", "rents", "credit", "option_price"} | null, prices as strings.
    """

    plan = fields.Dict(required=True, allow_none=True)
    price_as_written = Text(most=300, load_default="")
    label_zh = Text(most=60, load_default="")
    label_en = Text(most=60, load_default="")

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> SetRatePlan:
        try:
            plan = plan_from_json(data["plan"]) if data["plan"] is not None else None
        except PlanError as error:
            raise ValidationError({f"plan.{error.field}": [error.code]}) from error
        words = {name: data[name] for name in ("price_as_written", "label_zh", "label_en")}
        return SetRatePlan(listing="", version=None, plan=plan, **words)


class ListingRefusalSchema(Schema):
    reason = Text(most=500, least=1, required=True)


class ListingWithholdSchema(Schema):
    withheld = fields.Boolean(required=True)


class ListingsMoveSchema(Schema):
    """One action for many listings."""

    action = fields.Enum(BatchAction, by_value=True, required=True)
    listings = fields.List(public_id(), required=True, validate=validate.Length(min=1, max=5000))

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> MoveListings:
        return MoveListings(action=data["action"], listings=tuple(data["listings"]))


class ListingsBatchSchema(Schema):
    """`lacking`: public id → field → codes of what is missing."""

    published = fields.Integer()
    submitted = fields.Integer()
    moved = fields.Integer()
    skipped = fields.Integer()
    lacking = fields.Dict()


class ListingPhotoSchema(Schema):
    public_id = fields.String()
    width = fields.Integer()
    height = fields.Integer()
    caption = fields.String()
    position = fields.Integer()
    url = fields.Function(lambda photo: f"/photos/{photo.public_id}.jpg")
    small_url = fields.Function(lambda photo: f"/photos/{photo.public_id}/small.jpg")


class ListingPhotoOrderSchema(Schema):
    photos = fields.List(public_id(), required=True, validate=validate.Length(min=1, max=12))


class ListingDocumentSchema(Schema):
    public_id = fields.String()
    title = fields.String()
    kind = fields.String(attribute="kind.value")
    size_bytes = fields.Integer()
    url = fields.Function(lambda document: f"/documents/{document.public_id}")


class AttributeDefinitionSchema(Schema):
    """`number`, `min` and `max` are whole base units of the dimension; `unit` is the one usually shown."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()
    kind = fields.String()
    dimension = fields.String(allow_none=True)
    unit = fields.String(allow_none=True)
    options = fields.Function(
        lambda row: [{"code": option.code, "zh": option.zh, "en": option.en} for option in row.options]
    )


class ResourceTypeSchema(Schema):
    code = fields.String()
    family = fields.String()
    parent = fields.String(allow_none=True)
    kind = fields.String()
    zh = fields.String()
    en = fields.String()
    attributes = fields.List(fields.String())
    key_attributes = fields.List(fields.String())
    needs_certificate = fields.Boolean()
    is_active = fields.Boolean()


class ResourceTypesSchema(Schema):
    types = fields.List(fields.Nested(ResourceTypeSchema))
    attributes = fields.List(fields.Nested(AttributeDefinitionSchema))
