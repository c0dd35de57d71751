"""Rate plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "billing_rate_plan",
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rent", "usage", "as_written", name="plankind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label_zh", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_rate_plan")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_rate_plan_public_id")),
        sa.UniqueConstraint("subject_ref", "version", name=op.f("uq_billing_rate_plan_subject_ref_version")),
    )
    op.create_index(
        "ix_billing_rate_plan_current",
        "billing_rate_plan",
        ["subject_ref"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_billing_rate_plan_current",
        table_name="billing_rate_plan",
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("billing_rate_plan")
