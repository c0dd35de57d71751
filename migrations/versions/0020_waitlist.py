"""Who waits for a taken window."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookings_wait",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("NOT isempty(during)", name=op.f("ck_bookings_wait_during_not_empty")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bookings_wait_some_units")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_bookings_wait_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_bookings_wait_listing_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_bookings_wait_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_bookings_wait_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings_wait")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bookings_wait_public_id")),
    )
    op.create_index(
        "ix_bookings_wait_listing_id",
        "bookings_wait",
        ["listing_id", "id"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL AND left_at IS NULL"),
    )
    op.create_index("ix_bookings_wait_user_id", "bookings_wait", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bookings_wait")
