"""Start both stand-ins, find them again, tell them how to behave, and count what they accepted."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from .acceptance_log import Counted, acceptance_times, count, lost

__all__ = ["Counted", "Standins", "acceptance_times", "count", "lost", "start_standins"]

SAVED = "standins.json"
READY_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 3.0
ELKS_USER = "u" + "0" * 32
ANSWER_TIMEOUT_S = 10.0

# A proxy set in the environment must not come between a program and its own machine.
_opener = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Address:
    """Everything needed to reach two running stand-ins; what a saved file holds."""

    sms_port: int
    sms_pid: int
    smtp_port: int
    mail_control_port: int
    mail_pid: int
    account_sid: str
    auth_token: str
    report_key: str
    elks_port: int = 0  # the second SMS provider, where there is one
    elks_pid: int = 0


class Standins:
    """Both stand-ins, running. As a context manager it stops them at the end."""

    def __init__(self, folder: Path, address: Address, children: tuple[subprocess.Popen[bytes], ...] = ()) -> None:
        self.folder = folder
        self._address = address
        self._children = children
        self.sms_url = f"http://127.0.0.1:{address.sms_port}"
        self.smtp_host = "127.0.0.1"
        self.smtp_port = address.smtp_port
        self.mail_control_url = f"http://127.0.0.1:{address.mail_control_port}"
        self.sms_log = sms_log(folder)
        self.mail_log = mail_log(folder)
        self.account_sid = address.account_sid
        self.auth_token = address.auth_token
        self.report_key = address.report_key
        self.elks_url = f"http://127.0.0.1:{address.elks_port}" if address.elks_port else ""

    @classmethod
    def attach(cls, folder: Path) -> "Standins | None":
        """Find the stand-ins that an earlier program started in this folder; None when they do not both answer."""
        try:
            address = Address(**json.loads((folder / SAVED).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        found = cls(folder, address)
        return found if found.are_alive() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pids(self) -> tuple[int, int]:
        """The processes: SMS, mail."""
        return self._address.sms_pid, self._address.mail_pid

    @property
    def ports(self) -> tuple[int, ...]:
        """Where messages are taken: SMS, mail, and the second SMS provider where there is one."""
        found = (self._address.sms_port, self._address.smtp_port, self._address.elks_port)
        return tuple(port for port in found if port)

    def are_alive(self) -> bool:
        """Whether both answer, as the very processes that were started."""
        return all(_answers_as(url, pid) for url, pid in self._processes())

    def stop(self) -> None:
        """End both: first asked to, then killed. Safe to repeat, and never hits a process that is not a stand-in."""
        if self._children:
            for child in self._children:
                _end(child)
        else:
            for url, pid in self._processes():
                _end_found(url, pid)
        (self.folder / SAVED).unlink(missing_ok=True)

    def behave_sms(self, switches: Mapping[str, Any]) -> None:
        """Lay switches over those of the SMS stand-in; ValueError for an unknown one."""
        _call(f"{self.sms_url}/_behave", switches)

    def behave_mail(self, switches: Mapping[str, Any]) -> None:
        """Lay switches over those of the mail stand-in; ValueError for an unknown one."""
        _call(f"{self.mail_control_url}/_behave", switches)

    def behave_elks(self, switches: Mapping[str, Any]) -> None:
        """Lay switches over those of the second SMS provider; ValueError for an unknown one."""
        _call(f"{self.elks_url}/_behave", switches)

    def reset(self) -> None:
        """Both forget messages and switches, back to the addresses to post to they were started with; logs stay."""
        _call(f"{self.sms_url}/_reset", {})
        _call(f"{self.mail_control_url}/_reset", {})
        if self.elks_url:
            _call(f"{self.elks_url}/_reset", {})

    def send_from_phone(self, sender: str, to: str, body: str) -> int | None:
        """Send an SMS to the product; returns the product's HTTP status, None when it did not answer."""
        answer = _call(f"{self.sms_url}/_inbound", {"from": sender, "to": to, "body": body})
        status = answer["status"]
        return None if status is None else int(status)

    def sms_messages(self, after: int = 0, to: str = "") -> list[dict[str, Any]]:
        """What the phones received and sent since index `after`, oldest first; the newest ones only are kept."""
        return _all_messages(self.sms_url, after, to)

    def elks_messages(self, after: int = 0, to: str = "") -> list[dict[str, Any]]:
        """What phones received and sent by the second provider since index `after`, oldest first."""
        return _all_messages(self.elks_url, after, to)

    def send_from_phone_by_elks(self, sender: str, to: str, body: str) -> int | None:
        """Send an SMS to the product's number at the second provider; returns the product's HTTP status."""
        status = _call(f"{self.elks_url}/_inbound", {"from": sender, "to": to, "body": body})["status"]
        return None if status is None else int(status)

    def mail_messages(self, after: int = 0, to: str = "") -> list[dict[str, Any]]:
        """What the mailboxes received since index `after`, oldest first; the newest ones only are kept."""
        return _all_messages(self.mail_control_url, after, to)

    def _processes(self) -> list[tuple[str, int]]:
        always = [(self.sms_url, self._address.sms_pid), (self.mail_control_url, self._address.mail_pid)]
        return [*always, *([(self.elks_url, self._address.elks_pid)] if self.elks_url else [])]


