"""An operator at an empty folder: the commands as they are typed, in this process or in one of their own."""

import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from grannsamverkan.cli import main

PASSWORD = "en lampa i varje fönster"


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Commands send logs to the standard error of their run, which is gone after it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty folder where the operator stands, without any setting in the environment."""
    here = tmp_path / "installation"
    here.mkdir()
    _stand_in(here, monkeypatch)
    return here


def _stand_in(here: Path, patched: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GRANNSAMVERKAN_"):
            patched.delenv(name)
    patched.chdir(here)


def told(result: Result) -> dict[str, Any]:
    """The one JSON object on standard output."""
    assert result.stdout.count("\n") == 1, result.stdout
    read: dict[str, Any] = json.loads(result.stdout)
    return read


@pytest.fixture
def door(folder: Path) -> Callable[..., Result]:
    """Type a command in the folder."""

    def type_in(*words: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], input=stdin)

    return type_in


@pytest.fixture(scope="session")
def after_init(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where `init` was run once, to be copied: migrating takes longer than most commands."""
    here = tmp_path_factory.mktemp("after-init")
    words = ("--municipality", "1267", "--administrator", "drift", "--base-url", "https://gs.hoor.example")
    with pytest.MonkeyPatch.context() as patched:
        _stand_in(here, patched)
        result = CliRunner().invoke(main, ["init", *words, "--password", PASSWORD])
    assert result.exit_code == 0, result.output
    return here


@pytest.fixture
def installed(after_init: Path, folder: Path) -> Path:
    """The folder after `init` for Höör."""
    shutil.copytree(after_init, folder, dirs_exist_ok=True)
    return folder


class Running:
    """A command as a process of its own; `stderr` and `stdout` are what it has said so far."""

    def __init__(self, folder: Path, name: str, words: tuple[str, ...], env: dict[str, str]) -> None:
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grannsamverkan", *words],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    @property
    def stdout(self) -> str:
        return self._out.read_text("utf-8")

    @property
    def stderr(self) -> str:
        return self._err.read_text("utf-8")

    def wait_until(self, has_come: Callable[["Running"], bool], within_s: float = 30.0) -> None:
        deadline = time.monotonic() + within_s
        while not has_come(self):
            assert self.process.poll() is None, self.stdout + self.stderr
            assert time.monotonic() < deadline, self.stdout + self.stderr
            time.sleep(0.05)

    def end(self, within_s: float = 20.0) -> int:
        """Ask it to end, as an init system does; its exit code."""
        self.process.terminate()
        return self.process.wait(within_s)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Running]]:
    """Start a command beside the test; none outlives it."""
    started: list[Running] = []

    def run(*words: str, **env: str) -> Running:
        started.append(Running(folder, f"process{len(started)}", words, env))
        return started[-1]

    yield run
    for running in started:
        if running.process.poll() is None:  # asked first: a demo that is killed leaves its stand-ins running
            try:
                running.end()
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait(10)
