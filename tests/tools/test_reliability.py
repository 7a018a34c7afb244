"""docs/reliability.md names every fault and goal, and what it says has shown them is there."""

import ast
import re
from pathlib import Path

import pytest

from grannsamverkan.chaos.faults import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
SHOWN = (ROOT / "docs" / "reliability.md").read_text("utf-8").partition("## Runs")[0]
ROWS = dict(re.findall(r"^\| ([FRI][0-9]+) \| (.*)$", SHOWN, re.MULTILINE))


def test_every_fault_promise_and_goal_has_its_row() -> None:
    wanted = [*(f"F{n}" for n in range(1, 43)), *(f"I{n}" for n in range(1, 11)), *(f"R{n}" for n in range(1, 13))]
    assert list(ROWS) == wanted


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: f"{fault.row} {fault.name}")
def test_what_chaos_plays_stands_in_its_row(fault: object) -> None:
    row, name = getattr(fault, "row", ""), getattr(fault, "name", "")
    assert f'"{name}"' in ROWS[row]


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", SHOWN))
    assert len(named) > 30
    for file, name in named:
        tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in found, f"{file}::{name}"
