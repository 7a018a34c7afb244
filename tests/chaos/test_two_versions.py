"""The version before and this one, on one database: its tables are changed under the old processes in the middle of a
warning, they go on beside the new ones, and end in the middle of another. No SMS is lost or doubled, no email is
lost, and pages are answered all the while.

The old code is the product's own, as it was before the newest revision.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory

from grannsamverkan import invariants
from grannsamverkan.bench.people import MUNICIPALITY
from grannsamverkan.bench.visits import Line, Visitor
from grannsamverkan.chaos.outside import Got, Since
from grannsamverkan.chaos.processes import Process, environment, free_port, page_status
from grannsamverkan.chaos.town import PASSWORD, SIGN_IN_NAME, Town, is_done, sections, warn
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.settings import load
from grannsamverkan.standins.launch import start_standins
from grannsamverkan.wiring import build_runtime
from tests.support.pg_server import PgServer

pytestmark = [pytest.mark.chaos, pytest.mark.slow]
_HOUSEHOLDS = 200  # each with a phone and a mailbox: 400 copies of each warning
_PAGES = ("/", f"/kommun/{MUNICIPALITY}", "/halsa/live")
_OF_STAFF = ("/hem", "/varningar", "/omraden")  # asked for by somebody who signed in with the old version
_PRODUCT = ("grannsamverkan", "migrations", "templates", "config.example.toml")
_SETTLE_IN_AND_WARN = f"""
import json
from grannsamverkan.chaos.town import settle_in, warn
from grannsamverkan.settings import load
from grannsamverkan.wiring import build_runtime
runtime = build_runtime(load())
town = settle_in(runtime, {_HOUSEHOLDS})
print(json.dumps([town.network_id, town.account_id, warn(runtime, town).alert_id]))
"""


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_the_version_before_goes_on_beside_this_one(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    before = _code_before(tmp_path / "before")
    url = str(tmp_path / "rolling.db") if kind == "sqlite" else _empty_on(request.getfixturevalue("postgres"))
    roles = ("serve",) if kind == "sqlite" else ("web", "worker", "clock")
    slowly: dict[str, Any] = {"latency_ms": 150}
    with start_standins(
        tmp_path / "outside",
        behave_sms={**slowly, "callbacks": ["delivered"]},
        behave_mail={**slowly, "reports": False},
        lifetime_s=400,
    ) as standins:
        chosen = sections(url, standins, distributed=kind == "postgres")
        chosen["engine"]["batch_size"] = 20  # so that either version takes batches of either warning
        chosen["sms"]["receipt_wait_s"] = 120.0  # receipts lead nowhere here; nobody asks for them meanwhile
        old = _Version("old", chosen, tmp_path, roles, before)
        new = _Version("new", chosen, tmp_path, roles)
        try:
            started_at = old.command("db", "upgrade", "--json")["now"]
            first = Since(standins)
            town, alert_id = old.settled_in_and_warned()
            old.start()
            old.staff, new.staff = repeat(_signed_in(old.port), 2)
            _wait(lambda: first.number() > 20)
            told = new.command("db", "upgrade", "--json")
            assert told["before"] == started_at
            if not told["suits_before"]:
                pytest.skip("the newest revisions say that the version before has to be stopped first")
            runtime = build_runtime(load(None, **chosen))
            changed_at = first.number()
            assert changed_at < 2 * _HOUSEHOLDS, "all was sent too soon: warn more households"
            _wait(lambda: first.number() > changed_at + 20)  # by the old code, on the new tables
            new.start()
            _wait(lambda: is_done(runtime, alert_id))
            _everybody_got_one(first)

            second = Since(standins)
            warned = warn(runtime, town)
            _wait(lambda: second.number() > 40)
            assert second.number() < 2 * _HOUSEHOLDS, "the old ended too late: warn more households"
            old.end()
            _wait(lambda: is_done(runtime, warned.alert_id))
            _everybody_got_one(second)
            old.start()  # as after a restart in the middle: it finds itself among those that suit
            offences = invariants.offences(runtime)
            assert not any(offences.values()), offences
        finally:
            old.kill()
            new.kill()
    for version in (old, new):
        assert version.unanswered == []
        assert version.answered > 10
        assert version.answered_staff > 5
        assert "_failed" not in version.log()


def _signed_in(port: int) -> dict[str, str]:
    """The cookies of the coordinator."""
    visitor, line = Visitor(), Line(port)
    visitor.send(line, "/logga-in", name=SIGN_IN_NAME, password=PASSWORD)
    line.close()
    return visitor.cookies


def _everybody_got_one(since: Since) -> None:
    got: Got = since.got(_HOUSEHOLDS, without={kind: set() for kind in ChannelKind}, stopped_at={}, began_s=0.0)
    assert (got.lost, got.doubled_sms, got.repeated_mail) == (0, 0, 0)


@dataclass
class _Version:
    """The processes of one version, and visitors who ask for its pages from when they are there until they end; with
    the cookies `staff`, for those of staff too."""

    name: str
    sections: dict[str, Any]
    folder: Path
    roles: tuple[str, ...]
    code: Path | None = None
    port: int = field(default_factory=free_port)
    staff: dict[str, str] | None = None
    answered: int = 0
    answered_staff: int = 0
    unanswered: list[tuple[str, int]] = field(default_factory=list)
    _left: threading.Event = field(default_factory=threading.Event)
    _visitor: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.folder = self.folder / self.name
        self.folder.mkdir()
        self._processes = [Process(role, self.sections, self.folder, self.code) for role in self.roles]

    def command(self, *words: str) -> Any:
        return json.loads(self._python("-m", "grannsamverkan", *words))

    def settled_in_and_warned(self) -> tuple[Town, int]:
        """Households, and a warning to them, all written by this version."""
        network_id, account_id, alert_id = json.loads(self._python("-c", _SETTLE_IN_AND_WARN))
        return Town(network_id, account_id, _HOUSEHOLDS), alert_id

    def start(self) -> None:
        for process in self._processes:
            process.start(port=self.port)
        _wait(lambda: page_status(self.port, "/halsa/redo") == 200)
        self._left.clear()
        self._visitor = threading.Thread(target=self._visit, daemon=True)
        self._visitor.start()

    def end(self) -> None:
        """As a service manager ends them, once the proxy asks them no more."""
        self._leave()
        assert all(process.is_alive for process in self._processes), "the product ended by itself"
        with ThreadPoolExecutor() as together:
            list(together.map(Process.end, self._processes))

    def kill(self) -> None:
        self._leave()
        for process in self._processes:
            process.kill()

    def log(self) -> str:
        return "".join(file.read_text("utf-8") for file in self.folder.glob("*.log"))

    def _python(self, *words: str) -> str:
        more = {} if self.code is None else {"PYTHONPATH": str(self.code)}
        done = subprocess.run(
            [sys.executable, *words],
            env=environment(self.sections, **more),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    def _visit(self) -> None:
        while not self._left.is_set():
            for path in _PAGES:
                self._note(path, page_status(self.port, path))
            if self.staff is not None:
                line = Line(self.port)
                for path in _OF_STAFF:
                    self._note(path, Visitor(dict(self.staff)).get(line, path).status)
                line.close()
            self._left.wait(0.2)

    def _note(self, path: str, status: int) -> None:
        self.answered += status == 200
        self.answered_staff += status == 200 and path in _OF_STAFF
        if status != 200:
            self.unanswered.append((path, status))

    def _leave(self) -> None:
        self._left.set()
        if self._visitor is not None:
            self._visitor.join()


def _code_before(folder: Path) -> Path:
    """The product's code as it was before its newest revision was written, taken from its history."""
    root = resource_folder("migrations").parent
    scripts = ScriptDirectory(str(root / "migrations"))
    newest = Path(scripts.get_revision(str(scripts.get_current_head())).path).relative_to(root)
    added = _git(root, "log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest))
    # Not yet committed, it came after everything else.
    before = _git(root, "rev-parse", "--verify", "--quiet", f"{added}^" if added else "HEAD")
    if not before:
        pytest.skip("the history of the code is not at hand")
    packed = folder.with_suffix(".tar")
    _git(root, "archive", f"--output={packed}", before, *_PRODUCT)
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _git(root: Path, *words: str) -> str:
    """What it says; nothing where there is no such history, such as in a shallow clone."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip()


def _empty_on(server: PgServer) -> str:
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS rolling WITH (FORCE)")
        connection.execute("CREATE DATABASE rolling")
    return server.url("rolling")


def _wait(has_come: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not has_come():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)
