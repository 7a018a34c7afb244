"""Addresses of other systems that are called, and the calls to them."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None
suits_code_before = True

_EVENTS = "event IN ('alert.sent', 'alert.corrected', 'alert.closed', 'ping')"
_STATES = "state IN ('waiting', 'taken', 'given_up', 'unknown')"
_PAUSES = "paused_for IN ('wanted', 'failing', 'gone')"


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.String(260), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("secret_before", sa.LargeBinary()),
        sa.Column("before_until", sa.DateTime(timezone=True)),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer()),
        sa.Column("paused_at", sa.DateTime(timezone=True)),
        sa.Column("paused_for", sa.String(24)),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("rests_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.CheckConstraint(_PAUSES, name=op.f("ck_webhook_pause")),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_webhook_municipality_code"),
            ondelete="RESTRICT",
        ),
    )
    op.create_index(op.f("ix_webhook_municipality_code"), "webhook", ["municipality_code"])
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("event", sa.String(24), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("status", sa.Integer()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_call_message_id")),
        sa.CheckConstraint(_EVENTS, name=op.f("ck_webhook_call_event")),
        sa.CheckConstraint(_STATES, name=op.f("ck_webhook_call_callstate")),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_webhook_call_webhook_id"), "webhook_call", ["webhook_id"])
    op.create_index(op.f("ix_webhook_call_state_next_at"), "webhook_call", ["state", "next_at"])


def downgrade() -> None:
    op.drop_table("webhook_call")
    op.drop_table("webhook")
