"""Commission on its way to the platform's account; what is claimed back after money was released."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ACCOUNT_KINDS = (
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
)
PAYOUT_SOURCES = ("payable", "customer_credit")
PAYOUT_STATES = ("queued", "approved", "sent", "paid", "returned")


def _allow(table: str, column: str, check: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(check, table, type_="check")
    words = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(check, table, f"{column} IN ({words})")


def upgrade() -> None:
    _allow(
        "billing_account",
        "kind",
        op.f("ck_billing_account_accountkind"),
        (*ACCOUNT_KINDS, "commission_clearing", "claim"),
    )
    _allow("billing_payout", "source", op.f("ck_billing_payout_payoutsource"), (*PAYOUT_SOURCES, "commission"))
    _allow("billing_payout", "status", op.f("ck_billing_payout_payoutstatus"), (*PAYOUT_STATES, "withdrawn"))
    op.alter_column("billing_payout", "enterprise_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_billing_payout_commission_has_no_firm"),
        "billing_payout",
        "(source = 'commission') = (enterprise_id IS NULL)",
    )
    op.add_column(
        "billing_bank_account",
        sa.Column(
            "purpose",
            sa.Enum(
                "payout",
                "custody",
                "platform",
                name="accountpurpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
            server_default="payout",
        ),
    )
    op.execute("UPDATE billing_bank_account SET purpose = 'custody' WHERE enterprise_id IS NULL")
    op.alter_column("billing_bank_account", "purpose", server_default=None)
    op.drop_constraint(op.f("uq_billing_bank_account_park_id_enterprise_id"), "billing_bank_account", type_="unique")
    op.create_unique_constraint(
        op.f("uq_billing_bank_account_park_id_enterprise_id_purpose"),
        "billing_bank_account",
        ["park_id", "enterprise_id", "purpose"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_check_constraint(
        op.f("ck_billing_bank_account_whose"),
        "billing_bank_account",
        "(purpose = 'payout') = (enterprise_id IS NOT NULL)",
    )
    op.add_column(
        "billing_funds_request", sa.Column("is_contested", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE billing_funds_request r SET is_contested = true"
        " WHERE EXISTS (SELECT 1 FROM billing_funds f WHERE f.request_id = r.id AND f.status = 'frozen')"
    )
    op.alter_column("billing_funds_request", "is_contested", server_default=None)
    _create_recoveries()


def _create_recoveries() -> None:
    op.create_table(
        "billing_recovery",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("creditor_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "becomes",
            sa.Enum(
                "customer_credit", "payable", name="recoverykind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("debtor_id", sa.BigInteger(), nullable=True),
        sa.Column("recovered_amount", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_billing_recovery_claims_something")),
        sa.CheckConstraint(
            "recovered_amount >= 0 AND recovered_amount <= amount",
            name=op.f("ck_billing_recovery_no_more_than_claimed"),
        ),
        sa.ForeignKeyConstraint(
            ["creditor_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_recovery_creditor_id")
        ),
        sa.ForeignKeyConstraint(["debtor_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_recovery_debtor_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_recovery_park_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["billing_funds_request.id"], name=op.f("fk_billing_recovery_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_recovery")),
        sa.UniqueConstraint("park_id", "key", name=op.f("uq_billing_recovery_park_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_recovery_public_id")),
    )
    op.create_index("ix_billing_recovery_subject_ref", "billing_recovery", ["subject_ref"], unique=False)
    op.create_index("ix_billing_recovery_creditor_id", "billing_recovery", ["creditor_id"], unique=False)
    op.create_index(
        "ix_billing_recovery_open",
        "billing_recovery",
        ["park_id", "debtor_id", "id"],
        unique=False,
        postgresql_where=sa.text("recovered_amount < amount"),
    )


def downgrade() -> None:
    op.drop_table("billing_recovery")
    op.drop_column("billing_funds_request", "is_contested")
    op.drop_constraint(op.f("ck_billing_bank_account_whose"), "billing_bank_account", type_="check")
    op.drop_constraint(
        op.f("uq_billing_bank_account_park_id_enterprise_id_purpose"), "billing_bank_account", type_="unique"
    )
    op.execute("DELETE FROM billing_bank_account WHERE purpose = 'platform'")
    op.create_unique_constraint(
        op.f("uq_billing_bank_account_park_id_enterprise_id"),
        "billing_bank_account",
        ["park_id", "enterprise_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.drop_column("billing_bank_account", "purpose")
    op.drop_constraint(op.f("ck_billing_payout_commission_has_no_firm"), "billing_payout", type_="check")
    op.alter_column("billing_payout", "enterprise_id", nullable=False)
    _allow("billing_payout", "status", op.f("ck_billing_payout_payoutstatus"), PAYOUT_STATES)
    _allow("billing_payout", "source", op.f("ck_billing_payout_payoutsource"), PAYOUT_SOURCES)
    _allow("billing_account", "kind", op.f("ck_billing_account_accountkind"), ACCOUNT_KINDS)
