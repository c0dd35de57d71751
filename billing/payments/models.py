"""A request for funds, the escrow and deposit it asks for, and the payments made towards it."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.ledger.models import Hold
from marketplace.accounts.models import Enterprise, Park
from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money

NO_MORE_OUT_THAN_IN = "ck_billing_funds_no_more_out_than_in"
NO_MORE_REFUNDED = "ck_billing_payment_no_more_refunded"
ONE_OPEN_CARD = "uq_billing_payment_one_open_card"
ONE_REQUEST = "uq_billing_funds_request_park_id_subject_ref_purpose"


class RequestStatus(StrEnum):
    """awaited → secured | cancelled | expired; money that had come in time still secures one that ended."""

    AWAITED = "awaited"
    SECURED = "secured"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class FundsKind(StrEnum):
    """Escrow 担保资金 is held until acceptance, a deposit 押金 against damage."""

    ESCROW = "escrow"
    DEPOSIT = "deposit"


class FundsStatus(StrEnum):
    """awaited → held ⇄ frozen → released | split | refunded; one that never came is cancelled or expired.

    Money that had come in time and was seen late is held after all.
    """

    AWAITED = "awaited"
    HELD = "held"
    FROZEN = "frozen"
    RELEASED = "released"
    SPLIT = "split"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PaymentStatus(StrEnum):
    """created → pending → succeeded | failed | unknown; an unknown one is asked for again, never made anew."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


OPEN_PAYMENTS = (PaymentStatus.CREATED, PaymentStatus.PENDING, PaymentStatus.UNKNOWN)


class GatewayName(StrEnum):
    """`fake` are cards that exist only in tests and the demo."""

    BANK_TRANSFER = "bank_transfer"
    STRIPE = "stripe"
    FAKE = "fake"


class FundsRequest(Keyed, Record):
    """What one enterprise is asked to pay in for a subject before `due_at`.

    `subject_ref` says what for (`order:3kq0…`); `purpose` tells several requests of one subject apart.
    `received_amount` is what has come in, in minor units. An uploaded transfer slip moves `due_at` to `due_with_slip`.
    """

    __tablename__ = "billing_funds_request"
    __table_args__ = (
        UniqueConstraint("park_id", "subject_ref", "purpose"),
        CheckConstraint("payer_id <> payee_id", name="two_parties"),
        CheckConstraint("received_amount >= 0", name="received"),
        Index("ix_billing_funds_request_payer_id", "payer_id", text("id DESC")),
        Index("ix_billing_funds_request_payee_id", "payee_id", text("id DESC")),
        Index("ix_billing_funds_request_due_at", "due_at", postgresql_where=text("status = 'awaited'")),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    subject_ref: Mapped[str] = mapped_column(String(60))
    purpose: Mapped[str] = mapped_column(String(40))
    payer_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    payee_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    currency: Mapped[str] = mapped_column(String(3))
    total_amount: Mapped[int]
    reference: Mapped[str] = mapped_column(String(13), unique=True)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    due_with_slip: Mapped[datetime | None] = mapped_column(default=None)
    expected_fee: Mapped[int] = mapped_column(default=0)
    """The commission a card gateway may keep for the platform when it captures, in minor units."""
    label: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[RequestStatus] = mapped_column(text_enum(RequestStatus), default=RequestStatus.AWAITED)
    received_amount: Mapped[int] = mapped_column(default=0)
    secured_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    slip_at: Mapped[datetime | None] = mapped_column(default=None)
    lapses: Mapped[bool] = mapped_column(default=True)
    """Whether it ends with `due_at`; what a bill asks for stays owed."""
    is_contested: Mapped[bool] = mapped_column(default=False)
    """A dispute is open: nothing held moves, and what was released before is not paid out."""
    funds: Mapped[list["Funds"]] = relationship(
        init=False, lazy="raise_on_sql", order_by="Funds.id", back_populates="request"
    )
    payer: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[payer_id])
    payee: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[payee_id])

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.currency)

    @property
    def missing(self) -> Money:
        """What still has to come in."""
        return Money(max(0, self.total_amount - self.received_amount), self.currency)

    def end(self, status: RequestStatus, at: datetime) -> None:
        """Raises `Conflict` unless it is still awaited."""
        if self.status is not RequestStatus.AWAITED:
            raise Conflict("request_ended", status=self.status.value)
        self.status, self.ended_at = status, at


