"""Units' time: openings, occupancies, free time, holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookings_holiday",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_bookings_holiday_park_id")),
        sa.PrimaryKeyConstraint("park_id", "day", name=op.f("pk_bookings_holiday")),
    )
    op.create_table(
        "bookings_blackout",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "booking",
                "maintenance",
                "own_production",
                "breakdown",
                "facility",
                "imported",
                name="occupancykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("NOT isempty(during)", name=op.f("ck_bookings_blackout_during_not_empty")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts_user.id"], name=op.f("fk_bookings_blackout_created_by")),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_bookings_blackout_listing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings_blackout")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bookings_blackout_public_id")),
    )
    op.create_index(op.f("ix_bookings_blackout_listing_id"), "bookings_blackout", ["listing_id"], unique=False)
    op.create_table(
        "bookings_booking",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("demander_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "held",
                "confirmed",
                "released",
                name="bookingstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_extended", sa.Boolean(), nullable=False),
        sa.Column(
            "released_reason",
            sa.Enum(
                "cancelled",
                "declined",
                "hold_expired",
                "breakdown",
                "moved",
                name="releasereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("series_id", sa.String(length=14), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "(status = 'held') = (held_until IS NOT NULL)", name=op.f("ck_bookings_booking_held_until_when_held")
        ),
        sa.CheckConstraint("NOT isempty(during)", name=op.f("ck_bookings_booking_during_not_empty")),
        sa.CheckConstraint(
            "NOT lower_inf(during) AND NOT upper_inf(during)", name=op.f("ck_bookings_booking_during_finite")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bookings_booking_some_units")),
        sa.ForeignKeyConstraint(
            ["demander_id"], ["accounts_enterprise.id"], name=op.f("fk_bookings_booking_demander_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listings_listing.id"], name=op.f("fk_bookings_booking_listing_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_bookings_booking_park_id")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["accounts_enterprise.id"], name=op.f("fk_bookings_booking_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings_booking")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bookings_booking_public_id")),
    )
    op.create_index(
        "ix_bookings_booking_demander_id",
        "bookings_booking",
        ["demander_id", sa.literal_column("lower(during)")],
        unique=False,
    )
    op.create_index(
        "ix_bookings_booking_held_until",
        "bookings_booking",
        ["held_until"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "ix_bookings_booking_listing_id_during",
        "bookings_booking",
        ["listing_id", sa.literal_column("lower(during)")],
        unique=False,
    )
    op.create_index(
        "ix_bookings_booking_supplier_id",
        "bookings_booking",
        ["supplier_id", sa.literal_column("lower(during)")],
        unique=False,
    )
    op.create_table(
        "bookings_opening_exception",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ranges", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings_listing.id"], name=op.f("fk_bookings_opening_exception_listing_id")
        ),
        sa.PrimaryKeyConstraint("listing_id", "day", name=op.f("pk_bookings_opening_exception")),
    )
    op.create_table(
        "bookings_opening_hours",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("weekly", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("observes_holidays", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings_listing.id"], name=op.f("fk_bookings_opening_hours_listing_id")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_bookings_opening_hours")),
    )
    op.create_table(
        "bookings_occupancy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("occupied", postgresql.TSTZRANGE(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "booking",
                "maintenance",
                "own_production",
                "breakdown",
                "facility",
                "imported",
                name="occupancykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "held",
                "confirmed",
                "released",
                name="occupancystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("booking_id", sa.BigInteger(), nullable=True),
        sa.Column("blackout_id", sa.BigInteger(), nullable=True),
        sa.Column("imported_uid", sa.String(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(unit_id, unit_id, '[]')"), "&&"),
            (sa.column("occupied"), "&&"),
            where=sa.text("status IN ('held', 'confirmed')"),
            using="gist",
            name="bookings_occupancy_no_overlap",
        ),
        sa.CheckConstraint(
            "(kind = 'booking') = (booking_id IS NOT NULL)", name=op.f("ck_bookings_occupancy_booking_of_booking")
        ),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT isempty(occupied)", name=op.f("ck_bookings_occupancy_not_empty")
        ),
        sa.CheckConstraint(
            "NOT lower_inf(occupied) AND NOT upper_inf(occupied)", name=op.f("ck_bookings_occupancy_finite")
        ),
        sa.CheckConstraint("occupied @> during", name=op.f("ck_bookings_occupancy_turnaround_after")),
        sa.ForeignKeyConstraint(
            ["blackout_id"], ["bookings_blackout.id"], name=op.f("fk_bookings_occupancy_blackout_id")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_bookings_occupancy_booking_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["listings_unit.id"], name=op.f("fk_bookings_occupancy_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings_occupancy")),
    )
    op.create_index("ix_bookings_occupancy_blackout_id", "bookings_occupancy", ["blackout_id"], unique=False)
    op.create_index("ix_bookings_occupancy_booking_id", "bookings_occupancy", ["booking_id"], unique=False)
    op.create_index(op.f("ix_bookings_occupancy_unit_id"), "bookings_occupancy", ["unit_id"], unique=False)
    op.create_table(
        "bookings_unit_free_time",
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("open", postgresql.TSTZMULTIRANGE(), nullable=False),
        sa.Column("free", postgresql.TSTZMULTIRANGE(), nullable=False),
        sa.Column("clear", postgresql.TSTZMULTIRANGE(), nullable=False),
        sa.Column("horizon", postgresql.TSTZRANGE(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings_listing.id"], name=op.f("fk_bookings_unit_free_time_listing_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["listings_unit.id"], name=op.f("fk_bookings_unit_free_time_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_bookings_unit_free_time")),
    )
    op.create_index(
        "ix_bookings_unit_free_time_free", "bookings_unit_free_time", ["free"], unique=False, postgresql_using="gist"
    )
    op.create_index("ix_bookings_unit_free_time_listing_id", "bookings_unit_free_time", ["listing_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_bookings_unit_free_time_listing_id", table_name="bookings_unit_free_time")
    op.drop_index("ix_bookings_unit_free_time_free", table_name="bookings_unit_free_time", postgresql_using="gist")
    op.drop_table("bookings_unit_free_time")
    op.drop_index(op.f("ix_bookings_occupancy_unit_id"), table_name="bookings_occupancy")
    op.drop_index("ix_bookings_occupancy_booking_id", table_name="bookings_occupancy")
    op.drop_index("ix_bookings_occupancy_blackout_id", table_name="bookings_occupancy")
    op.drop_table("bookings_occupancy")
    op.drop_table("bookings_opening_hours")
    op.drop_table("bookings_opening_exception")
    op.drop_index("ix_bookings_booking_supplier_id", table_name="bookings_booking")
    op.drop_index("ix_bookings_booking_listing_id_during", table_name="bookings_booking")
    op.drop_index(
        "ix_bookings_booking_held_until", table_name="bookings_booking", postgresql_where=sa.text("status = 'held'")
    )
    op.drop_index("ix_bookings_booking_demander_id", table_name="bookings_booking")
    op.drop_table("bookings_booking")
    op.drop_index(op.f("ix_bookings_blackout_listing_id"), table_name="bookings_blackout")
    op.drop_table("bookings_blackout")
    op.drop_table("bookings_holiday")
