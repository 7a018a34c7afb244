"""Rows with telling defaults: a served Höör, a network, neighbours with a phone or a mailbox, a warning.

Phones are those that the Swedish regulator keeps for fiction, mailboxes end in .example.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan import flow
from grannsamverkan.domain import accounts, alerts, networks, people, places
from grannsamverkan.domain.accounts import CHEAP, Account, AccountDraft, Role
from grannsamverkan.domain.alerts import (
    Advice,
    Alert,
    AlertClass,
    AlertDraft,
    AlertKind,
    DayPart,
    Dwelling,
    SequelDraft,
    Source,
    Target,
    Told,
)
from grannsamverkan.domain.deliveries import Batch, Delivery, DeliveryState
from grannsamverkan.domain.networks import Household, NetworkKind, NetworkState, Unit, WatchNetwork
from grannsamverkan.domain.people import GivenBy, Person
from grannsamverkan.domain.places import Rules, ServedMunicipality
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOOR, HORBY, ESLOV = "1267", "1266", "1285"
# A town where nothing is put off: neither hold nor quiet hours.
AT_ONCE = Rules(warning_hold_s=0, quiet_from=0, quiet_to=0, warnings_a_week=20)
_MAIL_NAMES = {HOOR: "hoor", HORBY: "horby", ESLOV: "eslov"}


def a_phone(number: int) -> str:
    """One of the 95 numbers kept for fiction, as E.164."""
    assert 0 <= number < 95
    return f"+{46701740605 + number}"


def a_mailbox(number: int) -> str:
    return f"granne{number}@post.example"


def a_network(
    session: Session,
    name: str = "Nyby",
    *,
    municipality_code: str = HOOR,
    kind: NetworkKind = NetworkKind.VILLA,
    state: NetworkState = NetworkState.ACTIVE,
    now: datetime = NOW,
    dwellings: int | None = 30,
) -> WatchNetwork:
    """An active villa network in Höör, which is served from then on."""
    if session.get(ServedMunicipality, municipality_code) is None:
        places.serve(session, municipality_code, mail_name=_MAIL_NAMES[municipality_code], now=now)
        places.set_rules(session, municipality_code, AT_ONCE)
    return networks.add_network(session, municipality_code, name, kind, now=now, state=state, dwellings=dwellings)


def a_person(session: Session, *, sms: str = "", email: str = "", now: datetime = NOW) -> Person:
    """Someone who has chosen to be reached at these addresses; by nothing, when there are none."""
    person = people.add_person(session, HOOR, now=now)
    for channel, address in ((ChannelKind.SMS, sms), (ChannelKind.EMAIL, email)):
        if address:
            people.add_address(session, person, channel, address, now=now)
            people.consent(session, person, channel, given_by=GivenBy.SELF, now=now)
    return person


def a_household(
    session: Session,
    network: WatchNetwork,
    *members: Person,
    unit: Unit | None = None,
    label: str = "Nybyvägen 1",
    now: datetime = NOW,
) -> Household:
    """A joined household with its people."""
    household = networks.add_household(session, network, now=now, unit=unit, label=label)
    for person in members:
        networks.join(session, household, person.id or 0, now=now)
    session.flush()
    return household


def a_neighbour(session: Session, network: WatchNetwork, *, sms: str = "", email: str = "") -> Household:
    """A household of one person."""
    return a_household(session, network, a_person(session, sms=sms, email=email))


def an_account(session: Session, name: str = "polis", role: Role = Role.POLICE, **place: Any) -> Account:
    """Police of Höör's area, a coordinator of Höör, or whoever `place` says."""
    where: dict[Role, dict[str, Any]] = {
        Role.POLICE: {"local_police_area_id": _police_area(session)},
        Role.COORDINATOR: {"municipality_code": HOOR},
    }
    draft = AccountDraft(name, "en lampa i varje fönster", role, **{**where.get(role, {}), **place})
    return accounts.add_account(session, draft, NOW, passwords=CHEAP)


def _police_area(session: Session) -> int | None:
    return places.municipality(session, HOOR).local_police_area_id


