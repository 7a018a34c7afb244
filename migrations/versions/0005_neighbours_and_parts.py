"""A network's list for its own neighbours, parts that are no longer used, who was shown what of persons without a
household, and at most one contact person at a time for each household."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _added() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("unit", sa.Column("retired_at", sa.DateTime(timezone=True))),
        ("watch_network", sa.Column("has_member_list", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("view_entry", sa.Column("person_ids", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))),
        ("view_entry", sa.Column("viewer_person_id", sa.Integer())),
    ]


def upgrade() -> None:
    for table, column in _added():
        op.add_column(table, column)
    # SQLite cannot add a constraint in place, but a column with one of its own, in the same words as PostgreSQL.
    op.execute(
        "ALTER TABLE household ADD COLUMN to_neighbours VARCHAR(24) NOT NULL DEFAULT 'nothing'"
        " CONSTRAINT ck_household_toneighbours CHECK (to_neighbours IN ('nothing', 'name', 'contact'))"
    )
    with op.batch_alter_table("view_entry") as view:
        view.alter_column("network_id", existing_type=sa.Integer(), nullable=True)
    # of several who have a household, the one it was given to last keeps it
    op.execute(
        "UPDATE household_assignment SET until = since WHERE until IS NULL AND EXISTS ("
        "SELECT 1 FROM household_assignment later WHERE later.household_id = household_assignment.household_id"
        " AND later.until IS NULL AND later.id > household_assignment.id)"
    )
    op.create_index(
        "uq_household_assignment_open",
        "household_assignment",
        ["household_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_household_assignment_open", "household_assignment")
    op.execute("DELETE FROM view_entry WHERE network_id IS NULL")  # views of what older versions do not log
    with op.batch_alter_table("view_entry") as view:
        view.alter_column("network_id", existing_type=sa.Integer(), nullable=False)
    op.drop_column("household", "to_neighbours")
    for table, column in _added():
        op.drop_column(table, column.name)
