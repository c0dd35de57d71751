"""Bills with their lines, the counters behind their numbers, and the fapiao register."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Enterprise, Park
from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money

ONE_BILL = "uq_billing_bill_issuer_id_key"
ONE_CORRECTION = "uq_billing_bill_corrects_id"
ONE_FAPIAO_NUMBER = "uq_billing_fapiao_number"
ONE_OPEN_FAPIAO = "ix_billing_fapiao_one_standing"


class BillKind(StrEnum):
    """`correction` mirrors the amounts of the bill it takes back."""

    BILL = "bill"
    CORRECTION = "correction"


class BillCounter(Record):
    """The last number an issuer used in a year; locked while a bill takes the next one, so none is left out."""

    __tablename__ = "billing_bill_counter"

    issuer_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Bill(Keyed, Record):
    """What an issuer asks of a recipient, in minor units; written once and never changed, by anybody.

    `key` makes it happen once for its issuer (`period:3kq0…`); `number` is `ZD2026-000123`.
    """

    __tablename__ = "billing_bill"
    __table_args__ = (
        UniqueConstraint("issuer_id", "year", "sequence"),
        UniqueConstraint("issuer_id", "key"),
        UniqueConstraint("corrects_id"),
        CheckConstraint("total = net + tax", name="adds_up"),
        CheckConstraint("sequence > 0", name="counts"),
        Index("ix_billing_bill_recipient_id", "recipient_id", "id"),
        Index("ix_billing_bill_issuer_id_id", "issuer_id", "id"),
        Index("ix_billing_bill_subject_ref", "subject_ref", "id"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    issuer_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    recipient_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    kind: Mapped[BillKind] = mapped_column(text_enum(BillKind))
    key: Mapped[str] = mapped_column(String(120))
    subject_ref: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int]
    tax: Mapped[int]
    total: Mapped[int]
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    service_start: Mapped[date | None] = mapped_column(default=None)
    service_end: Mapped[date | None] = mapped_column(default=None)
    policy: Mapped[str] = mapped_column(String(200), default="")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("billing_bill.id"), default=None)
    reason: Mapped[str] = mapped_column(String(500), default="")
    lines: Mapped[list["BillLine"]] = relationship(init=False, lazy="raise_on_sql", order_by="BillLine.position")
    issuer: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[issuer_id])
    recipient: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[recipient_id])

    def money(self, amount: int) -> Money:
        return Money(amount, self.currency)


class BillLine(Record):
    """One line: `amount` as the prices are stated, `net` and `tax` in minor units. `text` is a Chinese message."""

    __tablename__ = "billing_bill_line"
    __table_args__ = (CheckConstraint("position > 0", name="counts"),)

    bill_id: Mapped[int] = mapped_column(ForeignKey(Bill.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(120))
    quantity: Mapped[Decimal] = mapped_column(Numeric)
    unit: Mapped[str] = mapped_column(String(20))
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric)
    amount: Mapped[int]
    net: Mapped[int]
    tax: Mapped[int]
    vat_rate: Mapped[Decimal] = mapped_column(Numeric)
    name: Mapped[str] = mapped_column(String(200), default="")
    service_start: Mapped[date | None] = mapped_column(default=None)
    service_end: Mapped[date | None] = mapped_column(default=None)


class FapiaoKind(StrEnum):
    """VAT special invoice 增值税专用发票, or ordinary 普通发票."""

    SPECIAL = "special"
    ORDINARY = "ordinary"


class FapiaoStatus(StrEnum):
    """requested → issued → reversed by a red letter 红字发票; requested → withdrawn."""

    REQUESTED = "requested"
    ISSUED = "issued"
    REVERSED = "reversed"
    WITHDRAWN = "withdrawn"


class Fapiao(Keyed, Record):
    """A tax invoice that the seller issues for a bill, as the register knows it.

    `title` and `tax_number` are the buyer's; `number` the 20 digits of the fully digital kind 数电票. A red letter
    names its confirmation form 红字信息确认单.
    """

    __tablename__ = "billing_fapiao"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("red_number"),
        CheckConstraint("number IS NULL OR number ~ '^[0-9]{20}$'", name="twenty_digits"),
        CheckConstraint("red_number IS NULL OR red_number ~ '^[0-9]{20}$'", name="red_twenty_digits"),
        CheckConstraint("status NOT IN ('issued', 'reversed') OR number IS NOT NULL", name="issued_with_number"),
        ForeignKeyConstraint(["bill_id"], [Bill.id]),
        Index(ONE_OPEN_FAPIAO, "bill_id", unique=True, postgresql_where="status IN ('requested', 'issued')"),
    )

    bill_id: Mapped[int]
    kind: Mapped[FapiaoKind] = mapped_column(text_enum(FapiaoKind))
    title: Mapped[str] = mapped_column(String(200))
    tax_number: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime]
    status: Mapped[FapiaoStatus] = mapped_column(text_enum(FapiaoStatus), default=FapiaoStatus.REQUESTED)
    number: Mapped[str | None] = mapped_column(String(20), default=None)
    issued_on: Mapped[date | None] = mapped_column(default=None)
    red_number: Mapped[str | None] = mapped_column(String(20), default=None)
    red_form: Mapped[str] = mapped_column(String(40), default="")
    reversed_on: Mapped[date | None] = mapped_column(default=None)
    bill: Mapped[Bill] = relationship(init=False, lazy="raise_on_sql")

    def move_to(self, status: FapiaoStatus) -> None:
        """Raises `Conflict` `fapiao_transition` for a step the register does not know."""
        match (self.status, status):
            case (FapiaoStatus.REQUESTED, FapiaoStatus.ISSUED | FapiaoStatus.WITHDRAWN) | (
                FapiaoStatus.ISSUED,
                FapiaoStatus.REVERSED,
            ):
                self.status = status
            case _:
                raise Conflict("fapiao_transition", before=self.status.value, after=status.value)
