"""Messages about an order, and how far each firm has read them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations_message",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_masked", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_conversations_message_park_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_conversations_message_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_conversations_message_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conversations_message_public_id")),
    )
    op.create_index(
        "ix_conversations_message_subject", "conversations_message", ["park_id", "subject_ref", "id"], unique=False
    )
    op.create_table(
        "conversations_thread_read",
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_conversations_thread_read_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("enterprise_id", "subject_ref", name=op.f("pk_conversations_thread_read")),
    )


def downgrade() -> None:
    op.drop_table("conversations_thread_read")
    op.drop_index("ix_conversations_message_subject", table_name="conversations_message")
    op.drop_table("conversations_message")
