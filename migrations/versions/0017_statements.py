"""Bank accounts, payouts in batches, bank statements and their lines."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "billing_bank_account",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_bank_account_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_bank_account_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_bank_account")),
        sa.UniqueConstraint(
            "park_id",
            "enterprise_id",
            name=op.f("uq_billing_bank_account_park_id_enterprise_id"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_bank_account_public_id")),
    )
    op.create_table(
        "billing_payout_batch",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_by_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "drafted",
                "approved",
                "sent",
                "rejected",
                name="batchstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_name", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> created_by", name=op.f("ck_billing_payout_batch_two_persons")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_payout_batch_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_payout_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_payout_batch_public_id")),
    )
    op.create_index(
        "ix_billing_payout_batch_park_id",
        "billing_payout_batch",
        ["park_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "billing_statement",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opening_amount", sa.BigInteger(), nullable=False),
        sa.Column("closing_amount", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_count", sa.BigInteger(), nullable=False),
        sa.Column("known_count", sa.BigInteger(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_statement_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_statement")),
        sa.UniqueConstraint("park_id", "digest", name=op.f("uq_billing_statement_park_id_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_statement_public_id")),
    )
    op.create_table(
        "billing_payout",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "payable", "customer_credit", name="payoutsource", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.String(length=13), nullable=False),
        sa.Column("hold_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "approved",
                "sent",
                "paid",
                "returned",
                name="payoutstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_billing_payout_pays_something")),
        sa.ForeignKeyConstraint(["batch_id"], ["billing_payout_batch.id"], name=op.f("fk_billing_payout_batch_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_payout_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["billing_hold.id"], name=op.f("fk_billing_payout_hold_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_payout_park_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["billing_transaction.id"], name=op.f("fk_billing_payout_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_payout")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_payout_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_billing_payout_reference")),
    )
    op.create_index("ix_billing_payout_batch_id", "billing_payout", ["batch_id"], unique=False)
    op.create_index(
        "ix_billing_payout_enterprise_id",
        "billing_payout",
        ["enterprise_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_billing_payout_status", "billing_payout", ["park_id", "status"], unique=False)
    op.create_table(
        "billing_statement_line",
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("bank_ref", sa.String(length=100), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("counterparty_account", sa.String(length=60), nullable=False),
        sa.Column("memo", sa.String(length=500), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "unmatched",
                "matched",
                "set_aside",
                name="linestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("payout_id", sa.BigInteger(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_statement_line_park_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["billing_payment.id"], name=op.f("fk_billing_statement_line_payment_id")
        ),
        sa.ForeignKeyConstraint(["payout_id"], ["billing_payout.id"], name=op.f("fk_billing_statement_line_payout_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["billing_statement.id"], name=op.f("fk_billing_statement_line_statement_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["billing_transaction.id"], name=op.f("fk_billing_statement_line_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_statement_line")),
        sa.UniqueConstraint("park_id", "fingerprint", name=op.f("uq_billing_statement_line_park_id_fingerprint")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_statement_line_public_id")),
    )
    op.create_index("ix_billing_statement_line_statement_id", "billing_statement_line", ["statement_id"], unique=False)
    op.create_index(
        "ix_billing_statement_line_unmatched",
        "billing_statement_line",
        ["park_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'unmatched'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_billing_statement_line_unmatched",
        table_name="billing_statement_line",
        postgresql_where=sa.text("status = 'unmatched'"),
    )
    op.drop_index("ix_billing_statement_line_statement_id", table_name="billing_statement_line")
    op.drop_table("billing_statement_line")
    op.drop_index("ix_billing_payout_status", table_name="billing_payout")
    op.drop_index("ix_billing_payout_enterprise_id", table_name="billing_payout")
    op.drop_index("ix_billing_payout_batch_id", table_name="billing_payout")
    op.drop_table("billing_payout")
    op.drop_table("billing_statement")
    op.drop_index("ix_billing_payout_batch_park_id", table_name="billing_payout_batch")
    op.drop_table("billing_payout_batch")
    op.drop_table("billing_bank_account")
