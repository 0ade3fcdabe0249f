"""Expert Advisors: projects, drafts, versions that never change, presets, generations, deployments."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ME = "(select nullif(current_setting('app.user_id', true), '')::uuid)"
ROLE = "(select current_setting('app.role', true))"
MY_IB = "(select nullif(current_setting('app.ib_id', true), '')::uuid)"

PRIVATE = (
    *("ea_projects", "ea_draft_files", "ea_versions", "ea_version_files", "ea_presets"),
    *("ea_generations", "ea_generation_events"),
)
"""An author's programs and words are of no concern to an introducing broker; what runs on the accounts is."""
SHARED = ("ea_deployments", "ea_deployment_events")
APPEND_ONLY = ("ea_version_files", "ea_generation_events", "ea_deployment_events")

GUARD_VERSION = """
create function guard_ea_version() returns trigger language plpgsql as $$
begin
    if (new.project_id, new.number, new.author, new.origin, new.message, new.parent_id, new.generation_id, new.entry,
        new.sha256, new.file_count, new.size, new.created_at)
       is distinct from
       (old.project_id, old.number, old.author, old.origin, old.message, old.parent_id, old.generation_id, old.entry,
        old.sha256, old.file_count, old.size, old.created_at) then
        raise exception 'a version never changes' using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and (old.state, new.state) not in (
        ('draft', 'compiling'), ('failed', 'compiling'),
        ('compiling', 'compiled'), ('compiling', 'failed'), ('compiling', 'draft')) then
        raise exception 'a version does not go from % to %', old.state, new.state using errcode = 'restrict_violation';
    end if;
    if old.state = 'compiled' and
       (new.compile_error, new.findings, new.error_count, new.warning_count, new.ex5_sha256, new.ex5_size,
        new.log_sha256, new.compiled_at)
       is distinct from
       (old.compile_error, old.findings, old.error_count, old.warning_count, old.ex5_sha256, old.ex5_size,
        old.log_sha256, old.compiled_at) then
        raise exception 'a compiled version never changes' using errcode = 'restrict_violation';
    end if;
    return new;
end $$
"""


def _protect(table: str, *, ib_reads: bool) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select, insert, update, delete on {table} to app")
    mine = f"user_id = {ME} or {ROLE} in ('admin', 'super_admin', 'service')"
    op.execute(f"create policy owner on {table} using ({mine}) with check ({mine})")
    if ib_reads:
        op.execute(
            f"create policy ib_reads on {table} for select using ({ROLE} = 'ib' and exists "
            f"(select 1 from users where users.id = {table}.user_id and users.ib_id = {MY_IB}))"
        )


