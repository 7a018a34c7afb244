"""The command that overtakes a big alert: what it tells, and that it says so when it went too slowly."""

import json
import shutil
from collections.abc import Callable

import pytest
from click.testing import Result

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")]
ON_BOTH = pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])


@ON_BOTH
def test_ten_have_it_before_the_many(door: Callable[..., Result], database: str) -> None:
    words = ("--recipients", "2000", "--times", "2", "--latency-ms", "30", "--limit-ms", "20000", "--json")
    result = door("bench", "overtake", "--database", database, *words)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["database"], told["recipients"], told["urgent"]) == (database, 2000, 10)
    assert (told["lost"], told["doubled"], told["ok"]) == (0, 0, True)
    first, second = told["moments"]
    assert 0.25 <= first["gone"] < second["gone"] < 1
    for moment in (first, second):
        assert 0 < moment["first_ms"] <= moment["last_ms"]
    assert told["last_ms"]["worst"] == max(first["last_ms"], second["last_ms"])


def test_too_slow_is_not_ok(door: Callable[..., Result]) -> None:
    words = ("--recipients", "300", "--times", "1", "--limit-ms", "0.001", "--json")
    result = door("bench", "overtake", *words)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["lost"], told["doubled"], told["ok"]) == (0, 0, False)
