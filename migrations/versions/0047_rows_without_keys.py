"""The rows that an alert makes by the hundred thousand have no foreign key to it: it was looked up for each of them.

They are written in the transaction that holds their alert, and an alert that has any is never taken away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None
suits_code_before = True

_TABLES: dict[str, dict[str, Any]] = {
    "audience": {"sqlite_with_rowid": False},
    "audience_address": {"sqlite_with_rowid": False},
    "delivery": {},
}


def upgrade() -> None:
    with _receipts_kept():
        for name, words in _TABLES.items():
            with op.batch_alter_table(name, table_kwargs=words) as table:
                table.drop_constraint(f"fk_{name}_alert_id", type_="foreignkey")


def downgrade() -> None:
    with _receipts_kept():
        for name, words in _TABLES.items():
            with op.batch_alter_table(name, table_kwargs=words) as table:
                table.create_foreign_key(f"fk_{name}_alert_id", "alert", ["alert_id"], ["id"], ondelete="CASCADE")


@contextmanager
def _receipts_kept() -> Iterator[None]:
    """SQLite gets the tables anew, and with the old `delivery` all that points to it would go."""
    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    op.execute("CREATE TEMPORARY TABLE receipt_kept AS SELECT * FROM receipt")
    yield
    op.execute("INSERT INTO receipt SELECT * FROM receipt_kept")
    op.execute("DROP TABLE receipt_kept")
