"""What every act stands on: the world, the oracle, and small ways of choosing among what there is."""

import itertools
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.foundation.phone import show
from grannsamverkan.foundation.ports import ChannelKind
from tests.machine.oracle import Entry, Home, Oracle
from tests.machine.world import PASSWORD, Facts, World
from tests.support.builders import HOOR, a_mailbox, a_phone

PICK = st.integers(0, 999)
SHOWS = st.sampled_from(["nothing", "name", "contact"])
PEOPLE = 12


def phone_of(somebody: int) -> str:
    """Not the first ones, which stand on pages as examples."""
    return a_phone(somebody + 20)


def mailbox_of(somebody: int) -> str:
    """The last two share theirs."""
    return a_mailbox(min(somebody, PEOPLE - 2))


def way_to(address: str) -> dict[str, str]:
    """An address as a form takes it."""
    return {"phone": "" if "@" in address else show(address), "email": address if "@" in address else ""}


class Acts(RuleBasedStateMachine):
    """A world of its own for every sequence of acts."""

    template: ClassVar[Path]
    keys: ClassVar[dict[str, str]]
    folder: ClassVar[Path]
    acts: ClassVar[int] = 0
    numbers: ClassVar["itertools.count[int]"] = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.place = self.folder / f"world{next(self.numbers)}"
        self.world = World(self.template, self.place, self.keys)
        self.oracle = Oracle()
        self.count = itertools.count(1)
        self.accounts: dict[int, int] = {}  # person → account
        self.asked_codes: set[str] = set()
        self.goodbyes: set[str] = set()  # addresses that may still be told that they are no more
        self.last_alert: int | None = None
        self.read_from: list[list[Any]] = []
        self.facts = self.world.facts()

    def teardown(self) -> None:
        self.world.close()
        shutil.rmtree(self.place, ignore_errors=True)

    def fresh(self) -> Facts:
        """The facts, in the middle of an act."""
        self.facts = self.world.facts()
        return self.facts

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def label(self, kind: str = "Lya") -> str:
        """A name that stands nowhere else: Lya0001q of a household, Namn0001q of a contact person, and so on."""
        return f"{kind}{next(self.count):04}q"

    @staticmethod
    def pick(things: Iterable[int], number: int) -> int:
        ordered = sorted(things)
        return ordered[number % len(ordered)]

    def living(self) -> list[int]:
        """Networks that have not ended."""
        return [network_id for network_id, state in self.facts.states.items() if state != "ended"]

    def entry(self, person_id: int, municipality_code: str) -> Entry:
        return self.oracle.entries.setdefault(person_id, Entry(person_id, municipality_code))

    def new_home(self, label: str, shows: str, landline: str = "") -> Home:
        """The household that was made last."""
        ((household_id, person_id),) = self.world.sql(
            "SELECT household_id, person_id FROM household_member ORDER BY id DESC LIMIT 1"
        )
        assert household_id not in self.oracle.homes
        home = Home(household_id, person_id, label if shows != "nothing" else "", shows, landline)
        self.oracle.homes[household_id] = home
        return home

    @staticmethod
    def address(somebody: int, by_mail: bool) -> str:
        return mailbox_of(somebody % PEOPLE) if by_mail else phone_of(somebody % PEOPLE)

    def code_for(self, address: str) -> str | None:
        self.asked_codes.add(address)
        return self.world.newest_code()

    def office(self, network_id: int, page: str, form: dict[str, Any] | None = None) -> int:
        """The coordinator acts on a page of the network."""
        code = self.facts.municipalities[network_id]
        client = self.world.staff("samordnare" if code == HOOR else "samordnare-eslov")
        return self.world.post(client, f"/omraden/{network_id}/{page}", form).status_code

    def take_on(self, somebody: int, network_id: int, unit_id: int | None, role: ContactRole) -> None:
        """The office writes down a contact person, who gets an account."""
        form = {
            "helper": "0",
            "name": self.label("Namn"),
            "phone": show(phone_of(somebody)),
            "email": "",
            "role": role.value,
            "unit": str(unit_id or 0),
        }
        assert self.office(network_id, "kontaktombud", form) == 303
        code = self.facts.municipalities[network_id]
        ((person_id,),) = self.world.sql("SELECT MAX(id) FROM person")
        entry = self.entry(person_id, code)
        entry.name = form["name"]
        entry.confirmed.add(phone_of(somebody))
        entry.wants.add(ChannelKind.SMS)
        self.oracle.closed.discard(phone_of(somebody))  # they have told the office their number; a STOPP stands
        kind = Role.LEAD_CONTACT_PERSON if role is ContactRole.LEAD else Role.CONTACT_PERSON
        draft = AccountDraft(f"ombud{person_id}", PASSWORD, kind, municipality_code=code, person_id=person_id)
        with self.world.database.write() as rows:
            self.accounts[person_id] = accounts.add_account(rows, draft, self.now, passwords=CHEAP).id or 0