_LEAVING: dict[FundsStatus, frozenset[FundsStatus]] = {
    FundsStatus.AWAITED: frozenset({FundsStatus.HELD, FundsStatus.CANCELLED, FundsStatus.EXPIRED}),
    FundsStatus.CANCELLED: frozenset({FundsStatus.HELD}),
    FundsStatus.EXPIRED: frozenset({FundsStatus.HELD}),
    FundsStatus.HELD: frozenset({FundsStatus.FROZEN, FundsStatus.RELEASED, FundsStatus.SPLIT, FundsStatus.REFUNDED}),
    FundsStatus.FROZEN: frozenset({FundsStatus.HELD, FundsStatus.RELEASED, FundsStatus.SPLIT, FundsStatus.REFUNDED}),
}


class Funds(Keyed, Record):
    """One escrow or deposit and what became of it, in minor units; the database keeps out ≤ in.

    `released_amount` went to the payee, `fee_amount` to the platform, `refunded_amount` back to the payer.
    """

    __tablename__ = "billing_funds"
    __table_args__ = (
        UniqueConstraint("request_id", "kind"),
        CheckConstraint("amount > 0", name="holds_something"),
        CheckConstraint(
            "released_amount >= 0 AND refunded_amount >= 0 AND fee_amount >= 0"
            " AND released_amount + refunded_amount + fee_amount <= amount",
            name="no_more_out_than_in",
        ),
        Index("ix_billing_funds_status", "status"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey(FundsRequest.id))
    kind: Mapped[FundsKind] = mapped_column(text_enum(FundsKind))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[FundsStatus] = mapped_column(text_enum(FundsStatus), default=FundsStatus.AWAITED)
    released_amount: Mapped[int] = mapped_column(default=0)
    refunded_amount: Mapped[int] = mapped_column(default=0)
    fee_amount: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False, default=1)
    request: Mapped[FundsRequest] = relationship(init=False, lazy="raise_on_sql", back_populates="funds")

    __mapper_args__: ClassVar = {"version_id_col": version}

    @property
    def held(self) -> Money:
        """What is still held: nothing before it came and after it went."""
        if self.status not in {FundsStatus.HELD, FundsStatus.FROZEN}:
            return Money.zero(self.currency)
        out = self.released_amount + self.refunded_amount + self.fee_amount
        return Money(self.amount - out, self.currency)

    def move_to(self, status: FundsStatus) -> None:
        """Raises `Conflict` for a step that does not lead on from here."""
        if status not in _LEAVING.get(self.status, frozenset()):
            raise Conflict("funds_transition", status=self.status.value, to=status.value)
        self.status = status

    def settle(self) -> None:
        """Once nothing is held any more, say how it ended."""
        if self.held.amount:
            return
        if not self.refunded_amount:
            self.move_to(FundsStatus.RELEASED)
        elif not self.released_amount + self.fee_amount:
            self.move_to(FundsStatus.REFUNDED)
        else:
            self.move_to(FundsStatus.SPLIT)


