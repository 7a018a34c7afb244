"""Workers and a clock as processes of their own, for as long as a measurement takes, and what they have used."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.settings import Settings

_START_S, _STOP_S = 60.0, 20.0
_POLL_S = 0.05
_READY = {"worker": b'"working"', "clock": b'"clock_started"'}


@dataclass(frozen=True)
class Senders:
    """Running processes of one database."""

    processes: "list[subprocess.Popen[bytes]]"

    def cpu_s(self) -> float:
        """Processor time of all of them so far."""
        return sum(_cpu_s(process.pid) for process in self.processes)

    def peak_rss_mb(self) -> float:
        """Of the largest."""
        return max(_peak_rss_mb(process.pid) for process in self.processes)


@contextmanager
def sending(settings: Settings, folder: Path, workers: int) -> Iterator[Senders]:
    """So many workers and a clock with these settings, at work when the block begins and ended with it. Refused when
    one does not come to that in time."""
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for number, role in enumerate(["clock", *["worker"] * workers]):
            log = folder / f"{role}{number}.log"
            processes.append(_started(role, settings, log))
        for number, process in enumerate(processes):
            role = "worker" if number else "clock"
            _await(process, folder / f"{role}{number}.log", _READY[role])
        yield Senders(processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            _end(process)


def _started(role: str, settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("GRANNSAMVERKAN_")}
    for section, values in settings.model_dump().items():
        env |= {f"GRANNSAMVERKAN_{section}_{key}".upper(): str(value) for key, value in values.items()}
    env |= {"GRANNSAMVERKAN_LOG_LEVEL": "INFO", "GRANNSAMVERKAN_LOG_FORM": "json"}  # they say there when they are ready
    with log.open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "grannsamverkan", role],
            env=env,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C ends the command, and the command ends them
        )


def _await(process: "subprocess.Popen[bytes]", log: Path, word: bytes) -> None:
    deadline = time.monotonic() + _START_S
    while word not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            raise Refused("sender_did_not_start", exit_code=str(process.poll()))
        time.sleep(_POLL_S)


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _cpu_s(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _peak_rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1_024
