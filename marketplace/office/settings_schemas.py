"""Wire to command and row to wire for what the office sets."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.office.park_settings import ChangePark, KeepDepartment, KeepZone, Share, ShareDuties

CODE = validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,38}$", error="bad_code")
CORNER = fields.List(fields.Float(validate=validate.Range(-100_000, 100_000)), validate=validate.Length(equal=2))
CORNERS = fields.List(CORNER, validate=validate.Length(3, 200))


class Edition(Schema):
    """`edition` is the one that was read: an older one is refused, so that nobody overwrites what they have not seen."""

    edition = WholeNumber(load_default=None, allow_none=True)


class ChangeParkSchema(Edition):
    """The park's names and rules."""

    name_zh = Text(required=True, least=2, most=60)
    name_en = Text(required=True, least=2, most=80)
    time_zone = Text(required=True, least=1, most=60, metadata={"description": "IANA name: Asia/Shanghai"})
    payment_required = fields.Boolean(
        required=True, metadata={"description": "Whether an order holds only when it is paid"}
    )

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> ChangePark:
        return ChangePark(**data)


class KeepZoneSchema(Edition):
    """A zone by its code, new or known."""

    code = fields.String(required=True, validate=CODE)
    name_zh = Text(required=True, least=1, most=40)
    name_en = Text(required=True, least=1, most=60)
    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))
    polygon = fields.List(
        CORNER,
        required=True,
        validate=validate.Length(3, 200),
        metadata={"description": "Corners in the units of the park's map"},
    )

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> KeepZone:
        polygon = tuple((x, y) for x, y in data.pop("polygon"))
        return KeepZone(**data, polygon=polygon)


class KeepDepartmentSchema(Edition):
    """A department by its code, new or known."""

    code = fields.String(required=True, validate=CODE)
    name_zh = Text(required=True, least=1, most=40)
    name_en = Text(required=True, least=1, most=60)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> KeepDepartment:
        return KeepDepartment(**data)


class DropDepartmentSchema(Edition):
    code = Text(required=True, least=1, most=40)


class ShareSchema(Schema):
    """Who answers for one source of the queue, by the departments' codes."""

    source = Text(required=True, least=1, most=40)
    responsible = Text(load_default="", most=40)
    assisting = fields.List(Text(least=1, most=40), load_default=list, validate=validate.Length(max=20))

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> Share:
        assisting = tuple(data.pop("assisting"))
        return Share(**data, assisting=assisting)


class ShareDutiesSchema(Edition):
    """Who answers for what; a source that is not named has nobody."""

    shares = fields.List(fields.Nested(ShareSchema), required=True, validate=validate.Length(max=40))  # pyright: ignore[reportUnknownVariableType]

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> ShareDuties:
        return ShareDuties(shares=tuple(data["shares"]), edition=data["edition"])


class ParkZoneSchema(Schema):
    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    latitude = fields.Float()
    longitude = fields.Float()
    polygon = fields.List(fields.List(fields.Float()))


class ParkSettingsSchema(Schema):
    """All that the office sets of its park."""

    name_zh = fields.String(attribute="park.name_zh")
    name_en = fields.String(attribute="park.name_en")
    time_zone = fields.String(attribute="park.time_zone")
    payment_required = fields.Boolean(attribute="park.payment_required")
    zones = fields.List(fields.Nested(ParkZoneSchema))  # pyright: ignore[reportUnknownVariableType]
    departments = fields.List(fields.Nested("DepartmentSchema"))  # pyright: ignore[reportUnknownVariableType]
    duties = fields.Dict(keys=fields.String(), values=fields.Dict())
    edition = fields.Integer()


class Corners(fields.Field[Any]):
    """Corners as a person writes them: `34,58 94,28 132,32`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        written = [corner.split(",") for corner in str(value).replace("，", ",").split()]
        try:
            corners = [[float(number) for number in corner] for corner in written]
            return CORNERS.deserialize(corners, attr, data, **kwargs)
        except (ValueError, ValidationError) as error:
            raise ValidationError("bad_corners") from error


class ZoneForm(KeepZoneSchema):
    """A zone as the page sends it."""

    polygon = Corners(required=True)


class ParkForm(ChangeParkSchema):
    """A tick that is not set is not sent."""

    payment_required = fields.Boolean(load_default=False)
