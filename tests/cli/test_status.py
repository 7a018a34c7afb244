"""`status` for people and for monitors."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import Result

from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.database import Database
from tests.cli.conftest import told


def test_it_fails_while_no_clock_ticks_and_says_so(door: Callable[..., Result], installed: Path) -> None:
    result = door("status", "--json")
    assert result.exit_code == 1
    assert told(result)["alarms"] == ["clock_stopped"]
    assert "grannsamverkan_ok 0" in door("status", "--metrics").stdout


def test_people_read_a_line_for_each_channel_and_provider(door: Callable[..., Result], installed: Path) -> None:
    lines = dict(line.split("  ", 1) for line in door("status").stdout.splitlines())
    told = {name: value.strip() for name, value in lines.items()}
    assert (told["ok"], told["alarms"], told["released s"]) == ("False", "clock_stopped", "-")
    assert told["email"].startswith("set ")
    assert "open batches 0, due batches 0, oldest due s -" in told["sms"]
    assert told["available"] == "percent -"
    assert not any(mark in value for value in told.values() for mark in "{}<>'")


def test_the_share_of_a_month_is_not_rounded_up(door: Callable[..., Result], installed: Path) -> None:
    database, now = Database("grannsamverkan.db", None), datetime.now(UTC)
    with database.write() as session:
        for ago in (4, 3, 2):  # and not one minute ago
            deliveries.note_minute(session, is_able=True, now=now - timedelta(minutes=ago))
    database.close()
    (line,) = (line for line in door("status").stdout.splitlines() if line.startswith("available "))
    assert re.search(r"percent (75\.00|60\.00), since \S+, able min 3, unable min 0, unseen min [12]$", line)
