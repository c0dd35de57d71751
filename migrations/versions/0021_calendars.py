"""Addresses for calendar programs; which holidays the office wrote itself."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bookings_holiday", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "bookings_calendar_feed",
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_bookings_calendar_feed_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings_listing.id"], name=op.f("fk_bookings_calendar_feed_listing_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_bookings_calendar_feed_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_bookings_calendar_feed_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings_calendar_feed")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bookings_calendar_feed_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_bookings_calendar_feed_token_hash")),
    )
    op.create_index(
        op.f("ix_bookings_calendar_feed_enterprise_id"), "bookings_calendar_feed", ["enterprise_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("bookings_calendar_feed")
    op.drop_column("bookings_holiday", "edited_at")
