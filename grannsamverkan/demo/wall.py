"""The phone wall of a demo: what the stand-ins hold, with the names of those in the made-up town whose it is."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.demo.cast import GUEST
from grannsamverkan.domain import alerts, places
from grannsamverkan.domain.networks import ContactPerson, Household, HouseholdMember, WatchNetwork
from grannsamverkan.domain.people import ContactAddress, Person, StopEntry
from grannsamverkan.foundation.errors import NotFound, Unavailable
from grannsamverkan.foundation.phone import show
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.runtime import Runtime
from grannsamverkan.standins.launch import Standins
from grannsamverkan.web.demo_phones import Bubble, Device, Sheet, Standing

_KEPT = 20  # newest messages of one phone
_UNDER_WAY = frozenset({"queued", "accepted", "sending", "sent"})
_NEVER_ARRIVED = frozenset({"undelivered", "failed"})
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Inbox:
    """What the stand-ins have shown so far. Only what is new is fetched, and what was still on its way."""

    def __init__(self, standins: Standins) -> None:
        self._standins = standins
        self._lock = threading.Lock()
        self._sms: dict[int, dict[str, Any]] = {}
        self._mail: dict[int, dict[str, Any]] = {}
        self._sms_after = self._mail_after = 0

    def of_all(self) -> dict[tuple[ChannelKind, str], list[Bubble]]:
        """Each address's messages, oldest first; Unavailable when a stand-in does not answer."""
        with self._lock:
            try:
                self._fetch()
            except OSError:
                raise Unavailable("phones") from None
            found: dict[tuple[ChannelKind, str], list[Bubble]] = {}
            for message in self._sms.values():
                if message["status"] not in _NEVER_ARRIVED:
                    phone, bubble = _sms_bubble(message)
                    found.setdefault((ChannelKind.SMS, phone), []).append(bubble)
            for message in self._mail.values():
                found.setdefault((ChannelKind.EMAIL, message["to"].lower()), []).append(_mail_bubble(message))
        return {address: bubbles[-_KEPT:] for address, bubbles in found.items()}

    def unreached(self) -> set[str]:
        """Phones that the last message never reached."""
        with self._lock:
            last = {message["to"]: message["status"] for message in self._sms.values() if message["to"]}
        return {phone for phone, status in last.items() if status in _NEVER_ARRIVED}

    def _fetch(self) -> None:
        for message in self._standins.sms_messages(after=self._sms_after):
            self._sms[message["index"]] = message
        under_way = [index for index, message in self._sms.items() if message["status"] in _UNDER_WAY]
        self._sms_after = min(under_way, default=max(self._sms, default=0) + 1) - 1
        for message in self._standins.mail_messages(after=self._mail_after):
            self._mail[message["index"]] = message
            self._mail_after = message["index"]


def _sms_bubble(message: dict[str, Any]) -> tuple[str, Bubble]:
    """Whose phone it is on, and the message there."""
    is_mine = message["direction"] == "inbound"
    at = datetime.fromtimestamp(message["t"], UTC)
    return message["from" if is_mine else "to"], Bubble(message["body"], at, is_mine)


def _mail_bubble(message: dict[str, Any]) -> Bubble:
    return Bubble(message["text"].strip(), datetime.fromtimestamp(message["t"], UTC), subject=message["subject"])


@dataclass(frozen=True)
class _Owner:
    address: ContactAddress
    paused_until: datetime | None
    is_stopped: bool
    network: str
    household: str
    is_contact_person: bool


