"""Card payments: what is open at the gateway, refunds to cards, events that came in."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STATES = ("created", "pending", "succeeded", "failed", "unknown")


def _words(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_billing_payment_gatewayname"), "billing_payment")
    op.create_check_constraint(
        op.f("ck_billing_payment_gatewayname"), "billing_payment", "gateway IN ('bank_transfer', 'stripe', 'fake')"
    )
    op.create_check_constraint(
        op.f("ck_billing_payment_fee_within"), "billing_payment", "fee_amount >= 0 AND fee_amount <= amount"
    )
    op.add_column("billing_payment", sa.Column("authorised_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("billing_payment", sa.Column("locale", sa.String(length=10), nullable=False, server_default=""))
    op.alter_column("billing_payment", "locale", server_default=None)
    op.create_index(
        "uq_billing_payment_one_open_card",
        "billing_payment",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("gateway <> 'bank_transfer' AND status IN ('created', 'pending', 'unknown')"),
    )
    op.create_table(
        "billing_card_refund",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("hold_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", _words(*STATES, name="paymentstatus"), nullable=False),
        sa.Column("gateway_ref", sa.String(length=200), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND fee_amount >= 0 AND fee_amount <= amount",
            name=op.f("ck_billing_card_refund_gives_something"),
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["billing_hold.id"], name=op.f("fk_billing_card_refund_hold_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_card_refund_park_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["billing_payment.id"], name=op.f("fk_billing_card_refund_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_card_refund")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_card_refund_public_id")),
    )
    op.create_index(
        "ix_billing_card_refund_open",
        "billing_card_refund",
        ["id"],
        postgresql_where=sa.text("status IN ('created', 'pending', 'unknown')"),
    )
    op.create_index("ix_billing_card_refund_payment_id", "billing_card_refund", ["payment_id"])
    op.create_table(
        "billing_webhook",
        sa.Column("gateway", _words("bank_transfer", "stripe", "fake", name="gatewayname"), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", _words("received", "done", "ignored", "parked", name="webhookstatus"), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_webhook")),
        sa.UniqueConstraint("gateway", "event_id", name=op.f("uq_billing_webhook_gateway_event_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_webhook_public_id")),
    )
    op.create_index(
        "ix_billing_webhook_parked", "billing_webhook", ["id"], postgresql_where=sa.text("status = 'parked'")
    )


def downgrade() -> None:
    op.drop_index("ix_billing_webhook_parked", table_name="billing_webhook")
    op.drop_table("billing_webhook")
    op.drop_index("ix_billing_card_refund_payment_id", table_name="billing_card_refund")
    op.drop_index("ix_billing_card_refund_open", table_name="billing_card_refund")
    op.drop_table("billing_card_refund")
    op.drop_index("uq_billing_payment_one_open_card", table_name="billing_payment")
    op.drop_column("billing_payment", "locale")
    op.drop_column("billing_payment", "authorised_at")
    op.drop_constraint(op.f("ck_billing_payment_fee_within"), "billing_payment")
    op.drop_constraint(op.f("ck_billing_payment_gatewayname"), "billing_payment")
    op.execute("UPDATE billing_payment SET gateway = 'stripe' WHERE gateway = 'fake'")
    op.create_check_constraint(
        op.f("ck_billing_payment_gatewayname"), "billing_payment", "gateway IN ('bank_transfer', 'stripe')"
    )
