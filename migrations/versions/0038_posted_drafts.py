"""Drafts that other systems have posted."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "posted_draft",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=False),
        sa.Column("once_hash", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_posted_draft")),
        sa.UniqueConstraint("api_key_id", "once_hash", name=op.f("uq_posted_draft_api_key_id_once_hash")),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_posted_draft_alert_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_key.id"], name=op.f("fk_posted_draft_api_key_id"), ondelete="RESTRICT"
        ),
    )
    op.create_index("ix_posted_draft_api_key_id_posted_at", "posted_draft", ["api_key_id", "posted_at"])


def downgrade() -> None:
    op.drop_table("posted_draft")
