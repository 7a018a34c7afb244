"""Advice of one day goes in one message: which alert goes along with which, and which copy with which."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_CARRIED = sa.text("carried_by IS NOT NULL")


def upgrade() -> None:
    for table, kind in (("alert", sa.Integer()), ("delivery", sa.BigInteger().with_variant(sa.Integer(), "sqlite"))):
        op.add_column(table, sa.Column("carried_by", kind, nullable=True))
        op.create_index(
            op.f(f"ix_{table}_carried_by"),
            table,
            ["carried_by"],
            sqlite_where=_CARRIED,
            postgresql_where=_CARRIED,
        )


def downgrade() -> None:
    # What went along with another is known no more by who carried it: 7 is unknown.
    op.execute("UPDATE delivery SET state = 7 WHERE state = 9")
    for table in ("delivery", "alert"):
        op.drop_index(op.f(f"ix_{table}_carried_by"), table_name=table)
        op.drop_column(table, "carried_by")
