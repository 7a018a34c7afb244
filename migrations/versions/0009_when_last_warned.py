"""When an area was last warned is found by the area: the form of a warning asks it of every area at once."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_alert_target_network_id_alert_id", "alert_target", ["network_id", "alert_id"])


def downgrade() -> None:
    op.drop_index("ix_alert_target_network_id_alert_id", "alert_target")
