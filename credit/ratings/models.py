"""Anchor firms, who is established, snapshots of scores, and the grade that is published."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credit.scoring.events import Role
from marketplace.accounts.models import Enterprise, Park, User
from marketplace.kernel.database import JSON, Keyed, Record, text_enum


class Anchor(Keyed, Record):
    """A firm the park has verified, so that its word counts from the start; named by one admin, confirmed by another."""

    __tablename__ = "credit_anchor"
    __table_args__ = (
        CheckConstraint("confirmed_by <> named_by", name="two_admins"),
        Index(
            "uq_credit_anchor_current",
            "park_id",
            "enterprise_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    named_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    named_at: Mapped[datetime]
    reason: Mapped[str]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")


class Standing(Record):
    """The group of a firm and whether it is established, as the last full rating found."""

    __tablename__ = "credit_standing"

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id), primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), primary_key=True)
    group_ref: Mapped[str] = mapped_column(String(40))
    is_established: Mapped[bool]


class Snapshot(Record):
    """One rating as it was: score and interval in thousandths of a point, what it was made from, gates and alarms.

    `watermark` is the highest evidence state it saw; with `model_hash` and `input_hash` it can be made again.
    """

    __tablename__ = "credit_snapshot"
    __table_args__ = (Index("ix_credit_snapshot_firm", "park_id", "enterprise_id", "role", text("id DESC")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    at: Mapped[datetime]
    model_version: Mapped[str] = mapped_column(String(20))
    model_hash: Mapped[str] = mapped_column(String(64))
    watermark: Mapped[int]
    input_hash: Mapped[str] = mapped_column(String(64))
    score: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]
    earned: Mapped[str] = mapped_column(String(1))
    grade: Mapped[str] = mapped_column(String(1))
    counts: Mapped[JSON]
    gates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    alarms: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class PublicGrade(Record):
    """What the park publishes of a firm in one role, and the rating behind it; `score` and interval in thousandths."""

    __tablename__ = "credit_public_grade"
    __table_args__ = (UniqueConstraint("park_id", "enterprise_id", "role"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    grade: Mapped[str] = mapped_column(String(1))
    by_points: Mapped[str] = mapped_column(String(1))
    score: Mapped[int]
    low: Mapped[int]
    high: Mapped[int]
    events: Mapped[int]
    orders: Mapped[int]
    groups: Mapped[int]
    published_on: Mapped[date]
    stepped_up_on: Mapped[date | None] = mapped_column(default=None)
    is_gated: Mapped[bool] = mapped_column(default=False)
