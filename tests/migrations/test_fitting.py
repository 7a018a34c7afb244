"""Tables of a later version: the code of before runs on them when the revisions say so, and only then."""

import ast
import shutil
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from grannsamverkan import schema
from grannsamverkan.backups.taking import CopyFailed, take
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings, SettingsError
from grannsamverkan.wiring import ensure_schema
from tests.support.builders import NOW

LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None
{says}


def upgrade() -> None:
    op.create_table("t{revision}", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("t{revision}")
"""
SUITS = "suits_code_before = True"


def bring_later(database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, *says: str) -> None:
    """Upgrade as a version does that has as many revisions more, each of which says so."""
    shutil.copytree(resource_folder("migrations"), folder)
    before = schema.revisions(database)[1]
    for number, words in enumerate(says, start=9001):
        script = LATER.format(revision=number, before=before, says=words)
        (folder / "versions" / f"{number}.py").write_text(script, "utf-8")
        before = str(number)
    with monkeypatch.context() as later:
        later.setattr(schema, "resource_folder", lambda _name: folder)
        assert schema.suits(database) == (set(says) == {SUITS})
        schema.upgrade(database)
        assert schema.suits(database)
        assert schema.misfit(database) == ""


def running_on(database: Database) -> Runtime:
    return Runtime(Settings(), database, SetClock(NOW), InlineEngine(), {})


@pytest.mark.parametrize("says", [(SUITS,), (SUITS, SUITS)])
def test_the_code_of_before_runs_where_every_revision_since_says_so(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: tuple[str, ...]
) -> None:
    schema.upgrade(empty)
    bring_later(empty, tmp_path / "later", monkeypatch, *says)
    assert schema.is_later(empty)
    ensure_schema(running_on(empty))


@pytest.mark.parametrize("says", [("",), (SUITS, ""), ("", SUITS), ("suits_code_before = False", SUITS)])
def test_one_revision_that_does_not_say_so_stops_it(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: tuple[str, ...]
) -> None:
    schema.upgrade(empty)
    bring_later(empty, tmp_path / "later", monkeypatch, *says)
    with pytest.raises(SettingsError, match="use the later version"):
        ensure_schema(running_on(empty))


def test_whoever_copies_every_column_has_to_know_them_all(
    empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.upgrade(empty)
    bring_later(empty, tmp_path / "later", monkeypatch, SUITS)
    with pytest.raises(CopyFailed, match="use the later version"):
        take(empty, tmp_path, "", now=NOW)


def test_this_version_waits_for_its_tables(empty: Database) -> None:
    """Also on those that a step back has left: what stood there about code is gone or made anew."""
    schema.upgrade(empty)
    schema.downgrade(empty, "0041")
    with pytest.raises(SettingsError, match="db upgrade"):
        ensure_schema(running_on(empty))


def test_each_upgrade_says_it_anew(empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.upgrade(empty)
    with empty.write() as session:
        session.execute(text("INSERT INTO fitting_code (revision) VALUES ('0001')"))
    schema.upgrade(empty)
    with empty.read() as session:
        found = set(session.execute(text("SELECT revision FROM fitting_code")).scalars())
    assert "0001" not in found
    bring_later(empty, tmp_path / "later", monkeypatch, "")
    with empty.read() as session:
        assert session.execute(text("SELECT count(*) FROM fitting_code")).scalar_one() == 0


# What the code of before does not notice: it names its columns when it reads, and leaves out others when it writes.
# Nor that what it writes is asked about no more.
_UNNOTICED = {"create_table", "create_index", "add_column", "f", "batch_alter_table", "drop_constraint"}


def calls_in(script: Any) -> list[ast.Call]:
    """The calls of Alembic's operations in its upgrade, and of those on a `table` that SQLite gets anew."""
    tree = ast.parse(Path(script.path).read_text("utf-8"))
    (upgrade,) = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"]
    calls = [one for one in ast.walk(upgrade) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    return [one for one in calls if isinstance(one.func.value, ast.Name) and one.func.value.id in {"op", "table"}]  # type: ignore[attr-defined]


def test_what_says_that_it_suits_only_adds() -> None:
    """Tables, indexes, and columns that may be left out; and a foreign key may go. A unique index would refuse what the
    code before writes."""
    scripts = ScriptDirectory(str(resource_folder("migrations")))
    suiting = [one for one in scripts.walk_revisions() if getattr(one.module, "suits_code_before", False)]
    assert suiting
    for script in suiting:
        for call in calls_in(script):
            name = call.func.attr  # type: ignore[attr-defined]
            given = {one.arg: ast.unparse(one.value) for one in call.keywords}
            assert name in _UNNOTICED, (script.revision, name)
            assert given.get("unique", "False") == "False", script.revision
            if name == "drop_constraint":
                assert given["type_"] == "'foreignkey'", script.revision
            if name == "add_column":
                column = ast.unparse(call.args[1])
                assert "nullable=False" not in column or "server_default=" in column, (script.revision, column)
