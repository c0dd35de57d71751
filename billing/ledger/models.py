"""Accounts, transactions and their entries, and holds."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.ledger.accounts import AccountKind, AccountName
from marketplace.accounts.models import Enterprise, Park
from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict

GUARD = "ck_billing_account_guarded"
ONE_EFFECT = "uq_billing_transaction_park_id_key"
ONE_REVERSAL = "uq_billing_transaction_reverses_id"


class Account(Keyed, Record):
    """One account of a park in one currency.

    `balance` is kept in the direction in which the account grows, in minor units, and is no more than the sum of its
    entries kept at hand; `reserved` is the part of it that holds have set aside.
    """

    __tablename__ = "billing_account"
    __table_args__ = (
        UniqueConstraint("park_id", "name", "currency"),
        UniqueConstraint("id", "currency"),
        CheckConstraint("NOT is_guarded OR balance >= reserved", name="guarded"),
        CheckConstraint("reserved >= 0", name="reserved"),
        Index("ix_billing_account_enterprise_id", "enterprise_id", "kind"),
        Index("ix_billing_account_subject_ref", "subject_ref"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[AccountKind] = mapped_column(text_enum(AccountKind))
    currency: Mapped[str] = mapped_column(String(3))
    is_guarded: Mapped[bool]
    opened_at: Mapped[datetime]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id), default=None)
    subject_ref: Mapped[str] = mapped_column(String(60), default="")
    balance: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    enterprise: Mapped[Enterprise | None] = relationship(init=False, lazy="raise_on_sql")

    @property
    def available(self) -> int:
        """What may still be taken, in minor units."""
        return self.balance - self.reserved

    @property
    def address(self) -> AccountName:
        return AccountName(self.kind, self.enterprise_id, self.subject_ref)


class Transaction(Keyed, Record):
    """What happened to money at one moment; its entries add up to nothing in every currency.

    `source` is the row that caused it (`payment:3kq0…`), `key` what makes it happen once. It counts from
    `effective_at`; `created_at` is when it was written down. Never changed: `reverses_id` names the one it undoes.
    """

    __tablename__ = "billing_transaction"
    __table_args__ = (
        UniqueConstraint("park_id", "key"),
        UniqueConstraint("reverses_id"),
        Index("ix_billing_transaction_subject_ref", "subject_ref", "id"),
        Index("ix_billing_transaction_park_id_effective_at", "park_id", "effective_at"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(80))
    subject_ref: Mapped[str] = mapped_column(String(60))
    memo: Mapped[str]
    effective_at: Mapped[datetime]
    created_at: Mapped[datetime]
    user_id: Mapped[int | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("billing_transaction.id"), default=None)
    written_in: Mapped[int] = mapped_column(
        BigInteger, init=False, server_default=FetchedValue(), deferred=True, repr=False
    )
    """The database transaction that wrote it: entries may only be written together with it."""
    entries: Mapped[list["Entry"]] = relationship(
        init=False, lazy="raise_on_sql", order_by="Entry.id", back_populates="transaction"
    )


class Entry(Record):
    """One leg, in minor units: a debit is positive, a credit negative."""

    __tablename__ = "billing_entry"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "currency"], [Account.id, Account.currency]),
        CheckConstraint("amount <> 0", name="moves_something"),
        Index("ix_billing_entry_account_id", "account_id", "id"),
        Index("ix_billing_entry_transaction_id", "transaction_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    transaction_id: Mapped[int] = mapped_column(ForeignKey(Transaction.id))
    account_id: Mapped[int]
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    account: Mapped[Account] = relationship(init=False, lazy="raise_on_sql", viewonly=True)
    transaction: Mapped[Transaction] = relationship(init=False, lazy="raise_on_sql", viewonly=True)


class HoldStatus(StrEnum):
    """pending → posted | voided | expired."""

    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"
    EXPIRED = "expired"


class Hold(Keyed, Record):
    """Part of an account's balance set aside until it is posted, given back or runs out."""

    __tablename__ = "billing_hold"
    __table_args__ = (
        CheckConstraint("amount > 0", name="holds_something"),
        Index("ix_billing_hold_account_id", "account_id", postgresql_where="status = 'pending'"),
        Index("ix_billing_hold_expires_at", "expires_at", postgresql_where="status = 'pending'"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    amount: Mapped[int]
    source: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[HoldStatus] = mapped_column(text_enum(HoldStatus), default=HoldStatus.PENDING)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey(Transaction.id), default=None)

    def end(self, status: HoldStatus, at: datetime) -> None:
        """Raises `Conflict` unless it is still pending."""
        if self.status is not HoldStatus.PENDING:
            raise Conflict("hold_ended", status=self.status.value)
        self.status, self.ended_at = status, at
