"""Networks and people: the life of a network, joining, duties, signs, promises, notices and one-time codes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# SQLite cannot add a constraint in place, but a column with one of its own, in the same words as PostgreSQL:
# (table, column, rule, values, the name of the check)
_CHOICES = (
    ("household", "shows", "NOT NULL DEFAULT 'name'", ("nothing", "name", "contact"), "shows"),
    ("household", "joined_by", "", ("slip", "web", "doorstep", "import", "office"), "joinedby"),
    ("person", "level", "NOT NULL DEFAULT 'all'", ("all", "warnings", "ongoing"), "level"),
)
_STATES_BEFORE = ("interest", "starting", "active", "dormant", "ended")
_STATES = ("interest", "mapping", "start_meeting", "training", "active", "dormant", "ended")


def _added() -> list[tuple[str, sa.Column[Any]]]:
    return [
        ("consent", sa.Column("source", sa.String(20))),
        ("contact_address", sa.Column("confirmed_at", sa.DateTime(timezone=True))),
        ("contact_person", sa.Column("ended_because", sa.String(40))),
        ("delivery", sa.Column("not_before", sa.DateTime(timezone=True))),
        ("household", sa.Column("landline", sa.LargeBinary())),
        ("network_state_span", sa.Column("reason", sa.String(40))),
        ("person", sa.Column("quiet_from", sa.SmallInteger())),
        ("person", sa.Column("quiet_to", sa.SmallInteger())),
        ("unit", sa.Column("dwellings", sa.Integer())),
        ("watch_network", sa.Column("lead_sees_households", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("watch_network", sa.Column("merged_into_id", sa.Integer())),
    ]


def _change_states(states: tuple[str, ...], renamed: dict[str, str]) -> None:
    """Let the spans hold these states. SQLite gets the table anew (nothing points to it), PostgreSQL a new check."""
    new = "CASE state " + " ".join(f"WHEN '{a}' THEN '{b}'" for a, b in renamed.items()) + " ELSE state END"
    allowed = ", ".join(f"'{state}'" for state in states)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_network_state_span_networkstate"), "network_state_span", type_="check")
        op.execute(f"UPDATE network_state_span SET state = {new}")  # noqa: S608
        op.create_check_constraint(
            op.f("ck_network_state_span_networkstate"), "network_state_span", f"state IN ({allowed})"
        )
        return
    op.execute("DROP INDEX uq_network_state_span_open")
    op.rename_table("network_state_span", "network_state_span_before")
    op.create_table(
        "network_state_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.CheckConstraint(f"state IN ({allowed})", name=op.f("ck_network_state_span_networkstate")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_network_state_span_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_state_span")),
    )
    same = "id, network_id, since, until, account_id, reason"
    rows = f"SELECT {same}, {new} FROM network_state_span_before"  # noqa: S608
    op.execute(f"INSERT INTO network_state_span ({same}, state) {rows}")
    op.drop_table("network_state_span_before")
    op.create_index(
        "uq_network_state_span_open",
        "network_state_span",
        ["network_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
    )


def upgrade() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "join",
                "interest",
                "own_page",
                "new_address",
                name="codepurpose",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("channel", sa.SmallInteger(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("block_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("visitor_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("code_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_code_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_one_time_code_block_lookup_asked_at"), ["block_lookup", "asked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_one_time_code_lookup_asked_at"), ["lookup", "asked_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_one_time_code_ticket_lookup_asked_at"), ["ticket_lookup", "asked_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_one_time_code_visitor_lookup_asked_at"), ["visitor_lookup", "asked_at"], unique=False
        )

    op.create_table(
        "view_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("municipality_code", sa.String(length=4), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("household_ids", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_entry")),
    )
    with op.batch_alter_table("view_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_view_entry_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_view_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_view_entry_network_id"), ["network_id"], unique=False)

    op.create_table(
        "municipal_rule",
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_municipal_rule_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "name", name=op.f("pk_municipal_rule")),
    )
    op.create_table(
        "promise_snapshot",
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("villa", "apartment", name="networkkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("interests", sa.Integer(), nullable=False),
        sa.Column("starting", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("dormant", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("dwellings", sa.Integer(), nullable=False),
        sa.Column("contact_persons", sa.Integer(), nullable=False),
        sa.Column("trained", sa.Integer(), nullable=False),
        sa.Column("vacant", sa.Integer(), nullable=False),
        sa.Column("start_meetings", sa.Integer(), nullable=False),
        sa.Column("yearly_meetings", sa.Integer(), nullable=False),
        sa.Column("trainings", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_promise_snapshot_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "taken_on", "kind", name=op.f("pk_promise_snapshot")),
    )
    op.create_table(
        "promise_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column(
            "measure",
            sa.Enum(
                "active_networks",
                "new_networks",
                "joined_households",
                "start_meetings",
                "trainings",
                name="measure",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum("villa", "apartment", name="networkkind", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_promise_target_number")),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_promise_target_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_target")),
    )
    with op.batch_alter_table("promise_target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_target_municipality_code"), ["municipality_code"], unique=False)

    op.create_table(
        "training_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "held",
                "cancelled",
                name="meetingstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("uid", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_training_session_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
        sa.UniqueConstraint("uid", name=op.f("uq_training_session_uid")),
    )
    with op.batch_alter_table("training_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_session_municipality_code"), ["municipality_code"], unique=False)

    op.create_table(
        "account_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "police",
                "coordinator",
                "contact_person",
                "lead_contact_person",
                "administrator",
                "neighbour",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_account_invitation_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_invitation_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_invitation")),
        sa.UniqueConstraint("code_lookup", name=op.f("uq_account_invitation_code_lookup")),
    )
    with op.batch_alter_table("account_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_invitation_person_id"), ["person_id"], unique=False)

    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("villa", "apartment", name="networkkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("place", sa.LargeBinary(), nullable=False),
        sa.Column("wants_to_help", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_interest_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_interest_network_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interest_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_municipality_code"), ["municipality_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interest_person_id"), ["person_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "start",
                "yearly",
                "information",
                name="meetingkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "held",
                "cancelled",
                name="meetingstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("uid", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance", sa.Integer(), nullable=True),
        sa.Column("protocol", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("attendance >= 0", name=op.f("ck_meeting_attendance")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_meeting_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("uid", name=op.f("uq_meeting_uid")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_network_id"), ["network_id"], unique=False)

    op.create_table(
        "member_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preview", "applied", "undone", name="importstate", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_member_import_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_import")),
    )
    with op.batch_alter_table("member_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_import_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_import_network_id"), ["network_id"], unique=False)

    op.create_table(
        "network_postcode",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("postcode", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_network_postcode_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "postcode", name=op.f("pk_network_postcode")),
    )
    with op.batch_alter_table("network_postcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_network_postcode_postcode"), ["postcode"], unique=False)

    op.create_table(
        "person_training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_training_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_person_training_session_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_training")),
        sa.UniqueConstraint("person_id", "trained_on", name=op.f("uq_person_training_person_id_trained_on")),
    )
    with op.batch_alter_table("person_training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_training_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("signs", sa.Integer(), nullable=False),
        sa.Column("stickers", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "new",
                "faded",
                "vandalised",
                "broken",
                "lost",
                "new_members",
                name="orderreason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "ordered",
                "delivered",
                "declined",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("is_off_public_road", sa.Boolean(), nullable=False),
        sa.Column("is_in_built_up_area", sa.Boolean(), nullable=False),
        sa.Column("county_permit_on", sa.Date(), nullable=True),
        sa.Column("ordered_from", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("signs >= 0", name=op.f("ck_sign_order_signs")),
        sa.CheckConstraint("stickers >= 0", name=op.f("ck_sign_order_stickers")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_sign_order_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_order")),
    )
    with op.batch_alter_table("sign_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_order_network_id"), ["network_id"], unique=False)

    op.create_table(
        "training_seat",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_training_seat_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["training_session.id"], name=op.f("fk_training_seat_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_training_seat")),
    )
    with op.batch_alter_table("training_seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_seat_person_id"), ["person_id"], unique=False)

    op.create_table(
        "yearly_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("list_in_order", sa.Boolean(), nullable=True),
        sa.Column("contacts_in_order", sa.Boolean(), nullable=True),
        sa.Column("signs_in_order", sa.Boolean(), nullable=True),
        sa.Column("meeting_held", sa.Boolean(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "fine", "kept", "dormant", name="checkoutcome", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_yearly_check_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_check")),
        sa.UniqueConstraint("network_id", "year", name=op.f("uq_yearly_check_network_id_year")),
    )
    with op.batch_alter_table("yearly_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_yearly_check_network_id"), ["network_id"], unique=False)

    op.create_table(
        "action_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column(
            "addressee",
            sa.Enum(
                "owner",
                "municipality",
                "police",
                "network",
                name="addressee",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "started",
                "done",
                "declined",
                name="pointstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_action_point_meeting_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_action_point_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_point")),
    )
    with op.batch_alter_table("action_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_point_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_point_network_id"), ["network_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.SmallInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "code",
                "welcome",
                "changed",
                "confirm_email",
                "interest",
                "meeting",
                "meeting_changed",
                "invitation",
                "duties",
                "yearly_check",
                "join_answer",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "calling",
                "handed_over",
                "delivered",
                "failed",
                "expired",
                "stopped",
                "unknown",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["contact_address.id"], name=op.f("fk_notice_address_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipality.code"], name=op.f("fk_notice_municipality_code"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_address_id"), ["address_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_state_next_at"), ["state", "next_at"], unique=False)
        batch_op.create_index("uq_notice_once", ["about", "key"], unique=True)

    op.create_table(
        "property_owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "landlord",
                "housing_association",
                "community_association",
                "municipality",
                "private",
                name="ownerkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_property_owner_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_property_owner_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_owner")),
    )
    with op.batch_alter_table("property_owner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_property_owner_network_id"), ["network_id"], unique=False)

    op.create_table(
        "slip_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("code_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_slip_batch_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_slip_batch_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_batch")),
        sa.UniqueConstraint("code_lookup", name=op.f("uq_slip_batch_code_lookup")),
    )
    with op.batch_alter_table("slip_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slip_batch_network_id"), ["network_id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("ticket_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["contact_address.id"], name=op.f("fk_enrolment_address_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["slip_batch.id"], name=op.f("fk_enrolment_batch_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_enrolment_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_enrolment_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("ticket_lookup", name=op.f("pk_enrolment")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_enrolment_person_id"), ["person_id"], unique=False)

    op.create_table(
        "imported_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=True),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("channels", sa.SmallInteger(), nullable=False),
        sa.Column("has_consent", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_imported_row_number")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_imported_row_household_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["member_import.id"], name=op.f("fk_imported_row_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_imported_row_import_id_number")),
    )
    with op.batch_alter_table("imported_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_row_household_id"), ["household_id"], unique=False)

    op.create_table(
        "join_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column(
            "shows",
            sa.Enum("nothing", "name", "contact", name="shows", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "joined_by",
            sa.Enum(
                "slip",
                "web",
                "doorstep",
                "import",
                "office",
                name="joinedby",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "approved",
                "declined",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_join_request_household_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_join_request_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_join_request_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_join_request_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
    )
    with op.batch_alter_table("join_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_join_request_network_id_state"), ["network_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_join_request_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sign_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("put_up_on", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_sign_place_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["property_owner.id"], name=op.f("fk_sign_place_owner_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_place")),
    )
    with op.batch_alter_table("sign_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_place_network_id"), ["network_id"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("contact_person_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "inform",
                "list_check",
                "signs_check",
                "yearly_meeting",
                "newcomer",
                "ask_again",
                "fill_vacancy",
                "decide_dormancy",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("round", sa.String(length=20), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_because", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_person_id"], ["contact_person.id"], name=op.f("fk_task_contact_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["watch_network.id"], name=op.f("fk_task_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint(
            "network_id",
            "contact_person_id",
            "unit_id",
            "kind",
            "round",
            name=op.f("uq_task_network_id_contact_person_id_unit_id_kind_round"),
        ),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_contact_person_id"), ["contact_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_network_id_closed_at"), ["network_id", "closed_at"], unique=False)

    op.create_table(
        "sign_order_place",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sign_order.id"], name=op.f("fk_sign_order_place_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["sign_place.id"], name=op.f("fk_sign_order_place_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", "place_id", name=op.f("pk_sign_order_place")),
    )
    for table, column in _added():
        op.add_column(table, column)
    for table, name, rule, values, check in _CHOICES:
        allowed = f"CONSTRAINT ck_{table}_{check} CHECK ({name} IN {values})"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} VARCHAR(24) {rule} {allowed}")
    op.execute("UPDATE contact_address SET confirmed_at = created_at")
    _change_states(_STATES, {"starting": "start_meeting"})
    with op.batch_alter_table("sign_in_session") as session:
        session.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        session.create_foreign_key("fk_sign_in_session_person_id", "person", ["person_id"], ["id"], ondelete="CASCADE")
        session.create_index("ix_sign_in_session_person_id", ["person_id"])


def downgrade() -> None:
    with op.batch_alter_table("sign_in_session") as session:
        session.drop_constraint("fk_sign_in_session_person_id", type_="foreignkey")
        session.drop_index("ix_sign_in_session_person_id")
        session.drop_column("person_id")
    _change_states(_STATES_BEFORE, {"mapping": "starting", "start_meeting": "starting", "training": "starting"})
    for table, name, *_ in _CHOICES:
        op.drop_column(table, name)
    for table, column in _added():
        op.drop_column(table, column.name)
    op.drop_table("sign_order_place")
    op.drop_table("task")
    op.drop_table("sign_place")
    op.drop_table("join_request")
    op.drop_table("imported_row")
    op.drop_table("enrolment")
    op.drop_table("slip_batch")
    op.drop_table("property_owner")
    op.drop_table("notice")
    op.drop_table("action_point")
    op.drop_table("yearly_check")
    op.drop_table("training_seat")
    op.drop_table("sign_order")
    op.drop_table("person_training")
    op.drop_table("network_postcode")
    op.drop_table("member_import")
    op.drop_table("meeting")
    op.drop_table("interest")
    op.drop_table("account_invitation")
    op.drop_table("training_session")
    op.drop_table("promise_target")
    op.drop_table("promise_snapshot")
    op.drop_table("municipal_rule")
    op.drop_table("view_entry")
    op.drop_table("one_time_code")
