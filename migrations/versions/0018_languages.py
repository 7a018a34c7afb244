"""Languages: an alert's frozen words in other languages, and in which of them each copy goes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_translation",
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("sms_text", sa.String(), nullable=False),
        sa.Column("mail_subject", sa.String(), nullable=False),
        sa.Column("mail_text", sa.String(), nullable=False),
        sa.Column("mail_html", sa.String(), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_translation_alert_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "language", name=op.f("pk_alert_translation")),
    )
    op.add_column("delivery", sa.Column("language", sa.String(5), nullable=False, server_default="sv"))
    op.create_index(
        "ix_person_language",
        "person",
        ["language"],
        sqlite_where=sa.text("language <> 'sv'"),
        postgresql_where=sa.text("language <> 'sv'"),
    )


def downgrade() -> None:
    op.drop_index("ix_person_language", "person")
    op.drop_column("delivery", "language")
    op.drop_table("alert_translation")
