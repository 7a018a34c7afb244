"""Monthly letters and the numbers in them, and the notices that carry them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crime_count",
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("area", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('villa', 'apartment', 'storage', 'holiday', 'car')", name=op.f("ck_crime_count_crimekind")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_crime_count_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_crime_count_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("municipality_code", "month", "area", "kind", name=op.f("pk_crime_count")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("greeting", sa.String(400), nullable=False),
        sa.Column("card_keys", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_hash", sa.String(64), nullable=True),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'approved')", name=op.f("ck_letter_letterstate")),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_letter_municipality_code"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_letter_created_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_letter_approved_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("municipality_code", "month", name=op.f("uq_letter_municipality_code_month")),
    )
    _let_notices_be(["letter"], [])


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE kind = 'letter'")
    _let_notices_be([], ["letter"])
    op.drop_table("letter")
    op.drop_table("crime_count")


def _let_notices_be(more: list[str], no_longer: list[str]) -> None:
    """Of these kinds too, or no longer. SQLite gets the table anew for it, since nothing points there."""
    name = "ck_notice_noticekind"
    checks = {check["name"]: check["sqltext"] for check in sa.inspect(op.get_bind()).get_check_constraints("notice")}
    kinds = [kind for kind in re.findall(r"'(\w+)'", checks[name]) if kind not in no_longer] + more
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(name), type_="check")
        notice.create_check_constraint(op.f(name), f"kind IN ({', '.join(repr(kind) for kind in kinds)})")
