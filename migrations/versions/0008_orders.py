"""Orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders_order",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("demander_id", sa.BigInteger(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("placed_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "way",
            sa.Enum("instant", "approval", "quote", name="way", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "awaiting_payment",
                "active",
                "completed",
                "declined",
                "expired",
                "cancelled",
                name="orderstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cancellation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rate_plan_id", sa.BigInteger(), nullable=True),
        sa.Column("quote_ref", sa.String(length=14), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "ended_by",
            sa.Enum(
                "supplier", "demander", "platform", name="side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancellation_amount", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("supplier_id <> demander_id", name=op.f("ck_orders_order_two_parties")),
        sa.CheckConstraint("total_amount >= 0 AND tax_amount >= 0", name=op.f("ck_orders_order_no_negative_price")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_orders_order_booking_id")),
        sa.ForeignKeyConstraint(["demander_id"], ["accounts_enterprise.id"], name=op.f("fk_orders_order_demander_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_orders_order_listing_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_orders_order_park_id")),
        sa.ForeignKeyConstraint(["placed_by"], ["accounts_user.id"], name=op.f("fk_orders_order_placed_by")),
        sa.ForeignKeyConstraint(["rate_plan_id"], ["billing_rate_plan.id"], name=op.f("fk_orders_order_rate_plan_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["accounts_enterprise.id"], name=op.f("fk_orders_order_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_order")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_orders_order_booking_id")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_order_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_orders_order_public_id")),
        sa.UniqueConstraint("quote_ref", name=op.f("uq_orders_order_quote_ref")),
    )
    op.create_index(
        "ix_orders_order_decide_by",
        "orders_order",
        ["decide_by"],
        unique=False,
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.create_index(
        "ix_orders_order_demander_id", "orders_order", ["demander_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(op.f("ix_orders_order_listing_id"), "orders_order", ["listing_id"], unique=False)
    op.create_index(
        "ix_orders_order_supplier_id", "orders_order", ["supplier_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "orders_order_event",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "supplier", "demander", "platform", name="side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_order_event_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_order_event")),
    )
    op.create_index("ix_orders_order_event_order_id", "orders_order_event", ["order_id", "id"], unique=False)
    op.execute("CREATE SEQUENCE orders_order_number")
    op.execute("SELECT kernel_make_append_only('orders_order_event')")


def downgrade() -> None:
    op.drop_index("ix_orders_order_event_order_id", table_name="orders_order_event")
    op.drop_table("orders_order_event")
    op.drop_index("ix_orders_order_supplier_id", table_name="orders_order")
    op.drop_index(op.f("ix_orders_order_listing_id"), table_name="orders_order")
    op.drop_index("ix_orders_order_demander_id", table_name="orders_order")
    op.drop_index(
        "ix_orders_order_decide_by", table_name="orders_order", postgresql_where=sa.text("status = 'requested'")
    )
    op.drop_table("orders_order")
    op.execute("DROP SEQUENCE orders_order_number")
