"""A list that needs all memory there is, brought in while warnings are sent: it fails alone."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from grannsamverkan.domain.accounts import Role
from grannsamverkan.sheets import LARGEST_BYTES, MOST_COLUMNS, MOST_ROWS
from grannsamverkan.standins.launch import Standins
from tests.engines.conftest import Installation, installed
from tests.engines.test_engines import HERE, all_in, texts
from tests.engines.test_faults import environment
from tests.sheets.test_workbooks import with_far_cell
from tests.support.builders import a_street, an_account, an_approved_alert

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_PASSWORD = "en lampa i varje fönster"
_READER_MB = 768
_PHONES = 95


@dataclass
class Most:
    """The most memory, in MB, of the server and of any reader beside it."""

    server_mb: float = 0.0
    reader_mb: float = 0.0


@pytest.fixture
def one(request: pytest.FixtureRequest, standins: Standins, keys: dict[str, str]) -> Iterator[Installation]:
    """Pages and senders are one process here: nowhere is an import nearer to them."""
    with installed("embedded", request, standins, keys) as found:
        yield found


@contextmanager
def serving(installation: Installation, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    env = environment(installation, GRANNSAMVERKAN_LOG_LEVEL="INFO")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "grannsamverkan", "serve"], env=env, cwd=folder, stderr=log)
    try:
        ends_s, found = time.monotonic() + 60, None
        while found is None and time.monotonic() < ends_s:
            time.sleep(0.05)
            log_text = (folder / "log").read_text("utf-8")
            found = re.search(r'"port": (\d+)[^\n]*"serving"|"serving"[^\n]*"port": (\d+)', log_text)
        assert found is not None
        yield process, f"http://127.0.0.1:{found[1] or found[2]}"
    finally:
        process.kill()
        process.wait(10)


def signed_in(base: str) -> requests.Session:
    visit = requests.Session()
    visit.trust_env = False
    form = {"csrf_token": token_of(visit, f"{base}/logga-in"), "name": "samordnare", "password": _PASSWORD}
    assert visit.post(f"{base}/logga-in", data=form, timeout=30).status_code == 200
    return visit


def token_of(visit: requests.Session, url: str) -> str:
    found = _TOKEN.search(visit.get(url, timeout=30).text)
    assert found is not None
    return found[1]


def bring(visit: requests.Session, url: str, name: str, content: bytes) -> tuple[int, str]:
    answer = visit.post(url, data={"csrf_token": token_of(visit, url)}, files={"file": (name, content)}, timeout=120)
    return answer.status_code, answer.text


def most_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def watched(server: int) -> Iterator[Most]:
    most, is_over = Most(), threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            most.server_mb = most_mb(server)
            for children in Path(f"/proc/{server}/task").glob("*/children"):
                with suppress(OSError):  # it has ended meanwhile
                    most.reader_mb = max(most.reader_mb, *map(most_mb, map(int, children.read_text().split())), 0.0)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield most
    finally:
        is_over.set()
        watching.join()


def the_widest() -> bytes:
    """As many cells of as much text as a list may have: a million, nine million characters."""
    headings = ";".join(f"rubrik {number}" for number in range(MOST_COLUMNS))
    row = ";".join(f"{number:08d}" for number in range(MOST_COLUMNS))
    return "\n".join([headings, *(row for _ in range(MOST_ROWS - 1))]).encode()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="how much memory is used stands in /proc")
def test_a_list_that_needs_all_memory_fails_alone(one: Installation, standins: Standins, tmp_path: Path) -> None:
    """Beside it the largest that is taken: a server with pages and senders must have room for that."""
    standins.behave_sms({"latency_ms": 250})
    street = a_street(one.leaving, phones=_PHONES)
    with one.leaving.database.write() as session:
        an_account(session, "samordnare", Role.COORDINATOR)
    lists = {"none": b"", "hostile": with_far_cell(), "widest": the_widest()}
    assert len(lists["widest"]) <= LARGEST_BYTES
    answers: dict[str, list[tuple[int, str]]] = {}
    took_s: dict[str, float] = {}
    server_mb: dict[str, float] = {}
    with serving(one, tmp_path) as (server, base), watched(server.pid) as most:
        visit, url = signed_in(base), f"{base}/omraden/{street}/listor"
        for name, content in lists.items():
            alert_id = an_approved_alert(one.leaving, street)
            began_s, answers[name] = time.monotonic(), []
            while not all_in(one, alert_id, *HERE):
                assert time.monotonic() < began_s + 120
                if content:
                    answers[name].append(bring(visit, url, f"lista.{'csv' if name == 'widest' else 'xlsx'}", content))
            took_s[name], server_mb[name] = time.monotonic() - began_s, most.server_mb
        assert server.poll() is None
    assert {status for status, _ in answers["hostile"]} == {422}
    assert all("Filen är för stor. Den får vara högst 10 MB." in page for _, page in answers["hostile"])
    assert {status for status, _ in answers["widest"]} == {200}
    assert (len(texts(standins)), set(texts(standins).values())) == (3 * _PHONES, {1})
    assert most.reader_mb <= _READER_MB
    assert server_mb["hostile"] < server_mb["none"] + 50
    assert server_mb["widest"] < 1_000
    assert took_s["hostile"] < 2 * took_s["none"]
