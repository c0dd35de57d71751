"""Orders that run by contract: rent-to-own plans, meters of a contract, dues of its bills, requests that do not lapse."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PLAN_KINDS = "ck_billing_rate_plan_plankind"


def upgrade() -> None:
    op.drop_constraint(op.f(PLAN_KINDS), "billing_rate_plan", type_="check")
    op.create_check_constraint(
        op.f(PLAN_KINDS), "billing_rate_plan", "kind IN ('rent', 'usage', 'rent_to_own', 'as_written')"
    )
    op.create_table(
        "billing_contract_meter",
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("meter_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["billing_contract.id"], name=op.f("fk_billing_contract_meter_contract_id")
        ),
        sa.ForeignKeyConstraint(["meter_id"], ["billing_meter.id"], name=op.f("fk_billing_contract_meter_meter_id")),
        sa.PrimaryKeyConstraint("contract_id", "meter_id", name=op.f("pk_billing_contract_meter")),
    )
    op.create_index("ix_billing_contract_meter_meter_id", "billing_contract_meter", ["meter_id"])
    op.execute(
        "INSERT INTO billing_contract_meter (contract_id, meter_id)"
        " SELECT id, meter_id FROM billing_contract WHERE meter_id IS NOT NULL"
    )
    op.drop_constraint("fk_billing_contract_meter_id", "billing_contract", type_="foreignkey")
    op.drop_column("billing_contract", "meter_id")
    op.add_column("billing_contract", sa.Column("metered_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("billing_contract", sa.Column("metered_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "billing_period", sa.Column("late_quantity", sa.Numeric(), server_default=sa.text("0"), nullable=False)
    )
    op.alter_column("billing_period", "late_quantity", server_default=None)
    op.add_column(
        "billing_funds_request", sa.Column("lapses", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.alter_column("billing_funds_request", "lapses", server_default=None)
    op.create_table(
        "settlement_due",
        sa.Column("bill_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("from_escrow", sa.BigInteger(), nullable=False),
        sa.Column("releases_on", sa.Date(), nullable=False),
        sa.Column("waived", sa.BigInteger(), nullable=False),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.CheckConstraint("from_escrow >= 0 AND waived >= 0", name=op.f("ck_settlement_due_no_negative_part")),
        sa.ForeignKeyConstraint(["bill_id"], ["billing_bill.id"], name=op.f("fk_settlement_due_bill_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_settlement_due_order_id")),
        sa.PrimaryKeyConstraint("bill_id", name=op.f("pk_settlement_due")),
    )
    op.create_index(op.f("ix_settlement_due_order_id"), "settlement_due", ["order_id"])
    op.create_index(
        "ix_settlement_due_releases_on",
        "settlement_due",
        ["releases_on"],
        postgresql_where=sa.text("NOT is_released"),
    )


def downgrade() -> None:
    op.drop_table("settlement_due")
    op.drop_column("billing_funds_request", "lapses")
    op.drop_column("billing_period", "late_quantity")
    op.drop_column("billing_contract", "metered_until")
    op.drop_column("billing_contract", "metered_from")
    op.add_column("billing_contract", sa.Column("meter_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_billing_contract_meter_id", "billing_contract", "billing_meter", ["meter_id"], ["id"])
    op.execute(
        "UPDATE billing_contract SET meter_id = first.meter_id FROM ("
        " SELECT contract_id, min(meter_id) AS meter_id FROM billing_contract_meter GROUP BY contract_id"
        ") AS first WHERE first.contract_id = billing_contract.id"
    )
    op.drop_table("billing_contract_meter")
    op.execute(
        "UPDATE listings_listing SET rate_plan_id = NULL WHERE rate_plan_id IN ("
        "SELECT id FROM billing_rate_plan WHERE kind = 'rent_to_own')"
    )
    op.execute(
        "UPDATE orders_order SET rate_plan_id = NULL WHERE rate_plan_id IN ("
        "SELECT id FROM billing_rate_plan WHERE kind = 'rent_to_own')"
    )
    op.execute("DELETE FROM billing_rate_plan WHERE kind = 'rent_to_own'")
    op.drop_constraint(op.f(PLAN_KINDS), "billing_rate_plan", type_="check")
    op.create_check_constraint(op.f(PLAN_KINDS), "billing_rate_plan", "kind IN ('rent', 'usage', 'as_written')")
