"""Visits: a contact person has been at a household that a warning did not reach."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('told', 'slip')", name=op.f("ck_visit_visitkind")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_visit_alert_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert_id", "household_id", name=op.f("pk_visit")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("visit")
