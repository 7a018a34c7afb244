"""Which code of before may run on the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0041"
branch_labels = None
depends_on = None
suits_code_before = True


def upgrade() -> None:
    op.create_table(
        "fitting_code",
        sa.Column("revision", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_fitting_code")),
    )


def downgrade() -> None:
    op.drop_table("fitting_code")
