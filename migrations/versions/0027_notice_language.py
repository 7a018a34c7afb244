"""The language of a notice's words."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("language", sa.String(length=5), nullable=False, server_default="sv"))


def downgrade() -> None:
    op.drop_column("notice", "language")
