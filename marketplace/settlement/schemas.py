"""Money and reviews of an order on the wire."""

from marshmallow import Schema, fields

from credit.scoring.events import Role
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.settlement.queries import MoneyState, StepCode


class MoneyStepSchema(Schema):
    """One movement of the order's money; `at` is when it happened, or until when it is due."""

    code = fields.Enum(StepCode, by_value=True)
    amount = fields.Integer(metadata={"description": "minor units"})
    is_done = fields.Boolean()
    at = fields.AwareDateTime(allow_none=True)


class OrderMoneySchema(Schema):
    """Where the money of an order is, amounts in minor units of `currency`."""

    state = fields.Enum(MoneyState, by_value=True)
    currency = fields.String()
    escrow = fields.Integer()
    deposit = fields.Integer()
    missing = fields.Integer(metadata={"description": "what still has to come in"})
    reference = fields.String(
        attribute="request.reference", metadata={"description": "what the payer writes on the transfer"}
    )
    due_at = fields.AwareDateTime(attribute="request.due_at")
    steps = fields.List(fields.Nested(MoneyStepSchema))  # pyright: ignore[reportUnknownVariableType]
    bill = fields.String(attribute="bill.public_id")


class ReviewOrderSchema(Schema):
    """Stars 1 to 5 by criterion: as_described (a supplier) or care (a demander), punctual, communication."""

    stars = fields.Dict(keys=Text(least=1, most=30), values=WholeNumber(least=1, most=5), required=True)
    text = Text(load_default="", most=2000)


class OrderReviewSchema(Schema):
    """What one side said of the other, whose part was `role`."""

    id = fields.String(attribute="public_id")
    role = fields.Enum(Role, by_value=True)
    stars = fields.Dict(keys=fields.String(), values=fields.Integer())
    text = fields.String()
    written_at = fields.AwareDateTime()


class OrderReviewsSchema(Schema):
    items = fields.List(fields.Nested(OrderReviewSchema))  # pyright: ignore[reportUnknownVariableType]
