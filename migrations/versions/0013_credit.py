"""Credit: evidence, ratings, objections, public records, reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "credit_evidence",
    "credit_evidence_state",
    "credit_decision",
    "credit_snapshot",
    "credit_public_batch",
    "credit_public_record",
    "credit_review",
)


def upgrade() -> None:
    op.create_table(
        "credit_anchor",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("named_by", sa.BigInteger(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("confirmed_by <> named_by", name=op.f("ck_credit_anchor_two_admins")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["accounts_user.id"], name=op.f("fk_credit_anchor_confirmed_by")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_anchor_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["named_by"], ["accounts_user.id"], name=op.f("fk_credit_anchor_named_by")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_anchor_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_anchor")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_anchor_public_id")),
    )
    op.create_index(
        "uq_credit_anchor_current",
        "credit_anchor",
        ["park_id", "enterprise_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "credit_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_decision_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_credit_decision_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_decision")),
        sa.UniqueConstraint("hash", name=op.f("uq_credit_decision_hash")),
        sa.UniqueConstraint("park_id", "previous_hash", name=op.f("uq_credit_decision_park_id_previous_hash")),
    )
    op.create_index("ix_credit_decision_subject", "credit_decision", ["subject"], unique=False)
    op.create_table(
        "credit_evidence",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("supplier", "demander", name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("x", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("counterparty_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "order_machine",
                "admin_decision",
                "public_import",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("proof", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_credit_evidence_no_negative_amount")),
        sa.CheckConstraint("counterparty_id <> enterprise_id", name=op.f("ck_credit_evidence_two_parties")),
        sa.CheckConstraint("x BETWEEN 0 AND 1000000", name=op.f("ck_credit_evidence_x_is_a_share")),
        sa.ForeignKeyConstraint(
            ["counterparty_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_evidence_counterparty_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_evidence_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_evidence_park_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["accounts_user.id"], name=op.f("fk_credit_evidence_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_evidence")),
        sa.UniqueConstraint(
            "enterprise_id", "park_id", "role", "dimension", "subject_ref", "revision", name="uq_credit_evidence_once"
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_evidence_public_id")),
    )
    op.create_index(
        "ix_credit_evidence_park_id_enterprise_id", "credit_evidence", ["park_id", "enterprise_id"], unique=False
    )
    op.create_index("ix_credit_evidence_subject_ref", "credit_evidence", ["subject_ref"], unique=False)
    op.create_table(
        "credit_public_batch",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(length=20), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.BigInteger(), nullable=True),
        sa.Column("rows_added", sa.BigInteger(), nullable=False),
        sa.Column("rows_known", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["imported_by"], ["accounts_user.id"], name=op.f("fk_credit_public_batch_imported_by")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_public_batch_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_public_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_public_batch_public_id")),
    )
    op.create_index(op.f("ix_credit_public_batch_park_id"), "credit_public_batch", ["park_id"], unique=False)
    op.create_table(
        "credit_public_grade",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("supplier", "demander", name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("by_points", sa.String(length=1), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("groups", sa.BigInteger(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("stepped_up_on", sa.Date(), nullable=True),
        sa.Column("is_gated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_public_grade_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_public_grade_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_public_grade")),
        sa.UniqueConstraint(
            "park_id", "enterprise_id", "role", name=op.f("uq_credit_public_grade_park_id_enterprise_id_role")
        ),
    )
    op.create_table(
        "credit_review",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_ref", sa.String(length=60), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("about_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("supplier", "demander", name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("stars", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("author_id <> about_id", name=op.f("ck_credit_review_two_parties")),
        sa.ForeignKeyConstraint(["about_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_review_about_id")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_review_author_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_review_park_id")),
        sa.ForeignKeyConstraint(["written_by"], ["accounts_user.id"], name=op.f("fk_credit_review_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_review")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_review_public_id")),
        sa.UniqueConstraint("subject_ref", "author_id", name=op.f("uq_credit_review_subject_ref_author_id")),
    )
    op.create_index("ix_credit_review_about_id", "credit_review", ["about_id", "written_at"], unique=False)
    op.create_table(
        "credit_snapshot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("supplier", "demander", name="role", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_version", sa.String(length=20), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("watermark", sa.BigInteger(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("earned", sa.String(length=1), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("gates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alarms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_snapshot_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_snapshot_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_snapshot")),
    )
    op.create_index(
        "ix_credit_snapshot_firm",
        "credit_snapshot",
        ["park_id", "enterprise_id", "role", sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "credit_standing",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("group_ref", sa.String(length=40), nullable=False),
        sa.Column("is_established", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_standing_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_standing_park_id")),
        sa.PrimaryKeyConstraint("park_id", "enterprise_id", name=op.f("pk_credit_standing")),
    )
    op.create_table(
        "credit_evidence_state",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "provisional",
                "final",
                "contested",
                "upheld",
                "dismissed",
                "repaired",
                "expired",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("is_held_out", sa.Boolean(), nullable=False),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["credit_evidence.id"], name=op.f("fk_credit_evidence_state_evidence_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_credit_evidence_state_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_evidence_state")),
    )
    op.create_index(
        "ix_credit_evidence_state_evidence_id", "credit_evidence_state", ["evidence_id", "id"], unique=False
    )
    op.create_table(
        "credit_objection",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("filed_by", sa.BigInteger(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledge_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "filed",
                "acknowledged",
                "granted",
                "rejected",
                "appealed",
                "confirmed",
                name="objectionstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_prima_facie", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("appeal", sa.String(), nullable=False),
        sa.Column("appeal_decided_by", sa.BigInteger(), nullable=True),
        sa.Column("appeal_decision", sa.String(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_decided_by"], ["accounts_user.id"], name=op.f("fk_credit_objection_appeal_decided_by")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts_user.id"], name=op.f("fk_credit_objection_decided_by")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_objection_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["credit_evidence.id"], name=op.f("fk_credit_objection_evidence_id")),
        sa.ForeignKeyConstraint(["filed_by"], ["accounts_user.id"], name=op.f("fk_credit_objection_filed_by")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_objection_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_objection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_objection_public_id")),
    )
    op.create_index(op.f("ix_credit_objection_enterprise_id"), "credit_objection", ["enterprise_id"], unique=False)
    op.create_index(
        "ix_credit_objection_open",
        "credit_objection",
        ["park_id", "decide_by"],
        unique=False,
        postgresql_where=sa.text("status IN ('filed','acknowledged','appealed')"),
    )
    op.create_index("uq_credit_objection_evidence", "credit_objection", ["evidence_id"], unique=True)
    op.create_table(
        "credit_public_record",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column(
            "record_class",
            sa.Enum(
                "serious_dishonesty",
                "enforcement_debtor",
                "public_D",
                "serious_penalty",
                "general_penalty",
                "minor_penalty",
                "commendation",
                name="recordclass",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("published_from", sa.Date(), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column("min_until", sa.Date(), nullable=True),
        sa.Column("max_until", sa.Date(), nullable=True),
        sa.Column("is_repaired", sa.Boolean(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint(
            "min_until >= published_from AND max_until >= published_from",
            name=op.f("ck_credit_public_record_runs_forward"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["credit_public_batch.id"], name=op.f("fk_credit_public_record_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_public_record_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_public_record_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_public_record")),
        sa.UniqueConstraint("park_id", "row_hash", name=op.f("uq_credit_public_record_park_id_row_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_public_record_public_id")),
    )
    op.create_index(op.f("ix_credit_public_record_batch_id"), "credit_public_record", ["batch_id"], unique=False)
    op.create_index("ix_credit_public_record_firm", "credit_public_record", ["park_id", "enterprise_id"], unique=False)
    op.create_table(
        "credit_repair",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("pledge", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked", "granted", "refused", name="repairstatus", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts_user.id"], name=op.f("fk_credit_repair_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts_user.id"], name=op.f("fk_credit_repair_decided_by")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_credit_repair_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["credit_evidence.id"], name=op.f("fk_credit_repair_evidence_id")),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_credit_repair_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_repair")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_repair_public_id")),
    )
    op.create_index(op.f("ix_credit_repair_park_id"), "credit_repair", ["park_id"], unique=False)
    op.create_index(
        "uq_credit_repair_asked",
        "credit_repair",
        ["evidence_id"],
        unique=True,
        postgresql_where=sa.text("status = 'asked'"),
    )
    for table in APPEND_ONLY:
        op.execute(f"SELECT kernel_make_append_only('{table}')")


def downgrade() -> None:
    op.drop_table("credit_repair")
    op.drop_table("credit_public_record")
    op.drop_table("credit_objection")
    op.drop_table("credit_evidence_state")
    op.drop_table("credit_standing")
    op.drop_table("credit_snapshot")
    op.drop_table("credit_review")
    op.drop_table("credit_public_grade")
    op.drop_table("credit_public_batch")
    op.drop_table("credit_evidence")
    op.drop_table("credit_decision")
    op.drop_table("credit_anchor")
