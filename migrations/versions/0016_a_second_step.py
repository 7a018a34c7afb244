"""A second step when signing in, and sessions that can be told apart by their owner."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("second_secret", sa.LargeBinary()))
    op.add_column("account", sa.Column("second_used", sa.BigInteger()))
    op.add_column("account", sa.Column("second_since", sa.DateTime(timezone=True)))
    op.add_column("sign_in_session", sa.Column("device", sa.String(40)))


def downgrade() -> None:
    op.drop_column("sign_in_session", "device")
    for column in ("second_since", "second_used", "second_secret"):
        op.drop_column("account", column)
