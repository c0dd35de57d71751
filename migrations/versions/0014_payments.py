"""Money held: requests for funds, escrow and deposits, payments, transfer slips."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "billing_funds_request",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("payer_id", sa.BigInteger(), nullable=False),
        sa.Column("payee_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=13), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_with_slip", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_fee", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "awaited",
                "secured",
                "cancelled",
                "expired",
                name="requeststatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("received_amount", sa.BigInteger(), nullable=False),
        sa.Column("secured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slip_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("payer_id <> payee_id", name=op.f("ck_billing_funds_request_two_parties")),
        sa.CheckConstraint("received_amount >= 0", name=op.f("ck_billing_funds_request_received")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_funds_request_park_id")),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_funds_request_payee_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_funds_request_payer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_funds_request")),
        sa.UniqueConstraint(
            "park_id", "subject_ref", "purpose", name=op.f("uq_billing_funds_request_park_id_subject_ref_purpose")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_funds_request_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_billing_funds_request_reference")),
    )
    op.create_index(
        "ix_billing_funds_request_due_at",
        "billing_funds_request",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'awaited'"),
    )
    op.create_index(
        "ix_billing_funds_request_payee_id",
        "billing_funds_request",
        ["payee_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_billing_funds_request_payer_id",
        "billing_funds_request",
        ["payer_id", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "billing_funds",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("escrow", "deposit", name="fundskind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "awaited",
                "held",
                "frozen",
                "released",
                "split",
                "refunded",
                "cancelled",
                "expired",
                name="fundsstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("released_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("fee_amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_billing_funds_holds_something")),
        sa.CheckConstraint(
            "released_amount >= 0 AND refunded_amount >= 0 AND fee_amount >= 0 AND released_amount + refunded_amount + fee_amount <= amount",
            name=op.f("ck_billing_funds_no_more_out_than_in"),
        ),
        sa.ForeignKeyConstraint(["request_id"], ["billing_funds_request.id"], name=op.f("fk_billing_funds_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_funds")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_funds_public_id")),
        sa.UniqueConstraint("request_id", "kind", name=op.f("uq_billing_funds_request_id_kind")),
    )
    op.create_index("ix_billing_funds_status", "billing_funds", ["status"], unique=False)
    op.create_table(
        "billing_payment",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "gateway",
            sa.Enum(
                "bank_transfer", "stripe", name="gatewayname", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "created",
                "pending",
                "succeeded",
                "failed",
                "unknown",
                name="paymentstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("gateway_ref", sa.String(length=200), nullable=True),
        sa.Column("fee_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("page_url", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_billing_payment_pays_something")),
        sa.CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <= amount", name=op.f("ck_billing_payment_no_more_refunded")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_payment_park_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["billing_funds_request.id"], name=op.f("fk_billing_payment_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_payment")),
        sa.UniqueConstraint("gateway", "gateway_ref", name=op.f("uq_billing_payment_gateway_gateway_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_payment_public_id")),
    )
    op.create_index(
        "ix_billing_payment_open",
        "billing_payment",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('created', 'pending', 'unknown')"),
    )
    op.create_index("ix_billing_payment_request_id", "billing_payment", ["request_id"], unique=False)
    op.create_table(
        "billing_transfer_slip",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["billing_funds_request.id"], name=op.f("fk_billing_transfer_slip_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_transfer_slip")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_transfer_slip_public_id")),
    )
    op.create_index(op.f("ix_billing_transfer_slip_request_id"), "billing_transfer_slip", ["request_id"], unique=False)
    op.execute("CREATE SEQUENCE billing_reference_number")


def downgrade() -> None:
    op.drop_index(op.f("ix_billing_transfer_slip_request_id"), table_name="billing_transfer_slip")
    op.drop_table("billing_transfer_slip")
    op.drop_index("ix_billing_payment_request_id", table_name="billing_payment")
    op.drop_index(
        "ix_billing_payment_open",
        table_name="billing_payment",
        postgresql_where=sa.text("status IN ('created', 'pending', 'unknown')"),
    )
    op.drop_table("billing_payment")
    op.drop_index("ix_billing_funds_status", table_name="billing_funds")
    op.drop_table("billing_funds")
    op.drop_index("ix_billing_funds_request_payer_id", table_name="billing_funds_request")
    op.drop_index("ix_billing_funds_request_payee_id", table_name="billing_funds_request")
    op.drop_index(
        "ix_billing_funds_request_due_at",
        table_name="billing_funds_request",
        postgresql_where=sa.text("status = 'awaited'"),
    )
    op.drop_table("billing_funds_request")
    op.execute("DROP SEQUENCE billing_reference_number")
