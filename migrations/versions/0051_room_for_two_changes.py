"""A page of copies has room for both changes that sending makes: PostgreSQL else moves every other one to another page,
and writes all of its indexes anew."""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
suits_code_before = True


def upgrade() -> None:
    _fill(33)


def downgrade() -> None:
    _fill(70)


def _fill(percent: int) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE delivery SET (fillfactor = {percent})")
