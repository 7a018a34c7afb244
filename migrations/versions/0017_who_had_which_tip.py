"""How and where a tip was given, tips that wait for something to happen, and papers to take down."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("advice_given", sa.Column("network_id", sa.Integer(), nullable=True))
    op.add_column("advice_given", sa.Column("by_sms", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("advice_given", sa.Column("by_email", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE advice_given SET network_id = (SELECT a.network_id FROM audience a"
        " WHERE a.alert_id = advice_given.alert_id AND a.household_id = advice_given.household_id)"
    )
    for name, channel in (("by_sms", 1), ("by_email", 2)):
        op.execute(
            f"UPDATE advice_given SET {name} = EXISTS (SELECT 1 FROM audience_address a"  # noqa: S608 - names of this file
            " WHERE a.alert_id = advice_given.alert_id AND a.household_id = advice_given.household_id"
            f" AND a.channel = {channel})"
        )
    op.add_column("plan_entry", sa.Column("joiners_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plan_entry", sa.Column("about_alert_id", sa.Integer(), nullable=True))
    op.create_index("uq_plan_entry_about_alert_id", "plan_entry", ["about_alert_id"], unique=True)
    op.add_column("plan_run", sa.Column("joined_after", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plan_run", sa.Column("joined_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "method_card",
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("card_key", sa.String(60), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_method_card_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "method", name=op.f("pk_method_card")),
        sqlite_with_rowid=False,
    )
    _let_tasks_be(["take_down"], [])


def downgrade() -> None:
    op.execute("DELETE FROM task WHERE kind = 'take_down'")
    _let_tasks_be([], ["take_down"])
    op.drop_table("method_card")
    op.drop_column("plan_run", "joined_until")
    op.drop_column("plan_run", "joined_after")
    op.drop_index("uq_plan_entry_about_alert_id", "plan_entry")
    op.drop_column("plan_entry", "about_alert_id")
    op.drop_column("plan_entry", "joiners_until")
    for name in ("by_email", "by_sms", "network_id"):
        op.drop_column("advice_given", name)


def _let_tasks_be(more: list[str], no_longer: list[str]) -> None:
    """Of these kinds too, or no longer. SQLite gets the table anew for it, since nothing points there."""
    name = "ck_task_taskkind"
    checks = {check["name"]: check["sqltext"] for check in sa.inspect(op.get_bind()).get_check_constraints("task")}
    kinds = [kind for kind in re.findall(r"'(\w+)'", checks[name]) if kind not in no_longer] + more
    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f(name), type_="check")
        task.create_check_constraint(op.f(name), f"kind IN ({', '.join(repr(kind) for kind in kinds)})")
