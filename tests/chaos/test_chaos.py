"""`grannsamverkan chaos`: its short form in every run, the long one before a release."""

import json
import subprocess
import sys
from typing import Any

import pytest

from grannsamverkan.chaos.faults import CATALOGUE
from grannsamverkan.chaos.stage import POSTGRESQL, SQLITE

pytestmark = [pytest.mark.chaos, pytest.mark.slow]
DATABASES = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)]


def chaos(*words: str) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "grannsamverkan", "chaos", "--json", *words], check=False, capture_output=True, text=True
    )
    print(ran.stdout, ran.stderr)
    assert ran.stdout, "it told nothing"
    told: dict[str, Any] = json.loads(ran.stdout)
    assert (ran.returncode == 0) is told["ok"]
    return told


@pytest.mark.parametrize("database", DATABASES)
def test_the_short_form_loses_and_doubles_nothing(database: str) -> None:
    told = chaos("--short", "--database", database)
    assert told["ok"]
    assert {(one["id"], one["ok"]) for one in told["faults"]} == {
        (fault.row, True) for fault in CATALOGUE if database in fault.short_on
    }
    assert {name.partition("_")[0]: one["ok"] for name, one in told["invariants"][database].items()} == {
        f"I{number}": True for number in range(1, 11)
    }


@pytest.mark.long
@pytest.mark.parametrize("database", DATABASES)
def test_every_fault_loses_and_doubles_nothing(database: str) -> None:
    told = chaos("--database", database)
    assert told["ok"]
    assert all(one["ok"] is not None or one["note"] for one in told["faults"])
