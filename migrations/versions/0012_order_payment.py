"""How long an agreed order waits for its payment."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders_order", sa.Column("pay_by", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("orders_order", "pay_by")
