"""Demands and quotes on the wire."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.queries import Question
from marketplace.demands.constraints import OPS, Limit
from marketplace.demands.models import BudgetPer, Confidentiality, DemandStatus, Quote, QuoteStatus
from marketplace.demands.operations.demanding import PostDemand
from marketplace.demands.operations.quoting import MakeQuote, QuoteTerms, SendQuote
from marketplace.demands.pricing import COUNTED, MOST_LINES, RENT, QuoteLine
from marketplace.kernel.quantities import BadQuantity, to_base
from marketplace.kernel.schemas import MoneySchema, PageArguments, RangeSchema, Text, WholeNumber, half_open
from marketplace.kernel.units import INT64_MAX
from marketplace.listings.catalogue import load_catalogue

MOST_FEN = 10**13
MOST_MINUTES = 60 * 24 * 366


class ConstraintSchema(Schema):
    """One limit: a number with its unit, or option codes of which one suffices (`in`).

    {"attribute": "travel_x", "op": ">=", "number": "600", "unit": "mm"} or
    {"attribute": "materials", "op": "in", "words": ["titanium"]}.
    """

    attribute = Text(required=True, least=1, most=60)
    op = fields.String(required=True, validate=validate.OneOf(OPS))
    number = fields.Decimal(load_default=None, allow_none=True, as_string=True)
    unit = Text(load_default=None, allow_none=True, most=20)
    words = fields.List(Text(least=1, most=60), load_default=list, validate=validate.Length(max=30))  # pyright: ignore[reportUnknownVariableType]

    @post_load
    def to_limit(self, data: dict[str, Any], **_: object) -> Limit:
        definition = load_catalogue().attributes.get(data["attribute"])
        if definition is None:
            raise ValidationError({"attribute": ["unknown_attribute"]})
        if data["op"] == "in":
            return Limit(data["attribute"], "in", tuple(data["words"]))
        number: Decimal | None = data["number"]
        if number is None or not number.is_finite() or abs(number) > INT64_MAX:
            raise ValidationError({"number": ["bad_constraint"]})
        unit = data["unit"] or definition.unit or "1"
        try:
            figure = to_base(number, unit, definition.dimension or "count")
        except BadQuantity as error:
            raise ValidationError({"unit": ["bad_constraint"]}) from error
        return Limit(data["attribute"], data["op"], figure, unit)


class ShownConstraintSchema(Schema):
    """A limit as kept: `value` is an integer in the base unit of the attribute, or option codes."""

    attribute = fields.String()
    op = fields.String()
    value = fields.Raw()
    unit = fields.String(allow_none=True)


class PostDemandSchema(Schema):
    """What is looked for; `as_draft` keeps it from suppliers until it is opened."""

    title_zh = Text(load_default="", most=200)
    title_en = Text(load_default="", most=200)
    text_zh = Text(load_default="", most=4000)
    text_en = Text(load_default="", most=4000)
    type = Text(load_default=None, allow_none=True, most=60)
    constraints = fields.List(fields.Nested(ConstraintSchema), load_default=list, validate=validate.Length(max=40))  # pyright: ignore[reportUnknownVariableType]
    start = fields.AwareDateTime(load_default=None, allow_none=True)
    end = fields.AwareDateTime(load_default=None, allow_none=True)
    question = fields.Enum(Question, by_value=True, load_default=Question.RUN)
    minutes = WholeNumber(load_default=None, allow_none=True, least=1, most=MOST_MINUTES)
    units = WholeNumber(load_default=1, least=1, most=1000)
    pieces = WholeNumber(load_default=None, allow_none=True, least=1, most=10**9)
    zone = Text(load_default=None, allow_none=True, most=40)
    radius_metres = WholeNumber(load_default=None, allow_none=True, least=1, most=1_000_000)
    budget = fields.Nested(MoneySchema, load_default=None, allow_none=True)
    budget_per = fields.Enum(BudgetPer, by_value=True, load_default=BudgetPer.JOB)
    confidentiality = fields.Enum(Confidentiality, by_value=True, load_default=Confidentiality.PUBLIC)
    invited = fields.List(Text(least=1, most=200), load_default=list, validate=validate.Length(max=50))  # pyright: ignore[reportUnknownVariableType]
    listing = Text(load_default=None, allow_none=True, most=20)
    closes_at = fields.AwareDateTime(load_default=None, allow_none=True)
    as_draft = fields.Boolean(load_default=False)

    @validates_schema
    def speaks_of_one_range(self, data: dict[str, Any], **_: object) -> None:
        if (data["start"] is None) != (data["end"] is None):
            raise ValidationError({"end" if data["end"] is None else "start": ["end_before_start"]})
        budget = data["budget"]
        if budget is not None and (budget["currency"] != "CNY" or not 0 < budget["amount"] <= MOST_FEN):
            raise ValidationError({"budget": ["Must be a positive amount in CNY."]})

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> PostDemand:
        start, end, budget = data.pop("start"), data.pop("end"), data.pop("budget")
        during = half_open({"start": start, "end": end}) if start is not None else None
        return PostDemand(
            during=during,
            type_code=data.pop("type"),
            duration_minutes=data.pop("minutes"),
            budget_amount=budget["amount"] if budget else None,
            constraints=tuple(data.pop("constraints")),
            invited=tuple(data.pop("invited")),
            **data,
        )


class DemandSchema(Schema):
    """A demand as its reader may see it: an anonymous demander is null, contact details are blacked out for others."""

    id = fields.String(attribute="public_id")
    status = fields.Enum(DemandStatus, by_value=True)
    title_zh = fields.String()
    title_en = fields.String()
    text_zh = fields.String()
    text_en = fields.String()
    demander = fields.String(allow_none=True)
    type = fields.String(attribute="type_code", allow_none=True)
    constraints = fields.List(fields.Nested(ShownConstraintSchema))  # pyright: ignore[reportUnknownVariableType]
    during = fields.Nested(RangeSchema, allow_none=True)
    question = fields.Enum(Question, by_value=True)
    minutes = fields.Integer(attribute="duration_minutes", allow_none=True)
    units = fields.Integer()
    pieces = fields.Integer(allow_none=True)
    zone = fields.String(allow_none=True)
    radius_metres = fields.Integer(allow_none=True)
    budget = fields.Nested(MoneySchema, allow_none=True)
    budget_per = fields.Enum(BudgetPer, by_value=True)
    confidentiality = fields.Enum(Confidentiality, by_value=True)
    listing = fields.String(allow_none=True)
    closes_at = fields.AwareDateTime()
    is_mine = fields.Boolean()
    reason = fields.String()


class DemandPageSchema(Schema):
    items = fields.List(fields.Nested(DemandSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class QuoteLineSchema(Schema):
    """One line: `unit_price` in yuan with VAT; the amount is quantity × price, rounded once to the fen."""

    name = Text(required=True, least=1, most=100)
    quantity = fields.Decimal(
        load_default=Decimal(1), as_string=True, validate=validate.Range(Decimal(0), Decimal(10**7))
    )
    unit = Text(load_default="", most=20)
    unit_price = fields.Decimal(required=True, as_string=True, validate=validate.Range(-Decimal(10**9), Decimal(10**9)))

    code = fields.String(
        load_default="fee",
        validate=validate.OneOf(["fee", RENT, *COUNTED]),
        metadata={
            "description": "usage_… is billed by what is really used; rent_instalment makes it the listing's rent-to-own"
        },
    )

    @validates_schema
    def is_written_out(self, data: dict[str, Any], **_: object) -> None:
        for name in ("quantity", "unit_price"):
            number: Decimal = data[name]
            if not number.is_finite() or int(number.as_tuple().exponent) < -8:
                raise ValidationError({name: ["bad_line"]})

    @post_load
    def to_line(self, data: dict[str, Any], **_: object) -> QuoteLine:
        return QuoteLine(**data)


class QuoteTermsSchema(Schema):
    """What is offered. `holds_time` keeps the units for the demander while the quote stands."""

    start = fields.AwareDateTime(required=True)
    end = fields.AwareDateTime(required=True)
    lines = fields.List(fields.Nested(QuoteLineSchema), required=True, validate=validate.Length(1, MOST_LINES))  # pyright: ignore[reportUnknownVariableType]
    valid_until = fields.AwareDateTime(required=True)
    vat_basis_points = WholeNumber(load_default=1300, least=0, most=10_000, metadata={"description": "1300 is 13 %"})
    units = WholeNumber(load_default=1, least=1, most=1000)
    operator = fields.Boolean(load_default=False)
    delivery = fields.Boolean(load_default=False)
    note = Text(load_default="", most=2000)
    holds_time = fields.Boolean(load_default=False)

    @validates_schema
    def runs_forward(self, data: dict[str, Any], **_: object) -> None:
        if data["start"] >= data["end"]:
            raise ValidationError({"end": ["end_before_start"]})

    @post_load
    def to_terms(self, data: dict[str, Any], **_: object) -> QuoteTerms:
        return QuoteTerms(during=Range(data.pop("start"), data.pop("end")), lines=tuple(data.pop("lines")), **data)


class MakeQuoteSchema(Schema):
    """An offer of one's own listing for a demand."""

    demand = Text(required=True, least=1, most=20)
    listing = Text(required=True, least=1, most=20)
    terms = fields.Nested(QuoteTermsSchema, required=True)
    as_draft = fields.Boolean(load_default=False)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> MakeQuote:
        return MakeQuote(**data)


