"""Fulfilments, handover records and disputes; orders agreed before get their fulfilment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders_dispute",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "not_as_agreed",
                "damage",
                "late",
                "no_show",
                "price",
                name="disputesubject",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "opened_side",
            sa.Enum(
                "supplier", "demander", "platform", name="side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "answered",
                "decided",
                "appealed",
                "closed",
                name="disputestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("refund_amount", sa.BigInteger(), nullable=True),
        sa.Column("deduction_amount", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("first_decided_by", sa.BigInteger(), nullable=True),
        sa.Column("appeal", sa.String(), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "refund_amount >= 0 AND deduction_amount >= 0", name=op.f("ck_orders_dispute_no_negative_split")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts_user.id"], name=op.f("fk_orders_dispute_decided_by")),
        sa.ForeignKeyConstraint(
            ["first_decided_by"], ["accounts_user.id"], name=op.f("fk_orders_dispute_first_decided_by")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_dispute_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_dispute")),
        sa.UniqueConstraint("public_id", name=op.f("uq_orders_dispute_public_id")),
    )
    op.create_index(
        "ix_orders_dispute_one_open",
        "orders_dispute",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_index("ix_orders_dispute_order_id", "orders_dispute", ["order_id", "id"], unique=False)
    op.create_index(op.f("ix_orders_dispute_park_id"), "orders_dispute", ["park_id"], unique=False)
    op.create_table(
        "orders_fulfilment",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("use", "service", name="fulfilmentkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("unit_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "handed_over",
                "returned",
                "inspected",
                "delivered",
                "accepted",
                "rejected",
                "rework",
                "no_show",
                "cancelled",
                name="fulfilmentstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("returned_unit_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_silence", sa.Boolean(), nullable=False),
        sa.Column("reworked", sa.Boolean(), nullable=False),
        sa.Column("damage", sa.String(), nullable=False),
        sa.Column("claim_amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "missed_by",
            sa.Enum(
                "supplier", "demander", "platform", name="side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("claim_amount >= 0", name=op.f("ck_orders_fulfilment_no_negative_claim")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_fulfilment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_fulfilment")),
        sa.UniqueConstraint("order_id", name=op.f("uq_orders_fulfilment_order_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_orders_fulfilment_public_id")),
    )
    op.create_index(
        "ix_orders_fulfilment_accept_by",
        "orders_fulfilment",
        ["accept_by"],
        unique=False,
        postgresql_where=sa.text("accept_by IS NOT NULL"),
    )
    op.create_table(
        "orders_handover_record",
        sa.Column("fulfilment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "handover",
                "return",
                "delivery",
                name="recordkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "written_side",
            sa.Enum(
                "supplier", "demander", "platform", name="side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "signed",
                "refused",
                "replaced",
                name="recordstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("meter", sa.String(length=32), nullable=False),
        sa.Column("reading", sa.Numeric(precision=16, scale=3), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.BigInteger(), nullable=True),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("reading >= 0", name=op.f("ck_orders_handover_record_no_negative_reading")),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"], ["orders_fulfilment.id"], name=op.f("fk_orders_handover_record_fulfilment_id")
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["accounts_user.id"], name=op.f("fk_orders_handover_record_signed_by")),
        sa.ForeignKeyConstraint(
            ["written_by"], ["accounts_user.id"], name=op.f("fk_orders_handover_record_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_handover_record")),
        sa.UniqueConstraint("public_id", name=op.f("uq_orders_handover_record_public_id")),
    )
    op.create_index(
        "ix_orders_handover_record_fulfilment_id", "orders_handover_record", ["fulfilment_id", "id"], unique=False
    )
    op.create_index(
        "ix_orders_handover_record_waiting",
        "orders_handover_record",
        ["fulfilment_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "orders_handover_photo",
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "supplier", "demander", "platform", name="side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["orders_handover_record.id"], name=op.f("fk_orders_handover_photo_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_handover_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_orders_handover_photo_public_id")),
    )
    op.create_index(op.f("ix_orders_handover_photo_record_id"), "orders_handover_photo", ["record_id"], unique=False)
    op.execute(
        """
        INSERT INTO orders_fulfilment (public_id, order_id, kind, unit_ids, accept_by, status, returned_unit_ids,
            accepted_by_silence, reworked, damage, claim_amount, reason, version)
        SELECT substr(md5(o.public_id || 'fulfilment'), 1, 14), o.id,
            CASE WHEN l.kind = 'service' THEN 'service' ELSE 'use' END,
            coalesce((SELECT jsonb_agg(unit_id ORDER BY unit_id) FROM bookings_occupancy WHERE booking_id = b.id), '[]'),
            CASE WHEN o.status = 'active' THEN upper(b.during) + interval '24 hours' END,
            CASE WHEN o.status = 'active' THEN 'planned' ELSE 'accepted' END, '[]', o.status = 'completed', false, '', 0, '', 1
        FROM orders_order o JOIN bookings_booking b ON b.id = o.booking_id JOIN listings_listing l ON l.id = o.listing_id
        WHERE o.status IN ('active', 'completed')
        """
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_handover_photo_record_id"), table_name="orders_handover_photo")
    op.drop_table("orders_handover_photo")
    op.drop_index(
        "ix_orders_handover_record_waiting",
        table_name="orders_handover_record",
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.drop_index("ix_orders_handover_record_fulfilment_id", table_name="orders_handover_record")
    op.drop_table("orders_handover_record")
    op.drop_index(
        "ix_orders_fulfilment_accept_by",
        table_name="orders_fulfilment",
        postgresql_where=sa.text("accept_by IS NOT NULL"),
    )
    op.drop_table("orders_fulfilment")
    op.drop_index(op.f("ix_orders_dispute_park_id"), table_name="orders_dispute")
    op.drop_index("ix_orders_dispute_order_id", table_name="orders_dispute")
    op.drop_index(
        "ix_orders_dispute_one_open", table_name="orders_dispute", postgresql_where=sa.text("status <> 'closed'")
    )
    op.drop_table("orders_dispute")