class Payment(Keyed, Record):
    """One payment towards a request; `gateway_ref` is what the gateway or the bank calls it.

    A card payment is committed before its gateway is called. While a call is under way, or had no answer, it is unknown;
    a request has at most one that is open. `amount` is what is asked for until it succeeds, then what was taken;
    `refunded_amount` counts refunds that are under way as well.
    """

    __tablename__ = "billing_payment"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_ref"),
        CheckConstraint("amount > 0", name="pays_something"),
        CheckConstraint("refunded_amount >= 0 AND refunded_amount <= amount", name="no_more_refunded"),
        CheckConstraint("fee_amount >= 0 AND fee_amount <= amount", name="fee_within"),
        CheckConstraint("arrived_amount >= 0 AND arrived_amount <= amount - fee_amount", name="arrived_within"),
        Index("ix_billing_payment_request_id", "request_id"),
        Index(
            "uq_billing_payment_one_open_card",
            "request_id",
            unique=True,
            postgresql_where=text("gateway <> 'bank_transfer' AND status IN ('created', 'pending', 'unknown')"),
        ),
        Index(
            "ix_billing_payment_open",
            "id",
            postgresql_where=text("status IN ('created', 'pending', 'unknown')"),
        ),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    request_id: Mapped[int] = mapped_column(ForeignKey(FundsRequest.id))
    gateway: Mapped[GatewayName] = mapped_column(text_enum(GatewayName))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    status: Mapped[PaymentStatus] = mapped_column(text_enum(PaymentStatus), default=PaymentStatus.CREATED)
    attempt: Mapped[int] = mapped_column(default=1)
    gateway_ref: Mapped[str | None] = mapped_column(String(200), default=None)
    fee_amount: Mapped[int] = mapped_column(default=0)
    refunded_amount: Mapped[int] = mapped_column(default=0)
    succeeded_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str] = mapped_column(default="")
    page_url: Mapped[str | None] = mapped_column(default=None)
    """Where the payer pays by card, as long as the payment is pending."""
    authorised_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the card was found good: its money is reserved, and taken or let go within five days."""
    arrived_amount: Mapped[int] = mapped_column(default=0)
    """How much of a card payment the gateway has paid out to the custody bank."""
    locale: Mapped[str] = mapped_column(String(10), default="")
    """The payer's language, for the gateway's page."""
    request: Mapped[FundsRequest] = relationship(init=False, lazy="raise_on_sql")
    refunds: Mapped[list["CardRefund"]] = relationship(
        init=False, lazy="raise_on_sql", order_by="CardRefund.id", back_populates="payment"
    )

    @property
    def is_card(self) -> bool:
        return self.gateway is not GatewayName.BANK_TRANSFER

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_PAYMENTS


class CardRefund(Keyed, Record):
    """Money on its way back to the card it came from; set aside on the payer's credit until it has left.

    `fee_amount` of it comes out of what the platform took in advance. Its states are those of a payment.
    """

    __tablename__ = "billing_card_refund"
    __table_args__ = (
        CheckConstraint("amount > 0 AND fee_amount >= 0 AND fee_amount <= amount", name="gives_something"),
        Index("ix_billing_card_refund_payment_id", "payment_id"),
        Index(
            "ix_billing_card_refund_open",
            "id",
            postgresql_where=text("status IN ('created', 'pending', 'unknown')"),
        ),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    payment_id: Mapped[int] = mapped_column(ForeignKey(Payment.id))
    hold_id: Mapped[int] = mapped_column(ForeignKey(Hold.id))
    amount: Mapped[int]
    fee_amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    status: Mapped[PaymentStatus] = mapped_column(text_enum(PaymentStatus), default=PaymentStatus.CREATED)
    gateway_ref: Mapped[str | None] = mapped_column(String(200), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str] = mapped_column(default="")
    payment: Mapped[Payment] = relationship(init=False, lazy="raise_on_sql", back_populates="refunds")


class WebhookStatus(StrEnum):
    """received → done | ignored (not about anything of ours) | parked (nothing could be made of it)."""

    RECEIVED = "received"
    DONE = "done"
    IGNORED = "ignored"
    PARKED = "parked"


class Webhook(Keyed, Record):
    """One event of a gateway, once, `body` as it was signed. It only says that something happened: what, the gateway is asked."""

    __tablename__ = "billing_webhook"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id"),
        Index("ix_billing_webhook_parked", "id", postgresql_where=text("status = 'parked'")),
    )

    gateway: Mapped[GatewayName] = mapped_column(text_enum(GatewayName))
    event_id: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(100))
    body: Mapped[str]
    received_at: Mapped[datetime]
    status: Mapped[WebhookStatus] = mapped_column(text_enum(WebhookStatus), default=WebhookStatus.RECEIVED)
    note: Mapped[str] = mapped_column(default="")
    handled_at: Mapped[datetime | None] = mapped_column(default=None)


class RecoveryKind(StrEnum):
    """What recovered money is to whom it is owed: a payer's credit, or what a payee earned."""

    CUSTOMER_CREDIT = "customer_credit"
    PAYABLE = "payable"


class Recovery(Keyed, Record):
    """What one side has to give the other of money released before, in minor units; met out of what it has here.

    Without a debtor it is the platform that gives back commission. `key` makes it happen once.
    """

    __tablename__ = "billing_recovery"
    __table_args__ = (
        UniqueConstraint("park_id", "key"),
        CheckConstraint("amount > 0", name="claims_something"),
        CheckConstraint("recovered_amount >= 0 AND recovered_amount <= amount", name="no_more_than_claimed"),
        Index("ix_billing_recovery_subject_ref", "subject_ref"),
        Index("ix_billing_recovery_creditor_id", "creditor_id"),
        Index(
            "ix_billing_recovery_open",
            "park_id",
            "debtor_id",
            "id",
            postgresql_where=text("recovered_amount < amount"),
        ),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    key: Mapped[str] = mapped_column(String(200))
    subject_ref: Mapped[str] = mapped_column(String(60))
    request_id: Mapped[int] = mapped_column(ForeignKey(FundsRequest.id))
    creditor_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    becomes: Mapped[RecoveryKind] = mapped_column(text_enum(RecoveryKind))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int]
    created_at: Mapped[datetime]
    debtor_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id), default=None)
    recovered_amount: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    request: Mapped[FundsRequest] = relationship(init=False, lazy="raise_on_sql")

    @property
    def open_amount(self) -> int:
        return self.amount - self.recovered_amount


class TransferSlip(Keyed, Record):
    """A picture or PDF of the transfer that the payer made; it extends the time once."""

    __tablename__ = "billing_transfer_slip"

    request_id: Mapped[int] = mapped_column(ForeignKey(FundsRequest.id), index=True)
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(60))
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, repr=False)
    uploaded_at: Mapped[datetime]
    user_id: Mapped[int | None]
