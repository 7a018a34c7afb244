"""Classes of alerts: what is under way, warnings, and what follows them; and stopping what is not sent."""

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
    ]


def upgrade() -> None:
    # but a column with a check of its own, in the same words as PostgreSQL
    check = f"CONSTRAINT ck_alert_alertclass CHECK (alert_class IN {_CLASSES})"
    op.execute(f"ALTER TABLE alert ADD COLUMN alert_class VARCHAR(24) NOT NULL DEFAULT 'warning' {check}")
    for column in _added():
        op.add_column("alert", column)
    op.create_index("ix_alert_story_id", "alert", ["story_id"])


def downgrade() -> None:
    op.drop_index("ix_alert_story_id", "alert")
    for column in _added():
        op.drop_column("alert", column.name)
    op.drop_column("alert", "alert_class")