def start_standins(
    folder: Path,
    *,
    sms_port: int = 0,
    smtp_port: int = 0,
    mail_control_port: int = 0,
    inbound_url: str = "",
    report_url: str = "",
    account_sid: str = "",
    auth_token: str = "",
    report_key: str = "",
    behave_sms: Mapping[str, Any] | None = None,
    behave_mail: Mapping[str, Any] | None = None,
    keep_sms: int = 20_000,
    keep_mail: int = 5_000,
    lifetime_s: float = 43_200.0,
    elks_inbound_url: str | None = None,
) -> Standins:
    """Start both, and with an `elks_inbound_url` (even "") the second SMS provider too, in sessions of their own, with
    logs and ready files in `folder` (made if need be).

    Port 0 takes a free one; an empty account, token or key is drawn at random. TimeoutError when one is not
    ready in time, RuntimeError when it ends at once; then neither is left running.
    """
    folder.mkdir(parents=True, exist_ok=True)
    account_sid, auth_token = account_sid or "AC" + secrets.token_hex(16), auth_token or secrets.token_hex(16)
    report_key = report_key or secrets.token_hex(32)
    sms_arguments = [
        "--port", str(sms_port), "--log", str(sms_log(folder)), "--inbound-url", inbound_url, "--account", account_sid,
        "--token", auth_token, "--behave", json.dumps(dict(behave_sms or {})), "--keep", str(keep_sms),
        "--lifetime-s", str(lifetime_s),
    ]  # fmt: skip
    mail_arguments = [
        "--port", str(smtp_port), "--control-port", str(mail_control_port), "--log", str(mail_log(folder)),
        "--report-url", report_url, "--report-key", report_key, "--behave", json.dumps(dict(behave_mail or {})),
        "--keep", str(keep_mail), "--lifetime-s", str(lifetime_s),
    ]  # fmt: skip
    children: list[subprocess.Popen[bytes]] = []
    try:
        children.append(_spawn("sms", folder, sms_arguments))
        children.append(_spawn("mail", folder, mail_arguments))
        if elks_inbound_url is not None:
            # One log for both providers, so that what goes by either is counted as one message.
            changes = {"--port": "0", "--inbound-url": elks_inbound_url, "--account": ELKS_USER}
            children.append(_spawn("elks", folder, _with(sms_arguments, changes)))
        sms, mail = _ready("sms", folder, children[0]), _ready("mail", folder, children[1])
        elks = {"port": 0, "pid": 0} if elks_inbound_url is None else _ready("elks", folder, children[2])
    except BaseException:
        for child in children:
            _end(child)
        raise
    address = Address(
        sms["port"], sms["pid"], mail["port"], mail["control_port"], mail["pid"], account_sid, auth_token, report_key,
        elks["port"], elks["pid"],
    )  # fmt: skip
    _save(folder, address)
    return Standins(folder, address, tuple(children))


def sms_log(folder: Path) -> Path:
    """Where the SMS stand-in started in this folder writes what it accepted."""
    return folder / "sms-accepted.jsonl"


def mail_log(folder: Path) -> Path:
    """Where the mail stand-in started in this folder writes what it accepted."""
    return folder / "mail-accepted.jsonl"


def _with(arguments: list[str], changes: Mapping[str, str]) -> list[str]:
    """The same arguments with other values for some."""
    names, values = arguments[::2], arguments[1::2]
    return [word for name, value in zip(names, values, strict=True) for word in (name, changes.get(name, value))]


def _spawn(name: str, folder: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    ready = folder / f"{name}-ready.json"
    ready.unlink(missing_ok=True)
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    with (folder / f"{name}-errors.txt").open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", f"grannsamverkan.standins.{name}", "--ready", str(ready), *arguments],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )


def _ready(name: str, folder: Path, child: subprocess.Popen[bytes]) -> dict[str, int]:
    ready, deadline_s = folder / f"{name}-ready.json", time.monotonic() + READY_TIMEOUT_S
    while not ready.exists():
        if child.poll() is not None:
            raise RuntimeError(f"the {name} stand-in ended at once; see {name}-errors.txt")
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"the {name} stand-in was not ready in time")
        time.sleep(0.01)
    facts: dict[str, int] = json.loads(ready.read_text(encoding="utf-8"))
    return facts


def _save(folder: Path, address: Address) -> None:
    draft = folder / f"{SAVED}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(address), file)
    draft.replace(folder / SAVED)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait(STOP_TIMEOUT_S)


def _end_found(url: str, pid: int) -> None:
    """End a stand-in that another program started; its pid counts only while it answers with it."""
    deadline_s = time.monotonic() + STOP_TIMEOUT_S
    while _answers_as(url, pid):
        is_late = time.monotonic() > deadline_s
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL if is_late and hasattr(signal, "SIGKILL") else signal.SIGTERM)
        time.sleep(0.05)


def _answers_as(url: str, pid: int) -> bool:
    try:
        return bool(_call(f"{url}/_health").get("pid") == pid)
    except (OSError, ValueError):
        return False


def _all_messages(url: str, after: int, to: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while batch := _call(f"{url}/_messages?after={after}&to={quote(to)}"):
        if not batch["messages"]:
            break
        found += batch["messages"]
        after = batch["next"]
    return found


def _call(url: str, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """GET, or POST when there are facts; ValueError with the stand-in's words when it refuses (400, 409)."""
    body = None if facts is None else json.dumps(dict(facts)).encode()
    try:
        request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - always a stand-in's own address
        with _opener.open(request, timeout=ANSWER_TIMEOUT_S) as answer:
            read: dict[str, Any] = json.load(answer)
    except URLError as problem:
        status, words = getattr(problem, "code", 0), getattr(problem, "fp", None)
        if status == 502 and words is not None:
            refused: dict[str, Any] = json.load(words)
            return refused
        if status in (400, 409) and words is not None:
            raise ValueError(json.load(words).get("error")) from None
        raise
    return read
