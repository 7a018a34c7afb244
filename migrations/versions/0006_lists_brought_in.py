"""Lists brought in: where a list and its consents come from, what came of it, and the letters to those it names."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _rows() -> Any:
    """SQLite makes the table anew for a key (nothing points to it), and is told the check, which it does not read."""
    check = sa.CheckConstraint("number >= 0", name=op.f("ck_imported_row_number"))
    return op.batch_alter_table("imported_row", table_args=(check,))


def upgrade() -> None:
    op.add_column("consent", sa.Column("evidence", sa.LargeBinary()))
    op.add_column("member_import", sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("member_import", sa.Column("source", sa.LargeBinary()))
    op.add_column("member_import", sa.Column("consent_source", sa.LargeBinary()))
    with _rows() as rows:
        rows.add_column(sa.Column("fingerprint", sa.LargeBinary(), nullable=True))
        rows.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        rows.drop_column("problem")
        rows.drop_column("channels")
        rows.create_foreign_key("fk_imported_row_batch_id", "slip_batch", ["batch_id"], ["id"], ondelete="SET NULL")
        rows.create_index("ix_imported_row_batch_id", ["batch_id"])


def downgrade() -> None:
    with _rows() as rows:
        rows.drop_index("ix_imported_row_batch_id")
        rows.drop_constraint("fk_imported_row_batch_id", type_="foreignkey")
        rows.drop_column("batch_id")
        rows.drop_column("fingerprint")
        rows.add_column(sa.Column("channels", sa.SmallInteger(), nullable=False, server_default="0"))
        rows.add_column(sa.Column("problem", sa.String(40), nullable=True))
    op.drop_column("member_import", "consent_source")
    op.drop_column("member_import", "source")
    op.drop_column("member_import", "facts")
    op.drop_column("consent", "evidence")
