"""Parks, enterprises and people, and how they belong to each other."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.kernel.actor import FirmRole, OfficeRole
from marketplace.kernel.database import JSON, Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict

USCC_UNIQUE = "uq_accounts_enterprise_uscc"
EMAIL_UNIQUE = "uq_accounts_user_email"


class Park(Keyed, Record):
    """An industrial park: whose office governs and whose members see each other."""

    __tablename__ = "accounts_park"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    outline: Mapped[JSON] = mapped_column(default_factory=dict)
    """Map of the park: {"view_box": "0 0 w h", "outline": [[x, y] ...], "roads": …, "origin": {"lat", "lon", "metres_per_unit"}}."""
    partner_park_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default_factory=list)
    payment_required: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[JSON] = mapped_column(default_factory=dict)


class Zone(Keyed, Record):
    """A part of a park 功能区; `polygon` in the units of the park's map."""

    __tablename__ = "accounts_zone"
    __table_args__ = (UniqueConstraint("park_id", "code"),)

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str]
    name_en: Mapped[str]
    polygon: Mapped[list[list[float]]] = mapped_column(JSONB)
    latitude: Mapped[float]
    longitude: Mapped[float]


class Department(Keyed, Record):
    """A department of the park office; responsible 责任 or assisting 配合 for what the queue holds."""

    __tablename__ = "accounts_department"
    __table_args__ = (UniqueConstraint("park_id", "code"),)

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str]
    name_en: Mapped[str]


class SizeClass(StrEnum):
    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


class TaxpayerType(StrEnum):
    """VAT: general 一般纳税人 or small-scale 小规模纳税人."""

    GENERAL = "general"
    SMALL_SCALE = "small_scale"


class Enterprise(Keyed, Record):
    """A registered firm, global, known by its unified social credit code. Coordinates are WGS-84."""

    __tablename__ = "accounts_enterprise"

    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name_zh: Mapped[str]
    created_at: Mapped[datetime]
    name_en: Mapped[str] = mapped_column(default="")
    short_name_zh: Mapped[str] = mapped_column(default="")
    short_name_en: Mapped[str] = mapped_column(default="")
    industry_code: Mapped[str | None] = mapped_column(String(5), default=None)
    size_class: Mapped[SizeClass | None] = mapped_column(text_enum(SizeClass), default=None)
    taxpayer_type: Mapped[TaxpayerType] = mapped_column(text_enum(TaxpayerType), default=TaxpayerType.GENERAL)
    legal_person: Mapped[str] = mapped_column(default="")
    controller: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    bank_account: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None] = mapped_column(default=None)
    longitude: Mapped[float | None] = mapped_column(default=None)

    def name(self, locale: str) -> str:
        """The short name in the reader's language."""
        if locale.startswith("en"):
            return self.short_name_en or self.name_en or self.short_name_zh or self.name_zh
        return self.short_name_zh or self.name_zh


class MembershipStatus(StrEnum):
    APPLIED = "applied"
    ADMITTED = "admitted"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    LEFT = "left"


class Membership(Keyed, Record):
    """An enterprise in a park: applied → admitted | refused; admitted ⇄ suspended; → left."""

    __tablename__ = "accounts_membership"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "park_id"),
        Index("ix_accounts_membership_park_id_status", "park_id", "status"),
    )

    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    applied_at: Mapped[datetime]
    zone_id: Mapped[int | None] = mapped_column(ForeignKey(Zone.id), default=None)
    status: Mapped[MembershipStatus] = mapped_column(text_enum(MembershipStatus), default=MembershipStatus.APPLIED)
    reason: Mapped[str] = mapped_column(default="")
    publishes_unreviewed: Mapped[bool] = mapped_column(default=False)
    officer_user_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")
    zone: Mapped[Zone | None] = relationship(init=False, lazy="raise_on_sql")

    __mapper_args__: ClassVar = {"version_id_col": version}

    def move_to(self, status: MembershipStatus, *, reason: str, at: datetime) -> None:
        """Change the standing; raises `Conflict` `membership_transition` for a step the rules do not know."""
        match (self.status, status):
            case (
                (MembershipStatus.APPLIED, MembershipStatus.ADMITTED | MembershipStatus.REFUSED)
                | (MembershipStatus.REFUSED, MembershipStatus.APPLIED)
                | (MembershipStatus.ADMITTED, MembershipStatus.SUSPENDED | MembershipStatus.LEFT)
                | (MembershipStatus.SUSPENDED, MembershipStatus.ADMITTED | MembershipStatus.LEFT)
                | (MembershipStatus.LEFT, MembershipStatus.APPLIED)
            ):
                self.status, self.reason, self.decided_at = status, reason, at
            case _:
                raise Conflict("membership_transition", before=self.status.value, after=status.value)


