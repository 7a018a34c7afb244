"""How many SMS parts an alert was to take, and what has been told of a municipality's budget for SMS."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None
suits_code_before = True  # which asks nobody about money, and whose alerts count once they are sent


def upgrade() -> None:
    op.add_column("alert", sa.Column("expected_parts", sa.Integer(), nullable=True))
    op.create_table(
        "told_of_spending",
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kronor", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(24), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mark IN ('almost', 'spent', 'held')", name=op.f("ck_told_of_spending_spendingmark")),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_told_of_spending_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "year", "kronor", "mark", name=op.f("pk_told_of_spending")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("told_of_spending")
    op.drop_column("alert", "expected_parts")
