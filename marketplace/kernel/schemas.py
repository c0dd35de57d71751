"""Wire forms that every API shares: money, moments, pages, problems."""

from contextvars import ContextVar
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy.dialects.postgresql import Range

MAX_INTEGER = 2**53 - 1
"""What JSON readers everywhere keep exact."""


from_form: ContextVar[bool] = ContextVar("from_form", default=False)
"""Set while a page form is read: there numbers come as digits."""


class WholeNumber(fields.Integer):
    """An integer that is one on the wire and fits every reader; bounded on both sides."""

    def __init__(self, *, least: int = 0, most: int = MAX_INTEGER, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=least, max=most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        digits = from_form.get() and isinstance(value, str) and value.strip().removeprefix("-").isdecimal()
        return super()._deserialize(int(value) if digits else value, attr, data, **kwargs)


class Text(fields.String):
    """Text of a bounded length without NUL characters, trimmed."""

    def __init__(self, *, most: int, least: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=least, max=most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise ValidationError("NUL characters and halves of surrogate pairs are not text")
        return text.strip()


class MoneySchema(Schema):
    """Integer minor units and an ISO 4217 currency: {"amount": 12345, "currency": "CNY"} is 123.45 yuan."""

    amount = WholeNumber(required=True, least=-MAX_INTEGER)
    currency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{3}$"))


class RangeSchema(Schema):
    """A half-open range of time, ISO 8601 with zone."""

    start = fields.AwareDateTime(attribute="lower")
    end = fields.AwareDateTime(attribute="upper")


class PageArguments(Schema):
    """Which page of a list."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=500))
    size = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    """Not strict: an address holds text."""


def half_open(data: dict[str, Any]) -> Range[Any]:
    """The range of `start` and `end` of a loaded body; raises `ValidationError` when it does not run forward."""
    if data["start"] >= data["end"]:
        raise ValidationError({"end": ["end_before_start"]})
    return Range(data["start"], data["end"])
