"""Classes of alerts: what is under way, warnings, and what follows them."""

from alembic import op

revision = "0009"
down_revision = "0003"
branch_labels = None
depends_on = None

_CLASSES = ("ongoing", "warning", "follow_up", "correction", "all_clear")


def upgrade() -> None:
    # SQLite cannot add a constraint in place, but a column with one of its own, in the same words as PostgreSQL.
    check = f"CONSTRAINT ck_alert_alertclass CHECK (alert_class IN {_CLASSES})"
    op.execute(f"ALTER TABLE alert ADD COLUMN alert_class VARCHAR(24) NOT NULL DEFAULT 'warning' {check}")


def downgrade() -> None:
    op.drop_column("alert", "alert_class")
