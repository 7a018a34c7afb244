"""Networks and their contact persons: tasks taken on and given up, parts split off, networks merged and ended."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from grannsamverkan.domain import networks
from grannsamverkan.domain.networks import ContactRole, NetworkState
from tests.machine.base import PEOPLE, PICK, Acts
from tests.machine.oracle import Home
from tests.machine.world import Facts


class Living(Acts):
    """What contact persons and the office do."""

    @initialize()
    def contact_persons(self) -> None:
        """Two streets with one each and a lead; a network with one; and another municipality's."""
        streets = self.facts.units_of(self.world.nyby)
        self.take_on(0, self.world.nyby, streets[0], ContactRole.CONTACT_PERSON)
        self.take_on(1, self.world.nyby, streets[1], ContactRole.CONTACT_PERSON)
        self.take_on(2, self.world.nyby, None, ContactRole.LEAD)
        self.take_on(3, self.world.rorum, None, ContactRole.CONTACT_PERSON)
        self.take_on(4, self.world.marieholm, None, ContactRole.LEAD)

    @precondition(lambda self: len(self.accounts) < 9)
    @rule(somebody=PICK, network=PICK, unit=PICK, role=st.sampled_from(ContactRole))
    def takes_on(self, somebody: int, network: int, unit: int, role: ContactRole) -> None:
        network_id = self.pick(self.living(), network)
        units = [unit_id for unit_id in self.facts.in_use if self.facts.unit_networks[unit_id] == network_id]
        unit_id = self.pick([*units, 0], unit) or None
        self.take_on(somebody % PEOPLE, network_id, unit_id, role)

    @precondition(lambda self: bool(sorted(self.accounts)))
    @rule(carrier=PICK, by_office=st.booleans())
    def role_ends(self, carrier: int, by_office: bool) -> None:
        person_id = self.pick(sorted(self.accounts), carrier)
        mine = [
            role_id
            for role_id, role in self.facts.roles.items()
            if role.person_id == person_id and role_id not in self.oracle.ended_roles
        ]
        if not mine:
            return
        role = self.facts.roles[mine[0]]
        if by_office:
            assert self.office(role.network_id, f"kontaktombud/{mine[0]}/sluta", {"because": "moved"}) == 303
            self.oracle.ended_roles.add(mine[0])
        else:
            client = self.world.signed_in(self.accounts[person_id])
            assert (
                self.world.post(client, f"/omraden/{role.network_id}/sluta-som-ombud", {"ja": "1"}).status_code == 303
            )
            self.oracle.ended_roles |= {one for one in mine if self.facts.roles[one].network_id == role.network_id}

    @rule(network=PICK)
    def households_are_shared_out(self, network: int) -> None:
        network_id = self.pick(self.living(), network)
        assert self.office(network_id, "kontaktombud/fordela") == 303

    @rule(network=PICK, sees=st.booleans())
    def lead_may_see(self, network: int, sees: bool) -> None:
        network_id = self.pick(self.living(), network)
        ((name,),) = self.world.sql("SELECT name FROM watch_network WHERE id = :id", id=network_id)
        form = {"name": name, "dwellings": "40", "postcodes": "", **({"lead_sees": "y"} if sees else {})}
        assert self.office(network_id, "andra", form) == 303
        assert (network_id in self.fresh().lead_sees) is sees

    @precondition(lambda self: bool(self.accounts))
    @rule(carrier=PICK, network=PICK, visited=st.booleans())
    def somebody_moves_in(self, carrier: int, network: int, visited: bool) -> None:
        """A contact person notes a dwelling, and perhaps rings the bell; nobody there has joined."""
        person_id = self.pick(self.accounts, carrier)
        mine = {one.network_id for one in self.oracle.roles_of(person_id, self.facts)}
        if not mine:
            return
        network_id, client = self.pick(mine, network), self.world.signed_in(self.accounts[person_id])
        path, label = f"/omraden/{network_id}/nyinflyttade", self.label("Ny")
        unit_id = self.pick([*self.facts.units_of(network_id), 0], network)
        answer = self.world.post(client, path, {"unit": str(unit_id), "label": label})
        if answer.status_code != 303:
            return
        ((task_id,),) = self.world.sql("SELECT MAX(id) FROM task WHERE kind = 'newcomer'")
        # Whoever notes it need not look after that part, and only those who do can say that they have been there.
        is_done = visited and self.world.post(client, f"{path}/{task_id}", {"gor": "klart"}).status_code == 303
        if not is_done:
            self.oracle.newcomers[label], self.oracle.newcomer_tasks[label] = network_id, task_id

    @precondition(lambda self: len(self.living()) < 5)
    @rule(network=PICK, unit=PICK)
    def is_split(self, network: int, unit: int) -> None:
        network_id = self.pick(self.living(), network)
        facts = self.facts
        top = [key for key in facts.in_use if facts.unit_networks[key] == network_id and facts.parents[key] is None]
        if len(top) < 2:
            return
        chosen = self.pick(top, unit)
        assert self.office(network_id, "dela", {"name": f"Nytt {next(self.count)}", "units": [str(chosen)]}) == 303
        self._followed(facts)
        (fresh_id,) = self.facts.states.keys() - facts.states.keys()
        for one in self.oracle.asked.values():
            if one.is_waiting and one.unit_id is not None and chosen in (one.unit_id, facts.parents[one.unit_id]):
                one.network_id, one.unit_id = fresh_id, self._unit_of_request(one.id)
                assert self.facts.unit_networks[one.unit_id] == fresh_id
        self._newcomers_followed()

    @precondition(lambda self: len(self.living()) > 2)
    @rule(network=PICK, into=PICK)
    def is_merged(self, network: int, into: int) -> None:
        network_id, into_id = self.pick(self.living(), network), self.pick(self.living(), into)
        facts = self.facts
        status = self.office(network_id, "sla-ihop", {"into": str(into_id)})
        if status != 303:
            return
        assert network_id != into_id
        assert facts.municipalities[network_id] == facts.municipalities[into_id]
        self._followed(facts)
        for one in self.oracle.asked.values():
            if one.network_id == network_id:
                one.network_id, one.unit_id = into_id, self._unit_of_request(one.id)
        self._newcomers_followed()
        assert not [role for role in self.fresh().roles.values() if role.network_id == network_id and role.is_open]

    def _newcomers_followed(self) -> None:
        """What was noted of a newcomer goes with the part, and is then that network's contact persons' to see."""
        for label, task_id in self.oracle.newcomer_tasks.items():
            for (network_id,) in self.world.sql("SELECT network_id FROM task WHERE id = :id", id=task_id):
                self.oracle.newcomers[label] = network_id

    def _unit_of_request(self, request_id: int) -> Any:
        """The id of the part that the request is for; None: the whole network."""
        ((unit_id,),) = self.world.sql("SELECT unit_id FROM join_request WHERE id = :id", id=request_id)
        return unit_id

    def _followed(self, before: Facts) -> None:
        """Households and roles that moved are others now: new rows for the same people."""
        after = self.fresh()
        for home in list(self.oracle.homes.values()):
            if home.has_left or after.households[home.id].is_living:
                continue
            fresh = [
                key
                for key, row in after.households.items()
                if key not in before.households and row.is_living and home.person_id in row.person_ids
            ]
            fresh = [key for key in fresh if key not in self.oracle.homes]
            assert fresh, "a household was lost on the way"
            self.oracle.homes[fresh[0]] = Home(fresh[0], home.person_id, home.label, home.shows, home.landline)
            home.has_left = True
        for role_id, role in before.roles.items():
            if role.is_open and not after.roles[role_id].is_open:
                self.oracle.ended_roles.add(role_id)

    @precondition(lambda self: len(self.living()) > 2)
    @rule(network=PICK)
    def ends(self, network: int) -> None:
        network_id = self.pick(self.living(), network)
        facts = self.facts
        for home in self.oracle.homes.values():
            if not home.has_left and facts.households[home.id].network_id == network_id:
                self.goodbyes |= self.oracle.entries[home.person_id].confirmed
        assert self.office(network_id, "avsluta", {"because": "wish"}) == 303
        for home in self.oracle.homes.values():
            if not home.has_left and facts.households[home.id].network_id == network_id:
                self.oracle.leave(home, facts)
        self.oracle.ended_roles |= {key for key, role in facts.roles.items() if role.network_id == network_id}
        for one in self.oracle.asked.values():
            if one.network_id == network_id:
                one.is_waiting = False

    @rule(network=PICK)
    def rests_or_wakes(self, network: int) -> None:
        network_id = self.pick(self.living(), network)
        if self.facts.states[network_id] == "active":
            assert self.office(network_id, "vila", {"because": "paused"}) == 303
            return
        with self.world.database.write() as rows:
            networks.enter_state(rows, networks.network(rows, network_id), NetworkState.ACTIVE, now=self.now)
