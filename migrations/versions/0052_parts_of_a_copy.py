"""How many SMS parts a copy was called with: what it costs."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None
suits_code_before = True  # which counts none of what it sends meanwhile


def upgrade() -> None:
    op.add_column("delivery", sa.Column("parts", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery", "parts")
