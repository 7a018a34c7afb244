"""A named place kills its process the asked-for time it is reached, and never otherwise."""

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grannsamverkan.foundation.fault_points import FAULT_POINTS

PACKAGE = Path(__file__).parents[2] / "grannsamverkan"
PROGRAM = """
from grannsamverkan.foundation.fault_points import reach
for turn in range(5):
    print(turn, flush=True)
    reach("before_record_commit")
    reach("after_claim")
"""


def run(point: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "GRANNSAMVERKAN_FAULT_POINT": point},
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(("point", "turns"), [("after_claim", 1), ("after_claim:1", 1), ("before_record_commit:3", 3)])
def test_it_dies_there_and_then(point: str, turns: int) -> None:
    assert run(point) == (-signal.SIGKILL, [str(turn) for turn in range(turns)])


@pytest.mark.parametrize("point", ["", "nowhere", "after_claim:9"])
def test_it_lives_otherwise(point: str) -> None:
    assert run(point) == (0, ["0", "1", "2", "3", "4"])


def test_every_named_place_is_reached_somewhere_and_no_other() -> None:
    reached = [
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "reach"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert set(reached) == set(FAULT_POINTS)