def _create() -> None:
    op.create_table(
        "ea_projects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("entry", sa.String(length=180), nullable=False),
        sa.Column("current_version_id", sa.Uuid(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_origin", sa.String(length=16), nullable=False),
        sa.Column("draft_base_id", sa.Uuid(), nullable=True),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forked_from_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "id", name="uq_ea_projects_owner"),
    )
    op.create_index("ix_ea_projects_recent", "ea_projects", ["user_id", "updated_at"], unique=False)
    op.create_table(
        "ea_draft_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=180), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("previous_sha256", sa.String(length=64), nullable=True),
        sa.Column("previous_start", sa.Integer(), nullable=False),
        sa.Column("previous_length", sa.Integer(), nullable=False),
        sa.Column("previous_part", sa.LargeBinary(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["ea_projects.user_id", "ea_projects.id"],
            name="fk_ea_draft_files_project",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_ea_draft_files_user_id"), "ea_draft_files", ["user_id"], unique=False)
    op.create_index(
        "uq_ea_draft_files_path", "ea_draft_files", ["project_id", sa.literal_column("lower(path)")], unique=True
    )
    op.create_table(
        "ea_generations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.String(length=16), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("base_version_id", sa.Uuid(), nullable=True),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("charged_tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'running') = (ended_at is null)", name="ck_ea_generations_ended"),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["ea_projects.user_id", "ea_projects.id"],
            name="fk_ea_generations_project",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "id", name="uq_ea_generations_owner"),
    )
    op.create_index(op.f("ix_ea_generations_project_id"), "ea_generations", ["project_id"], unique=False)
    op.create_index(
        "ix_ea_generations_running",
        "ea_generations",
        ["touched_at"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_index("ix_ea_generations_usage", "ea_generations", ["user_id", "created_at"], unique=False)
    op.create_table(
        "ea_presets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["ea_projects.user_id", "ea_projects.id"],
            name="fk_ea_presets_project",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_ea_presets_user_id"), "ea_presets", ["user_id"], unique=False)
    op.create_index("uq_ea_presets_name", "ea_presets", ["project_id", sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "ea_generation_events",
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "generation_id"],
            ["ea_generations.user_id", "ea_generations.id"],
            name="fk_ea_generation_events_generation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("generation_id", "seq"),
    )
    op.create_index(op.f("ix_ea_generation_events_user_id"), "ea_generation_events", ["user_id"], unique=False)
    op.create_table(
        "ea_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=2000), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("generation_id", sa.Uuid(), nullable=True),
        sa.Column("entry", sa.String(length=180), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("compile_job_id", sa.Uuid(), nullable=True),
        sa.Column("compile_error", sa.String(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error_count", sa.Integer(), nullable=False),
        sa.Column("warning_count", sa.Integer(), nullable=False),
        sa.Column("ex5_sha256", sa.String(length=64), nullable=True),
        sa.Column("ex5_size", sa.Integer(), nullable=True),
        sa.Column("log_sha256", sa.String(length=64), nullable=True),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("origin in ('written', 'generated', 'imported', 'restored')", name="ck_ea_versions_origin"),
        sa.CheckConstraint("state <> 'compiled' or ex5_sha256 is not null", name="ck_ea_versions_compiled"),
        sa.CheckConstraint("state in ('draft', 'compiling', 'compiled', 'failed')", name="ck_ea_versions_state"),
        sa.ForeignKeyConstraint(
            ["user_id", "compile_job_id"],
            ["jobs.user_id", "jobs.id"],
            name="fk_ea_versions_compile_job",
            ondelete="SET NULL (compile_job_id)",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "ex5_sha256"], ["ea_artifacts.user_id", "ea_artifacts.sha256"], name="fk_ea_versions_ex5_sha256"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "log_sha256"], ["ea_artifacts.user_id", "ea_artifacts.sha256"], name="fk_ea_versions_log_sha256"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"],
            ["ea_projects.user_id", "ea_projects.id"],
            name="fk_ea_versions_project",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "number", name="uq_ea_versions_number"),
        sa.UniqueConstraint("user_id", "id", name="uq_ea_versions_owner"),
    )
    op.create_index(
        "ix_ea_versions_compile_job",
        "ea_versions",
        ["compile_job_id"],
        unique=False,
        postgresql_where=sa.text("state = 'compiling'"),
    )
    op.create_index(op.f("ix_ea_versions_user_id"), "ea_versions", ["user_id"], unique=False)
    op.create_table(
        "ea_deployments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("expert", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("symbol", sa.String(length=32), nullable=False),
        sa.Column("timeframe", sa.String(length=4), nullable=False),
        sa.Column("magic", sa.BigInteger(), nullable=True),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("desired", sa.String(length=16), nullable=False),
        sa.Column("actual", sa.String(length=16), nullable=False),
        sa.Column("actual_version_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("may_trade", sa.Boolean(), nullable=True),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("desired in ('running', 'paused', 'stopped')", name="ck_ea_deployments_desired"),
        sa.ForeignKeyConstraint(
            ["user_id", "account_id"],
            ["mt5_accounts.user_id", "mt5_accounts.id"],
            name="fk_ea_deployments_account",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "job_id"],
            ["jobs.user_id", "jobs.id"],
            name="fk_ea_deployments_job",
            ondelete="SET NULL (job_id)",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "project_id"], ["ea_projects.user_id", "ea_projects.id"], name="fk_ea_deployments_project"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "version_id"], ["ea_versions.user_id", "ea_versions.id"], name="fk_ea_deployments_version"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id", "id", name="uq_ea_deployments_owner"),
    )
    op.create_index("ix_ea_deployments_account", "ea_deployments", ["account_id"], unique=False)
    op.create_index(
        "ix_ea_deployments_job",
        "ea_deployments",
        ["job_id"],
        unique=False,
        postgresql_where=sa.text("job_id is not null"),
    )
    op.create_index(op.f("ix_ea_deployments_user_id"), "ea_deployments", ["user_id"], unique=False)
    op.create_index("ix_ea_deployments_version", "ea_deployments", ["version_id"], unique=False)
    op.create_table(
        "ea_version_files",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=180), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("encoding", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "sha256"], ["ea_artifacts.user_id", "ea_artifacts.sha256"], name="fk_ea_version_files_content"
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "version_id"],
            ["ea_versions.user_id", "ea_versions.id"],
            name="fk_ea_version_files_version",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("version_id", "path"),
    )
    op.create_index("ix_ea_version_files_content", "ea_version_files", ["user_id", "sha256"], unique=False)
    op.create_table(
        "ea_deployment_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "deployment_id"],
            ["ea_deployments.user_id", "ea_deployments.id"],
            name="fk_ea_deployment_events_deployment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ea_deployment_events_deployment", "ea_deployment_events", ["deployment_id", "id"], unique=False)
    op.create_index(op.f("ix_ea_deployment_events_user_id"), "ea_deployment_events", ["user_id"], unique=False)


def upgrade() -> None:
    """Apply."""
    _create()
    op.create_foreign_key(
        "fk_ea_projects_current_version",
        "ea_projects",
        "ea_versions",
        ["user_id", "current_version_id"],
        ["user_id", "id"],
        ondelete="SET NULL (current_version_id)",
    )
    for table in (*PRIVATE, *SHARED):
        _protect(table, ib_reads=table in SHARED)
    # A draft is written every second; compressing it each time would take longer than all the rest.
    op.execute("alter table ea_draft_files alter column content set storage external")
    for table in APPEND_ONLY:
        op.execute(f"create trigger append_only before update on {table} for each row execute function refuse_change()")
        op.execute(f"revoke update on {table} from app")
    op.execute(GUARD_VERSION)
    op.execute("create trigger guard before update on ea_versions for each row execute function guard_ea_version()")


def downgrade() -> None:
    """Take back."""
    op.drop_constraint("fk_ea_projects_current_version", "ea_projects")
    for table in (*reversed(SHARED), *reversed(PRIVATE)):
        op.drop_table(table)
    op.execute("drop function guard_ea_version()")
