"""From which row of an address a copy is made is written down with it, and no longer looked up for each copy."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
suits_code_before = True  # which makes its copies from rows that it looks up


def upgrade() -> None:
    op.add_column("audience_address", sa.Column("address_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("audience_address", "address_id")
