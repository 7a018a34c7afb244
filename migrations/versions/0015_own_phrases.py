"""Own phrases: how a municipality words an advice, or how something was done."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phrase_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("phrase", sa.String(60), nullable=False),
        sa.Column("full", sa.String(200), nullable=True),
        sa.Column("short", sa.String(60), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_phrase_edition_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_phrase_edition_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase_edition")),
    )
    op.create_index("ix_phrase_edition_municipality_code_phrase", "phrase_edition", ["municipality_code", "phrase"])


def downgrade() -> None:
    op.drop_table("phrase_edition")
