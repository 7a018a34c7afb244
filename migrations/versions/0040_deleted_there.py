"""What the SMS provider does not have any more."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("alert", "reply"):
        op.add_column(table, sa.Column("deleted_there_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ("reply", "alert"):
        op.drop_column(table, "deleted_there_at")
