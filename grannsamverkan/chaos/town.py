"""What the processes work on: settings, households with a phone and a mailbox each, and warnings to all of them."""

import threading
from dataclasses import dataclass
from typing import Any

from grannsamverkan import flow
from grannsamverkan.bench.people import MUNICIPALITY, RULES, address
from grannsamverkan.domain import accounts, alerts, deliveries, networks, people, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.alerts import Advice, AlertDraft, AlertKind, DayPart, Dwelling, ReasonKind, Source, Target
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import ELKS_USER, Standins

CONNECTIONS = 2
STEP = 10
SENDER, SECOND_SENDER = "+46701740699", "+46701740698"
# The most emails that are under way in one sender, and so the most copies of one interruption of it.
UNDER_WAY = STEP * CONNECTIONS
_MANY = {ReasonKind.OVER_BUDGET: "Så många varningar som det behövs."}
SIGN_IN_NAME, PASSWORD = "kaos", "en-lång-mening-till-kaoset"  # of a town that is thrown away


@dataclass(frozen=True)
class Town:
    """Who is warned, and who may warn."""

    network_id: int
    account_id: int
    households: int


@dataclass(frozen=True)
class Warned:
    """A warning that was let go. `began_s`: when, in seconds since the epoch."""

    alert_id: int
    number: int
    sms_text: str
    began_s: float


def sections(database_url: str, standins: Standins, port: int = 0, *, distributed: bool = False) -> dict[str, Any]:
    """The settings of an installation that is in a hurry, by section, with keys of its own."""
    return {
        "installation": {"mode": "demo", "base_url": f"http://localhost:{port or 9}"},
        "database": {"url": database_url},
        "keys": {"data": new_key(), "lookup": new_key(), "web": new_key()},
        "web": {"port": port, "threads": 4 if port else 1},
        "sms": {
            "account_sid": standins.account_sid,
            "auth_token": standins.auth_token,
            "sender": SENDER,
            "base_url": standins.sms_url,
            **_second(standins),
            "connections": CONNECTIONS,
            "timeout_s": 2.0,
            "ask_after_s": 1.0,
            "receipt_wait_s": 3.0,
        },
        "email": {
            "host": standins.smtp_host,
            "port": standins.smtp_port,
            "domain": "gs.hoor.example",
            "connections": CONNECTIONS,
            "step": STEP,
            "timeout_s": 3.0,
        },
        "engine": {
            "kind": "distributed" if distributed else "embedded",
            "tick_s": 0.2,
            "batch_size": 200,
            "lease_s": 10.0,
            "stalled_after_s": 2.0,
        },
        "log": {"level": "ERROR"},
    }


def _second(standins: Standins) -> dict[str, str]:
    if not standins.elks_url:
        return {}
    return {
        "second_username": ELKS_USER,
        "second_password": standins.auth_token,
        "second_sender": SECOND_SENDER,
        "second_base_url": standins.elks_url,
    }


def settle_in(runtime: Runtime, households: int) -> Town:
    """A network of households, each with a phone and a mailbox, all of them willing."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        places.serve(session, MUNICIPALITY, mail_name="hoor", now=now)
        places.set_rules(session, MUNICIPALITY, RULES)
        network = networks.add_network(
            session, MUNICIPALITY, "Mätområdet", NetworkKind.VILLA, now=now, state=NetworkState.ACTIVE
        )
        draft = AccountDraft(SIGN_IN_NAME, PASSWORD, Role.COORDINATOR, municipality_code=MUNICIPALITY)
        account = accounts.add_account(session, draft, now, passwords=CHEAP)
        for number in range(1, households + 1):
            person = people.add_person(session, MUNICIPALITY, now=now)
            household = networks.add_household(session, network, now=now)
            networks.join(session, household, person.id or 0, now=now)
            for channel in ChannelKind:
                people.add_address(session, person, channel, address(channel, number), now=now)
                people.consent(session, person, channel, given_by=GivenBy.OFFICE, now=now)
    return Town(network.id or 0, account.id or 0, households)


def warn(runtime: Runtime, town: Town, *, approvals: int = 1) -> Warned:
    """A warning to everybody, let go as often as `approvals` says, all at the same moment."""
    now = runtime.clock.now()
    warning = AlertDraft(
        kind=AlertKind.BURGLARY_HOME,
        dwelling=Dwelling.VILLA,
        happened_on=now.astimezone(STOCKHOLM).date(),
        day_part=DayPart.NIGHT_TO,
        advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE),
        targets=(Target(network_id=town.network_id),),
    )
    with runtime.database.write() as session:
        alert = alerts.start(session, warning, author_account_id=town.account_id, source=Source.MUNICIPALITY, now=now)
    alert_id = alert.id or 0
    content = flow.check_alert(runtime, alert_id=alert_id).content

    def approve() -> None:
        flow.approve_alert(
            runtime, alert_id=alert_id, approver_account_id=town.account_id, content=content, reasons=_MANY
        )

    began_s = runtime.clock.now().timestamp()
    more = [threading.Thread(target=approve) for _ in range(approvals - 1)]
    for thread in more:
        thread.start()
    approve()
    for thread in more:
        thread.join()
    with runtime.database.read() as session:
        sent = alerts.alert(session, alert_id)
        return Warned(alert_id, sent.number or 0, sent.sms_text or "", began_s)


def is_done(runtime: Runtime, alert_id: int) -> bool:
    """Whether every batch is done, asked of the rows as an operator would."""
    with runtime.database.read() as session:
        row = alerts.alert(session, alert_id)
        return row.fanned_out_at is not None and deliveries.open_batches(session, alert_id) == 0
