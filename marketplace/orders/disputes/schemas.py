"""Disputes on the wire."""

from typing import Any

from marshmallow import Schema, fields

from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.orders.disputes.models import DisputeStatus, DisputeSubject
from marketplace.orders.models import Side


class OpenDisputeSchema(Schema):
    subject = fields.Enum(DisputeSubject, by_value=True, required=True)
    claim = Text(required=True, least=1, most=3000)


class DisputeWordSchema(Schema):
    text = Text(required=True, least=1, most=3000)


class DisputeDecisionSchema(Schema):
    """Amounts in minor units of the order's currency."""

    decision = Text(required=True, least=1, most=3000)
    refund_amount = WholeNumber(required=True, most=10**12)
    deduction_amount = WholeNumber(load_default=0, most=10**12)


class DisputeSchema(Schema):
    """A dispute as its parties and the park's office see it."""

    id = fields.String(attribute="public_id")
    subject = fields.Enum(DisputeSubject, by_value=True)
    status = fields.Enum(DisputeStatus, by_value=True)
    opened_side = fields.Enum(Side, by_value=True)
    opened_at = fields.AwareDateTime()
    claim = fields.String()
    answer = fields.String()
    answer_by = fields.AwareDateTime()
    decision = fields.String()
    refund = fields.Method("refund_money", allow_none=True)
    deduction = fields.Method("deduction_money", allow_none=True)
    decided_at = fields.AwareDateTime(allow_none=True)
    appeal = fields.String()
    appeal_by = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)

    def refund_money(self, dispute: Any) -> Any:
        return self._money(dispute, dispute.refund_amount)

    def deduction_money(self, dispute: Any) -> Any:
        return self._money(dispute, dispute.deduction_amount)

    def _money(self, dispute: Any, amount: int | None) -> Any:
        if amount is None:
            return None
        return {"amount": amount, "currency": dispute.order.currency}
