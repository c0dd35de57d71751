"""Contracts, periods and buy-out quotes on the wire."""

from typing import Any

from marshmallow import Schema, fields

from billing.contracts.models import Contract, ContractKind, ContractStatus, PeriodStatus
from marketplace.kernel.schemas import PageArguments, Text

MINOR = {"description": "minor units of the contract's currency"}
DECIMAL = {"type": "string", "description": "decimal"}


class ContractSchema(Schema):
    """The billing side of an agreement; `terms` as they were frozen, prices as decimal strings."""

    id = fields.String(attribute="public_id")
    subject = fields.String(attribute="subject_ref")
    kind = fields.Enum(ContractKind, by_value=True)
    status = fields.Enum(ContractStatus, by_value=True)
    title = fields.String()
    supplier = fields.String(attribute="supplier.name_zh")
    demander = fields.String(attribute="demander.name_zh")
    currency = fields.String()
    terms = fields.Raw()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True, metadata={"description": "exclusive; null while it is open"})
    ended_on = fields.Date(allow_none=True)
    anchor_day = fields.Integer()
    pays_within_days = fields.Integer()
    reason = fields.String()


class BuyOutStandingSchema(Schema):
    """Three numbers of a rent-to-own kept apart, and what buying costs now."""

    paid_instalments = fields.Integer(attribute="paid")
    rent_earned = fields.Function(lambda standing: standing.rent_earned.to_json())
    credit = fields.Function(lambda standing: standing.credit.to_json())
    option_price = fields.Function(lambda standing: standing.option_price.to_json())
    buy_out = fields.Function(lambda standing: standing.buy_out.to_json())


class ContractWithStandingSchema(ContractSchema):
    standing = fields.Nested(BuyOutStandingSchema, allow_none=True)
    used = fields.Decimal(as_string=True, allow_none=True, metadata=DECIMAL)


class ContractPageSchema(Schema):
    items = fields.List(fields.Nested(ContractSchema))  # pyright: ignore[reportUnknownVariableType]
    next_cursor = fields.String(allow_none=True)


class ContractQuery(PageArguments):
    """Which contracts."""

    status = fields.Enum(ContractStatus, by_value=True, load_default=None)


class PeriodSchema(Schema):
    """One half-open stretch in dates of the contract's zone; `late_quantity` is what later bills added for it."""

    number = fields.Integer()
    starts_on = fields.Date()
    ends_on = fields.Date()
    due_on = fields.Date()
    status = fields.Enum(PeriodStatus, by_value=True)
    quantity = fields.Decimal(as_string=True, allow_none=True, metadata=DECIMAL)
    late_quantity = fields.Decimal(as_string=True, metadata=DECIMAL)
    bill = fields.String(attribute="bill.public_id", allow_none=True)
    total = fields.Function(lambda period: None if period.bill is None else period.bill.total, metadata=MINOR)


class PeriodsSchema(Schema):
    items = fields.List(fields.Nested(PeriodSchema))  # pyright: ignore[reportUnknownVariableType]


class BuyOutQuoteSchema(Schema):
    """What buying costs, held until the end of `valid_until`, with the inputs it was computed from."""

    id = fields.String(attribute="public_id")
    quoted_at = fields.AwareDateTime()
    valid_until = fields.Date()
    paid_instalments = fields.Integer()
    amount = fields.Integer(metadata=MINOR)
    inputs = fields.Raw()
    accepted_at = fields.AwareDateTime(allow_none=True)


class ContractNoticeSchema(Schema):
    """`on` is the first day that is no longer part of the contract: from today to the end of the running month."""

    on = fields.Date(required=True)
    reason = Text(required=True, least=1, most=500)


class ReadingDisputeSchema(Schema):
    """Which reading is wrong, and why."""

    meter = Text(required=True, least=1, most=20)
    event_id = Text(required=True, least=1, most=80)
    reason = Text(required=True, least=1, most=200)


def with_standing(contract: Contract, standing: Any, used: Any) -> dict[str, Any]:
    """A contract as `ContractWithStandingSchema` dumps it."""
    names = [name for name in ContractSchema().fields if name not in {"id", "subject", "supplier", "demander"}]
    shown = {name: getattr(contract, name) for name in names}
    parties = {"supplier": contract.supplier, "demander": contract.demander}
    keys = {"public_id": contract.public_id, "subject_ref": contract.subject_ref}
    return shown | parties | keys | {"standing": standing, "used": used}
