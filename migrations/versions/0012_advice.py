"""Advice: tips on a calendar, which go out as alerts of a class of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_CLASSES = ("ongoing", "warning", "follow_up", "correction", "all_clear")
_WITH_ADVICE = (*_CLASSES, "advice")
_GIVEN = {"kind": "VARCHAR(40)", "dwelling": "VARCHAR(40)", "happened_on": "DATE", "day_part": "VARCHAR(40)"}
_HAS_HAPPENED = "alert_class = 'advice' OR (" + " AND ".join(f"{name} IS NOT NULL" for name in _GIVEN) + ")"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        for name in _GIVEN:
            op.alter_column("alert", name, nullable=True)
        op.drop_constraint(op.f("ck_alert_alertclass"), "alert", type_="check")
        op.create_check_constraint(op.f("ck_alert_alertclass"), "alert", f"alert_class IN {_WITH_ADVICE}")
        op.add_column("alert", sa.Column("card_key", sa.String(60)))
        op.create_check_constraint(op.f("ck_alert_has_happened"), "alert", _HAS_HAPPENED)
    _create_tables()


def _upgrade_sqlite() -> None:
    """Half of the tables point at alerts, so the table cannot be made anew: each column is, beside the old one."""
    for name, kind in _GIVEN.items():
        _exchange(name, kind)
    _exchange("alert_class", f"VARCHAR(24) NOT NULL DEFAULT 'warning' {_class_check(_WITH_ADVICE)}")
    op.execute(
        f"ALTER TABLE alert ADD COLUMN card_key VARCHAR(60) CONSTRAINT ck_alert_has_happened CHECK ({_HAS_HAPPENED})"
    )


def _class_check(classes: tuple[str, ...]) -> str:
    return f"CONSTRAINT ck_alert_alertclass CHECK (alert_class_anew IN {classes})"


def _exchange(name: str, kind: str) -> None:
    """The column of another kind, with what stands in it."""
    op.execute(f"ALTER TABLE alert ADD COLUMN {name}_anew {kind}")
    op.execute(f"UPDATE alert SET {name}_anew = {name}")  # noqa: S608 - the names stand in this file
    op.execute(f"ALTER TABLE alert DROP COLUMN {name}")
    op.execute(f"ALTER TABLE alert RENAME COLUMN {name}_anew TO {name}")


def _create_tables() -> None:
    op.create_table(
        "card_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("card_key", sa.String(60), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=True),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_card_edition_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_card_edition_account_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_edition")),
    )
    op.create_index("ix_card_edition_municipality_code_card_key", "card_edition", ["municipality_code", "card_key"])
    op.create_table(
        "plan_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("card_key", sa.String(60), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("network_kind", sa.String(24), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_hash", sa.String(64), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("network_kind IN ('villa', 'apartment')", name=op.f("ck_plan_entry_networkkind")),
        sa.CheckConstraint("state IN ('draft', 'approved', 'paused', 'ended')", name=op.f("ck_plan_entry_entrystate")),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_plan_entry_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name=op.f("fk_plan_entry_created_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_plan_entry_approved_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_entry")),
    )
    op.create_index("ix_plan_entry_municipality_code", "plan_entry", ["municipality_code"])
    op.create_index("ix_plan_entry_state_next_at", "plan_entry", ["state", "next_at"])
    op.create_table(
        "plan_run",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('issued', 'skipped', 'missed')", name=op.f("ck_plan_run_runstate")),
        sa.ForeignKeyConstraint(["entry_id"], ["plan_entry.id"], name=op.f("fk_plan_run_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", "due_at", name=op.f("pk_plan_run")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_plan_run_alert_id", "plan_run", ["alert_id"])
    op.create_table(
        "advice_given",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("card_key", sa.String(60), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "household_id", name=op.f("pk_advice_given")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_advice_given_household_id_card_key", "advice_given", ["household_id", "card_key"])
    op.create_index("ix_advice_given_given_at", "advice_given", ["given_at"])
    op.create_table(
        "card_answer",
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("card_key", sa.String(60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("answer IN ('done', 'had_it', 'not_for_me')", name=op.f("ck_card_answer_cardanswerkind")),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_card_answer_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "card_key", "year", "answer", name=op.f("pk_card_answer")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("card_answer", "advice_given", "plan_run", "plan_entry", "card_edition"):
        op.drop_table(table)
    op.execute("DELETE FROM alert WHERE alert_class = 'advice'")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE alert DROP COLUMN card_key")
        _exchange("alert_class", f"VARCHAR(24) NOT NULL DEFAULT 'warning' {_class_check(_CLASSES)}")
        for name, kind in _GIVEN.items():
            empty = "'1970-01-01'" if kind == "DATE" else "''"
            _exchange(name, f"{kind} NOT NULL DEFAULT {empty}")
        return
    op.drop_constraint(op.f("ck_alert_has_happened"), "alert", type_="check")
    op.drop_column("alert", "card_key")
    op.drop_constraint(op.f("ck_alert_alertclass"), "alert", type_="check")
    op.create_check_constraint(op.f("ck_alert_alertclass"), "alert", f"alert_class IN {_CLASSES}")
    for name in _GIVEN:
        op.alter_column("alert", name, nullable=False)
