"""Networks in which a warning goes to the contact persons first, and where it waits for them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "watch_network", sa.Column("via_contact_person", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "forwarding",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("direct_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_forwarding_alert_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alert_id", "network_id", name=op.f("pk_forwarding")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_forwarding_network_id"), "forwarding", ["network_id"])
    _let_notices_be(["forward"], [])


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE kind = 'forward'")
    _let_notices_be([], ["forward"])
    op.drop_table("forwarding")
    op.drop_column("watch_network", "via_contact_person")


def _let_notices_be(more: list[str], no_longer: list[str]) -> None:
    """Of these kinds too, or no longer. SQLite gets the table anew for it, since nothing points there."""
    name = "ck_notice_noticekind"
    checks = {check["name"]: check["sqltext"] for check in sa.inspect(op.get_bind()).get_check_constraints("notice")}
    kinds = [kind for kind in re.findall(r"'(\w+)'", checks[name]) if kind not in no_longer] + more
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f(name), type_="check")
        notice.create_check_constraint(op.f(name), f"kind IN ({', '.join(repr(kind) for kind in kinds)})")
