"""In which minutes a warning could have gone."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None
suits_code_before = True  # whose minutes count as those that nobody saw


def upgrade() -> None:
    op.create_table(
        "available_hour",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("able", sa.BigInteger(), nullable=False),
        sa.Column("unable", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_available_hour")),
        sa.UniqueConstraint("hour", name=op.f("uq_available_hour_hour")),
    )


def downgrade() -> None:
    op.drop_table("available_hour")
