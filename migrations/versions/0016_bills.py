"""Bills, the fapiao register, contracts with their periods, meters with their readings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APPEND_ONLY = ("billing_bill", "billing_bill_line")


def upgrade() -> None:
    op.create_table(
        "billing_bill",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("bill", "correction", name="billkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("service_start", sa.Date(), nullable=True),
        sa.Column("service_end", sa.Date(), nullable=True),
        sa.Column("policy", sa.String(length=200), nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_billing_bill_counts")),
        sa.CheckConstraint("total = net + tax", name=op.f("ck_billing_bill_adds_up")),
        sa.ForeignKeyConstraint(["corrects_id"], ["billing_bill.id"], name=op.f("fk_billing_bill_corrects_id")),
        sa.ForeignKeyConstraint(["issuer_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_bill_issuer_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_bill_park_id")),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_bill_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_bill")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_billing_bill_corrects_id")),
        sa.UniqueConstraint("issuer_id", "key", name=op.f("uq_billing_bill_issuer_id_key")),
        sa.UniqueConstraint("issuer_id", "year", "sequence", name=op.f("uq_billing_bill_issuer_id_year_sequence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_bill_public_id")),
    )
    op.create_index("ix_billing_bill_issuer_id_id", "billing_bill", ["issuer_id", "id"], unique=False)
    op.create_index("ix_billing_bill_recipient_id", "billing_bill", ["recipient_id", "id"], unique=False)
    op.create_index("ix_billing_bill_subject_ref", "billing_bill", ["subject_ref", "id"], unique=False)
    op.create_table(
        "billing_bill_counter",
        sa.Column("issuer_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_bill_counter_issuer_id")
        ),
        sa.PrimaryKeyConstraint("issuer_id", "year", name=op.f("pk_billing_bill_counter")),
    )
    op.create_table(
        "billing_meter",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("counter", "delta", name="meterkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("rollover_at", sa.Numeric(), nullable=True),
        sa.Column("last_counter", sa.Numeric(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sequence", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "rollover_at IS NULL OR rollover_at > 0", name=op.f("ck_billing_meter_rolls_over_somewhere")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_meter_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_meter_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_meter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_meter_public_id")),
    )
    op.create_index("ix_billing_meter_enterprise_id", "billing_meter", ["enterprise_id", "id"], unique=False)
    op.create_table(
        "billing_bill_line",
        sa.Column("bill_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_price", sa.Numeric(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate", sa.Numeric(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("service_start", sa.Date(), nullable=True),
        sa.Column("service_end", sa.Date(), nullable=True),
        sa.CheckConstraint("position > 0", name=op.f("ck_billing_bill_line_counts")),
        sa.ForeignKeyConstraint(["bill_id"], ["billing_bill.id"], name=op.f("fk_billing_bill_line_bill_id")),
        sa.PrimaryKeyConstraint("bill_id", "position", name=op.f("pk_billing_bill_line")),
    )
    op.create_table(
        "billing_contract",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("demander_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rent",
                "usage",
                "rent_to_own",
                name="contractkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("anchor_day", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("next_cut_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("pays_within_days", sa.BigInteger(), nullable=False),
        sa.Column("data_grace_hours", sa.BigInteger(), nullable=False),
        sa.Column("meter_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "running",
                "suspended",
                "completed",
                "terminated",
                "bought_out",
                name="contractstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("anchor_day BETWEEN 1 AND 31", name=op.f("ck_billing_contract_anchor_day")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_billing_contract_runs_forward")),
        sa.ForeignKeyConstraint(
            ["demander_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_contract_demander_id")
        ),
        sa.ForeignKeyConstraint(["meter_id"], ["billing_meter.id"], name=op.f("fk_billing_contract_meter_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_billing_contract_park_id")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["accounts_enterprise.id"], name=op.f("fk_billing_contract_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_contract")),
        sa.UniqueConstraint("park_id", "subject_ref", name=op.f("uq_billing_contract_park_id_subject_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_contract_public_id")),
    )
    op.create_index("ix_billing_contract_demander_id", "billing_contract", ["demander_id", "id"], unique=False)
    op.create_index(
        "ix_billing_contract_next_cut_on",
        "billing_contract",
        ["next_cut_on"],
        unique=False,
        postgresql_where=sa.text("status IN ('running', 'suspended')"),
    )
    op.create_index("ix_billing_contract_supplier_id", "billing_contract", ["supplier_id", "id"], unique=False)
    op.create_table(
        "billing_device_token",
        sa.Column("meter_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["meter_id"], ["billing_meter.id"], name=op.f("fk_billing_device_token_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_device_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_device_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_billing_device_token_token_hash")),
    )
    op.create_index(op.f("ix_billing_device_token_meter_id"), "billing_device_token", ["meter_id"], unique=False)
    op.create_table(
        "billing_fapiao",
        sa.Column("bill_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("special", "ordinary", name="fapiaokind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("tax_number", sa.String(length=20), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "issued",
                "reversed",
                "withdrawn",
                name="fapiaostatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("red_number", sa.String(length=20), nullable=True),
        sa.Column("red_form", sa.String(length=40), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("number IS NULL OR number ~ '^[0-9]{20}$'", name=op.f("ck_billing_fapiao_twenty_digits")),
        sa.CheckConstraint(
            "red_number IS NULL OR red_number ~ '^[0-9]{20}$'", name=op.f("ck_billing_fapiao_red_twenty_digits")
        ),
        sa.CheckConstraint(
            "status NOT IN ('issued', 'reversed') OR number IS NOT NULL",
            name=op.f("ck_billing_fapiao_issued_with_number"),
        ),
        sa.ForeignKeyConstraint(["bill_id"], ["billing_bill.id"], name=op.f("fk_billing_fapiao_bill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_fapiao")),
        sa.UniqueConstraint("number", name=op.f("uq_billing_fapiao_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_fapiao_public_id")),
        sa.UniqueConstraint("red_number", name=op.f("uq_billing_fapiao_red_number")),
    )
    op.create_index(
        "ix_billing_fapiao_one_standing",
        "billing_fapiao",
        ["bill_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'issued')"),
    )
    op.create_table(
        "billing_hourly_use",
        sa.Column("meter_id", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Numeric(), nullable=False),
        sa.Column("readings", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["meter_id"], ["billing_meter.id"], name=op.f("fk_billing_hourly_use_meter_id")),
        sa.PrimaryKeyConstraint("meter_id", "hour", name=op.f("pk_billing_hourly_use")),
    )
    op.create_table(
        "billing_reading",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("meter_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("used", sa.Numeric(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "automatic",
                "qr",
                "manual",
                "corrected",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "counted",
                "held",
                "corrected",
                "dismissed",
                name="readingstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["billing_reading.id"], name=op.f("fk_billing_reading_corrects_id")),
        sa.ForeignKeyConstraint(["meter_id"], ["billing_meter.id"], name=op.f("fk_billing_reading_meter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_reading")),
        sa.UniqueConstraint("meter_id", "device", "event_id", name=op.f("uq_billing_reading_meter_id_device_event_id")),
    )
    op.create_index(
        "ix_billing_reading_corrects_id",
        "billing_reading",
        ["corrects_id"],
        unique=True,
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.create_index(
        "ix_billing_reading_held",
        "billing_reading",
        ["meter_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index("ix_billing_reading_meter_id_at", "billing_reading", ["meter_id", "at"], unique=False)
    op.create_table(
        "billing_buy_out_quote",
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("quoted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("paid_instalments", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bill_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["billing_bill.id"], name=op.f("fk_billing_buy_out_quote_bill_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["billing_contract.id"], name=op.f("fk_billing_buy_out_quote_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_buy_out_quote")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_buy_out_quote_public_id")),
    )
    op.create_index(
        "ix_billing_buy_out_quote_contract_id", "billing_buy_out_quote", ["contract_id", "id"], unique=False
    )
    op.create_table(
        "billing_period",
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("whole_start", sa.Date(), nullable=False),
        sa.Column("whole_end", sa.Date(), nullable=False),
        sa.Column("bill_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "metered",
                "billed",
                "settled",
                name="periodstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.Column("bill_id", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_fee_bill_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "status NOT IN ('billed', 'settled') OR bill_id IS NOT NULL OR is_free",
            name=op.f("ck_billing_period_billed_by_bill"),
        ),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_billing_period_runs_forward")),
        sa.ForeignKeyConstraint(["bill_id"], ["billing_bill.id"], name=op.f("fk_billing_period_bill_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["billing_contract.id"], name=op.f("fk_billing_period_contract_id")),
        sa.ForeignKeyConstraint(
            ["late_fee_bill_id"], ["billing_bill.id"], name=op.f("fk_billing_period_late_fee_bill_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_period")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_billing_period_contract_id_number")),
        sa.UniqueConstraint("contract_id", "starts_on", name=op.f("uq_billing_period_contract_id_starts_on")),
        sa.UniqueConstraint("public_id", name=op.f("uq_billing_period_public_id")),
    )
    op.create_index(
        "ix_billing_period_bill_at",
        "billing_period",
        ["bill_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('open', 'metered')"),
    )
    op.create_index("ix_billing_period_bill_id", "billing_period", ["bill_id"], unique=False)
    op.create_index(
        "ix_billing_period_due_on",
        "billing_period",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("status = 'billed'"),
    )
    for table in APPEND_ONLY:
        op.execute(f"SELECT kernel_make_append_only('{table}')")


def downgrade() -> None:
    op.drop_table("billing_period")
    op.drop_table("billing_buy_out_quote")
    op.drop_table("billing_reading")
    op.drop_table("billing_hourly_use")
    op.drop_table("billing_fapiao")
    op.drop_table("billing_device_token")
    op.drop_table("billing_contract")
    op.drop_table("billing_bill_line")
    op.drop_table("billing_meter")
    op.drop_table("billing_bill_counter")
    op.drop_table("billing_bill")