class Wall:
    """The wall over running stand-ins and the demo's rows."""

    guest = GUEST

    def __init__(self, runtime: Runtime, standins: Standins) -> None:
        self._runtime, self._standins = runtime, standins
        self._inbox = Inbox(standins)

    def devices(self) -> Sequence[Device]:
        """Every phone and mailbox of the town, newest activity first."""
        messages, unreached = self._inbox.of_all(), self._inbox.unreached()
        now = self._runtime.clock.now()
        with self._runtime.database.read() as session:
            found = [_device(owner, messages, unreached, now) for owner in _owners(session)]
        return sorted(found, key=_activity, reverse=True)

    def sheet(self) -> Sheet | None:
        """The newest warning, as it hangs in the entrance."""
        with self._runtime.database.read() as session:
            codes = [row.code for row in places.served(session)]
            newest = alerts.latest(session, codes, limit=1)
            if not newest:
                return None
            return _sheet(session, newest[0], self._runtime.settings.installation.base_url)

    def answer(self, key: int, text: str) -> None:
        """Send from that phone to the product, through the stand-in. NotFound, ValueError or OSError when it cannot."""
        with self._runtime.database.read() as session:
            address = session.get(ContactAddress, key)
            if address is None or address.channel != ChannelKind.SMS:
                raise NotFound
            number = address.value
        self._standins.send_from_phone(number, self._runtime.settings.sms.sender, text)


def _activity(device: Device) -> tuple[datetime, bool]:
    """A neighbour's own answer counts to the second; one warning to many is one moment, so that they keep still."""
    last = device.bubbles[-1].at if device.bubbles else _LONG_AGO
    has_answered = any(bubble.is_mine for bubble in device.bubbles)
    return last if has_answered else last.replace(second=0, microsecond=0), has_answered


def _device(
    owner: _Owner, messages: dict[tuple[ChannelKind, str], list[Bubble]], unreached: set[str], now: datetime
) -> Device:
    kind, value = ChannelKind(owner.address.channel), owner.address.value
    is_paused = owner.paused_until is not None and owner.paused_until > now
    return Device(
        key=owner.address.id or 0,
        kind=kind,
        network=owner.network,
        household=owner.household,
        address=show(value) if kind is ChannelKind.SMS else value,
        is_contact_person=owner.is_contact_person,
        standing=_standing(owner, value in unreached, is_paused),
        paused_until=owner.paused_until if is_paused else None,
        bubbles=tuple(messages.get((kind, value.lower() if kind is ChannelKind.EMAIL else value), ())),
    )


def _standing(owner: _Owner, is_unreached: bool, is_paused: bool) -> Standing:
    if is_unreached or owner.address.dead_since is not None:
        return Standing.OLD_NUMBER
    if owner.is_stopped:
        return Standing.STOPPED
    return Standing.PAUSED if is_paused else Standing.OPEN


def _owners(session: Session) -> Iterator[_Owner]:
    """Whose each phone and mailbox is. One that several have given, or one that joins just now, is shown once: as the
    one who lives somewhere, where there is one."""
    contact_persons = set(session.exec(select(ContactPerson.person_id).where(col(ContactPerson.until).is_(None))))
    stopped = set(session.exec(select(StopEntry.channel, StopEntry.lookup)))
    lives_there = col(HouseholdMember.until).is_(None)
    rows = (
        select(ContactAddress, Person.paused_until, WatchNetwork.name, Household.label)
        .join(Person, col(Person.id) == col(ContactAddress.person_id))
        .outerjoin(HouseholdMember, (col(HouseholdMember.person_id) == col(Person.id)) & lives_there)
        .outerjoin(Household, col(Household.id) == col(HouseholdMember.household_id))
        .outerjoin(WatchNetwork, col(WatchNetwork.id) == col(Household.network_id))
        .order_by(col(WatchNetwork.id).is_(None), col(ContactAddress.id))
    )
    seen: set[tuple[int, bytes]] = set()
    for address, paused_until, network, household in session.exec(rows):
        if (address.channel, address.lookup) in seen:
            continue
        seen.add((address.channel, address.lookup))
        yield _Owner(
            address=address,
            paused_until=paused_until,
            is_stopped=(address.channel, address.lookup) in stopped,
            network=network or "",
            household=household or "",
            is_contact_person=address.person_id in contact_persons,
        )


def _sheet(session: Session, alert: alerts.Alert, base_url: str) -> Sheet:
    names = alerts.places_of(session, alert.id or 0)
    facts = alerts.facts_of(alert, places.municipality(session, alert.municipality_code), names, base_url)
    return Sheet(names[0], facts.number, alert.headline or "", tuple(alerts.advice_sentences(facts)))
