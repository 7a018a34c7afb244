"""A living network: a task is its owner's once, the steps of a yearly check, and signs that have been put up."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KINDS = (
    *("inform", "list_check", "signs_check", "yearly_meeting"),
    *("newcomer", "ask_again", "fill_vacancy", "decide_dormancy"),
)
_COLUMNS = (
    *("id", "network_id", "unit_id", "contact_person_id", "kind", "round", "label"),
    *("due_on", "made_at", "closed_at", "closed_by", "closed_because"),
)
_CHECK_TIMES = ("warned_at", "passed_on_at")
_BEFORE = "uq_task_network_id_contact_person_id_unit_id_kind_round"
_AFTER = "uq_task_network_id_kind_round_whose"

# Whose a task is, in one word that is never empty.
_WHOSE = """
    CASE WHEN contact_person_id IS NOT NULL AND unit_id IS NOT NULL
             THEN 'contact ' || contact_person_id || ' unit ' || unit_id
         WHEN contact_person_id IS NOT NULL THEN 'contact ' || contact_person_id
         WHEN unit_id IS NOT NULL THEN 'unit ' || unit_id
         ELSE 'office' END
"""


def upgrade() -> None:
    for name in _CHECK_TIMES:
        op.add_column("yearly_check", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("yearly_check", sa.Column("answered_by_role", sa.Integer(), nullable=True))
    op.add_column("sign_order", sa.Column("put_up_at", sa.DateTime(timezone=True), nullable=True))
    # Two newcomers noted in the same second are two, not one twice.
    op.execute("UPDATE task SET round = 'n' || id WHERE kind = 'newcomer'")
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("task", sa.Column("whose", sa.String(40), nullable=True))
        op.execute(f"UPDATE task SET whose = {_WHOSE}")  # noqa: S608
        _remove_doubles()
        op.alter_column("task", "whose", nullable=False)
        op.drop_constraint(op.f(_BEFORE), "task", type_="unique")
        op.create_unique_constraint(op.f(_AFTER), "task", ["network_id", "kind", "round", "whose"])
        return
    op.execute("ALTER TABLE task ADD COLUMN whose VARCHAR(40) NOT NULL DEFAULT 'office'")
    op.execute(f"UPDATE task SET whose = {_WHOSE}")  # noqa: S608
    _remove_doubles()
    _made_anew((*_COLUMNS, "whose"), [sa.Column("whose", sa.String(40), nullable=False)], _AFTER)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(_AFTER), "task", type_="unique")
        op.drop_column("task", "whose")
        op.create_unique_constraint(
            op.f(_BEFORE), "task", ["network_id", "contact_person_id", "unit_id", "kind", "round"]
        )
    else:
        _made_anew(_COLUMNS, [], _BEFORE)
    op.drop_column("sign_order", "put_up_at")
    op.drop_column("yearly_check", "answered_by_role")
    for name in reversed(_CHECK_TIMES):
        op.drop_column("yearly_check", name)


def _remove_doubles() -> None:
    """Of a task that was opened twice the one that was closed stays, else the oldest: what is done is done."""
    op.execute("""
        DELETE FROM task WHERE id IN (
            SELECT id FROM (
                SELECT id, ROW_NUMBER() OVER (
                    PARTITION BY network_id, kind, round, whose
                    ORDER BY CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END, id) AS place
                FROM task) numbered
            WHERE place > 1)
    """)


def _made_anew(columns: tuple[str, ...], more: list[sa.Column[str]], unique: str) -> None:
    """SQLite cannot change a table's constraints, so the table is made anew. No other table points to it."""
    for name in ("ix_task_contact_person_id", "ix_task_network_id_closed_at"):
        op.execute(f"DROP INDEX {name}")
    op.rename_table("task", "task_before")
    keys = ["network_id", "kind", "round", "whose"]
    if unique == _BEFORE:
        keys = ["network_id", "contact_person_id", "unit_id", "kind", "round"]
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("contact_person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("round", sa.String(20), nullable=False),
        *more,
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_because", sa.String(24), nullable=True),
        sa.CheckConstraint(f"kind IN {_KINDS}", name=op.f("ck_task_taskkind")),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["contact_person.id"], name=op.f("fk_task_contact_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_task_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint(*keys, name=op.f(unique)),
    )
    listed = ", ".join(columns)
    op.execute(f"INSERT INTO task ({listed}) SELECT {listed} FROM task_before")  # noqa: S608
    op.drop_table("task_before")
    op.create_index(op.f("ix_task_contact_person_id"), "task", ["contact_person_id"])
    op.create_index(op.f("ix_task_network_id_closed_at"), "task", ["network_id", "closed_at"])
