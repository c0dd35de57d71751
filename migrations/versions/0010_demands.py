"""Demands and quotes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demands_demand",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("demander_id", sa.BigInteger(), nullable=False),
        sa.Column("posted_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "open",
                "awarded",
                "closed",
                "expired",
                "withdrawn",
                name="demandstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("text_zh", sa.String(), nullable=False),
        sa.Column("text_en", sa.String(), nullable=False),
        sa.Column("type_code", sa.String(length=60), nullable=True),
        sa.Column("constraints", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=True),
        sa.Column(
            "question",
            sa.Enum("exact", "run", "total", name="question", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("duration_minutes", sa.BigInteger(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=True),
        sa.Column("zone_id", sa.BigInteger(), nullable=True),
        sa.Column("radius_metres", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("budget_amount", sa.BigInteger(), nullable=True),
        sa.Column(
            "budget_per",
            sa.Enum("job", "hour", "day", name="budgetper", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "confidentiality",
            sa.Enum(
                "public",
                "invited",
                "anonymous",
                name="confidentiality",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_listing_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("title_zh <> '' OR title_en <> ''", name=op.f("ck_demands_demand_titled")),
        sa.CheckConstraint("budget_amount IS NULL OR budget_amount > 0", name=op.f("ck_demands_demand_some_budget")),
        sa.CheckConstraint(
            "duration_minutes IS NULL OR duration_minutes > 0", name=op.f("ck_demands_demand_some_time")
        ),
        sa.CheckConstraint("during IS NULL OR NOT isempty(during)", name=op.f("ck_demands_demand_during_not_empty")),
        sa.CheckConstraint(
            "units > 0 AND (pieces IS NULL OR pieces > 0)", name=op.f("ck_demands_demand_some_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["asked_listing_id"], ["listings_listing.id"], name=op.f("fk_demands_demand_asked_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["demander_id"], ["accounts_enterprise.id"], name=op.f("fk_demands_demand_demander_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_demands_demand_park_id")),
        sa.ForeignKeyConstraint(["posted_by"], ["accounts_user.id"], name=op.f("fk_demands_demand_posted_by")),
        sa.ForeignKeyConstraint(["zone_id"], ["accounts_zone.id"], name=op.f("fk_demands_demand_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands_demand")),
        sa.UniqueConstraint("public_id", name=op.f("uq_demands_demand_public_id")),
    )
    op.create_index(op.f("ix_demands_demand_asked_listing_id"), "demands_demand", ["asked_listing_id"], unique=False)
    op.create_index(
        "ix_demands_demand_closes_at",
        "demands_demand",
        ["closes_at"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_demands_demand_demander_id", "demands_demand", ["demander_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "ix_demands_demand_open",
        "demands_demand",
        ["park_id", "type_code"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "demands_invitation",
        sa.Column("demand_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demands_demand.id"], name=op.f("fk_demands_invitation_demand_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_demands_invitation_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("demand_id", "enterprise_id", name=op.f("pk_demands_invitation")),
    )
    op.create_index(op.f("ix_demands_invitation_enterprise_id"), "demands_invitation", ["enterprise_id"], unique=False)
    op.create_table(
        "demands_quote",
        sa.Column("demand_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("demander_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("vat_basis_points", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "sent",
                "countered",
                "accepted",
                "declined",
                "expired",
                "withdrawn",
                name="quotestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("operator", sa.Boolean(), nullable=False),
        sa.Column("delivery", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("holds_time", sa.Boolean(), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("counter_amount", sa.BigInteger(), nullable=True),
        sa.Column("counter_note", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("NOT isempty(during)", name=op.f("ck_demands_quote_during_not_empty")),
        sa.CheckConstraint("supplier_id <> demander_id", name=op.f("ck_demands_quote_two_parties")),
        sa.CheckConstraint("total_amount >= 0 AND tax_amount >= 0", name=op.f("ck_demands_quote_no_negative_price")),
        sa.CheckConstraint("units > 0", name=op.f("ck_demands_quote_some_units")),
        sa.CheckConstraint("vat_basis_points BETWEEN 0 AND 10000", name=op.f("ck_demands_quote_vat_rate")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_demands_quote_booking_id")),
        sa.ForeignKeyConstraint(["demand_id"], ["demands_demand.id"], name=op.f("fk_demands_quote_demand_id")),
        sa.ForeignKeyConstraint(["demander_id"], ["accounts_enterprise.id"], name=op.f("fk_demands_quote_demander_id")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_demands_quote_listing_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts_user.id"], name=op.f("fk_demands_quote_made_by")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_demands_quote_park_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["accounts_enterprise.id"], name=op.f("fk_demands_quote_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands_quote")),
        sa.UniqueConstraint("public_id", name=op.f("uq_demands_quote_public_id")),
    )
    op.create_index("ix_demands_quote_demand_id", "demands_quote", ["demand_id", "id"], unique=False)
    op.create_index(op.f("ix_demands_quote_listing_id"), "demands_quote", ["listing_id"], unique=False)
    op.create_index(
        "ix_demands_quote_one_live",
        "demands_quote",
        ["demand_id", "listing_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('draft', 'sent', 'countered')"),
    )
    op.create_index(
        "ix_demands_quote_supplier_id", "demands_quote", ["supplier_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_index(
        "ix_demands_quote_valid_until",
        "demands_quote",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("status IN ('sent', 'countered')"),
    )
    op.create_table(
        "demands_quote_round",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("quote_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_demands_quote_round_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["demands_quote.id"], name=op.f("fk_demands_quote_round_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demands_quote_round")),
    )
    op.create_index("ix_demands_quote_round_quote_id", "demands_quote_round", ["quote_id", "id"], unique=False)
    op.execute("SELECT kernel_make_append_only('demands_quote_round')")


def downgrade() -> None:
    op.drop_index("ix_demands_quote_round_quote_id", table_name="demands_quote_round")
    op.drop_table("demands_quote_round")
    op.drop_index(
        "ix_demands_quote_valid_until",
        table_name="demands_quote",
        postgresql_where=sa.text("status IN ('sent', 'countered')"),
    )
    op.drop_index("ix_demands_quote_supplier_id", table_name="demands_quote")
    op.drop_index(
        "ix_demands_quote_one_live",
        table_name="demands_quote",
        postgresql_where=sa.text("status IN ('draft', 'sent', 'countered')"),
    )
    op.drop_index(op.f("ix_demands_quote_listing_id"), table_name="demands_quote")
    op.drop_index("ix_demands_quote_demand_id", table_name="demands_quote")
    op.drop_table("demands_quote")
    op.drop_index(op.f("ix_demands_invitation_enterprise_id"), table_name="demands_invitation")
    op.drop_table("demands_invitation")
    op.drop_index("ix_demands_demand_open", table_name="demands_demand", postgresql_where=sa.text("status = 'open'"))
    op.drop_index("ix_demands_demand_demander_id", table_name="demands_demand")
    op.drop_index(
        "ix_demands_demand_closes_at", table_name="demands_demand", postgresql_where=sa.text("status = 'open'")
    )
    op.drop_index(op.f("ix_demands_demand_asked_listing_id"), table_name="demands_demand")
    op.drop_table("demands_demand")
