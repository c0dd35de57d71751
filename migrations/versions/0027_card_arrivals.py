"""How much of a card payment has arrived at the custody bank."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("billing_payment", sa.Column("arrived_amount", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("billing_payment", "arrived_amount", server_default=None)
    op.create_check_constraint(
        op.f("ck_billing_payment_arrived_within"),
        "billing_payment",
        "arrived_amount >= 0 AND arrived_amount <= amount - fee_amount",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_billing_payment_arrived_within"), "billing_payment")
    op.drop_column("billing_payment", "arrived_amount")
