"""Which account made a key of another system."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("made_by", sa.Integer()))


def downgrade() -> None:
    op.drop_column("api_key", "made_by")
