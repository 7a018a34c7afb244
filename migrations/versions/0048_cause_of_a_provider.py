"""Why a provider was not reached the last time."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None
suits_code_before = True


def upgrade() -> None:
    op.add_column("provider_health", sa.Column("cause", sa.String(20), nullable=True))


def downgrade() -> None:
    op.drop_column("provider_health", "cause")