def a_draft(*network_ids: int, **changes: Any) -> AlertDraft:
    """A burglary last night in a villa, to these whole networks."""
    filled = {
        "kind": AlertKind.BURGLARY_HOME,
        "dwelling": Dwelling.VILLA,
        "happened_on": date(2026, 3, 4),
        "day_part": DayPart.NIGHT_TO,
        "advice": (Advice.LOCK, Advice.LIGHT_OUTSIDE),
        "targets": tuple(Target(network_id=network_id) for network_id in network_ids),
    }
    return AlertDraft(**{**filled, **changes})


def a_started_alert(session: Session, *network_ids: int, **changes: Any) -> Alert:
    """A police draft by an account of its own name, made if need be."""
    known = session.exec(select(Account).where(Account.sign_in_name == "polis")).first()
    author = known or an_account(session)
    draft = a_draft(*network_ids, **changes)
    return alerts.start(session, draft, author_account_id=author.id or 0, source=Source.POLICE, now=NOW)


def an_approved_alert(runtime: Runtime, *network_ids: int, **changes: Any) -> int:
    """The id of a warning that a police officer has written, looked at and approved."""
    with runtime.database.write() as session:
        alert = a_started_alert(session, *network_ids, **changes)
        alert_id, author_id = alert.id or 0, alert.author_account_id
    checked = flow.check_alert(runtime, alert_id=alert_id)
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author_id, content=checked.content)
    return alert_id


def a_sequel(runtime: Runtime, about_id: int, alert_class: AlertClass, told: Told, **changes: Any) -> int:
    """The id of an approved message that goes on with this one, by whoever wrote that."""
    draft = SequelDraft(alert_class=alert_class, told=told, **changes)
    with runtime.database.write() as session:
        about = alerts.alert(session, about_id)
        author_id = about.author_account_id
        row = alerts.start_sequel(
            session, about, draft, author_account_id=author_id, source=Source.POLICE, now=runtime.clock.now()
        )
        alert_id = row.id or 0
    checked = flow.check_alert(runtime, alert_id=alert_id)
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=author_id, content=checked.content)
    return alert_id


def set_rules(runtime: Runtime, municipality_code: str = HOOR, **changes: Any) -> None:
    """Local rules: nothing is put off but what these say."""
    with runtime.database.write() as session:
        places.set_rules(session, municipality_code, replace(AT_ONCE, **changes))


def a_street(runtime: Runtime, *, phones: int = 0, mailboxes: int = 0) -> int:
    """The id of a network of this many households with a phone each, and this many with a mailbox each."""
    with runtime.database.write() as session:
        network = a_network(session)
        for number in range(phones):
            a_neighbour(session, network, sms=a_phone(number))
        for number in range(mailboxes):
            a_neighbour(session, network, email=a_mailbox(number))
        return network.id or 0


def deliveries_of(runtime: Runtime, alert_id: int) -> list[Delivery]:
    with runtime.database.read() as session:
        return list(session.exec(select(Delivery).where(Delivery.alert_id == alert_id).order_by(col(Delivery.id))))


def states_of(runtime: Runtime, alert_id: int) -> list[DeliveryState]:
    """The state of each copy, in the order they were made."""
    return [DeliveryState(row.state) for row in deliveries_of(runtime, alert_id)]


def batches_of(runtime: Runtime, alert_id: int) -> list[Batch]:
    with runtime.database.read() as session:
        return list(session.exec(select(Batch).where(Batch.alert_id == alert_id).order_by(col(Batch.id))))


def copies_by_address(runtime: Runtime, alert_id: int) -> dict[str, Delivery]:
    """Each copy under the address it goes to, also where that address is stored no more."""
    known = [a_phone(number) for number in range(95)], [a_mailbox(number) for number in range(60)]
    with runtime.database.read() as session:
        addresses = {
            (channel, people.lookup_of(session, channel, address)): address
            for channel, group in zip(ChannelKind, known, strict=True)
            for address in group
        }
    return {addresses[ChannelKind(row.channel), row.lookup]: row for row in deliveries_of(runtime, alert_id)}


def fates(runtime: Runtime, alert_id: int) -> dict[str, DeliveryState]:
    """What became of each address's copy."""
    return {address: DeliveryState(row.state) for address, row in copies_by_address(runtime, alert_id).items()}
