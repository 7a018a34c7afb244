"""The rows of ASVS 5.0 (levels 1 and 2, and eighteen of level 3): none is empty, and what is done has a test."""

import csv
import re

import pytest

from tools import security_goals

STATES = {"done", "accepted", "not applicable"}  # no row is open any more
ROWS = list(csv.DictReader((security_goals.FOLDER / "asvs.csv").read_text("utf-8").splitlines()))


def test_every_row_is_there_once() -> None:
    ids = [row["id"] for row in ROWS]
    assert len(ids) == len(set(ids)) == 271
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one) for one in ids)
    assert [sum(row["level"] == level for row in ROWS) for level in "123"] == [70, 183, 18]


@pytest.mark.goal("S48")
def test_no_row_is_empty() -> None:
    """What is done names goals whose tests show it; what is not says why."""
    tests = security_goals.marks()
    for row in ROWS:
        assert row["text"], row["id"]
        assert row["state"] in STATES, row["id"]
        if row["state"] == "done":
            assert row["test"], row["id"]
            assert all(tests.get(goal) for goal in row["test"].split()), row["id"]
        else:
            assert row["reason"], row["id"]