class Licence(Keyed, Record):
    """The business licence 营业执照 uploaded with an application; kept as re-encoded image or PDF bytes."""

    __tablename__ = "accounts_licence"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), index=True)
    content_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"), default=None)


class User(Keyed, Record):
    """A person. `email` is kept in lower case and signs in."""

    __tablename__ = "accounts_user"
    __table_args__ = (UniqueConstraint("email"), CheckConstraint("email = lower(email)", name="email_lower"))

    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str]
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    locale: Mapped[str] = mapped_column(String(10), default="zh_CN")
    phone: Mapped[str] = mapped_column(default="")
    is_disabled: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(default=None)
    totp_pending: Mapped[str | None] = mapped_column(default=None)
    """A secret that was shown and not yet proved by a code."""
    totp_step: Mapped[int | None] = mapped_column(default=None)
    """The 30-second step of the last code taken: no code counts twice."""


class MemberStatus(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    REMOVED = "removed"


class FirmMember(Keyed, Record):
    """A person in an enterprise; `requested` until an owner of the firm or the office lets them join."""

    __tablename__ = "accounts_firm_member"
    __table_args__ = (UniqueConstraint("user_id", "enterprise_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), index=True)
    role: Mapped[FirmRole] = mapped_column(text_enum(FirmRole))
    since: Mapped[datetime]
    status: Mapped[MemberStatus] = mapped_column(text_enum(MemberStatus), default=MemberStatus.ACTIVE)
    user: Mapped[User] = relationship(init=False, lazy="raise_on_sql")
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")


class OfficeMember(Keyed, Record):
    """A person in a park's office with one or more roles."""

    __tablename__ = "accounts_office_member"
    __table_args__ = (UniqueConstraint("user_id", "park_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    department_id: Mapped[int | None] = mapped_column(ForeignKey(Department.id), default=None)
    user: Mapped[User] = relationship(init=False, lazy="raise_on_sql")

    def office_roles(self) -> frozenset[OfficeRole]:
        return frozenset(OfficeRole(role) for role in self.roles)


class Invitation(Keyed, Record):
    """A place in a firm offered by mail; the token is kept hashed."""

    __tablename__ = "accounts_invitation"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), index=True)
    email: Mapped[str]
    role: Mapped[FirmRole] = mapped_column(text_enum(FirmRole))
    token_hash: Mapped[str] = mapped_column(unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInSession(Keyed, Record):
    """One browser signed in; revocable. The token in the cookie is kept hashed.

    `park_id` and `enterprise_id` are the active ones: a person may serve several.
    """

    __tablename__ = "accounts_sign_in_session"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    address: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")
    is_verified: Mapped[bool] = mapped_column(default=True)
    """Whether it may act for a park office: a second factor was given, or is not asked for (demo)."""


class ApiToken(Keyed, Record):
    """A personal or machine token with scopes; shown once, kept hashed, revocable."""

    __tablename__ = "accounts_api_token"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id))
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    is_verified: Mapped[bool] = mapped_column(default=True)
    """Made in a session that may act for the office; else it never does."""


class RecoveryCode(Record):
    """One of the codes that stand in for a lost phone; each signs in once and is kept hashed."""

    __tablename__ = "accounts_recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    code_hash: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInAttempt(Record):
    """A failed sign-in, counted by account and by address across all workers."""

    __tablename__ = "accounts_sign_in_attempt"
    __table_args__ = (Index("ix_accounts_sign_in_attempt_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    subject: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]
