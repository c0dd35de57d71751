"""Listings, their units, and which machines make up a line."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.models import RatePlan
from marketplace.accounts.models import Enterprise, Park, Zone
from marketplace.kernel.database import JSON, Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.listings.rules import DEFAULT_CANCELLATION

ASSET_UNIQUE = "uq_listings_unit_enterprise_id_asset_key"


class ListingKind(StrEnum):
    EQUIPMENT = "equipment"
    TOOL = "tool"
    LINE = "line"
    INSTRUMENT = "instrument"
    SERVICE = "service"


class ListingStatus(StrEnum):
    """draft → in_review → published ⇄ paused → archived."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    PAUSED = "paused"
    ARCHIVED = "archived"


class WithheldReason(StrEnum):
    """Why a draft is not to be offered: what the ledger says of the machine, or its owner's word."""

    SEALED = "sealed"
    REPAIR = "repair"
    LENT = "lent"
    INACTIVE = "inactive"
    HIDDEN_ROW = "hidden_row"
    SCRAPPED = "scrapped"
    OWNER = "owner"


class OperatorTerms(StrEnum):
    """Whose operator runs the machine: the supplier's (in the price, always charged, if asked for), or the renter's."""

    INCLUDED = "included"
    REQUIRED = "required"
    OPTIONAL = "optional"
    OWN = "own"


class DeliveryTerms(StrEnum):
    ON_SITE = "on_site"
    PICKUP = "pickup"
    DELIVERED = "delivered"


class Approval(StrEnum):
    INSTANT = "instant"
    BY_OWNER = "by_owner"
    INSTANT_FROM_GRADE = "instant_from_grade"


class Source(StrEnum):
    FORM = "form"
    IMPORT = "import"


class UnitStatus(StrEnum):
    IN_USE = "in_use"
    IDLE = "idle"
    SEALED = "sealed"
    REPAIR = "repair"
    LENT = "lent"
    SCRAPPED = "scrapped"


class Listing(Keyed, Record):
    """One resource or service that an enterprise offers, or has drafted to offer, in one park.

    `attributes` is attribute code → the catalogue's stored value; codes in `suggested_attributes` were read out of
    prose and wait for the owner's eye. `place` is words (building, hall, room), coordinates are WGS-84.
    `cancellation` holds tiers {"hours_before", "percent"}: who cancels at least so many hours before pays so much.
    """

    __tablename__ = "listings_listing"
    __table_args__ = (
        Index("ix_listings_listing_enterprise_id_status", "enterprise_id", "status", "id"),
        Index("ix_listings_listing_park_id_status", "park_id", "status", "id"),
        CheckConstraint("title_zh <> '' OR title_en <> ''", name="titled"),
        CheckConstraint("status <> 'published' OR (type_code IS NOT NULL AND withheld_reason IS NULL)", name="offered"),
        CheckConstraint("min_minutes > 0 AND max_minutes >= min_minutes AND step_minutes > 0", name="lengths"),
        CheckConstraint("notice_minutes >= 0 AND horizon_days > 0 AND turnaround_minutes >= 0", name="lead_times"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    kind: Mapped[ListingKind] = mapped_column(text_enum(ListingKind))
    type_code: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    title_zh: Mapped[str] = mapped_column(default="")
    title_en: Mapped[str] = mapped_column(default="")
    description_zh: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    manufacturer: Mapped[str] = mapped_column(default="")
    attributes: Mapped[JSON] = mapped_column(default_factory=dict)
    suggested_attributes: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default_factory=list)
    zone_id: Mapped[int | None] = mapped_column(ForeignKey(Zone.id), default=None)
    place: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None] = mapped_column(default=None)
    longitude: Mapped[float | None] = mapped_column(default=None)
    status: Mapped[ListingStatus] = mapped_column(text_enum(ListingStatus), default=ListingStatus.DRAFT)
    withheld_reason: Mapped[WithheldReason | None] = mapped_column(text_enum(WithheldReason), default=None)
    moderation_reason: Mapped[str] = mapped_column(default="")
    source: Mapped[Source] = mapped_column(text_enum(Source), default=Source.FORM)
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("listings_import_run.id"), default=None, index=True)

    operator: Mapped[OperatorTerms] = mapped_column(text_enum(OperatorTerms), default=OperatorTerms.OPTIONAL)
    delivery: Mapped[DeliveryTerms] = mapped_column(text_enum(DeliveryTerms), default=DeliveryTerms.ON_SITE)
    approval: Mapped[Approval] = mapped_column(text_enum(Approval), default=Approval.INSTANT)
    approval_grade: Mapped[str | None] = mapped_column(String(1), default=None)
    min_minutes: Mapped[int] = mapped_column(default=60)
    max_minutes: Mapped[int] = mapped_column(default=90 * 1440)
    step_minutes: Mapped[int] = mapped_column(default=30)
    notice_minutes: Mapped[int] = mapped_column(default=60)
    horizon_days: Mapped[int] = mapped_column(default=180)
    turnaround_minutes: Mapped[int] = mapped_column(default=30)
    cancellation: Mapped[list[dict[str, int]]] = mapped_column(
        JSONB, default_factory=lambda: list(DEFAULT_CANCELLATION)
    )
    insurance_terms: Mapped[str] = mapped_column(default="")
    damage_terms: Mapped[str] = mapped_column(default="")
    certificates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default_factory=list)
    """[{"code", "name", "valid_until": "2027-05-01" | null}]"""
    special_equipment: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """特种设备 registration: {"number", "valid_until"}; wanted where the resource type needs a certificate."""
    operator_certificate: Mapped[str] = mapped_column(default="")

    rate_plan_id: Mapped[int | None] = mapped_column(ForeignKey(RatePlan.id), default=None)
    price_as_written: Mapped[str] = mapped_column(default="")
    """Prices the plan does not hold, in the supplier's own words."""

    ledger_said: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True), default=None, deferred=True)
    """What the ledger last said of it, so that a new ledger changes what the owner has not changed by hand."""
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)

    park: Mapped[Park] = relationship(init=False, lazy="raise_on_sql")
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")
    zone: Mapped[Zone | None] = relationship(init=False, lazy="raise_on_sql")
    rate_plan: Mapped[RatePlan | None] = relationship(init=False, lazy="raise_on_sql")
    units: Mapped[list["Unit"]] = relationship(
        init=False,
        lazy="raise_on_sql",
        order_by="Unit.position, Unit.id",
        back_populates="listing",
        passive_deletes="all",
    )

    __mapper_args__: ClassVar = {"version_id_col": version}

    def title(self, locale: str) -> str:
        """The title in the reader's language, else in the other one."""
        if locale.startswith("en"):
            return self.title_en or self.title_zh
        return self.title_zh or self.title_en

    def description(self, locale: str) -> str:
        if locale.startswith("en"):
            return self.description_en or self.description_zh
        return self.description_zh or self.description_en

    @property
    def is_offered(self) -> bool:
        return self.status is ListingStatus.PUBLISHED

    def move_to(self, status: ListingStatus, *, at: datetime, reason: str = "") -> None:
        """Change the standing; raises `Conflict` `listing_transition` for a step the rules do not know."""
        match (self.status, status):
            case (ListingStatus.DRAFT, ListingStatus.IN_REVIEW):
                self.submitted_at = at
            case (ListingStatus.DRAFT | ListingStatus.IN_REVIEW | ListingStatus.PAUSED, ListingStatus.PUBLISHED):
                self.published_at = self.published_at or at
            case (
                (ListingStatus.IN_REVIEW | ListingStatus.PUBLISHED | ListingStatus.PAUSED, ListingStatus.DRAFT)
                | (ListingStatus.PUBLISHED, ListingStatus.PAUSED)
                | (ListingStatus.ARCHIVED, ListingStatus.DRAFT)
            ):
                pass
            case (before, ListingStatus.ARCHIVED) if before is not ListingStatus.ARCHIVED:
                pass
            case _:
                raise Conflict("listing_transition", before=self.status.value, after=status.value)
        self.status, self.moderation_reason, self.updated_at = status, reason, at


