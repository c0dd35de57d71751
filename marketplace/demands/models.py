"""Demands, who is invited to them, and the quotes made for them with their history."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Enterprise, Park, User, Zone
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import Question
from marketplace.kernel.database import JSON, Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.listings.models import Listing

ONE_LIVE_QUOTE = "ix_demands_quote_one_live"


class DemandStatus(StrEnum):
    """draft → open → awarded → closed | expired | withdrawn."""

    DRAFT = "draft"
    OPEN = "open"
    AWARDED = "awarded"
    CLOSED = "closed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Confidentiality(StrEnum):
    """Who sees a demand: the whole park, invited firms alone, or the park without the demander's name."""

    PUBLIC = "public"
    INVITED = "invited"
    ANONYMOUS = "anonymous"


class BudgetPer(StrEnum):
    JOB = "job"
    HOUR = "hour"
    DAY = "day"


class Demand(Keyed, Record):
    """What a firm looks for. `constraints` hold {"attribute", "op", "value", "unit"}: integers in base units or codes.

    `duration_minutes` is the time of use inside the window, as its `question` reads it. `radius_metres` counts from the
    zone when one is named, else from the demander's own place. Budgets are in minor units, VAT included.
    With `asked_listing_id` it is an enquiry on one listing, addressed to its supplier alone.
    """

    __tablename__ = "demands_demand"
    __table_args__ = (
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="titled"),
        CheckConstraint("during IS NULL OR NOT isempty(during)", name="during_not_empty"),
        CheckConstraint("duration_minutes IS NULL OR duration_minutes > 0", name="some_time"),
        CheckConstraint("units > 0 AND (pieces IS NULL OR pieces > 0)", name="some_quantity"),
        CheckConstraint("budget_amount IS NULL OR budget_amount > 0", name="some_budget"),
        Index("ix_demands_demand_demander_id", "demander_id", text("id DESC")),
        Index("ix_demands_demand_open", "park_id", "type_code", postgresql_where=text("status = 'open'")),
        Index("ix_demands_demand_closes_at", "closes_at", postgresql_where=text("status = 'open'")),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    demander_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    posted_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    status: Mapped[DemandStatus] = mapped_column(text_enum(DemandStatus), default=DemandStatus.DRAFT)
    title_zh: Mapped[str] = mapped_column(default="")
    title_en: Mapped[str] = mapped_column(default="")
    text_zh: Mapped[str] = mapped_column(default="")
    text_en: Mapped[str] = mapped_column(default="")
    type_code: Mapped[str | None] = mapped_column(String(60), default=None)
    constraints: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default_factory=list)
    during: Mapped[Range[datetime] | None] = mapped_column(TSTZRANGE, default=None)
    question: Mapped[Question] = mapped_column(text_enum(Question), default=Question.RUN)
    duration_minutes: Mapped[int | None] = mapped_column(default=None)
    units: Mapped[int] = mapped_column(default=1)
    pieces: Mapped[int | None] = mapped_column(default=None)
    zone_id: Mapped[int | None] = mapped_column(ForeignKey(Zone.id), default=None)
    radius_metres: Mapped[int | None] = mapped_column(default=None)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    budget_amount: Mapped[int | None] = mapped_column(default=None)
    budget_per: Mapped[BudgetPer] = mapped_column(text_enum(BudgetPer), default=BudgetPer.JOB)
    confidentiality: Mapped[Confidentiality] = mapped_column(text_enum(Confidentiality), default=Confidentiality.PUBLIC)
    asked_listing_id: Mapped[int | None] = mapped_column(ForeignKey(Listing.id), default=None, index=True)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False, default=1)
    demander: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")
    zone: Mapped[Zone | None] = relationship(init=False, lazy="raise_on_sql")
    asked_listing: Mapped[Listing | None] = relationship(init=False, lazy="raise_on_sql")

    __mapper_args__: ClassVar = {"version_id_col": version}

    def title(self, locale: str) -> str:
        """The title in the reader's language, else in the other one."""
        return (self.title_en or self.title_zh) if locale.startswith("en") else (self.title_zh or self.title_en)

    def text(self, locale: str) -> str:
        return (self.text_en or self.text_zh) if locale.startswith("en") else (self.text_zh or self.text_en)

    @property
    def hides_its_demander(self) -> bool:
        """Whether suppliers do not learn the name yet: it is anonymous until a quote is accepted."""
        return self.confidentiality is Confidentiality.ANONYMOUS and self.status not in {
            DemandStatus.AWARDED,
            DemandStatus.CLOSED,
        }

    def move_to(self, status: DemandStatus) -> None:
        """One step; raises `Conflict` `demand_transition` for a step the table does not know."""
        match (self.status, status):
            case (
                (DemandStatus.DRAFT, DemandStatus.OPEN | DemandStatus.WITHDRAWN)
                | (DemandStatus.OPEN, DemandStatus.AWARDED | DemandStatus.EXPIRED | DemandStatus.WITHDRAWN)
                | (DemandStatus.AWARDED, DemandStatus.CLOSED)
            ):
                self.status = status
            case _:
                raise Conflict("demand_transition", before=self.status.value, after=status.value)


