"""A notice knows the language of its words."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("language", sa.String(5), nullable=False, server_default="sv"))


def downgrade() -> None:
    op.drop_column("notice", "language")
