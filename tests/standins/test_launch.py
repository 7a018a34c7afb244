"""Starting, finding again, ending; and what the logs count to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import grannsamverkan
from grannsamverkan.standins.acceptance_log import AcceptanceLog, log_line
from grannsamverkan.standins.launch import Counted, Standins, acceptance_times, count, lost, start_standins

# Where the package lies, so that a child finds it installed or not.
ROOT = Path(grannsamverkan.__file__).parents[1]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_they_are_found_again_and_ended_by_another(tmp_path: Path) -> None:
    assert Standins.attach(tmp_path) is None
    started = start_standins(tmp_path, lifetime_s=30, behave_sms={"latency_ms": 1})
    pids = list(started.pids)
    try:
        assert [os.getsid(pid) for pid in pids] == pids
        found = Standins.attach(tmp_path)
        assert found is not None
        assert (found.sms_url, found.smtp_port, found.auth_token) == (
            started.sms_url, started.smtp_port, started.auth_token,
        )  # fmt: skip
        assert found.mail_control_url == started.mail_control_url
        found.stop()
        assert [child.wait(3) for child in started._children] == [0, 0]
        assert Standins.attach(tmp_path) is None
    finally:
        started.stop()
    assert not any(is_running(pid) for pid in pids)


def test_one_alone_is_not_enough_to_attach(tmp_path: Path) -> None:
    with start_standins(tmp_path, lifetime_s=30) as started:
        os.kill(started._children[1].pid, signal.SIGKILL)
        started._children[1].wait(3)
        assert Standins.attach(tmp_path) is None


def test_a_bad_start_leaves_nothing_running(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="mail"):
        start_standins(tmp_path, behave_mail={"no_such_switch": 1}, lifetime_s=30)
    assert "no_such_switch" in (tmp_path / "mail-errors.txt").read_text()


@pytest.mark.parametrize("name", ["sms", "mail"])
@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--inbound-url", "http://192.0.2.1/"]])
def test_nothing_but_loopback(name: str, arguments: list[str], tmp_path: Path) -> None:
    if name == "mail":
        arguments = [word.replace("inbound", "report") for word in arguments]
    command = [sys.executable, "-m", f"grannsamverkan.standins.{name}", "--log", str(tmp_path / "log"), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False, cwd=ROOT)
    assert ended.returncode == 2
    assert "loopback only" in ended.stderr


def test_they_end_by_themselves(tmp_path: Path) -> None:
    started = start_standins(tmp_path, lifetime_s=0.3)
    assert [child.wait(3) for child in started._children] == [0, 0]


def test_they_start_at_once_and_need_nothing_heavy(tmp_path: Path) -> None:
    started_s = time.monotonic()
    with start_standins(tmp_path, lifetime_s=30):
        assert time.monotonic() - started_s < 2
    probe = "import sys, grannsamverkan.standins.sms, grannsamverkan.standins.mail; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=5, cwd=ROOT
    )
    ours = {name for name in loaded.stdout.split() if name.startswith("grannsamverkan.")}
    assert ours
    assert all(name.startswith("grannsamverkan.standins") for name in ours)
    assert not {"flask", "sqlmodel", "twilio", "email.message"} & set(loaded.stdout.split())


def test_counts_come_from_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert count(path) == Counted(0, 0, 0)
    log = AcceptanceLog(path)
    log.append(log_line(1.5, "a å", "+46701740605", "SM1") + log_line(2.5, "b", "+46701740606", "SM2"))
    log.append(log_line(3.5, "a å", "+46701740605", "SM3"))
    log.append(b'{"t": 4, "key": "c", "to"')
    log.close()
    assert count(path) == Counted(3, 2, 1)
    assert lost(path, ["a å", "b", "c"]) == {"c"}
    assert acceptance_times(path) == [1.5, 2.5, 3.5]
