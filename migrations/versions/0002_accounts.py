"""Parks, enterprises, people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts_enterprise",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("short_name_zh", sa.String(), nullable=False),
        sa.Column("short_name_en", sa.String(), nullable=False),
        sa.Column("industry_code", sa.String(length=5), nullable=True),
        sa.Column(
            "size_class",
            sa.Enum(
                "large",
                "medium",
                "small",
                "micro",
                name="sizeclass",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "taxpayer_type",
            sa.Enum(
                "general", "small_scale", name="taxpayertype", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("legal_person", sa.String(), nullable=False),
        sa.Column("controller", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("bank_account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_enterprise")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_enterprise_public_id")),
        sa.UniqueConstraint("uscc", name=op.f("uq_accounts_enterprise_uscc")),
    )
    op.create_table(
        "accounts_park",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("outline", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("partner_park_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("payment_required", sa.Boolean(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_park")),
        sa.UniqueConstraint("code", name=op.f("uq_accounts_park_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_park_public_id")),
    )
    op.create_table(
        "accounts_sign_in_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_sign_in_attempt")),
    )
    op.create_index(
        "ix_accounts_sign_in_attempt_subject_at", "accounts_sign_in_attempt", ["subject", "at"], unique=False
    )
    op.create_table(
        "accounts_user",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_accounts_user_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_user")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_user_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_user_public_id")),
    )
    op.create_table(
        "accounts_api_token",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_accounts_api_token_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_accounts_api_token_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_accounts_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_api_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_api_token_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_accounts_api_token_token_hash")),
    )
    op.create_index(op.f("ix_accounts_api_token_user_id"), "accounts_api_token", ["user_id"], unique=False)
    op.create_table(
        "accounts_department",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_accounts_department_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_department")),
        sa.UniqueConstraint("park_id", "code", name=op.f("uq_accounts_department_park_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_department_public_id")),
    )
    op.create_table(
        "accounts_firm_member",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner", "operator", "finance", name="firmrole", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "active",
                "refused",
                "removed",
                name="memberstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_accounts_firm_member_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_accounts_firm_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_firm_member")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_firm_member_public_id")),
        sa.UniqueConstraint("user_id", "enterprise_id", name=op.f("uq_accounts_firm_member_user_id_enterprise_id")),
    )
    op.create_index(
        op.f("ix_accounts_firm_member_enterprise_id"), "accounts_firm_member", ["enterprise_id"], unique=False
    )
    op.create_table(
        "accounts_invitation",
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner", "operator", "finance", name="firmrole", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_accounts_invitation_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["accounts_user.id"], name=op.f("fk_accounts_invitation_invited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_invitation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_invitation_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_accounts_invitation_token_hash")),
    )
    op.create_index(
        op.f("ix_accounts_invitation_enterprise_id"), "accounts_invitation", ["enterprise_id"], unique=False
    )
    op.create_table(
        "accounts_licence",
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_accounts_licence_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts_user.id"], name=op.f("fk_accounts_licence_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_licence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_licence_public_id")),
    )
    op.create_index(op.f("ix_accounts_licence_enterprise_id"), "accounts_licence", ["enterprise_id"], unique=False)
    op.create_table(
        "accounts_sign_in_session",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_accounts_sign_in_session_enterprise_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_accounts_sign_in_session_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_accounts_sign_in_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_sign_in_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_sign_in_session_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_accounts_sign_in_session_token_hash")),
    )
    op.create_index(op.f("ix_accounts_sign_in_session_user_id"), "accounts_sign_in_session", ["user_id"], unique=False)
    op.create_table(
        "accounts_zone",
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("polygon", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_accounts_zone_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_zone")),
        sa.UniqueConstraint("park_id", "code", name=op.f("uq_accounts_zone_park_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_zone_public_id")),
    )
    op.create_table(
        "accounts_membership",
        sa.Column("enterprise_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "applied",
                "admitted",
                "refused",
                "suspended",
                "left",
                name="membershipstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("publishes_unreviewed", sa.Boolean(), nullable=False),
        sa.Column("officer_user_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["accounts_enterprise.id"], name=op.f("fk_accounts_membership_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_user_id"], ["accounts_user.id"], name=op.f("fk_accounts_membership_officer_user_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_accounts_membership_park_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["accounts_zone.id"], name=op.f("fk_accounts_membership_zone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_membership")),
        sa.UniqueConstraint("enterprise_id", "park_id", name=op.f("uq_accounts_membership_enterprise_id_park_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_membership_public_id")),
    )
    op.create_index("ix_accounts_membership_park_id_status", "accounts_membership", ["park_id", "status"], unique=False)
    op.create_table(
        "accounts_office_member",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("park_id", sa.BigInteger(), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["accounts_department.id"], name=op.f("fk_accounts_office_member_department_id")
        ),
        sa.ForeignKeyConstraint(["park_id"], ["accounts_park.id"], name=op.f("fk_accounts_office_member_park_id")),
        sa.ForeignKeyConstraint(["user_id"], ["accounts_user.id"], name=op.f("fk_accounts_office_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts_office_member")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accounts_office_member_public_id")),
        sa.UniqueConstraint("user_id", "park_id", name=op.f("uq_accounts_office_member_user_id_park_id")),
    )


def downgrade() -> None:
    op.drop_table("accounts_office_member")
    op.drop_index("ix_accounts_membership_park_id_status", table_name="accounts_membership")
    op.drop_table("accounts_membership")
    op.drop_table("accounts_zone")
    op.drop_index(op.f("ix_accounts_sign_in_session_user_id"), table_name="accounts_sign_in_session")
    op.drop_table("accounts_sign_in_session")
    op.drop_index(op.f("ix_accounts_licence_enterprise_id"), table_name="accounts_licence")
    op.drop_table("accounts_licence")
    op.drop_index(op.f("ix_accounts_invitation_enterprise_id"), table_name="accounts_invitation")
    op.drop_table("accounts_invitation")
    op.drop_index(op.f("ix_accounts_firm_member_enterprise_id"), table_name="accounts_firm_member")
    op.drop_table("accounts_firm_member")
    op.drop_table("accounts_department")
    op.drop_index(op.f("ix_accounts_api_token_user_id"), table_name="accounts_api_token")
    op.drop_table("accounts_api_token")
    op.drop_table("accounts_user")
    op.drop_index("ix_accounts_sign_in_attempt_subject_at", table_name="accounts_sign_in_attempt")
    op.drop_table("accounts_sign_in_attempt")
    op.drop_table("accounts_park")
    op.drop_table("accounts_enterprise")
