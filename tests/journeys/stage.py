"""The product as visitors meet it: web, engine and sender in this process, stand-ins for SMS and mail beside it, an
empty Höör with a coordinator and a police officer, and a clock that may leap."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from waitress.server import create_server

from grannsamverkan import settings
from grannsamverkan.app import create_app
from grannsamverkan.demo.stage import free_port, standing_by
from grannsamverkan.domain import accounts, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.jobs.embedded import EmbeddedEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from grannsamverkan.wiring import build_runtime, ensure_schema
from tests.support.builders import AT_ONCE

HOOR = "1267"
SENDER = "+46701740699"
PASSWORD = "en lampa i varje fönster"
_PATIENCE_S = 15.0


class LeapingClock:
    """The machine's clock, so many days ahead."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def leap(self, by: timedelta) -> None:
        self._ahead += by


@dataclass
class Stage:
    """A running product and the phones around it."""

    runtime: Runtime
    standins: Standins
    url: str
    clock: LeapingClock

    def day(self, ahead: int) -> str:
        """A day from today, as a date field takes it."""
        return (self.today() + timedelta(days=ahead)).isoformat()

    def today(self) -> date:
        return in_sweden(self.clock.now()).date()

    def on_phone(self, phone: str, words: str, *, after: int = 0) -> str:
        """The newest SMS on this phone with these words in it, once it has come; `after` so many others like it."""
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            bodies = [sms["body"] for sms in self.standins.sms_messages(to=phone) if words in sms["body"]]
            if len(bodies) > after:
                return str(bodies[-1])
            time.sleep(0.05)
        raise AssertionError(f"nothing about {words!r} on the phone")

    def code_on(self, phone: str, *, after: int = 0) -> str:
        """The digits of the newest code, as a person reads them off their phone."""
        found = re.match(r"\d{6}", self.on_phone(phone, "är din kod", after=after))
        assert found is not None
        return found[0]

    def answer(self, phone: str, text: str) -> None:
        """Send an SMS from this phone to the product."""
        assert self.standins.send_from_phone(phone, SENDER, text) == 200


@contextmanager
def running(folder: Path) -> Iterator[Stage]:
    listening = free_port(0)
    url = f"http://localhost:{listening.getsockname()[1]}"
    with listening, standing_by(folder / "standins", url) as standins:
        clock, engine = LeapingClock(), EmbeddedEngine()
        runtime = build_runtime(_settings(folder, standins, url), engine=engine, clock=clock)
        ensure_schema(runtime)
        _open(runtime)
        app = create_app(runtime, ())
        app.testing = False
        server = create_server(app, sockets=[listening], threads=4, ident="")
        threading.Thread(target=server.run, name="web", daemon=True).start()
        engine.start(runtime)
        try:
            yield Stage(runtime, standins, url, clock)
        finally:
            engine.stop()
            server.close()
            runtime.close()


def _settings(folder: Path, standins: Standins, url: str) -> settings.Settings:
    return settings.load(
        installation={"mode": "demo", "base_url": url},
        database={"url": str(folder / "journey.db")},
        keys={"data": new_key(), "lookup": new_key(), "web": new_key()},
        sms={
            "account_sid": standins.account_sid,
            "auth_token": standins.auth_token,
            "sender": SENDER,
            "base_url": standins.sms_url,
        },
        email={"host": standins.smtp_host, "port": standins.smtp_port, "domain": "gs.hoor.example"},
        engine={"tick_s": 0.2},
        codes={"per_visitor_hour": 200, "per_block_hour": 200},  # a whole town behind one address
        log={"level": "ERROR", "form": "text"},
    )


def _open(runtime: Runtime) -> None:
    now = runtime.clock.now()
    with runtime.database.write() as rows:
        places.serve(rows, HOOR, mail_name="hoor", now=now)
        places.set_rules(rows, HOOR, AT_ONCE)  # the clock is real, and may say that it is night
        police_area = places.municipality(rows, HOOR).local_police_area_id
        for draft in (
            AccountDraft("samordnare", PASSWORD, Role.COORDINATOR, municipality_code=HOOR),
            AccountDraft("polis", PASSWORD, Role.POLICE, local_police_area_id=police_area),
        ):
            accounts.add_account(rows, draft, now, passwords=CHEAP)


class Quick:
    """A visitor without a browser, for the many: the same pages and forms over HTTP."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.session, self.at = stage, requests.Session(), ""
        self.page = ""

    def open(self, path: str) -> None:
        self._arrive(self.session.get(path if path.startswith("http") else self.stage.url + path, timeout=30))

    def send(self, path: str, **form: Any) -> None:
        """Send the form of the page at hand there, with its token; it has to be taken."""
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.page)
        assert found is not None, self.at
        answer = self.session.post(self.stage.url + path, data={"csrf_token": found[1], **form}, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code}"
        self._arrive(answer)

    def _arrive(self, answer: requests.Response) -> None:
        self.at, self.page = answer.url, answer.text

    def sign_in(self, name: str) -> None:
        self.open("/logga-in")
        self.send("/logga-in", name=name, password=PASSWORD)
