"""Calendars on the wire."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from marketplace.bookings.calendars import MOST_EXCEPTIONS, ExceptionalDay
from marketplace.bookings.holidays import FIRST_YEAR, LAST_YEAR
from marketplace.bookings.opening import WEEKDAYS
from marketplace.kernel.schemas import Text, WholeNumber


def _hours(**more: Any) -> fields.List[Any]:
    """Ranges of a day, [["08:00", "12:00"], ["13:00", "20:00"]]; "24:00" ends a day."""
    pair: fields.List[Any] = fields.List(Text(most=5), validate=validate.Length(equal=2))
    return fields.List(pair, validate=validate.Length(max=6), **more)


class ExceptionalDaySchema(Schema):
    """A date with hours of its own; none means closed."""

    day = fields.Date(required=True)
    hours = _hours(load_default=list)
    note = Text(load_default="", most=60)

    @post_load
    def to_value(self, data: dict[str, Any], **_: object) -> ExceptionalDay:
        return ExceptionalDay(**data)


class WeeklySchema(Schema):
    """Hours by weekday; a day left out is closed."""

    mon = _hours(load_default=list)
    tue = _hours(load_default=list)
    wed = _hours(load_default=list)
    thu = _hours(load_default=list)
    fri = _hours(load_default=list)
    sat = _hours(load_default=list)
    sun = _hours(load_default=list)


class EditCalendarSchema(Schema):
    """The whole calendar as it shall be; `version` is the one you read."""

    version = WholeNumber(required=True)
    weekly = fields.Nested(WeeklySchema, required=True)
    exceptions: fields.List[Any] = fields.List(
        fields.Nested(ExceptionalDaySchema), load_default=list, validate=validate.Length(max=MOST_EXCEPTIONS)
    )
    observes_holidays = fields.Boolean(load_default=True)


class ListingCalendarSchema(Schema):
    """When a machine is open, in the park's time zone. Version 0: nothing saved yet, the default hours hold."""

    version = fields.Integer()
    weekly = fields.Dict(keys=fields.String(validate=validate.OneOf(WEEKDAYS)), values=_hours())
    exceptions: fields.List[Any] = fields.List(fields.Nested(ExceptionalDaySchema))
    observes_holidays = fields.Boolean()


class HolidayYearQuery(Schema):
    """Which year; without it the running one."""

    year = fields.Integer(load_default=None, validate=validate.Range(FIRST_YEAR, LAST_YEAR))


class SetHolidaySchema(Schema):
    """What a date is: a holiday, or a workday shifted to it."""

    is_workday = fields.Boolean(load_default=False)
    name_zh = Text(required=True, least=1, most=40)
    name_en = Text(load_default="", most=60)


class HolidaySchema(Schema):
    """`is_provisional`: the year's calendar is not published yet."""

    day = fields.Date()
    is_workday = fields.Boolean()
    name_zh = fields.String()
    name_en = fields.String()
    is_provisional = fields.Boolean()


class MakeFeedSchema(Schema):
    """`listing`: one of your machines; without it all of them."""

    listing = Text(load_default=None, allow_none=True, least=1, most=20)


class CalendarFeedSchema(Schema):
    """An iCalendar address of your firm, without its secret."""

    id = fields.String(attribute="public_id")
    listing = fields.String(attribute="listing.public_id", allow_none=True)
    created_at = fields.AwareDateTime()


class MadeFeedSchema(Schema):
    """A new address; it is shown this once."""

    id = fields.String(attribute="public_id")
    url = fields.String()
    created_at = fields.AwareDateTime()
