"""The ledger: accounts, transactions, entries, holds; balanced and append-only in the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

GUARDS = """
CREATE FUNCTION billing_require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total numeric;
BEGIN
    SELECT sum(amount) INTO total FROM billing_entry
        WHERE transaction_id = NEW.transaction_id AND currency = NEW.currency;
    IF total <> 0 THEN
        RAISE EXCEPTION 'entries of transaction % add up to % %', NEW.transaction_id, total, NEW.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_entry_balanced', TABLE = 'billing_entry';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON billing_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_require_balance();

CREATE FUNCTION billing_require_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM billing_entry WHERE transaction_id = NEW.id) THEN
        RAISE EXCEPTION 'transaction % has no entries', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_transaction_has_entries',
                TABLE = 'billing_transaction';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_entries AFTER INSERT ON billing_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_require_entries();

CREATE FUNCTION billing_require_own_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM billing_transaction
            WHERE id = NEW.transaction_id AND written_in = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'entries are written together with their transaction'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_entry_together', TABLE = 'billing_entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER together BEFORE INSERT ON billing_entry
    FOR EACH ROW EXECUTE FUNCTION billing_require_own_transaction();
"""
GUARDS_DOWN = """
DROP FUNCTION billing_require_own_transaction() CASCADE;
DROP FUNCTION billing_require_entries() CASCADE;
DROP FUNCTION billing_require_balance() CASCADE;
"""


def upgrade() -> None:
    op.create_table(
        "billing_account",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "custody",
                "platform_bank",
                "gateway_clearing",
                "application_fee",
                "receivable",
                "chargeback_receivable",
                "escrow",
                "deposit",
                "payable",
                "customer_credit",
                "rent_credit",
                "vat_output",
                "unapplied",
                "commission",
                "late_fees",
                "platform_fees",
                "gateway_fees",
                "bad_debt",
                "dispute_fees",
                "rounding",
                name="accountkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_guarded", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("NOT is_guarded OR balance >= reserved", name=op.f("ck_billing_account_guarded")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_billing_account_reserved")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_account_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_account_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_account")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_billing_account_id_currency")),
        sa.UniqueConstraint("park_id", "name", "currency", name=op.f("uq_billing_account_park_id_name_currency")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_account_public_id")),
    )
    op.create_index("ix_billing_account_enterprise_id", "billing_account", ["enterprise_id", "kind"], unique=False)
    op.create_index("ix_billing_account_subject_ref", "billing_account", ["subject_ref"], unique=False)
    op.create_table(
        "billing_transaction",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "written_in", sa.BigInteger(), server_default=sa.text("pg_current_xact_id()::text::bigint"), nullable=False
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_transaction_park_id")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["billing_transaction.id"], name=op.f("fk_billing_transaction_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_transaction")),
        sa.UniqueConstraint("park_id", "key", name=op.f("uq_billing_transaction_park_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_transaction_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_billing_transaction_reverses_id")),
    )
    op.create_index(
        "ix_billing_transaction_park_id_effective_at", "billing_transaction", ["park_id", "effective_at"], unique=False
    )
    op.create_index("ix_billing_transaction_subject_ref", "billing_transaction", ["subject_ref", "id"], unique=False)
    op.create_table(
        "billing_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_billing_entry_moves_something")),
        sa.ForeignKeyConstraint(
            ["account_id", "currency"],
            ["billing_account.id", "billing_account.currency"],
            name=op.f("fk_billing_entry_account_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["billing_transaction.id"], name=op.f("fk_billing_entry_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_entry")),
    )
    op.create_index("ix_billing_entry_account_id", "billing_entry", ["account_id", "id"], unique=False)
    op.create_index("ix_billing_entry_transaction_id", "billing_entry", ["transaction_id"], unique=False)
    op.create_table(
        "billing_hold",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "posted",
                "voided",
                "expired",
                name="holdstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_billing_hold_holds_something")),
        sa.ForeignKeyConstraint(["account_id"], ["billing_account.id"], name=op.f("fk_billing_hold_account_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_hold_park_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["billing_transaction.id"], name=op.f("fk_billing_hold_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_hold")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_hold_public_id")),
    )
    op.create_index(
        "ix_billing_hold_account_id",
        "billing_hold",
        ["account_id"],
        unique=False,
        postgresql_where="status = 'pending'",
    )
    op.create_index(
        "ix_billing_hold_expires_at",
        "billing_hold",
        ["expires_at"],
        unique=False,
        postgresql_where="status = 'pending'",
    )
    op.execute(GUARDS)
    op.execute("SELECT kernel_make_append_only('billing_transaction')")
    op.execute("SELECT kernel_make_append_only('billing_entry')")


def downgrade() -> None:
    op.execute(GUARDS_DOWN)
    op.drop_index("ix_billing_hold_expires_at", table_name="billing_hold", postgresql_where="status = 'pending'")
    op.drop_index("ix_billing_hold_account_id", table_name="billing_hold", postgresql_where="status = 'pending'")
    op.drop_table("billing_hold")
    op.drop_index("ix_billing_entry_transaction_id", table_name="billing_entry")
    op.drop_index("ix_billing_entry_account_id", table_name="billing_entry")
    op.drop_table("billing_entry")
    op.drop_index("ix_billing_transaction_subject_ref", table_name="billing_transaction")
    op.drop_index("ix_billing_transaction_park_id_effective_at", table_name="billing_transaction")
    op.drop_table("billing_transaction")
    op.drop_index("ix_billing_account_subject_ref", table_name="billing_account")
    op.drop_index("ix_billing_account_enterprise_id", table_name="billing_account")
    op.drop_table("billing_account")
