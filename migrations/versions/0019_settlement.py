"""Orders whose evidence is written."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_final_order",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders_order.id"], name=op.f("fk_settlement_final_order_order_id_orders_order")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_settlement_final_order")),
    )
    op.create_index(
        "ix_orders_order_ended_at", "orders_order", ["ended_at"], postgresql_where=sa.text("ended_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_orders_order_ended_at", table_name="orders_order")
    op.drop_table("settlement_final_order")
