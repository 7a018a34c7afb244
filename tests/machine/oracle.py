"""What people have accepted, kept beside the product and without its queries: who may read whom, who may be written to.

One `Entry` is somebody as they were written down once. The same phone may stand in several: a neighbour who joined, and
whom a contact person wrote in at the door as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden
from tests.machine.world import Facts, RoleRow

START_WITHIN = timedelta(days=14)
PAUSE = timedelta(days=14)


def channel_of(address: str) -> ChannelKind:
    return ChannelKind.EMAIL if "@" in address else ChannelKind.SMS


@dataclass
class Entry:
    """Somebody, with the addresses that were confirmed and those that were proven by a code, and what they chose."""

    person_id: int
    municipality_code: str
    confirmed: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)
    wants: set[ChannelKind] = field(default_factory=set)
    paused_until: datetime | None = None
    level: str = "all"
    quiet: tuple[int, int] | None = None
    name: str = ""
    place: str = ""  # where somebody lives who has told their interest
    typed: set[str] = field(default_factory=set)  # addresses they have typed into their own page, never confirmed

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def is_quiet(self, now: datetime) -> bool:
        if self.quiet is None:
            return False
        begins, ends = self.quiet
        hour = in_sweden(now).hour
        return begins <= hour < ends if begins < ends else hour >= begins or hour < ends


@dataclass
class Home:
    """A household, and what it has accepted that its contact person sees."""

    id: int
    person_id: int
    label: str
    shows: str
    landline: str = ""
    has_left: bool = False


@dataclass
class Asked:
    """A household that has asked to be let in."""

    id: int
    network_id: int
    unit_id: int | None
    person_id: int
    label: str
    shows: str
    address: str
    is_waiting: bool = True


@dataclass(frozen=True)
class Reading:
    """What may be read of a household."""

    label: str
    addresses: frozenset[str]
    landline: str


class Oracle:
    """All of it."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.homes: dict[int, Home] = {}
        self.asked: dict[int, Asked] = {}
        self.stopped: dict[str, datetime] = {}
        self.interested: dict[int, int] = {}  # open interests: the person of each
        self.closed: set[str] = set()  # addresses whose owner wants nothing, until they say otherwise
        self.newcomers: dict[str, int] = {}  # what was noted of somebody who has moved in: the network
        self.newcomer_tasks: dict[str, int] = {}
        self.ended_roles: set[int] = set()

    # ------------------------------------------------------------------------------------------ who reads

    def reads(self, viewer: int, network_id: int, facts: Facts) -> dict[int, Reading]:
        """Household id → what this person may read of it as a contact person of the network; nothing for the rest."""
        roles = self._in_network(viewer, network_id, facts)
        if not roles:
            return {}
        is_seeing_lead = network_id in facts.lead_sees and any(role.role == "lead" for role in roles.values())
        return {
            home.id: self._reading(home)
            for home in self.homes.values()
            if not home.has_left
            and facts.households[home.id].network_id == network_id
            and (is_seeing_lead or self._is_theirs(home, roles, facts))
        }

    def roles_of(self, viewer: int, facts: Facts) -> list[RoleRow]:
        """The contact roles that somebody carries now."""
        return [
            role
            for role_id, role in facts.roles.items()
            if role.person_id == viewer and role_id not in self.ended_roles
        ]

    def _in_network(self, viewer: int, network_id: int, facts: Facts) -> dict[int, RoleRow]:
        return {
            role_id: role
            for role_id, role in facts.roles.items()
            if role.person_id == viewer and role.network_id == network_id and role_id not in self.ended_roles
        }

    @staticmethod
    def _is_theirs(home: Home, roles: dict[int, RoleRow], facts: Facts) -> bool:
        """Given to one of these roles last, or in a part that one of them looks after; a deputy only steps in."""
        row = facts.households[home.id]
        return row.last_role_id in roles or any(
            role.role != "deputy" and facts.covers(role, row.unit_id) for role in roles.values()
        )

    def _reading(self, home: Home) -> Reading:
        shows_contact = home.shows == "contact"
        return Reading(
            label=home.label if home.shows != "nothing" else "",
            addresses=frozenset(self.entries[home.person_id].confirmed if shows_contact else ()),
            landline=home.landline if shows_contact else "",
        )

    def decides(self, viewer: int, network_id: int, facts: Facts) -> set[int]:
        """Requests that this contact person may read and decide."""
        return {
            one.id
            for one in self.asked.values()
            if one.is_waiting
            and one.network_id == network_id
            and self._may_decide(viewer, network_id, one.unit_id, facts)
        }

    def _may_decide(self, viewer: int, network_id: int, unit_id: int | None, facts: Facts) -> bool:
        """Those who look after the part; where nobody does, the network's contact persons, and else its deputies."""
        mine = self._in_network(viewer, network_id, facts).values()
        if network_id in facts.lead_sees and any(role.role == "lead" for role in mine):
            return True
        everybody = [
            role
            for role_id, role in facts.roles.items()
            if role.network_id == network_id and role_id not in self.ended_roles
        ]
        own = [role for role in everybody if role.role != "deputy" and facts.covers(role, unit_id)]
        others = [role for role in everybody if role.role != "deputy"]
        return viewer in {role.person_id for role in own or others or everybody}

    # ------------------------------------------------------------------------------------- who is written to

    def owners(self, address: str) -> list[Entry]:
        return [entry for entry in self.entries.values() if address in entry.confirmed]

    def networks_of(self, entry: Entry, facts: Facts) -> set[int]:
        """Where somebody lives now."""
        return {
            facts.households[home.id].network_id
            for home in self.homes.values()
            if home.person_id == entry.person_id and not home.has_left
        }

    def wanting(self, address: str) -> list[Entry]:
        """Those who want to be reached at this address."""
        if address in self.stopped or address in self.closed:
            return []
        return [entry for entry in self.owners(address) if channel_of(address) in entry.wants]

    def warned(self, network_ids: Iterable[int], facts: Facts, now: datetime) -> set[str]:
        """Every address that a warning to these networks goes to."""
        wanted = set(network_ids)
        return {
            address
            for address in self.addresses()
            if any(
                not entry.is_paused(now) and entry.level != "ongoing" and self.networks_of(entry, facts) & wanted
                for entry in self.wanting(address)
            )
        }

    def may_be_told(self, address: str, now: datetime) -> bool:
        """Whether a message that nobody asked for may go there."""
        return any(not entry.is_paused(now) for entry in self.wanting(address))

    def is_quiet(self, address: str, now: datetime) -> bool:
        return any(entry.is_quiet(now) for entry in self.wanting(address))

    def addresses(self) -> set[str]:
        return {address for entry in self.entries.values() for address in entry.confirmed}

    # ------------------------------------------------------------------------------------------- what people do

    def known(self, municipality_code: str, address: str, facts: Facts) -> Entry | None:
        """Of those who have confirmed the address in this municipality: whoever lives, works or waits somewhere, or is
        interested; else whoever came first."""
        found = [entry for entry in self.owners(address) if entry.municipality_code == municipality_code]
        needed = {home.person_id for home in self.homes.values() if not home.has_left}
        needed |= {one.person_id for one in self.asked.values() if one.is_waiting}
        needed |= {role.person_id for role in facts.roles.values() if role.is_open}
        needed |= set(self.interested.values())
        return min(found, key=lambda entry: (entry.person_id not in needed, entry.person_id), default=None)

    def proved(self, entry: Entry, address: str) -> None:
        """A code sent to the address was right, and they have chosen it."""
        entry.confirmed.add(address)
        entry.proven.add(address)
        self.open(entry, address)

    def open(self, entry: Entry, address: str) -> None:
        """They want to be reached there; whoever has stopped the address wants it again wherever it is written down."""
        was_stopped = self.stopped.pop(address, None) is not None
        self.closed.discard(address)
        entry.wants.add(channel_of(address))
        if was_stopped:
            for owner in self.owners(address):
                owner.wants.add(channel_of(address))

    def close(self, address: str) -> None:
        """Nothing more goes to the address, wherever it is written down."""
        self.closed.add(address)
        for owner in self.owners(address):
            owner.wants.discard(channel_of(address))

    def stop(self, address: str, now: datetime) -> None:
        self.stopped.setdefault(address, now)
        self.close(address)

    def start(self, address: str, now: datetime) -> None:
        """START by SMS: within two weeks of a stop, or to end a pause."""
        if address in self.stopped:
            if now - self.stopped[address] > START_WITHIN or not self.owners(address):
                return
            self.open(self.owners(address)[0], address)
        if self.wanting(address):
            for owner in self.owners(address):
                owner.paused_until = None

    def pause(self, address: str, until: datetime) -> None:
        for owner in self.owners(address):
            owner.paused_until = until

    def erase(self, entry: Entry, facts: Facts) -> set[int]:
        """They are nobody any more, nor is whoever was written down with nothing but the addresses they have proven.
        Returns the people who are gone."""
        twins = [
            other
            for other in self.entries.values()
            if other is not entry and other.confirmed and other.confirmed <= entry.proven
        ]
        for address in entry.proven:
            self.close(address)
        for one in (entry, *twins):
            self._erase_one(one, facts)
        return {one.person_id for one in (entry, *twins)}

    def _erase_one(self, entry: Entry, facts: Facts) -> None:
        entry.wants, entry.name, entry.place, entry.paused_until = set(), "", "", None
        for home in self.homes.values():
            if home.person_id == entry.person_id:
                home.has_left = True
        for one in self.asked.values():
            if one.person_id == entry.person_id:
                one.is_waiting = False
        self.interested = {key: person for key, person in self.interested.items() if person != entry.person_id}
        self.ended_roles |= {key for key, role in facts.roles.items() if role.person_id == entry.person_id}

    def forget_if_needless(self, entry: Entry, facts: Facts) -> None:
        """Somebody who lives nowhere, has no task and waits for nothing is erased."""
        carries = any(
            role.person_id == entry.person_id and role_id not in self.ended_roles
            for role_id, role in facts.roles.items()
        )
        waits = any(one.person_id == entry.person_id and one.is_waiting for one in self.asked.values())
        asks = entry.person_id in self.interested.values()
        if not carries and not waits and not asks and not self.networks_of(entry, facts):
            self._erase_one(entry, facts)

    def leave(self, home: Home, facts: Facts) -> None:
        """The household leaves; whoever is then nowhere else is erased."""
        home.has_left = True
        self.forget_if_needless(self.entries[home.person_id], facts)
