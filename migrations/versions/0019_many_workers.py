"""Many workers: the clock's sign of life, and on PostgreSQL the tables and functions of Procrastinate.

Its jobs are nudges and hold nothing that the rows do not, so they may be thrown away and made anew: the statements are
taken from the package as it is installed, and a later version of it needs a revision that calls these two again.
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_THINGS = """
    SELECT 'DROP TABLE IF EXISTS ' || oid::regclass || ' CASCADE' FROM pg_class
    WHERE relkind = 'r' AND relname LIKE 'procrastinate\\_%' AND relnamespace = current_schema()::regnamespace
    UNION ALL
    SELECT 'DROP FUNCTION IF EXISTS ' || oid::regprocedure || ' CASCADE' FROM pg_proc
    WHERE proname LIKE 'procrastinate\\_%' AND pronamespace = current_schema()::regnamespace
    UNION ALL
    SELECT 'DROP TYPE IF EXISTS ' || t.oid::regtype || ' CASCADE' FROM pg_type t
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE typname LIKE 'procrastinate\\_%' AND typnamespace = current_schema()::regnamespace
      AND (typtype = 'e' OR (typtype = 'c' AND c.relkind = 'c'))
"""


def upgrade() -> None:
    op.create_table(
        "clock_tick",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acted_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_tick")),
    )
    install_queue()


def downgrade() -> None:
    remove_queue()
    op.drop_table("clock_tick")


def install_queue() -> None:
    """Procrastinate's tables and functions, in this transaction."""
    if op.get_context().dialect.name == "postgresql":
        cursor = op.get_bind().connection.cursor()
        cursor.execute(SchemaManager.get_schema())  # many statements, and signs that are no placeholders


def remove_queue() -> None:
    """All of them away again."""
    if op.get_context().dialect.name == "postgresql":
        for drop in [row[0] for row in op.get_bind().exec_driver_sql(_THINGS.replace("%", "%%"))]:
            op.get_bind().exec_driver_sql(drop)
