"""Alerts to several municipalities that were written as one."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert", sa.Column("joint_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_alert_joint_id"), "alert", ["joint_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_alert_joint_id"), "alert")
    op.drop_column("alert", "joint_id")
