"""The commands for police events, as an operator types them."""

import gzip
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grannsamverkan.cli.police import police_group
from grannsamverkan.domain import police
from grannsamverkan.foundation.clock import SystemClock
from grannsamverkan.wiring import open_runtime

KEYS = {"read", "stored", "fresh", "edited", "reused", "withdrawn", "rejected"}
POLLED = "2026-02-10T090000Z.json"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty SQLite address, found through the environment; no keys, since events hold nothing personal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", "gs.db")
    for name in ("KEYS_DATA", "KEYS_LOOKUP", "CONFIG"):
        monkeypatch.delenv(f"GRANNSAMVERKAN_{name}", raising=False)


def answer(title: str = "10 februari 03.10, Inbrott, Höör") -> bytes:
    row = {"id": 1, "datetime": "2026-02-10 9:05:09 +01:00", "name": title, "summary": "Inbrott.", "url": "/"}
    return json.dumps([row | {"type": "Inbrott", "location": {"name": "Skåne län", "gps": "55.9,13.5"}}]).encode()


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(police_group, [str(word) for word in words])


def figures(result: Result) -> dict[str, int]:
    assert result.exit_code == 0, result.output
    told: dict[str, int] = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    return told


def test_files_are_taken_in_the_order_given(tmp_path: Path) -> None:
    first, second = tmp_path / POLLED, tmp_path / "2026-02-10T091500Z.json.gz"
    first.write_bytes(answer())
    second.write_bytes(gzip.compress(answer("10 februari 03.10, Inbrott, Lund")))
    told = figures(run("import", first, second, "--json"))
    assert set(told) == KEYS
    assert told | {"read": 2, "stored": 1, "fresh": 1, "edited": 1} == told
    assert figures(run("import", first, second, "--json")) | {"stored": 0, "edited": 0} == told | {
        "stored": 0,
        "edited": 0,
        "fresh": 0,
    }


def test_without_a_time_in_its_name_a_file_counts_from_when_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "2026-99-99T999999Z.json"
    file.write_bytes(answer())
    os.utime(file, (1_770_800_000, 1_770_800_000))  # 11 February 2026
    assert figures(run("import", file, "--json"))["fresh"] == 1
    with open_runtime(with_keys=False) as runtime, runtime.database.read() as session:
        assert police.event(session, 1).first_seen.timestamp() == 1_770_800_000


def test_empty_and_broken_answers_are_counted_and_no_error(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("empty.json", "broken.json.gz", "page.json", POLLED)]
    for file, content in zip(files, (b"", b"\x1f\x8bx", b"<html>", answer()), strict=True):
        file.write_bytes(content)
    told = figures(run("import", *files, "--json"))
    assert (told["rejected"], told["stored"]) == (3, 1)


def test_a_missing_file_is_an_error_before_anything_is_stored(tmp_path: Path) -> None:
    (tmp_path / POLLED).write_bytes(answer())
    result = run("import", tmp_path / POLLED, tmp_path / "nowhere.json", "--json")
    assert result.exit_code == 2
    assert "nowhere.json" in result.stderr
    assert "does not exist" in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "gs.db").exists()


def test_people_get_lines(tmp_path: Path) -> None:
    (tmp_path / POLLED).write_bytes(answer())
    assert "stored     1" in run("import", tmp_path / POLLED).stdout.splitlines()


def test_an_operator_lets_a_stopped_feed_go_on() -> None:
    with open_runtime(with_keys=False) as runtime, runtime.database.write() as session:
        police.note_answer(
            session,
            now=SystemClock().now(),
            status=404,
            not_before=None,
            final=True,
            failures=0,
            etag=None,
            last_modified=None,
        )
    assert json.loads(run("resume", "--json").stdout) == {"had_stopped": True}
    assert run("resume").stdout == "The feed had not stopped.\n"


def test_recorded_answers_come_to_the_known_sums() -> None:
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA names no folder of recorded answers")
    files = sorted((Path(folder) / "police_events" / "polls").glob("2023-03-26*"))
    told = figures(run("import", *files, "--json"))
    assert told == {
        "read": 3_256,
        "stored": 756,
        "fresh": 157,
        "edited": 0,
        "reused": 0,
        "withdrawn": 0,
        "rejected": 0,
    }
