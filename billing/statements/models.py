"""Statements as imported and their lines, each with what became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.payments.models import Payment
from billing.payouts.models import Payout
from marketplace.accounts.models import Park
from marketplace.kernel.database import Keyed, Record, text_enum

TWICE = "uq_billing_statement_park_id_digest"


class LineStatus(StrEnum):
    """unmatched → matched | set_aside; one whose reference is known is matched at once."""

    UNMATCHED = "unmatched"
    MATCHED = "matched"
    SET_ASIDE = "set_aside"


class Statement(Keyed, Record):
    """One file of the bank; the same file is taken once."""

    __tablename__ = "billing_statement"
    __table_args__ = (UniqueConstraint("park_id", "digest"),)

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    layout: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    opening_amount: Mapped[int]
    closing_amount: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    line_count: Mapped[int]
    known_count: Mapped[int]
    """Lines that an earlier statement had brought."""
    imported_at: Mapped[datetime]
    user_id: Mapped[int | None]


class StatementLine(Keyed, Record):
    """One booking of the bank, in minor units: positive came in, negative went out."""

    __tablename__ = "billing_statement_line"
    __table_args__ = (
        UniqueConstraint("park_id", "fingerprint"),
        Index("ix_billing_statement_line_unmatched", "park_id", "id", postgresql_where=text("status = 'unmatched'")),
        Index("ix_billing_statement_line_statement_id", "statement_id"),
    )

    statement_id: Mapped[int] = mapped_column(ForeignKey(Statement.id))
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    fingerprint: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    at: Mapped[datetime]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    bank_ref: Mapped[str] = mapped_column(String(100))
    counterparty: Mapped[str] = mapped_column(String(200))
    counterparty_account: Mapped[str] = mapped_column(String(60))
    memo: Mapped[str] = mapped_column(String(500))
    status: Mapped[LineStatus] = mapped_column(text_enum(LineStatus), default=LineStatus.UNMATCHED)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey(Payment.id), default=None)
    payout_id: Mapped[int | None] = mapped_column(ForeignKey(Payout.id), default=None)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("billing_transaction.id"), default=None)
    """How money nobody knew was booked until it was matched."""
    note: Mapped[str] = mapped_column(String(500), default="")
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[int | None] = mapped_column(default=None)
    statement: Mapped[Statement] = relationship(init=False, lazy="raise_on_sql")
