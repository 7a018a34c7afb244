"""Alerts of two classes more, of which nothing has happened: invitations, with what they invite to, and drills."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_CLASSES = ("ongoing", "warning", "follow_up", "correction", "all_clear", "advice")
_ADDED = ("invitation", "drill")
_FACTS = "kind IS NOT NULL AND dwelling IS NOT NULL AND happened_on IS NOT NULL AND day_part IS NOT NULL"


def upgrade() -> None:
    _allow((*_CLASSES, *_ADDED), f"alert_class IN {('advice', *_ADDED)} OR ({_FACTS})")
    op.create_table(
        "alert_occasion",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.String(40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_occasion_alert_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_alert_occasion_meeting_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_occasion")),
    )
    op.create_index(op.f("ix_alert_occasion_meeting_id"), "alert_occasion", ["meeting_id"])


def _allow(classes: tuple[str, ...], has_happened: str) -> None:
    """Which classes there are, and which of them need to say what has happened. On SQLite both checks belong to a
    column of theirs, which is made anew beside the old one: half of the tables point at alerts."""
    if op.get_bind().dialect.name != "sqlite":
        for name, check in (("alertclass", f"alert_class IN {classes}"), ("has_happened", has_happened)):
            op.drop_constraint(op.f(f"ck_alert_{name}"), "alert", type_="check")
            op.create_check_constraint(op.f(f"ck_alert_{name}"), "alert", check)
        return
    _exchange("card_key", "VARCHAR(60)")  # without its check, which speaks of the class
    check = f"CONSTRAINT ck_alert_alertclass CHECK (alert_class_anew IN {classes})"
    _exchange("alert_class", f"VARCHAR(24) NOT NULL DEFAULT 'warning' {check}")
    _exchange("card_key", f"VARCHAR(60) CONSTRAINT ck_alert_has_happened CHECK ({has_happened})")


def _exchange(name: str, kind: str) -> None:
    """The column of another kind, with what stands in it."""
    op.execute(f"ALTER TABLE alert ADD COLUMN {name}_anew {kind}")
    op.execute(f"UPDATE alert SET {name}_anew = {name}")  # noqa: S608 - the names stand in this file
    op.execute(f"ALTER TABLE alert DROP COLUMN {name}")
    op.execute(f"ALTER TABLE alert RENAME COLUMN {name}_anew TO {name}")


def downgrade() -> None:
    op.drop_index(op.f("ix_alert_occasion_meeting_id"), "alert_occasion")
    op.drop_table("alert_occasion")
    op.execute(f"DELETE FROM alert WHERE alert_class IN {_ADDED}")  # noqa: S608 - the names stand in this file
    _allow(_CLASSES, f"alert_class = 'advice' OR ({_FACTS})")
