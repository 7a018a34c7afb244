"""The demo as an outsider runs it: by command, in a folder of its own, with an empty home."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlmodel import func, select

from grannsamverkan import status
from grannsamverkan.bench.people import CROWD_NETWORK
from grannsamverkan.demo.cast import SIGN_INS
from grannsamverkan.demo.stage import free_port
from grannsamverkan.domain import networks
from grannsamverkan.foundation.ports import Accepted, ChannelKind, Copy, Wording
from grannsamverkan.settings import load
from grannsamverkan.wiring import open_runtime
from tests.cli.conftest import Running

pytestmark = pytest.mark.slow
KEYS = {
    *("networks", "households", "people", "sms_handed_over", "email_handed_over", "delivered", "failed", "unknown"),
    *("paper_only", "lost", "doubled", "seconds"),
}


def processes_about(folder: Path) -> list[str]:
    """The command lines of running processes that name the folder."""
    lines = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return [line for line in lines if str(folder) in line]


def test_once_tells_one_object_and_leaves_nothing(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    env = {"PATH": os.defpath, "HOME": str(home), "TMPDIR": str(temporary)}
    env["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [sys.executable, "-m", "grannsamverkan", "demo", "--once", "--json"]
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert done.stdout.count(b"\n") == 1
    told = json.loads(done.stdout)
    assert set(told) == KEYS
    assert told["lost"] == told["doubled"] == told["unknown"] == 0
    assert told["networks"] == 2
    assert told["delivered"] + told["failed"] == told["sms_handed_over"] + told["email_handed_over"]
    assert told["sms_handed_over"] > 0
    assert told["email_handed_over"] > 0
    assert told["paper_only"] > 0
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []
    assert processes_about(tmp_path) == []


def test_a_demo_never_settles_in_a_database_in_use(
    door: Callable[..., Result], installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", str(installed / "grannsamverkan.db"))
    result = door("demo", "--once", "--json")
    assert result.exit_code == 1
    assert "database_in_use" in result.stderr
    assert result.stdout == ""
    with open_runtime() as runtime, runtime.database.read() as session:
        assert networks.cards(session, ["1267", "1266", "1285"]) == []


def test_it_tells_where_to_look_and_finds_its_town_again(start: Callable[..., Running], folder: Path) -> None:
    for _ in range(2):
        demo = start("demo", "--port", "0", "--data", str(folder / "town"))
        demo.wait_until(lambda running: "Ctrl-C" in running.stdout)
        for sign_in in SIGN_INS:
            assert f"{sign_in.sign_in_name} " in demo.stdout
            assert sign_in.password in demo.stdout
        url = next(word for word in demo.stdout.split() if word.startswith("http://localhost:"))
        with urllib.request.urlopen(url, timeout=10) as answered:
            assert answered.status == 200
        assert demo.end() == 0
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(url, timeout=10)
        assert processes_about(folder) == []


def test_a_taken_port_is_told_in_one_line(door: Callable[..., Result]) -> None:
    with free_port(0) as listening:  # as a demo that runs does
        port = str(listening.getsockname()[1])
        result = door("demo", "--port", port, "--data", "two")
    assert result.exit_code == 1
    assert f"port {port} is taken" in result.stderr


def test_what_is_around_it_can_be_had_alone(start: Callable[..., Running], folder: Path) -> None:
    """A town with more households, stand-ins, and settings that lead there; started again, they are where they were."""
    words = ("demo", "--around", "--data", "practice", "--port", "8123")
    around = start(*words, "--households", "40")
    around.wait_until(lambda running: "Ctrl-C" in running.stdout, within_s=60)
    settings = load(folder / "practice" / "config.toml")
    assert settings.is_demo
    assert (settings.web.port, settings.installation.base_url) == (8123, "http://localhost:8123")
    with open_runtime(settings) as runtime, runtime.database.read() as session:
        crowd = session.exec(select(networks.WatchNetwork.id).where(networks.WatchNetwork.name == CROWD_NETWORK)).one()
        households = select(func.count()).where(networks.Household.network_id == crowd)
        assert session.exec(households).one() == 40
    with open_runtime(settings) as runtime:  # only the clock is missing, which whoever practises starts
        assert status.look(runtime)["alarms"] == ["clock_stopped"]
    assert around.end() == 0
    assert processes_about(folder) == []
    again = start(*words)
    again.wait_until(lambda running: "Ctrl-C" in running.stdout, within_s=60)
    with open_runtime(settings) as runtime:
        copies = [Copy(1, "+46701740699", "1")]
        assert isinstance(runtime.channels[ChannelKind.SMS].send(Wording(1000, text="x"), copies)[0], Accepted)
    assert again.end() == 0
