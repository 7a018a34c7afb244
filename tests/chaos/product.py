"""The product as a process of its own, to be killed and started again, with everybody it should reach written down."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grannsamverkan import flow
from grannsamverkan.bench.people import MUNICIPALITY, RULES, address
from grannsamverkan.domain import accounts, alerts, deliveries, networks, people, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.alerts import Advice, AlertDraft, AlertKind, DayPart, Dwelling, Source, Target
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings, load
from grannsamverkan.standins.launch import Standins
from grannsamverkan.wiring import build_runtime, ensure_schema, open_database

CONNECTIONS = 2
STEP = 10


@dataclass
class Kill:
    """One life of the process: how it ended, and what it had handed over by then."""

    lived_s: float
    handed_over: int


@dataclass
class Product:
    """`grannsamverkan serve` on a database of its own, over real stand-ins."""

    folder: Path
    standins: Standins
    kills: list[Kill] = field(default_factory=list)
    process: "subprocess.Popen[bytes] | None" = None
    alert_id: int = 0
    number: int = 0
    households: int = 0

    def __post_init__(self) -> None:
        self.keys = {"data": new_key(), "lookup": new_key(), "web": new_key()}
        self.database = self.folder / "chaos.db"

    # -------------------------------------------------------------------------------- what it works on

    def sections(self) -> dict[str, dict[str, Any]]:
        return {
            "installation": {"mode": "demo", "base_url": "http://localhost:9"},
            "database": {"url": str(self.database)},
            "keys": self.keys,
            "web": {"port": 0, "threads": 1},
            "sms": {
                "account_sid": self.standins.account_sid,
                "auth_token": self.standins.auth_token,
                "sender": "+46701740699",
                "base_url": self.standins.sms_url,
                "connections": CONNECTIONS,
                "ask_after_s": 0.2,
            },
            "email": {
                "host": self.standins.smtp_host,
                "port": self.standins.smtp_port,
                "domain": "gs.hoor.example",
                "connections": CONNECTIONS,
                "step": STEP,
            },
            "engine": {"tick_s": 0.2, "batch_size": 200},
            "log": {"level": "ERROR"},
        }

    def settings(self) -> Settings:
        return load(None, **self.sections())

    def prepare(self, households: int) -> None:
        """A network of households, each with a phone and a mailbox, and a warning to all of them, approved."""
        self.households = households
        runtime = build_runtime(self.settings())
        try:
            ensure_schema(runtime)
            self.alert_id, self.number = _approved_warning(runtime, households)
        finally:
            runtime.close()

    # -------------------------------------------------------------------------------- its lives

    def start(self, fault_point: str = "") -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("GRANNSAMVERKAN_")}
        for section, values in self.sections().items():
            env |= {f"GRANNSAMVERKAN_{section}_{key}".upper(): str(value) for key, value in values.items()}
        if fault_point:
            env["GRANNSAMVERKAN_FAULT_POINT"] = fault_point
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grannsamverkan", "serve"], env=env, cwd=self.folder, start_new_session=True
        )

    def accepted(self) -> int:
        return sum(_lines(log) for log in (self.standins.sms_log, self.standins.mail_log))

    def live_and_die(self, chance: random.Random, longest_s: float) -> bool:
        """Start, wait for the first hand-over of this life, live a random while more, and be killed. False when all
        was handed over before it could be."""
        before = self.accepted()
        self.start()
        assert self.process is not None
        deadline = time.monotonic() + 30
        while self.accepted() == before:
            if self.is_done():
                self.end()
                return False
            assert self.process.poll() is None, "the product ended by itself"
            assert time.monotonic() < deadline, "nothing was handed over for 30 s"
            time.sleep(0.002)
        lived_s = chance.uniform(0, longest_s)
        time.sleep(lived_s)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.kills.append(Kill(lived_s, self.accepted() - before))
        return True

    def die_at(self, fault_point: str) -> bool:
        """Start with a fault point and wait for the crash there; False when all was done without reaching it."""
        self.start(fault_point)
        assert self.process is not None
        deadline = time.monotonic() + 30
        while self.process.poll() is None:
            if self.is_done():
                self.end()
                return False
            assert time.monotonic() < deadline, f"neither done nor dead at {fault_point}"
            time.sleep(0.02)
        assert self.process.returncode == -signal.SIGKILL
        self.kills.append(Kill(0.0, 0))
        return True

    def finish(self, within_s: float = 120) -> None:
        """Start and let it do the rest in peace."""
        self.start()
        deadline = time.monotonic() + within_s
        while not self.is_done():
            assert time.monotonic() < deadline, "not finished in time"
            assert self.process is not None
            assert self.process.poll() is None, "the product ended by itself"
            time.sleep(0.05)
        self.end()

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

    def is_done(self) -> bool:
        """Whether every batch is done, asked of the rows as an operator would."""
        database = open_database(self.settings())
        try:
            with database.read() as session:
                row = alerts.alert(session, self.alert_id)
                return row.fanned_out_at is not None and deliveries.open_batches(session, self.alert_id) == 0
        finally:
            database.close()

    # -------------------------------------------------------------------------------- what the outside saw

    def sms_counts(self) -> Counter[str]:
        """How often each phone accepted the warning, by message key."""
        return _keys(self.standins.sms_log)

    def mail_counts(self) -> Counter[str]:
        """How often each mailbox accepted the warning, by Message-ID and recipient."""
        return _keys(self.standins.mail_log)

    def lost_sms(self) -> int:
        seen = self.sms_counts()
        return sum(f"{address(ChannelKind.SMS, n)} {self.number}" not in seen for n in range(1, self.households + 1))

    def lost_mail(self) -> int:
        seen = {key.partition(" ")[2] for key in self.mail_counts()}
        return sum(address(ChannelKind.EMAIL, n) not in seen for n in range(1, self.households + 1))

    def doubled_sms(self) -> int:
        return sum(self.sms_counts().values()) - len(self.sms_counts())

    def repeated_mail(self) -> int:
        return sum(self.mail_counts().values()) - len(self.mail_counts())


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _keys(log: Path) -> Counter[str]:
    return Counter(json.loads(line)["key"] for line in log.read_text("utf-8").splitlines())


def _approved_warning(runtime: Runtime, households: int) -> tuple[int, int]:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        places.serve(session, MUNICIPALITY, mail_name="hoor", now=now)
        places.set_rules(session, MUNICIPALITY, RULES)
        network = networks.add_network(
            session, MUNICIPALITY, "Mätområdet", NetworkKind.VILLA, now=now, state=NetworkState.ACTIVE
        )
        draft = AccountDraft("kaos", "en-lång-mening-till-kaoset", Role.COORDINATOR, municipality_code=MUNICIPALITY)
        account = accounts.add_account(session, draft, now, passwords=CHEAP)
        for number in range(1, households + 1):
            person = people.add_person(session, MUNICIPALITY, now=now)
            household = networks.add_household(session, network, now=now)
            networks.join(session, household, person.id or 0, now=now)
            for channel in ChannelKind:
                people.add_address(session, person, channel, address(channel, number), now=now)
                people.consent(session, person, channel, given_by=GivenBy.OFFICE, now=now)
        warning = AlertDraft(
            kind=AlertKind.BURGLARY_HOME,
            dwelling=Dwelling.VILLA,
            happened_on=now.astimezone(STOCKHOLM).date(),
            day_part=DayPart.NIGHT_TO,
            advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE),
            targets=(Target(network_id=network.id or 0),),
        )
        alert = alerts.start(session, warning, author_account_id=account.id or 0, source=Source.MUNICIPALITY, now=now)
    content = flow.check_alert(runtime, alert_id=alert.id or 0).content
    sent = flow.approve_alert(runtime, alert_id=alert.id or 0, approver_account_id=account.id or 0, content=content)
    return sent.id or 0, sent.number or 0
