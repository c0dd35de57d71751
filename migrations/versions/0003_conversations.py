"""Notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations_notice",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once_key", sa.String(length=120), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "mail_status",
            sa.Enum(
                "queued", "sent", "not_wanted", name="mailstatus", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_conversations_notice_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_conversations_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations_notice")),
        sa.UniqueConstraint("public_id", name=op.f("uq_conversations_notice_public_id")),
        sa.UniqueConstraint("user_id", "once_key", name=op.f("uq_conversations_notice_user_id_once_key")),
    )
    op.create_index(
        "ix_conversations_notice_unread",
        "conversations_notice",
        ["user_id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(
        "ix_conversations_notice_user_id",
        "conversations_notice",
        ["user_id", sa.literal_column("id DESC")],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_notice_user_id", table_name="conversations_notice")
    op.drop_index(
        "ix_conversations_notice_unread", table_name="conversations_notice", postgresql_where=sa.text("read_at IS NULL")
    )
    op.drop_table("conversations_notice")