class Unit(Keyed, Record):
    """One bookable piece: an asset of the factory's ledger, offered by a listing or not offered yet.

    `asset_key` is what makes it the same machine when the ledger comes again: its number or its key columns,
    normalised; None when nothing identifies it. `purchase_date` has the clerk's own precision (2021, 2021-03).
    """

    __tablename__ = "listings_unit"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "asset_key", name=ASSET_UNIQUE),
        Index("ix_listings_unit_listing_id", "listing_id", "position", "id"),
    )

    listing_id: Mapped[int | None] = mapped_column(ForeignKey(Listing.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    asset_number: Mapped[str] = mapped_column(default="")
    asset_key: Mapped[str | None] = mapped_column(default=None)
    serial: Mapped[str] = mapped_column(default="")
    label: Mapped[str] = mapped_column(default="")
    status: Mapped[UnitStatus] = mapped_column(text_enum(UnitStatus), default=UnitStatus.IDLE)
    is_bookable: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    purchase_date: Mapped[str] = mapped_column(String(10), default="")
    original_value: Mapped[JSON | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """{"amount": minor units, "currency"}: what the ledger says it cost; seen by its owner alone."""
    digest: Mapped[str | None] = mapped_column(String(64), default=None)
    """Fingerprint of what the ledger last said of it: an equal row changes nothing."""
    listing: Mapped[Listing | None] = relationship(init=False, lazy="raise_on_sql", back_populates="units")


class LineMember(Record):
    """A line 生产线 is made of units and of other lines; booking it takes every unit below it."""

    __tablename__ = "listings_line_member"
    __table_args__ = (
        UniqueConstraint("line_id", "unit_id", "nested_line_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("(unit_id IS NULL) <> (nested_line_id IS NULL)", name="one_member"),
        CheckConstraint("nested_line_id <> line_id", name="not_itself"),
        Index("ix_listings_line_member_unit_id", "unit_id", postgresql_where=text("unit_id IS NOT NULL")),
        Index(
            "ix_listings_line_member_nested_line_id",
            "nested_line_id",
            postgresql_where=text("nested_line_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    line_id: Mapped[int] = mapped_column(ForeignKey(Listing.id))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey(Unit.id), default=None)
    nested_line_id: Mapped[int | None] = mapped_column(ForeignKey(Listing.id), default=None)
    position: Mapped[int] = mapped_column(default=0)


class TypeOverride(Record):
    """What one park changes in a shipped resource type: its names, more words for it, or that it is not used."""

    __tablename__ = "listings_type_override"
    __table_args__ = (UniqueConstraint("park_id", "type_code"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    type_code: Mapped[str] = mapped_column(String(60))
    updated_at: Mapped[datetime]
    name_zh: Mapped[str] = mapped_column(default="")
    name_en: Mapped[str] = mapped_column(default="")
    aliases: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default_factory=list)
    is_active: Mapped[bool] = mapped_column(default=True)
