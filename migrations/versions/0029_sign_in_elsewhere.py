"""Accounts that are signed in to with the municipality's own sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("oidc_lookup", sa.LargeBinary()))
    op.add_column("account", sa.Column("link_lookup", sa.LargeBinary()))
    op.add_column("account", sa.Column("link_until", sa.DateTime(timezone=True)))
    op.create_index("uq_account_oidc_lookup", "account", ["oidc_lookup"], unique=True)
    op.create_index("uq_account_link_lookup", "account", ["link_lookup"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_account_link_lookup", "account")
    op.drop_index("uq_account_oidc_lookup", "account")
    for column in ("link_until", "link_lookup", "oidc_lookup"):
        op.drop_column("account", column)
