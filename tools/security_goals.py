"""Write docs/security/goals.md: every goal of security and privacy, the tests that carry its mark, and how it stands.

    .venv/bin/python tools/security_goals.py

Goals stand in docs/security/goals.toml. A test carries a goal by `@pytest.mark.goal("S8")`. A goal is done when a test
carries it; accepted when there is a reason why it is held otherwise or in part; open when something is lacking.
"""

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "security"
HEAD = """# Goals of security and privacy

Made by `tools/security_goals.py` from `goals.toml` and the marks of the tests; a test says when it is not current.
S: security, P: privacy, T: threats, each an attack in `tests/attacks` that must fail.

"""


@dataclass(frozen=True)
class Goal:
    """`accepted` and `open` are reasons; at most one of them is given."""

    id: str
    says: str
    accepted: str = ""
    open: str = ""


def goals() -> list[Goal]:
    table = tomllib.loads((FOLDER / "goals.toml").read_text("utf-8"))
    return [Goal(**one) for one in table["goal"]]


def marks() -> dict[str, list[str]]:
    """The tests of each goal: file and name."""
    found: dict[str, list[str]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text("utf-8")
        if "mark.goal(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                for goal_id in _marked(node):
                    found.setdefault(goal_id, []).append(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return {goal_id: sorted(tests) for goal_id, tests in found.items()}


def _marked(node: ast.FunctionDef) -> list[str]:
    calls = [one for one in node.decorator_list if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    named = [one.args for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "goal"]
    return [str(arg.value) for args in named for arg in args if isinstance(arg, ast.Constant)]


def state_of(goal: Goal, tests: list[str]) -> str:
    if goal.open or not (tests or goal.accepted):
        return "open"
    return "accepted" if goal.accepted else "done"


def table() -> str:
    """The whole file."""
    tests, lines, states = marks(), [], []
    for goal in goals():
        mine = tests.get(goal.id, [])
        states.append(state_of(goal, mine))
        shown = "<br>".join(f"`{one.removeprefix('tests/')}`" for one in mine)
        lines.append(f"| {goal.id} | {goal.says} | {shown} | {states[-1]} | {goal.accepted or goal.open} |")
    counts = ", ".join(f"{states.count(state)} {state}" for state in ("done", "accepted", "open"))
    columns = ["| id | goal | test | state | reason |", "| --- | --- | --- | --- | --- |"]
    return HEAD + "\n".join([f"{len(lines)} goals: {counts}.", "", *columns, *lines]) + "\n"


if __name__ == "__main__":
    (FOLDER / "goals.md").write_text(table(), "utf-8")
