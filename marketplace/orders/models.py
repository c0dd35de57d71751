"""The order: an agreement between two firms about the use of a listing, its price and rules frozen."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.models import RatePlan
from marketplace.accounts.models import Enterprise, Park, User
from marketplace.bookings.models import Booking
from marketplace.kernel.database import JSON, Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.listings.models import Listing


class OrderStatus(StrEnum):
    """requested → awaiting_payment → active → completed; declined, expired, cancelled.

    One that lapsed waiting becomes active after all when its money turns out to have come in time.
    """

    REQUESTED = "requested"
    AWAITING_PAYMENT = "awaiting_payment"
    ACTIVE = "active"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Way(StrEnum):
    """How the agreement came about."""

    INSTANT = "instant"
    APPROVAL = "approval"
    QUOTE = "quote"


class Side(StrEnum):
    SUPPLIER = "supplier"
    DEMANDER = "demander"
    PLATFORM = "platform"


class Order(Keyed, Record):
    """One agreement. Money is in minor units, `lines` are what the total is made of, `terms` the rules at the start.

    `cancellation` holds the tiers frozen when it was placed: who cancels at least `hours_before` pays `percent`.
    """

    __tablename__ = "orders_order"
    __table_args__ = (
        CheckConstraint("supplier_id <> demander_id", name="two_parties"),
        CheckConstraint("total_amount >= 0 AND tax_amount >= 0", name="no_negative_price"),
        UniqueConstraint("booking_id"),
        UniqueConstraint("quote_ref"),
        Index("ix_orders_order_supplier_id", "supplier_id", text("id DESC")),
        Index("ix_orders_order_demander_id", "demander_id", text("id DESC")),
        Index("ix_orders_order_decide_by", "decide_by", postgresql_where=text("status = 'requested'")),
        Index("ix_orders_order_ended_at", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    demander_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    booking_id: Mapped[int] = mapped_column(ForeignKey(Booking.id))
    placed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    way: Mapped[Way] = mapped_column(text_enum(Way))
    status: Mapped[OrderStatus] = mapped_column(text_enum(OrderStatus))
    currency: Mapped[str] = mapped_column(String(3))
    total_amount: Mapped[int]
    tax_amount: Mapped[int]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    cancellation: Mapped[list[dict[str, int]]] = mapped_column(JSONB)
    terms: Mapped[JSON]
    placed_at: Mapped[datetime]
    rate_plan_id: Mapped[int | None] = mapped_column(ForeignKey(RatePlan.id), default=None)
    quote_ref: Mapped[str | None] = mapped_column(String(14), default=None)
    note: Mapped[str] = mapped_column(default="")
    decide_by: Mapped[datetime | None] = mapped_column(default=None)
    pay_by: Mapped[datetime | None] = mapped_column(default=None)
    """Set where the park wants the money first: how long the agreed order waits for it."""
    reason: Mapped[str] = mapped_column(default="")
    ended_by: Mapped[Side | None] = mapped_column(text_enum(Side), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    cancellation_amount: Mapped[int | None] = mapped_column(default=None)
    """What the frozen tiers made of it; settlement pays it to the supplier out of the escrow."""
    version: Mapped[int] = mapped_column(init=False, default=1)
    booking: Mapped[Booking] = relationship(init=False, lazy="raise_on_sql")
    listing: Mapped[Listing] = relationship(init=False, lazy="raise_on_sql")
    supplier: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[supplier_id])
    demander: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[demander_id])

    __mapper_args__: ClassVar = {"version_id_col": version}

    def move_to(self, status: OrderStatus) -> None:
        """One step of the agreement; raises `Conflict` `order_transition` for a step the table does not know."""
        match (self.status, status):
            case (
                (OrderStatus.REQUESTED, OrderStatus.AWAITING_PAYMENT | OrderStatus.ACTIVE)
                | (OrderStatus.REQUESTED, OrderStatus.DECLINED | OrderStatus.EXPIRED | OrderStatus.CANCELLED)
                | (OrderStatus.AWAITING_PAYMENT, OrderStatus.ACTIVE | OrderStatus.EXPIRED | OrderStatus.CANCELLED)
                | (OrderStatus.ACTIVE, OrderStatus.COMPLETED | OrderStatus.CANCELLED)
                | (OrderStatus.EXPIRED, OrderStatus.ACTIVE)
            ):
                self.status = status
            case _:
                raise Conflict("order_transition", before=self.status.value, after=status.value)

    @property
    def up_front(self) -> int:
        """What is paid before the use, in minor units: the total, or of a contract's what its first month comes to."""
        return int(self.terms.get("up_front", self.total_amount))

    @property
    def contract_terms(self) -> JSON | None:
        """The terms of its billing contract as `billing.contracts` reads them; None for a price paid once."""
        return self.terms.get("contract")

    @property
    def counted(self) -> str:
        """What its pay-per-use contract counts, as `machine_hour`; empty for any other price."""
        return str((self.contract_terms or {}).get("plan", {}).get("meter", ""))

    @property
    def is_over(self) -> bool:
        return self.status in {
            OrderStatus.COMPLETED,
            OrderStatus.DECLINED,
            OrderStatus.EXPIRED,
            OrderStatus.CANCELLED,
        }

    def cancellation_fee(self, *, start: datetime, at: datetime, by: Side) -> int:
        """What the demander owes by the frozen tiers for cancelling at `at`, of what is paid up front, rounded half up.

        The tier with the most hours that are still ahead counts, past them all the one with the fewest. Without
        tiers, before both agreed and the money was there, and when the supplier cancels, it costs nothing.
        """
        not_yet = self.status in {OrderStatus.REQUESTED, OrderStatus.AWAITING_PAYMENT}
        if by is not Side.DEMANDER or not_yet or not self.cancellation:
            return 0
        ahead, tiers = start - at, sorted(self.cancellation, key=lambda tier: -tier["hours_before"])
        reached = (tier["percent"] for tier in tiers if ahead >= timedelta(hours=tier["hours_before"]))
        percent = next(reached, tiers[-1]["percent"])
        return (self.up_front * percent * 2 + 100) // 200


class OrderEvent(Record):
    """What happened to an order, for its stream: never changed."""

    __tablename__ = "orders_order_event"
    __table_args__ = (Index("ix_orders_order_event_order_id", "order_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    side: Mapped[Side] = mapped_column(text_enum(Side))
    person: Mapped[str]
    facts: Mapped[JSON] = mapped_column(default_factory=dict)
