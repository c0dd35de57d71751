"""Contracts, their periods, and buy-out quotes."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.bills.models import Bill
from billing.contracts.terms import Terms, terms_from_json
from billing.pricing.rent_to_own import RentToOwnTerms
from marketplace.accounts.models import Enterprise, Park
from marketplace.kernel.database import JSON, Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict

ONE_CONTRACT = "uq_billing_contract_park_id_subject_ref"


class ContractKind(StrEnum):
    RENT = "rent"
    USAGE = "usage"
    RENT_TO_OWN = "rent_to_own"


class ContractStatus(StrEnum):
    """draft → running ⇄ suspended → completed | terminated | bought_out."""

    DRAFT = "draft"
    RUNNING = "running"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    BOUGHT_OUT = "bought_out"


LIVE = frozenset({ContractStatus.RUNNING, ContractStatus.SUSPENDED})


class Contract(Keyed, Record):
    """The billing side of an agreement: who pays whom for what, cut into periods by an anchor day in its zone.

    `subject_ref` says what it belongs to (`order:3kq0…`). `terms` never change once it runs. Periods are billed ahead,
    those of usage behind, `data_grace_hours` after their end. Of the meters of pay-per-use only readings after
    `metered_from` and up to `metered_until` count: the moments at which the machine changed hands.
    """

    __tablename__ = "billing_contract"
    __table_args__ = (
        UniqueConstraint("park_id", "subject_ref"),
        CheckConstraint("anchor_day BETWEEN 1 AND 31", name="anchor_day"),
        CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name="runs_forward"),
        Index("ix_billing_contract_next_cut_on", "next_cut_on", postgresql_where="status IN ('running', 'suspended')"),
        Index("ix_billing_contract_supplier_id", "supplier_id", "id"),
        Index("ix_billing_contract_demander_id", "demander_id", "id"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    demander_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    subject_ref: Mapped[str] = mapped_column(String(60))
    kind: Mapped[ContractKind] = mapped_column(text_enum(ContractKind))
    title: Mapped[str] = mapped_column(String(200))
    terms: Mapped[JSON]
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(40))
    anchor_day: Mapped[int]
    starts_on: Mapped[date]
    next_cut_on: Mapped[date]
    """Where the next period begins."""
    created_at: Mapped[datetime]
    ends_on: Mapped[date | None] = mapped_column(default=None)
    pays_within_days: Mapped[int] = mapped_column(default=7)
    data_grace_hours: Mapped[int] = mapped_column(default=24)
    metered_from: Mapped[datetime | None] = mapped_column(default=None)
    metered_until: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[ContractStatus] = mapped_column(text_enum(ContractStatus), default=ContractStatus.DRAFT)
    reason: Mapped[str] = mapped_column(String(500), default="")
    ended_on: Mapped[date | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)
    supplier: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[supplier_id])
    demander: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[demander_id])

    __mapper_args__: ClassVar = {"version_id_col": version}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def value(self) -> Terms:
        """The terms as `billing.pricing` computes with them; they never change, so they are read once."""
        return terms_from_json(self.terms)

    @property
    def rent_to_own(self) -> RentToOwnTerms:
        """Raises `Conflict` `not_rent_to_own` for another kind of contract."""
        terms = self.value
        if not isinstance(terms, RentToOwnTerms):
            raise Conflict("not_rent_to_own")
        return terms

    @property
    def is_over(self) -> bool:
        return self.status not in LIVE and self.status is not ContractStatus.DRAFT

    def move_to(self, status: ContractStatus, *, reason: str = "", on: date | None = None) -> None:
        """Raises `Conflict` `contract_transition` for a step the rules do not know."""
        match (self.status, status):
            case (
                (ContractStatus.DRAFT, ContractStatus.RUNNING | ContractStatus.TERMINATED)
                | (ContractStatus.RUNNING, ContractStatus.SUSPENDED)
                | (ContractStatus.SUSPENDED, ContractStatus.RUNNING)
                | (
                    ContractStatus.RUNNING | ContractStatus.SUSPENDED,
                    ContractStatus.COMPLETED | ContractStatus.TERMINATED | ContractStatus.BOUGHT_OUT,
                )
            ):
                self.status, self.reason = status, reason
                self.ended_on = on if self.is_over else None
            case _:
                raise Conflict("contract_transition", before=self.status.value, after=status.value)


class ContractMeter(Record):
    """A meter whose readings a contract of usage counts."""

    __tablename__ = "billing_contract_meter"
    __table_args__ = (Index("ix_billing_contract_meter_meter_id", "meter_id"),)

    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id), primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("billing_meter.id"), primary_key=True)


class PeriodStatus(StrEnum):
    """open → metered → billed → settled."""

    OPEN = "open"
    METERED = "metered"
    BILLED = "billed"
    SETTLED = "settled"


class Period(Keyed, Record):
    """One half-open stretch of a contract in dates of its zone; `number` counts from 1 (the instalment of a rent-to-own).

    `quantity` is what was billed, frozen when it was metered; `late_quantity` what later bills added for it since;
    `late_fee_bill_id` the fee of a missed payment.
    """

    __tablename__ = "billing_period"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("contract_id", "starts_on"),
        CheckConstraint("starts_on < ends_on", name="runs_forward"),
        CheckConstraint("status NOT IN ('billed', 'settled') OR bill_id IS NOT NULL OR is_free", name="billed_by_bill"),
        Index("ix_billing_period_due_on", "due_on", postgresql_where="status = 'billed'"),
        Index("ix_billing_period_bill_at", "bill_at", postgresql_where="status IN ('open', 'metered')"),
        Index("ix_billing_period_bill_id", "bill_id"),
    )

    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    whole_start: Mapped[date]
    whole_end: Mapped[date]
    bill_at: Mapped[datetime]
    """From when on it may be billed; for usage also the last moment at which readings may have come."""
    due_on: Mapped[date]
    status: Mapped[PeriodStatus] = mapped_column(text_enum(PeriodStatus), default=PeriodStatus.OPEN)
    quantity: Mapped[Decimal | None] = mapped_column(Numeric, default=None)
    late_quantity: Mapped[Decimal] = mapped_column(Numeric, default=Decimal(0))
    is_free: Mapped[bool] = mapped_column(default=False)
    """Nothing was to be paid, so there is no bill."""
    bill_id: Mapped[int | None] = mapped_column(ForeignKey(Bill.id), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    late_fee_bill_id: Mapped[int | None] = mapped_column(ForeignKey(Bill.id), default=None)
    contract: Mapped[Contract] = relationship(init=False, lazy="raise_on_sql")
    bill: Mapped[Bill | None] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[bill_id])

    def move_to(self, status: PeriodStatus) -> None:
        """Raises `Conflict` `period_transition` for a step out of order."""
        match (self.status, status):
            case (
                (PeriodStatus.OPEN, PeriodStatus.METERED)
                | (PeriodStatus.METERED, PeriodStatus.BILLED)
                | (PeriodStatus.BILLED, PeriodStatus.SETTLED)
            ):
                self.status = status
            case _:
                raise Conflict("period_transition", before=self.status.value, after=status.value)


class BuyOutQuote(Keyed, Record):
    """What buying costs, with the inputs it was computed from; holds until the end of `valid_until`."""

    __tablename__ = "billing_buy_out_quote"
    __table_args__ = (Index("ix_billing_buy_out_quote_contract_id", "contract_id", "id"),)

    contract_id: Mapped[int] = mapped_column(ForeignKey(Contract.id))
    quoted_at: Mapped[datetime]
    valid_until: Mapped[date]
    paid_instalments: Mapped[int]
    amount: Mapped[int]
    inputs: Mapped[JSON]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    bill_id: Mapped[int | None] = mapped_column(ForeignKey(Bill.id), default=None)
