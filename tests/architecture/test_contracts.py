"""Who may know whom: the contracts in pyproject.toml hold, and a room is entered by its door."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "grannsamverkan"
ROOMS = sorted(folder.name for folder in (PACKAGE / "domain").iterdir() if (folder / "__init__.py").exists())


def test_the_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert " 0 broken" in done.stdout


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a module imports from the product."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0 or "standins" in (node.module or "standins"), f"line {node.lineno} is relative"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


@cache
def named_by_the_door(room: str) -> frozenset[str]:
    door = PACKAGE / "domain" / room / "__init__.py"
    if not door.exists():
        return frozenset()
    found = [
        node.value
        for node in ast.parse(door.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return frozenset(ast.literal_eval(found[0])) if found else frozenset()


def past_the_door(source: str, room: str | None) -> list[str]:
    """Imports that go into a room but not through its door; a room's own modules may, in their own room."""
    wrong = []
    for line, name in imported(ast.parse(source)):
        parts = name.split(".")
        if parts[:2] != ["grannsamverkan", "domain"] or len(parts) < 4 or parts[2] == room:
            continue
        if len(parts) == 4 and parts[3] in named_by_the_door(parts[2]):
            continue  # a module the door itself hands out, or a function with the name of its module
        inside = PACKAGE / "domain" / parts[2] / parts[3]
        if inside.with_suffix(".py").exists() or inside.is_dir():
            wrong.append(f"line {line}: {name}")
    return wrong


# schema.py gathers every room's tables before any door is opened, and fills the reference rows
MODULES = [path for path in PACKAGE.rglob("*.py") if "standins" not in path.parts and path.name != "schema.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_is_entered_by_its_door(path: Path) -> None:
    within = path.relative_to(PACKAGE).parts
    room = within[1] if within[0] == "domain" and len(within) > 2 else None
    assert past_the_door(path.read_text("utf-8"), room) == []


def test_a_way_past_the_door_is_seen() -> None:
    source = "from grannsamverkan.domain.alerts.tables import Alert\nimport grannsamverkan.domain.people.actions\n"
    assert len(past_the_door(source, None)) == 2
    assert len(past_the_door(source, "alerts")) == 1
    assert (
        past_the_door("from grannsamverkan.domain import alerts\nfrom grannsamverkan.domain.alerts import Alert", None)
        == []
    )


@pytest.mark.parametrize("room", ROOMS)
def test_a_door_names_what_is_behind_it(room: str) -> None:
    """A room's `__init__` says what it is, and lists its public names in order, each of which is there."""
    tree = ast.parse((PACKAGE / "domain" / room / "__init__.py").read_text("utf-8"))
    assert ast.get_docstring(tree)
    assigned = [n for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"]
    public = ast.literal_eval(assigned[0].value)
    brought_in = {alias.asname or alias.name for n in tree.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    assert sorted(public) == sorted(brought_in)


@pytest.mark.parametrize("path", [*PACKAGE.rglob("tables.py")], ids=lambda path: path.parent.name)
def test_tables_read_their_annotations_at_once(path: Path) -> None:
    assert "from __future__ import annotations" not in path.read_text("utf-8")
