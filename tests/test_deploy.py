"""What deploy/ holds is fit to be run: the programs and settings that it names are there, and it can be read."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from grannsamverkan import settings
from grannsamverkan.cli import COMMANDS

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROCESSES = {"web", "worker", "clock"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """With a program that is here in place of the installed one, and a user that this machine has."""
    copies = []
    for unit in UNITS:
        words = unit.read_text("utf-8").replace("/opt/grannsamverkan/.venv/bin/grannsamverkan", "/bin/true")
        copies.append(tmp_path / unit.name.replace("@", "@1"))
        copies[-1].write_text(words.replace("User=grannsamverkan", "User=daemon"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, copies)], capture_output=True, text=True, timeout=60
    )
    ours = [line for line in done.stderr.splitlines() if "grannsamverkan" in line]
    assert ours == []
    assert done.returncode == 0, done.stderr


def test_there_is_a_unit_for_each_process() -> None:
    commands = [re.search(r"^ExecStart=\S+/grannsamverkan (.+)$", unit.read_text("utf-8"), re.M) for unit in UNITS]
    assert {found[1] for found in commands if found} == PROCESSES
    assert set(COMMANDS) >= PROCESSES


def test_compose_runs_the_same_processes_with_settings_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    run = {words["command"][1] for words in services.values() if words["command"][0] == "grannsamverkan"}
    assert run == PROCESSES | {"db"}
    for name in ("web", "worker", "clock", "tables"):
        for variable, value in services[name]["environment"].items():
            if variable != settings.CONFIG_VARIABLE:
                monkeypatch.setenv(variable, value)
    chosen = settings.load()
    assert chosen.is_distributed
    assert chosen.web.host == "0.0.0.0"
    assert services["worker"]["deploy"]["replicas"] == 2
