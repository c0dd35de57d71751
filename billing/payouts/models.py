"""Bank accounts, payouts and the batches in which they go to the bank."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.ledger.models import Hold
from marketplace.accounts.models import Enterprise, Park
from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict

TWO_PERSONS = "ck_billing_payout_batch_two_persons"


class AccountPurpose(StrEnum):
    """`payout`: where an enterprise is paid; `custody`: into which everybody pays; `platform`: where commission goes."""

    PAYOUT = "payout"
    CUSTODY = "custody"
    PLATFORM = "platform"


class BankAccount(Keyed, Record):
    """One bank account of an enterprise or, without one, of the park: the custody bank's, or the platform's own."""

    __tablename__ = "billing_bank_account"
    __table_args__ = (
        UniqueConstraint("park_id", "enterprise_id", "purpose", postgresql_nulls_not_distinct=True),
        CheckConstraint("(purpose = 'payout') = (enterprise_id IS NOT NULL)", name="whose"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    holder: Mapped[str] = mapped_column(String(200))
    bank: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[AccountPurpose] = mapped_column(text_enum(AccountPurpose))
    updated_at: Mapped[datetime]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id), default=None)


class PayoutStatus(StrEnum):
    """queued → approved → sent → paid | returned; one that no batch holds yet may be withdrawn."""

    QUEUED = "queued"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class PayoutSource(StrEnum):
    """What is paid out: what an enterprise earned, a payer's credit given back, or the platform's commission."""

    PAYABLE = "payable"
    CUSTOMER_CREDIT = "customer_credit"
    COMMISSION = "commission"


class BatchStatus(StrEnum):
    """drafted → approved → sent, or rejected by the second person."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    REJECTED = "rejected"


class PayoutBatch(Keyed, Record):
    """One file for the bank; `digest` is its SHA-256, so that both persons and the bank speak of the same file."""

    __tablename__ = "billing_payout_batch"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> created_by", name="two_persons"),
        Index("ix_billing_payout_batch_park_id", "park_id", text("id DESC")),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    currency: Mapped[str] = mapped_column(String(3))
    created_by: Mapped[int]
    created_by_name: Mapped[str]
    created_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[BatchStatus] = mapped_column(text_enum(BatchStatus), default=BatchStatus.DRAFTED)
    approved_by: Mapped[int | None] = mapped_column(default=None)
    approved_by_name: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    payouts: Mapped[list["Payout"]] = relationship(
        init=False, lazy="raise_on_sql", order_by="Payout.id", back_populates="batch"
    )


_LEAVING: dict[PayoutStatus, frozenset[PayoutStatus]] = {
    PayoutStatus.QUEUED: frozenset({PayoutStatus.APPROVED, PayoutStatus.WITHDRAWN}),
    PayoutStatus.APPROVED: frozenset({PayoutStatus.SENT}),
    PayoutStatus.SENT: frozenset({PayoutStatus.PAID, PayoutStatus.RETURNED}),
    PayoutStatus.PAID: frozenset({PayoutStatus.RETURNED}),
}


class Payout(Keyed, Record):
    """One transfer to an enterprise, in minor units; the amount is set aside in the ledger until it is paid.

    Commission goes to the platform's own account and names no enterprise.
    """

    __tablename__ = "billing_payout"
    __table_args__ = (
        CheckConstraint("amount > 0", name="pays_something"),
        CheckConstraint("(source = 'commission') = (enterprise_id IS NULL)", name="commission_has_no_firm"),
        Index("ix_billing_payout_enterprise_id", "enterprise_id", text("id DESC")),
        Index("ix_billing_payout_status", "park_id", "status"),
        Index("ix_billing_payout_batch_id", "batch_id"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id))
    source: Mapped[PayoutSource] = mapped_column(text_enum(PayoutSource))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reference: Mapped[str] = mapped_column(String(13), unique=True)
    hold_id: Mapped[int] = mapped_column(ForeignKey(Hold.id))
    holder: Mapped[str] = mapped_column(String(200))
    bank: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40))
    queued_at: Mapped[datetime]
    status: Mapped[PayoutStatus] = mapped_column(text_enum(PayoutStatus), default=PayoutStatus.QUEUED)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey(PayoutBatch.id), default=None)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("billing_transaction.id"), default=None)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    batch: Mapped[PayoutBatch | None] = relationship(init=False, lazy="raise_on_sql", back_populates="payouts")
    enterprise: Mapped[Enterprise | None] = relationship(init=False, lazy="raise_on_sql")

    def move_to(self, status: PayoutStatus) -> None:
        """Raises `Conflict` for a step that does not lead on from here."""
        if status not in _LEAVING.get(self.status, frozenset()):
            raise Conflict("payout_transition", status=self.status.value, to=status.value)
        self.status = status
