"""Units' time: who has which unit when, when listings are open, what is left free."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZMULTIRANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Enterprise, Park, User
from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.listings.models import Listing, Unit

NO_OVERLAP = "bookings_occupancy_no_overlap"


class BookingStatus(StrEnum):
    """held → confirmed → released; a hold that is not confirmed in time is released too."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"


class OccupancyStatus(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"


OCCUPYING = (OccupancyStatus.HELD, OccupancyStatus.CONFIRMED)
"""Every status that keeps others out. The constraint is built from it: a new status cannot open a hole."""


class OccupancyKind(StrEnum):
    BOOKING = "booking"
    MAINTENANCE = "maintenance"
    OWN_PRODUCTION = "own_production"
    BREAKDOWN = "breakdown"
    FACILITY = "facility"
    IMPORTED = "imported"


class ReleaseReason(StrEnum):
    CANCELLED = "cancelled"
    DECLINED = "declined"
    HOLD_EXPIRED = "hold_expired"
    BREAKDOWN = "breakdown"
    MOVED = "moved"


class Booking(Keyed, Record):
    """One agreed use of a listing over a half-open range; holds one occupancy per unit."""

    __tablename__ = "bookings_booking"
    __table_args__ = (
        CheckConstraint("NOT isempty(during)", name="during_not_empty"),
        CheckConstraint("NOT lower_inf(during) AND NOT upper_inf(during)", name="during_finite"),
        CheckConstraint("quantity > 0", name="some_units"),
        CheckConstraint("(status = 'held') = (held_until IS NOT NULL)", name="held_until_when_held"),
        Index("ix_bookings_booking_listing_id_during", "listing_id", text("lower(during)")),
        Index("ix_bookings_booking_supplier_id", "supplier_id", text("lower(during)")),
        Index("ix_bookings_booking_demander_id", "demander_id", text("lower(during)")),
        Index("ix_bookings_booking_held_until", "held_until", postgresql_where=text("status = 'held'")),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    supplier_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    demander_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    quantity: Mapped[int]
    status: Mapped[BookingStatus] = mapped_column(text_enum(BookingStatus))
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None] = mapped_column(default=None)
    hold_extended: Mapped[bool] = mapped_column(default=False)
    released_reason: Mapped[ReleaseReason | None] = mapped_column(text_enum(ReleaseReason), default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    series_id: Mapped[str | None] = mapped_column(String(14), default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)
    listing: Mapped[Listing] = relationship(init=False, lazy="raise_on_sql")
    demander: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql", foreign_keys=[demander_id])

    __mapper_args__: ClassVar = {"version_id_col": version}

    def confirm(self) -> None:
        """A hold becomes an agreed booking; again changes nothing. Raises `Conflict` once released."""
        match self.status:
            case BookingStatus.HELD:
                self.status, self.held_until = BookingStatus.CONFIRMED, None
            case BookingStatus.CONFIRMED:
                pass
            case BookingStatus.RELEASED:
                raise Conflict("booking_released", reason=self.released_reason)

    def release(self, reason: ReleaseReason, *, at: datetime) -> None:
        """Give the time back; again changes nothing."""
        if self.status is BookingStatus.RELEASED:
            return
        self.status, self.held_until = BookingStatus.RELEASED, None
        self.released_reason, self.released_at = reason, at

    def revive(self) -> None:
        """A hold that ran out is agreed after all. Raises `Conflict` for one that was given back for another reason."""
        if self.released_reason is not ReleaseReason.HOLD_EXPIRED:
            raise Conflict("booking_released", reason=self.released_reason)
        self.status, self.released_reason, self.released_at = BookingStatus.CONFIRMED, None, None


class Blackout(Keyed, Record):
    """Time an owner keeps for maintenance or own production, or that a breakdown took."""

    __tablename__ = "bookings_blackout"
    __table_args__ = (CheckConstraint("NOT isempty(during)", name="during_not_empty"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), index=True)
    kind: Mapped[OccupancyKind] = mapped_column(text_enum(OccupancyKind))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    note: Mapped[str] = mapped_column(default="")
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)


class Occupancy(Record):
    """A unit taken, for whatever reason. `during` is what the customer sees; `occupied` adds one turnaround after it."""

    __tablename__ = "bookings_occupancy"
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(unit_id, unit_id, '[]')"), "&&"),  # no btree_gist in the embedded server
            ("occupied", "&&"),
            where=text(f"status IN ({', '.join(repr(status.value) for status in OCCUPYING)})"),
            name=NO_OVERLAP,
        ),
        CheckConstraint("NOT isempty(during) AND NOT isempty(occupied)", name="not_empty"),
        CheckConstraint("NOT lower_inf(occupied) AND NOT upper_inf(occupied)", name="finite"),
        CheckConstraint("occupied @> during", name="turnaround_after"),
        CheckConstraint("(kind = 'booking') = (booking_id IS NOT NULL)", name="booking_of_booking"),
        Index(
            "ix_bookings_occupancy_occupied",
            "occupied",
            postgresql_using="gist",
            postgresql_where=text(f"status IN ({', '.join(repr(status.value) for status in OCCUPYING)})"),
        ),
        Index("ix_bookings_occupancy_booking_id", "booking_id"),
        Index("ix_bookings_occupancy_blackout_id", "blackout_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), index=True)
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    occupied: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    kind: Mapped[OccupancyKind] = mapped_column(text_enum(OccupancyKind))
    status: Mapped[OccupancyStatus] = mapped_column(text_enum(OccupancyStatus))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey(Booking.id), default=None)
    blackout_id: Mapped[int | None] = mapped_column(ForeignKey(Blackout.id), default=None)
    imported_uid: Mapped[str | None] = mapped_column(default=None)


