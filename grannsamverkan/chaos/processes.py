"""The product's processes as an operator starts them, to be killed, frozen and started again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grannsamverkan.foundation.errors import Refused

_END_S = 20.0
_START_S = 60.0
_ANSWER_S = 5.0
_to_this_machine = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def environment(sections: Mapping[str, Mapping[str, Any]], **more: str) -> dict[str, str]:
    """Settings as an operator gives them to a process; none of ours reach it by accident."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GRANNSAMVERKAN_")}
    for section, values in sections.items():
        env |= {f"GRANNSAMVERKAN_{section}_{key}".upper(): str(value) for key, value in values.items()}
    return env | more


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@dataclass
class Process:
    """`grannsamverkan <role>`, whether it lives or not. `code`: the folder of another version's, instead of this.
    `within`: what goes before its command line, where it runs on another host."""

    role: str
    sections: Mapping[str, Mapping[str, Any]]
    folder: Path
    code: Path | None = None
    within: tuple[str, ...] = ()
    _child: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self, fault_point: str = "", *, port: int | None = None) -> None:
        more = {"GRANNSAMVERKAN_FAULT_POINT": fault_point} if fault_point else {}
        more |= {} if port is None else {"GRANNSAMVERKAN_WEB_PORT": str(port)}
        more |= {} if self.code is None else {"PYTHONPATH": str(self.code)}
        with (self.folder / f"{self.role}.log").open("ab") as log:  # a file: where the disk refuses, it does here too
            self._child = subprocess.Popen(
                [*self.within, sys.executable, "-m", "grannsamverkan", self.role],
                env=environment(self.sections, **more),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    @property
    def is_alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def was_killed(self) -> bool:
        """Whether its last life ended by SIGKILL, of whoever."""
        return self._child is not None and self._child.poll() == -signal.SIGKILL

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait(_END_S)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """Ask it to end; after a while it is killed."""
        if not self.is_alive or self._child is None:
            return
        self.thaw()
        self._child.terminate()
        try:
            self._child.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        if self.is_alive and self._child is not None:
            self._child.send_signal(number)


@dataclass
class Processes:
    """All of one installation. `senders` hand over, `others` keep the clock and show the pages."""

    senders: list[Process]
    others: list[Process]
    port: int

    @property
    def all(self) -> list[Process]:
        return [*self.others, *self.senders]

    def revive(self) -> None:
        """Start whoever is dead, and let the frozen go on."""
        for process in self.all:
            process.thaw()
            if not process.is_alive:
                process.start()

    def end(self) -> None:
        for process in self.all:
            process.thaw()
            process.end()

    def await_pages(self) -> None:
        """Until the pages answer and a clock ticks; Refused when that takes too long."""
        deadline = time.monotonic() + _START_S
        while page_status(self.port, "/halsa/redo") != 200:
            if time.monotonic() > deadline:
                raise Refused("server_did_not_start", exit_code="")
            time.sleep(0.05)


def page_status(port: int, path: str) -> int:
    """What a page answers; 0 when it does not."""
    return _status(f"http://localhost:{port}{path}")


def post_forged(port: int, path: str, form: bytes) -> int:
    """What the entrance of receipts answers to a form that somebody else has signed; 0 when it does not."""
    return _status(urllib.request.Request(f"http://localhost:{port}{path}", form, {"X-Twilio-Signature": "Zm9yZ2Vk"}))


def _status(asked: str | urllib.request.Request) -> int:
    try:
        with _to_this_machine.open(asked, timeout=_ANSWER_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@contextlib.contextmanager
def running(
    sections: Mapping[str, Mapping[str, Any]],
    folder: Path,
    *,
    workers: int = 2,
    clocks: int = 2,
    elsewhere: Process | None = None,
) -> Iterator[Processes]:
    """The processes of an installation with these settings, of either kind, all ended with the block. `elsewhere`: the
    last of its workers, on another host."""

    def of(role: str) -> Process:
        return Process(role, sections, folder)

    port = int(sections["web"]["port"])
    if sections["engine"]["kind"] == "distributed":
        others = [of("web"), *(of("clock") for _ in range(clocks))]
        senders = [of("worker") for _ in range(workers - 1)] + [elsewhere or of("worker")]
        processes = Processes(senders, others, port)
    else:
        processes = Processes([of("serve")], [], port)
    try:
        processes.revive()
        processes.await_pages()
        yield processes
    finally:
        for process in processes.all:
            process.kill()
