"""Proven addresses: which were shown by a code to be somebody's, and not only handed over on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact_address", sa.Column("proven_at", sa.DateTime(timezone=True)))
    # A choice that somebody made themselves came after a code; one on paper did not.
    op.execute(
        "UPDATE contact_address SET proven_at = confirmed_at WHERE confirmed_at IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM consent c WHERE c.person_id = contact_address.person_id "
        "AND c.channel = contact_address.channel AND c.given_by = 'self')"
    )


def downgrade() -> None:
    op.drop_column("contact_address", "proven_at")