class Invitation(Record):
    """A firm that is asked to quote."""

    __tablename__ = "demands_invitation"

    demand_id: Mapped[int] = mapped_column(ForeignKey(Demand.id), primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), primary_key=True, index=True)


class QuoteStatus(StrEnum):
    """draft → sent ⇄ countered → accepted | declined | expired | withdrawn."""

    DRAFT = "draft"
    SENT = "sent"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


LIVE = (QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.COUNTERED)
ON_THE_TABLE = (QuoteStatus.SENT, QuoteStatus.COUNTERED)
"""What the demander may still decide about."""


class Quote(Keyed, Record):
    """A priced, time-limited offer of one listing for a demand. Lines are VAT included, amounts in minor units.

    With `holds_time` the units are held for the demander while the quote stands; `booking_id` is that hold.
    """

    __tablename__ = "demands_quote"
    __table_args__ = (
        CheckConstraint("supplier_id <> demander_id", name="two_parties"),
        CheckConstraint("total_amount >= 0 AND tax_amount >= 0", name="no_negative_price"),
        CheckConstraint("NOT isempty(during)", name="during_not_empty"),
        CheckConstraint("units > 0", name="some_units"),
        CheckConstraint("vat_basis_points BETWEEN 0 AND 10000", name="vat_rate"),
        Index(
            ONE_LIVE_QUOTE,
            "demand_id",
            "listing_id",
            unique=True,
            postgresql_where=text("status IN ('draft', 'sent', 'countered')"),
        ),
        Index("ix_demands_quote_supplier_id", "supplier_id", text("id DESC")),
        Index("ix_demands_quote_demand_id", "demand_id", "id"),
        Index(
            "ix_demands_quote_valid_until",
            "valid_until",
            postgresql_where=text("status IN ('sent', 'countered')"),
        ),
    )

    demand_id: Mapped[int] = mapped_column(ForeignKey(Demand.id))
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    demander_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    made_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    currency: Mapped[str] = mapped_column(String(3))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    total_amount: Mapped[int]
    tax_amount: Mapped[int]
    vat_basis_points: Mapped[int]
    status: Mapped[QuoteStatus] = mapped_column(text_enum(QuoteStatus), default=QuoteStatus.DRAFT)
    units: Mapped[int] = mapped_column(default=1)
    operator: Mapped[bool] = mapped_column(default=False)
    delivery: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    holds_time: Mapped[bool] = mapped_column(default=False)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey(Booking.id), default=None)
    counter_amount: Mapped[int | None] = mapped_column(default=None)
    counter_note: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False, default=1)
    demand: Mapped[Demand] = relationship(init=False, lazy="raise_on_sql")
    listing: Mapped[Listing] = relationship(init=False, lazy="raise_on_sql")
    supplier: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[supplier_id])

    __mapper_args__: ClassVar = {"version_id_col": version}

    def move_to(self, status: QuoteStatus) -> None:
        """One step; raises `Conflict` `quote_transition` for a step the table does not know."""
        match (self.status, status):
            case (
                (QuoteStatus.DRAFT, QuoteStatus.SENT | QuoteStatus.WITHDRAWN)
                | (QuoteStatus.SENT, QuoteStatus.COUNTERED | QuoteStatus.ACCEPTED)
                | (QuoteStatus.COUNTERED, QuoteStatus.SENT)
                | (
                    QuoteStatus.SENT | QuoteStatus.COUNTERED,
                    QuoteStatus.DECLINED | QuoteStatus.EXPIRED | QuoteStatus.WITHDRAWN,
                )
            ):
                self.status = status
            case _:
                raise Conflict("quote_transition", before=self.status.value, after=status.value)


class QuoteRound(Record):
    """One step of the bargaining as it stood then: never changed."""

    __tablename__ = "demands_quote_round"
    __table_args__ = (Index("ix_demands_quote_round_quote_id", "quote_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    quote_id: Mapped[int] = mapped_column(ForeignKey(Quote.id))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(20))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id))
    amount: Mapped[int | None]
    facts: Mapped[JSON] = mapped_column(default_factory=dict)
