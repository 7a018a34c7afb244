"""How often each key of another system has been asked with in its minute."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
suits_code_before = True


def upgrade() -> None:
    op.add_column("api_key", sa.Column("asked", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("api_key", "asked")
