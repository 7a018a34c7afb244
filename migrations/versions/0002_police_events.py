"""The police's open events."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "police_feed_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_police_feed_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_feed_state")),
    )
    op.create_table(
        "police_event",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=False),
        sa.Column("municipality_code", sa.String(), nullable=True),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column(
            "place_certainty",
            sa.Enum(
                "municipality",
                "title",
                "county",
                "conflict",
                "person",
                "unknown",
                name="placecertainty",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reused_count", sa.Integer(), nullable=False),
        sa.Column("same_as_id", sa.BigInteger(), nullable=True),
        sa.Column("missed_in", sa.Integer(), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("same_as_id IS NULL OR same_as_id <> id", name=op.f("ck_police_event_same_as_another")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_police_event_has_a_version")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_police_event_county_code"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.code"],
            name=op.f("fk_police_event_municipality_code"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["same_as_id"], ["police_event.id"], name=op.f("fk_police_event_same_as_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_event")),
    )
    with op.batch_alter_table("police_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_police_event_county_code_published_at"), ["county_code", "published_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_police_event_municipality_code_published_at"),
            ["municipality_code", "published_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_police_event_last_seen"), ["last_seen"], unique=False)
        batch_op.create_index(batch_op.f("ix_police_event_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_police_event_same_as_id"), ["same_as_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_police_event_title"), ["title"], unique=False)

    op.create_table(
        "police_event_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("place_name", sa.String(), nullable=False),
        sa.Column("reused", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["police_event.id"], name=op.f("fk_police_event_version_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_event_version")),
        sa.UniqueConstraint("event_id", "version", name=op.f("uq_police_event_version_event_id_version")),
    )


def downgrade() -> None:
    op.drop_table("police_event_version")
    op.drop_table("police_event")
    op.drop_table("police_feed_state")
