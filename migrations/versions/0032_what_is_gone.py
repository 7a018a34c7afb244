"""What people have taken back, until it stands in the journal; and restored copies."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0029"
branch_labels = None
depends_on = None

_KINDS = "('erased', 'moved_out', 'withdrawn', 'chosen', 'account_ended', 'stopped', 'closed', 'started')"


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "gone",
        sa.Column("id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("channel", sa.SmallInteger(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_gone_gonekind")),
        sa.PrimaryKeyConstraint("id", name="pk_gone"),
    )
    op.create_table(
        "restored_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journal_at", sa.DateTime(timezone=True)),
        sa.Column("let_go_at", sa.DateTime(timezone=True)),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_restored_copy"),
    )


def downgrade() -> None:
    op.drop_table("restored_copy")
    op.drop_table("gone")