class SendQuoteSchema(Schema):
    """Without `terms` the quote is sent as it stands."""

    terms = fields.Nested(QuoteTermsSchema, load_default=None, allow_none=True)


class CounterQuoteSchema(Schema):
    """What the demander would rather pay (minor units of the quote's currency), or have changed."""

    amount = WholeNumber(load_default=None, allow_none=True, least=1, most=MOST_FEN)
    note = Text(load_default="", most=1000)


class ReasonSchema(Schema):
    reason = Text(load_default="", most=500)


class ShownLineSchema(Schema):
    name = fields.String()
    quantity = fields.String()
    unit = fields.String()
    unit_price = fields.String(allow_none=True)
    amount = fields.Integer()


class QuoteSchema(Schema):
    """A quote as its parties see it."""

    id = fields.String(attribute="public_id")
    demand = fields.String(attribute="demand.public_id")
    listing = fields.String(attribute="listing.public_id")
    supplier = fields.String(attribute="supplier.name_zh")
    status = fields.Enum(QuoteStatus, by_value=True)
    during = fields.Nested(RangeSchema)
    units = fields.Integer()
    operator = fields.Boolean()
    delivery = fields.Boolean()
    total = fields.Method("money_of_total")
    tax = fields.Method("money_of_tax")
    vat_basis_points = fields.Integer()
    lines = fields.List(fields.Nested(ShownLineSchema))  # pyright: ignore[reportUnknownVariableType]
    valid_until = fields.AwareDateTime()
    holds_time = fields.Boolean()
    note = fields.String()
    counter_amount = fields.Integer(allow_none=True)
    counter_note = fields.String()
    reason = fields.String()

    def money_of_total(self, quote: Quote) -> dict[str, Any]:
        return {"amount": quote.total_amount, "currency": quote.currency}

    def money_of_tax(self, quote: Quote) -> dict[str, Any]:
        return {"amount": quote.tax_amount, "currency": quote.currency}


class QuotePageSchema(Schema):
    items = fields.List(fields.Nested(QuoteSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class DemandQuery(PageArguments):
    """Which page of one's own demands."""


def send_command(quote: str, data: dict[str, Any]) -> SendQuote:
    return SendQuote(quote=quote, terms=data["terms"])
