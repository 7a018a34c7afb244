"""The fast other side of a measurement: our own small server in C, compiled when it is wanted, and what it used."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

SOURCE = Path(__file__).with_name("sink.c")


class NoTool(RuntimeError):
    """A program that the measurement needs is not on this machine; the message names the package."""


@dataclass(frozen=True)
class Accepted:
    """What a sink took: messages, copies beyond the first to one address, and when each came (epoch seconds), all of
    them in order and the last to each address."""

    messages: int
    doubled: int
    times: list[float]
    at: dict[str, float]


@dataclass(frozen=True)
class Sink:
    """A running sink."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def cpu_s(self) -> float:
        """Processor time it has used so far."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(") ")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def accepted(self) -> Accepted:
        """Read after the last message; the sink writes its log every 50 ms."""
        time.sleep(0.2)
        lines = [line.partition(" ") for line in self.log.read_text("utf-8").splitlines()]
        at = {unquote(address): int(moment) / 1e6 for moment, _, address in lines}
        return Accepted(len(lines), len(lines) - len(at), [int(moment) / 1e6 for moment, _, _ in lines], at)


def program(name: str, package: str) -> str:
    """Where the program is; NoTool names the package that has it."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NoTool(f"{name} is not on this machine: install Debian's package {package}")
    return found


@contextmanager
def running_sink(folder: Path, face: Literal["smtp", "sms"], *, delay_ms: int = 0) -> Iterator[Sink]:
    """Compile the sink into the folder and run it; NoTool without a C compiler."""
    folder.mkdir(parents=True, exist_ok=True)
    binary, log = folder / "sink", folder / "accepted"
    compiled = subprocess.run(
        [program("cc", "gcc"), "-O2", "-o", str(binary), str(SOURCE)], check=False, capture_output=True
    )
    if compiled.returncode:
        raise NoTool("the C compiler could not build the sink: install Debian's packages gcc and libc6-dev")
    process = subprocess.Popen([str(binary), face, str(log), str(delay_ms)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield Sink(int(process.stdout.readline()), log, process)
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()