class OpeningHours(Record):
    """When a listing is open: weekday → [["08:00", "20:00"], …] in the park's time zone; "24:00" ends a day.

    Without a row a listing is open at the default hours.
    """

    __tablename__ = "bookings_opening_hours"

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), primary_key=True)
    weekly: Mapped[dict[str, list[list[str]]]] = mapped_column(JSONB)
    updated_at: Mapped[datetime]
    observes_holidays: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(init=False, default=1)

    __mapper_args__: ClassVar = {"version_id_col": version}


class OpeningException(Record):
    """A date on which a listing opens otherwise; no ranges means closed."""

    __tablename__ = "bookings_opening_exception"

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    ranges: Mapped[list[list[str]]] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(default="")


class Holiday(Record):
    """A public holiday or a shifted workday of a park; provisional until the year's calendar is published."""

    __tablename__ = "bookings_holiday"

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    is_workday: Mapped[bool]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    """Set once the office wrote the day itself: from then on nothing else writes it."""


class CalendarFeed(Keyed, Record):
    """An address at which calendar programs read a firm's bookings; only the hash of its secret is kept.

    Without a listing it holds the bookings of all machines of the firm in the park.
    """

    __tablename__ = "bookings_calendar_feed"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), index=True)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    listing_id: Mapped[int | None] = mapped_column(ForeignKey(Listing.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    listing: Mapped[Listing | None] = relationship(init=False, lazy="raise_on_sql")
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")
    user: Mapped[User] = relationship(init=False, lazy="raise_on_sql")


class Wait(Keyed, Record):
    """Somebody who wants a taken window and is told when it is free; told once, in the order of asking."""

    __tablename__ = "bookings_wait"
    __table_args__ = (
        CheckConstraint("NOT isempty(during)", name="during_not_empty"),
        CheckConstraint("quantity > 0", name="some_units"),
        Index(
            "ix_bookings_wait_listing_id",
            "listing_id",
            "id",
            postgresql_where=text("told_at IS NULL AND left_at IS NULL"),
        ),
        Index("ix_bookings_wait_user_id", "user_id"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    quantity: Mapped[int]
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    listing: Mapped[Listing] = relationship(init=False, lazy="raise_on_sql")


class UnitFreeTime(Record):
    """What is left of a unit over the horizon: opening − occupied, rewritten with whatever changes either.

    `open` is the opening over the horizon, `clear` the horizon − occupied: what rents that span closed hours may take.
    Units with the same `open_hash` share an opening.
    """

    __tablename__ = "bookings_unit_free_time"
    __table_args__ = (
        Index("ix_bookings_unit_free_time_open_hash", "open_hash", "unit_id", "listing_id"),
        Index("ix_bookings_unit_free_time_listing_id", "listing_id"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    open: Mapped[Any] = mapped_column(TSTZMULTIRANGE)
    free: Mapped[Any] = mapped_column(TSTZMULTIRANGE)
    clear: Mapped[Any] = mapped_column(TSTZMULTIRANGE)
    horizon: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    open_hash: Mapped[int] = mapped_column(Computed("hash_multirange_extended(open, 0)", persisted=True), init=False)
