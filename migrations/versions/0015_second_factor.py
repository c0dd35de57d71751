"""The second factor of people, and whether a session or token may act for the office."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HOLDERS = ("accounts_sign_in_session", "accounts_api_token")


def upgrade() -> None:
    op.add_column("accounts_user", sa.Column("totp_pending", sa.String(), nullable=True))
    op.add_column("accounts_user", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    for holder in HOLDERS:
        op.add_column(holder, sa.Column("is_verified", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "accounts_recovery_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_accounts_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_recovery_code")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_accounts_recovery_code_user_id_code_hash")),
    )


def downgrade() -> None:
    op.drop_table("accounts_recovery_code")
    for holder in HOLDERS:
        op.drop_column(holder, "is_verified")
    op.drop_column("accounts_user", "totp_step")
    op.drop_column("accounts_user", "totp_pending")
