"""Classes of alerts: what is under way, warnings, what follows them; stopping, waiting, two persons and reasons."""

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CLASSES = ("ongoing", "warning", "follow_up", "correction", "all_clear")


def _added() -> list[sa.Column[Any]]:
    """Columns without constraints: SQLite can neither add those to a table in place nor drop them."""
    return [
        sa.Column("about_id", sa.Integer()),
        sa.Column("story_id", sa.Integer()),
        sa.Column("told", sa.String(24)),
        sa.Column("right_place", sa.String(120)),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.Column("stopped_by", sa.Integer()),
        sa.Column("changed_by", sa.Integer()),
        sa.Column("planned_at", sa.DateTime(timezone=True)),
        sa.Column("over_quiet_hours", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


def upgrade() -> None:
    # but a column with a check of its own, in the same words as PostgreSQL
    check = f"CONSTRAINT ck_alert_alertclass CHECK (alert_class IN {_CLASSES})"
    op.execute(f"ALTER TABLE alert ADD COLUMN alert_class VARCHAR(24) NOT NULL DEFAULT 'warning' {check}")
    for column in _added():
        op.add_column("alert", column)
    op.create_index("ix_alert_story_id", "alert", ["story_id"])
    _create_tables()
    _allow_notices(("approval", "emergency", "trial"))


def _create_tables() -> None:
    op.create_table(
        "approval_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(24), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('approved', 'declined', 'void')", name=op.f("ck_approval_request_answer")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_approval_request_alert_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_approval_request_asked_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
    )
    op.create_index("ix_approval_request_alert_id", "approval_request", ["alert_id"])
    only_open = sa.text("answered_at IS NULL")
    op.create_index(
        "uq_approval_request_open",
        "approval_request",
        ["alert_id"],
        unique=True,
        sqlite_where=only_open,
        postgresql_where=only_open,
    )
    op.create_table(
        "alert_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('quiet_hours', 'over_budget', 'emergency', 'declined')", name=op.f("ck_alert_reason_reasonkind")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_reason_alert_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_alert_reason_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_reason")),
        sa.UniqueConstraint("alert_id", "kind", name=op.f("uq_alert_reason_alert_id_kind")),
    )


def _allow_notices(kinds: tuple[str, ...], *, take_away: bool = False) -> None:
    """Let notices be of these kinds too, beside whatever they may be before this; or no longer. SQLite gets the table
    anew for it, since nothing points there."""
    name = "ck_notice_noticekind"
    checks = {check["name"]: check["sqltext"] for check in sa.inspect(op.get_bind()).get_check_constraints("notice")}
    before = re.findall(r"'(\w+)'", checks[name])
    after = [kind for kind in before if kind not in kinds] if take_away else [*before, *kinds]
    if take_away:
        named = ", ".join(f"'{kind}'" for kind in kinds)
        op.execute(f"DELETE FROM notice WHERE kind IN ({named})")  # noqa: S608
    rule = f"kind IN ({', '.join(repr(kind) for kind in after)})"
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(name), type_="check")
        notice.create_check_constraint(op.f(name), rule)


def downgrade() -> None:
    _allow_notices(("approval", "emergency", "trial"), take_away=True)
    op.drop_table("alert_reason")
    op.drop_table("approval_request")
    op.drop_index("ix_alert_story_id", "alert")
    for column in _added():
        op.drop_column("alert", column.name)
    op.drop_column("alert", "alert_class")
