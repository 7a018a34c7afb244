"""A message that too many copies of are refused is paused until somebody says whether it goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None
suits_code_before = True  # which goes on with what is paused: none of it was kept from going before


def upgrade() -> None:
    op.create_table(
        "alert_pause",
        sa.Column(
            "alert_id",
            sa.Integer(),
            sa.ForeignKey("alert.id", name=op.f("fk_alert_pause_alert_id"), ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("channel", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("went_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("went_on_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_alert_pause")),
    )


def downgrade() -> None:
    op.drop_table("alert_pause")
