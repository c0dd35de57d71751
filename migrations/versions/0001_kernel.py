"""What every package stands on: audit, events, jobs, idempotent answers, demo time."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("kernel_audit", "kernel_event")
GUARDS = """
CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION kernel_make_append_only(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM gongzao_app', guarded);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION kernel_refuse_change()', guarded);
    EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION kernel_refuse_change()', guarded);
END $$;
REVOKE ALL ON FUNCTION kernel_make_append_only FROM PUBLIC;
"""
JOBS_DOWN = """
DO $$
DECLARE thing record;
BEGIN
    FOR thing IN SELECT oid::regclass AS name FROM pg_class
        WHERE relname LIKE 'procrastinate%' AND relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP EXECUTE format('DROP TABLE %s CASCADE', thing.name); END LOOP;
    FOR thing IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE proname LIKE 'procrastinate%' AND pronamespace = 'public'::regnamespace
    LOOP EXECUTE format('DROP FUNCTION %s CASCADE', thing.name); END LOOP;
    FOR thing IN SELECT oid::regtype AS name FROM pg_type
        WHERE typname LIKE 'procrastinate%' AND typnamespace = 'public'::regnamespace AND typtype IN ('c', 'e')
    LOOP EXECUTE format('DROP TYPE %s CASCADE', thing.name); END LOOP;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "kernel_audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_audit")),
    )
    op.create_index("ix_kernel_audit_park_id_at", "kernel_audit", ["park_id", "at"], unique=False)
    op.create_index("ix_kernel_audit_subject", "kernel_audit", ["subject"], unique=False)
    op.create_table(
        "kernel_demo_time",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shift", sa.Interval(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_kernel_demo_time_only_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_demo_time")),
    )
    op.create_table(
        "kernel_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_event")),
    )
    op.create_table(
        "kernel_idempotent_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kernel_idempotent_answer")),
        sa.UniqueConstraint(
            "user_id",
            "enterprise_id",
            "endpoint",
            "key",
            name=op.f("uq_kernel_idempotent_answer_user_id_enterprise_id_endpoint_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("migrations run on a live connection")
    driver.execute(GUARDS)
    for table in APPEND_ONLY:
        op.execute(f"SELECT kernel_make_append_only('{table}')")
    driver.execute(SchemaManager.get_schema())


def downgrade() -> None:
    op.drop_table("kernel_idempotent_answer")
    op.drop_table("kernel_event")
    op.drop_table("kernel_demo_time")
    op.drop_index("ix_kernel_audit_subject", table_name="kernel_audit")
    op.drop_index("ix_kernel_audit_park_id_at", table_name="kernel_audit")
    op.drop_table("kernel_audit")
    op.execute("DROP FUNCTION kernel_make_append_only")
    op.execute("DROP FUNCTION kernel_refuse_change")
    op.execute(JOBS_DOWN)
