"""Which listings are free, found by their opening and by what is taken in the window."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TAKEN = "status IN ('held', 'confirmed')"


def upgrade() -> None:
    op.add_column(
        "bookings_unit_free_time",
        sa.Column(
            "open_hash",
            sa.BigInteger(),
            sa.Computed("hash_multirange_extended(open, 0)", persisted=True),
            nullable=False,
        ),
    )
    op.create_index(
        "ix_bookings_unit_free_time_open_hash",
        "bookings_unit_free_time",
        ["open_hash", "unit_id", "listing_id"],
        unique=False,
    )
    op.create_index(
        "ix_bookings_occupancy_occupied",
        "bookings_occupancy",
        ["occupied"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text(TAKEN),
    )
    op.drop_index("ix_bookings_unit_free_time_free", table_name="bookings_unit_free_time", postgresql_using="gist")


def downgrade() -> None:
    op.create_index(
        "ix_bookings_unit_free_time_free", "bookings_unit_free_time", ["free"], unique=False, postgresql_using="gist"
    )
    op.drop_index("ix_bookings_occupancy_occupied", table_name="bookings_occupancy", postgresql_using="gist")
    op.drop_index("ix_bookings_unit_free_time_open_hash", table_name="bookings_unit_free_time")
    op.drop_column("bookings_unit_free_time", "open_hash")
