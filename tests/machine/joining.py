"""Neighbours join: with a slip, on the web, at the door; and those who only want a watch tell so."""

from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from grannsamverkan.domain import membership, networks
from grannsamverkan.foundation.phone import show
from tests.machine.base import PEOPLE, PICK, SHOWS, Acts, mailbox_of, phone_of, way_to
from tests.machine.oracle import Asked, Entry, channel_of
from tests.support.builders import ESLOV, HOOR


class Joining(Acts):
    """How somebody comes to be written down."""

    @rule(somebody=PICK, by_mail=st.booleans(), network=PICK, unit=PICK, shows=SHOWS)
    def joins_with_a_slip(self, somebody: int, by_mail: bool, network: int, unit: int, shows: str) -> None:
        network_id = self.pick(self.living(), network)
        units = self.facts.units_of(network_id)
        unit_id = self.pick(units, unit) if units and unit % 4 else None
        client = self.world.visitor()
        answer = self.world.post(client, "/ga-med", {"code": self._slip(network_id, unit_id)})
        assert answer.status_code == 303, answer.status_code
        if unit_id is None:
            unit_id = self._says_where(client, network_id, unit)
        self._goes_on(client, somebody, by_mail, network_id, unit_id, shows, has_slip=True)

    def _slip(self, network_id: int, unit_id: int | None) -> str:
        with self.world.database.write() as rows:
            network = networks.network(rows, network_id)
            unit = networks.unit_of(rows, network_id, unit_id)
            row = membership.make_batch(rows, network, unit, slips=3, days=90, account_id=1, now=self.now)
            return row.code

    def _says_where(self, client: FlaskClient, network_id: int, unit: int) -> int | None:
        units = self.facts.units_of(network_id)
        unit_id = self.pick([*units, 0], unit)
        if units:
            assert self.world.post(client, "/ga-med/var", {"unit": str(unit_id)}).status_code == 303
        return unit_id or None

    @rule(somebody=PICK, by_mail=st.booleans(), network=PICK, unit=PICK, shows=SHOWS)
    def asks_on_the_web(self, somebody: int, by_mail: bool, network: int, unit: int, shows: str) -> None:
        network_id = self.pick(self.living(), network)
        client = self.world.visitor()
        assert self.world.post(client, f"/ga-med?omrade={network_id}").status_code == 303
        unit_id = self._says_where(client, network_id, unit)
        self._goes_on(client, somebody, by_mail, network_id, unit_id, shows, has_slip=False)

    def _goes_on(
        self,
        client: FlaskClient,
        somebody: int,
        by_mail: bool,
        network_id: int,
        unit_id: int | None,
        shows: str,
        *,
        has_slip: bool,
    ) -> None:
        address = self.address(somebody, by_mail)
        assert self.world.post(client, "/ga-med/hur", way_to(address)).status_code == 303
        assert self.world.post(client, "/ga-med/kod", {"code": self.code_for(address)}).status_code == 303
        label, code = self.label(), self.facts.municipalities[network_id]
        known = self.oracle.known(code, address, self.facts)
        answer = self.world.post(client, "/ga-med/val", {"wants": "y", "shows": shows, "label": label})
        assert answer.status_code == 303
        outcome = self._outcome(client)
        if known is None:
            ((person_id,),) = self.world.sql("SELECT MAX(id) FROM person")
            known = self.entry(person_id, code)
        self.oracle.proved(known, address)
        if outcome == "joined":
            assert has_slip
            home = self.new_home(label, shows)
            assert home.person_id == known.person_id
            self._joined(known, network_id)
        elif outcome == "waiting":
            self._asked(known, network_id, unit_id, label, shows, address)

    def _outcome(self, client: FlaskClient) -> str:
        page = client.get("/ga-med/klart").get_data(as_text=True)
        return "joined" if "Nu är du med" in page else "already" if "redan med" in page else "waiting"

    def _joined(self, entry: Entry, network_id: int) -> None:
        """Whoever has joined is no longer only interested."""
        closed = {
            row.id
            for row in self.world.sql(
                "SELECT id FROM interest WHERE person_id = :person AND network_id = :network",
                person=entry.person_id,
                network=network_id,
            )
        }
        self.oracle.interested = {key: one for key, one in self.oracle.interested.items() if key not in closed}

    def _asked(self, entry: Entry, network_id: int, unit_id: int | None, label: str, shows: str, address: str) -> None:
        rows = self.world.sql(
            "SELECT id FROM join_request WHERE network_id = :network AND person_id = :person AND state = 'waiting'",
            network=network_id,
            person=entry.person_id,
        )
        assert len(rows) == 1
        if rows[0].id not in self.oracle.asked:
            shown = label if shows != "nothing" else ""
            self.oracle.asked[rows[0].id] = Asked(
                rows[0].id, network_id, unit_id, entry.person_id, shown, shows, address
            )

    @precondition(lambda self: any(one.is_waiting for one in self.oracle.asked.values()))
    @rule(request=PICK, decider=PICK, yes=st.booleans())
    def decides(self, request: int, decider: int, yes: bool) -> None:
        """Whoever tries; only those who may succeed."""
        waiting = [one.id for one in self.oracle.asked.values() if one.is_waiting]
        asked = self.oracle.asked[self.pick(waiting, request)]
        person_id = self.pick(sorted(self.accounts), decider)
        may = asked.id in self.oracle.decides(person_id, asked.network_id, self.facts)
        answer = self.world.post(
            self.world.signed_in(self.accounts[person_id]),
            f"/omraden/{asked.network_id}/hushall/forfragan/{asked.id}",
            {"svar": "ja" if yes else "nej", "ja": "1"},
        )
        assert answer.status_code == (303 if may else 404), answer.status_code
        if not may:
            return
        asked.is_waiting = False
        entry = self.oracle.entries[asked.person_id]
        lives_there = asked.network_id in self.oracle.networks_of(entry, self.facts)
        if yes and not lives_there:
            home = self.new_home(asked.label, asked.shows)
            assert home.person_id == asked.person_id
            self._joined(entry, asked.network_id)
        if not yes:
            self.goodbyes |= entry.confirmed

    @precondition(lambda self: bool(sorted(self.accounts)))
    @rule(
        writer=PICK,
        somebody=PICK,
        has_phone=st.booleans(),
        has_mail=st.booleans(),
        has_landline=st.booleans(),
        shows=SHOWS,
        unit=PICK,
    )
    def is_written_in_at_the_door(
        self,
        writer: int,
        somebody: int,
        has_phone: bool,
        has_mail: bool,
        has_landline: bool,
        shows: str,
        unit: int,
    ) -> None:
        person_id = self.pick(sorted(self.accounts), writer)
        facts = self.facts
        mine = {
            role.network_id
            for role_id, role in facts.roles.items()
            if role.person_id == person_id and role_id not in self.oracle.ended_roles
        }
        if not mine:
            return
        network_id = self.pick(mine, unit)
        units, label, somebody = facts.units_of(network_id), self.label(), somebody % PEOPLE
        landline = f"+4684650{400 + somebody:04}" if has_landline else ""
        form = {
            "unit": str(self.pick([*units, 0], unit)),
            "label": label,
            "phone": show(phone_of(somebody)) if has_phone else "",
            "email": mailbox_of(somebody) if has_mail else "",
            "landline": show(landline) if landline else "",
            "shows": shows,
            "paper_on": "2026-03-04",
            "signed": "y",
        }
        client = self.world.signed_in(self.accounts[person_id])
        answer = self.world.post(client, f"/omraden/{network_id}/hushall/nytt", form)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        home = self.new_home(label, shows, landline)
        entry = self.entry(home.person_id, facts.municipalities[network_id])
        for address, given in ((phone_of(somebody), has_phone), (mailbox_of(somebody), has_mail)):
            if given:
                others = [other.paused_until for other in self.oracle.owners(address) if other.paused_until]
                entry.paused_until = max([*others, *([entry.paused_until] if entry.paused_until else [])], default=None)
                entry.confirmed.add(address)
                entry.wants.add(channel_of(address))
                self.oracle.closed.discard(address)  # a paper signed anew is a new choice; a STOPP stands

    @rule(somebody=PICK, by_mail=st.booleans(), code=st.sampled_from([HOOR, ESLOV]))
    def tells_their_interest(self, somebody: int, by_mail: bool, code: str) -> None:
        address, client = self.address(somebody, by_mail), self.world.visitor()
        form = {**way_to(address), "kind": "villa", "place": self.label("Plats")}
        assert self.world.post(client, f"/anmal-intresse/{code}", form).status_code == 303
        digits = self.code_for(address)
        assert self.world.post(client, "/anmal-intresse/kod", {"code": digits}).status_code == 303
        ((interest_id, person_id),) = self.world.sql("SELECT id, person_id FROM interest ORDER BY id DESC LIMIT 1")
        entry = self.entry(person_id, code)
        entry.place = form["place"]
        entry.confirmed.add(address)
        entry.proven.add(address)
        entry.wants.add(channel_of(address))
        self.oracle.closed.discard(address)
        self.oracle.interested[interest_id] = person_id

    @precondition(lambda self: bool(self.oracle.interested))
    @rule(interest=PICK, network=PICK, closes=st.booleans())
    def office_answers_an_interest(self, interest: int, network: int, closes: bool) -> None:
        interest_id = self.pick(self.oracle.interested, interest)
        entry = self.oracle.entries[self.oracle.interested[interest_id]]
        mine = [one for one in self.living() if self.facts.municipalities[one] == entry.municipality_code]
        if not mine:
            return
        chosen = {"val": str(interest_id), "gor": "close" if closes else "existing", "ja": "1"}
        form = {**chosen, "omrade": str(self.pick(mine, network))}
        offices = ["samordnare", "samordnare-eslov"]
        own = offices.pop(entry.municipality_code == ESLOV)
        assert self.world.post(self.world.staff(offices[0]), "/intressen", form).status_code == 404
        assert self.world.post(self.world.staff(own), "/intressen", form).status_code == 303
        if closes:
            del self.oracle.interested[interest_id]
            self.oracle.forget_if_needless(entry, self.fresh())
