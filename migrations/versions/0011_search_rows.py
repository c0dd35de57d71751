"""Search rows: what plain SQL searches while the engine is down."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = postgresql.ARRAY(sa.Text())
    facts = postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "discovery_search_row",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("tokens", words, nullable=False),
        sa.Column("texts", words, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("types", words, nullable=False),
        sa.Column("parks", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("operator", sa.String(), nullable=True),
        sa.Column("approval", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("certificates", words, nullable=False),
        sa.Column("numbers", facts, nullable=False),
        sa.Column("words", facts, nullable=False),
        sa.Column("prices", facts, nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings_listing.id"], name=op.f("fk_discovery_search_row_listing_id")
        ),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_discovery_search_row")),
    )
    op.create_index(
        "ix_discovery_search_row_tokens", "discovery_search_row", ["tokens"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_discovery_search_row_types", "discovery_search_row", ["types"], unique=False, postgresql_using="gin"
    )


def downgrade() -> None:
    op.drop_index("ix_discovery_search_row_types", table_name="discovery_search_row", postgresql_using="gin")
    op.drop_index("ix_discovery_search_row_tokens", table_name="discovery_search_row", postgresql_using="gin")
    op.drop_table("discovery_search_row")
