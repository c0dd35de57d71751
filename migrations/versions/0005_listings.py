"""Listings, units, media, imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "listings_import_run",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "needs_mapping",
                "previewed",
                "committing",
                "done",
                "refused",
                "failed",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("plan", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("progress_done", sa.BigInteger(), nullable=False),
        sa.Column("progress_total", sa.BigInteger(), nullable=False),
        sa.Column("annotated", sa.LargeBinary(), nullable=True),
        sa.Column("annotated_name", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_listings_import_run_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_listings_import_run_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_listings_import_run_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_import_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listings_import_run_public_id")),
    )
    op.create_index(
        "ix_listings_import_run_enterprise_id", "listings_import_run", ["enterprise_id", "id"], unique=False
    )
    op.create_table(
        "listings_remembered_mapping",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_listings_remembered_mapping_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_remembered_mapping")),
        sa.UniqueConstraint(
            "enterprise_id", "header_key", name=op.f("uq_listings_remembered_mapping_enterprise_id_header_key")
        ),
    )
    op.create_table(
        "listings_type_override",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("type_code", sa.String(length=60), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("aliases", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_listings_type_override_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_type_override")),
        sa.UniqueConstraint("park_id", "type_code", name=op.f("uq_listings_type_override_park_id_type_code")),
    )
    op.create_table(
        "listings_listing",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "equipment",
                "tool",
                "line",
                "instrument",
                "service",
                name="listingkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("type_code", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("description_zh", sa.String(), nullable=False),
        sa.Column("description_en", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("manufacturer", sa.String(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("suggested_attributes", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("zone_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "in_review",
                "published",
                "paused",
                "archived",
                name="listingstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "withheld_reason",
            sa.Enum(
                "sealed",
                "repair",
                "lent",
                "inactive",
                "hidden_row",
                "scrapped",
                "owner",
                name="withheldreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("moderation_reason", sa.String(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("form", "import", name="source", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("import_run_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "operator",
            sa.Enum(
                "included",
                "required",
                "optional",
                "own",
                name="operatorterms",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "delivery",
            sa.Enum(
                "on_site",
                "pickup",
                "delivered",
                name="deliveryterms",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "approval",
            sa.Enum(
                "instant",
                "by_owner",
                "instant_from_grade",
                name="approval",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("approval_grade", sa.String(length=1), nullable=True),
        sa.Column("min_minutes", sa.BigInteger(), nullable=False),
        sa.Column("max_minutes", sa.BigInteger(), nullable=False),
        sa.Column("step_minutes", sa.BigInteger(), nullable=False),
        sa.Column("notice_minutes", sa.BigInteger(), nullable=False),
        sa.Column("horizon_days", sa.BigInteger(), nullable=False),
        sa.Column("turnaround_minutes", sa.BigInteger(), nullable=False),
        sa.Column("cancellation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("insurance_terms", sa.String(), nullable=False),
        sa.Column("damage_terms", sa.String(), nullable=False),
        sa.Column("certificates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("special_equipment", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("operator_certificate", sa.String(), nullable=False),
        sa.Column("rate_plan_id", sa.BigInteger(), nullable=True),
        sa.Column("price_as_written", sa.String(), nullable=False),
        sa.Column("ledger_said", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "status <> 'published' OR (type_code IS NOT NULL AND withheld_reason IS NULL)",
            name=op.f("ck_listings_listing_offered"),
        ),
        sa.CheckConstraint("title_zh <> '' OR title_en <> ''", name=op.f("ck_listings_listing_titled")),
        sa.CheckConstraint(
            "min_minutes > 0 AND max_minutes >= min_minutes AND step_minutes > 0",
            name=op.f("ck_listings_listing_lengths"),
        ),
        sa.CheckConstraint(
            "notice_minutes >= 0 AND horizon_days > 0 AND turnaround_minutes >= 0",
            name=op.f("ck_listings_listing_lead_times"),
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_listings_listing_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_run_id"], ["listings_import_run.id"], name=op.f("fk_listings_listing_import_run_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_listings_listing_park_id")),
        sa.ForeignKeyConstraint(
            ["rate_plan_id"], ["billing_rate_plan.id"], name=op.f("fk_listings_listing_rate_plan_id")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["accounts_zone.id"], name=op.f("fk_listings_listing_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_listing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listings_listing_public_id")),
    )
    op.create_index(
        "ix_listings_listing_enterprise_id_status", "listings_listing", ["enterprise_id", "status", "id"], unique=False
    )
    op.create_index(op.f("ix_listings_listing_import_run_id"), "listings_listing", ["import_run_id"], unique=False)
    op.create_index("ix_listings_listing_park_id_status", "listings_listing", ["park_id", "status", "id"], unique=False)
    op.create_table(
        "listings_document",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pdf",
                "jpeg",
                "png",
                "xlsx",
                "docx",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_listings_document_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_document")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listings_document_public_id")),
    )
    op.create_index("ix_listings_document_listing_id", "listings_document", ["listing_id", "id"], unique=False)
    op.create_table(
        "listings_photo",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_listings_photo_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_photo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listings_photo_public_id")),
    )
    op.create_index("ix_listings_photo_listing_id", "listings_photo", ["listing_id", "position", "id"], unique=False)
    op.create_table(
        "listings_unit",
        sa.Column("listing_id", sa.BigInteger(), nullable=True),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_number", sa.String(), nullable=False),
        sa.Column("asset_key", sa.String(), nullable=True),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_use",
                "idle",
                "sealed",
                "repair",
                "lent",
                "scrapped",
                name="unitstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_bookable", sa.Boolean(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("purchase_date", sa.String(length=10), nullable=False),
        sa.Column("original_value", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_listings_unit_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_listings_unit_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_unit")),
        sa.UniqueConstraint("enterprise_id", "asset_key", name="uq_listings_unit_enterprise_id_asset_key"),
        sa.UniqueConstraint("public_id", name=op.f("uq_listings_unit_public_id")),
    )
    op.create_index("ix_listings_unit_listing_id", "listings_unit", ["listing_id", "position", "id"], unique=False)
    op.create_table(
        "listings_line_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("nested_line_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(unit_id IS NULL) <> (nested_line_id IS NULL)", name=op.f("ck_listings_line_member_one_member")
        ),
        sa.CheckConstraint("nested_line_id <> line_id", name=op.f("ck_listings_line_member_not_itself")),
        sa.ForeignKeyConstraint(["line_id"], ["listings_listing.id"], name=op.f("fk_listings_line_member_line_id")),
        sa.ForeignKeyConstraint(
            ["nested_line_id"], ["listings_listing.id"], name=op.f("fk_listings_line_member_nested_line_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["listings_unit.id"], name=op.f("fk_listings_line_member_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings_line_member")),
        sa.UniqueConstraint(
            "line_id",
            "unit_id",
            "nested_line_id",
            name=op.f("uq_listings_line_member_line_id_unit_id_nested_line_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_listings_line_member_nested_line_id",
        "listings_line_member",
        ["nested_line_id"],
        unique=False,
        postgresql_where=sa.text("nested_line_id IS NOT NULL"),
    )
    op.create_index(
        "ix_listings_line_member_unit_id",
        "listings_line_member",
        ["unit_id"],
        unique=False,
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_listings_line_member_unit_id",
        table_name="listings_line_member",
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_listings_line_member_nested_line_id",
        table_name="listings_line_member",
        postgresql_where=sa.text("nested_line_id IS NOT NULL"),
    )
    op.drop_table("listings_line_member")
    op.drop_index("ix_listings_unit_listing_id", table_name="listings_unit")
    op.drop_table("listings_unit")
    op.drop_index("ix_listings_photo_listing_id", table_name="listings_photo")
    op.drop_table("listings_photo")
    op.drop_index("ix_listings_document_listing_id", table_name="listings_document")
    op.drop_table("listings_document")
    op.drop_index("ix_listings_listing_park_id_status", table_name="listings_listing")
    op.drop_index(op.f("ix_listings_listing_import_run_id"), table_name="listings_listing")
    op.drop_index("ix_listings_listing_enterprise_id_status", table_name="listings_listing")
    op.drop_table("listings_listing")
    op.drop_table("listings_type_override")
    op.drop_table("listings_remembered_mapping")
    op.drop_index("ix_listings_import_run_enterprise_id", table_name="listings_import_run")
    op.drop_table("listings_import_run")
