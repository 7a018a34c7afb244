"""Somebody looks at every page they can reach: no name, number or address stands there that is not theirs to read."""

import io
import re

import pypdfium2
from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from werkzeug.test import TestResponse

from grannsamverkan.foundation.phone import show
from tests.machine.base import PICK, Acts, way_to
from tests.machine.world import STAFF
from tests.support.builders import ESLOV, HOOR

_TRACES = re.compile(r"(?:Lya|Namn|Plats|Ny)\d{4}q|0\d{1,2}-\d{2,3} \d{2,3} \d{2}(?: \d{2})?|granne\d+@post\.example")
_OF_A_NETWORK = ("", "/hushall", "/kontaktombud", "/moten", "/lappar", "/nyinflyttade", "/visningar", "/delar", "/lage")


class Looking(Acts):
    """What stands on the pages."""

    @precondition(lambda self: bool(self.accounts))
    @rule(viewer=PICK, with_paper=st.booleans())
    def looks_as_a_contact_person(self, viewer: int, with_paper: bool) -> None:
        person_id = self.pick(self.accounts, viewer)
        client = self.world.signed_in(self.accounts[person_id])
        facts, may = self.facts, {""}
        for network_id in facts.states:
            for home in self.oracle.reads(person_id, network_id, facts).values():
                may |= {home.label, home.landline and show(home.landline), *(_shown(one) for one in home.addresses)}
            may |= {self.oracle.asked[one].label for one in self.oracle.decides(person_id, network_id, facts)}
        mine = {role.network_id for role in self.oracle.roles_of(person_id, facts)}
        for role_id, role in facts.roles.items():
            if role.network_id in mine and role_id not in self.oracle.ended_roles:
                may.add(self.oracle.entries[role.person_id].name)  # contact persons of one network know each other
        may |= {label for label, network_id in self.oracle.newcomers.items() if network_id in mine}
        found = self._read(client, "/hem", "/omraden", "/kvarten", "/atgarder")
        found |= self._read_networks(client, with_paper=with_paper)
        assert found <= may, found - may

    @rule(name=st.sampled_from(sorted(STAFF)))
    def looks_as_one_of_the_staff(self, name: str) -> None:
        """The coordinator keeps the register of contact persons and reads where the interested live; police neither."""
        code, facts, may = STAFF[name], self.facts, set()
        if name != "polis":
            for role_id, role in facts.roles.items():
                if facts.municipalities[role.network_id] == code and role_id not in self.oracle.ended_roles:
                    entry = self.oracle.entries[role.person_id]
                    may |= {entry.name, *(_shown(one) for one in entry.confirmed)}
            for person_id in self.oracle.interested.values():
                may |= {self.oracle.entries[person_id].place}
        client = self.world.staff(name)
        found = self._read(client, "/hem", "/omraden", "/intressen", "/utbildningar", "/skyltar", "/atgarder", "/lofte")
        found |= self._read_networks(client, with_paper=False)
        assert found <= may, found - may

    @rule()
    def looks_as_anybody(self) -> None:
        pages = [f"/omrade/{network_id}" for network_id in self.facts.states]
        pages += [f"/kommun/{code}{page}" for code in (HOOR, ESLOV) for page in ("", "/lofte", "/lofte.csv")]
        found = self._read(self.world.app.test_client(), "/", *pages)
        assert found == set(), found

    @rule(somebody=PICK)
    def looks_as_a_neighbour(self, somebody: int) -> None:
        known = sorted(self.oracle.addresses())
        address, client = known[somebody % len(known)], self.world.visitor()
        self.world.post(client, "/min-sida", way_to(address))
        if self.world.post(client, "/min-sida/kod", {"code": self.code_for(address)}).status_code != 303:
            return
        ((person_id,),) = self.world.sql(
            "SELECT person_id FROM sign_in_session WHERE person_id IS NOT NULL ORDER BY created_at DESC, rowid DESC"
            " LIMIT 1"
        )
        entry = self.oracle.entries[person_id]
        entry.proven.add(address)
        may = {entry.name, entry.place, *(_shown(one) for one in entry.confirmed | entry.typed)}
        for home in self.oracle.homes.values():
            if home.person_id == person_id:
                may |= {home.label, home.landline and show(home.landline)}
        found = self._read(client, "/min-sida/jag", "/min-sida/allt", "/min-sida/allt.json")
        assert found <= {*may, *(one for one in entry.confirmed | entry.typed)}, found - may

    def _read(self, client: FlaskClient, *pages: str) -> set[str]:
        return {trace for page in pages for trace in _traces(client.get(page))}

    def _read_networks(self, client: FlaskClient, *, with_paper: bool) -> set[str]:
        """Every page of every network, their own or not; the list taken out; with `with_paper` the printed one."""
        found: set[str] = set()
        for network_id in self.facts.states:
            path = f"/omraden/{network_id}"
            found |= self._read(client, *(path + page for page in _OF_A_NETWORK))
            found |= _traces(self.world.post(client, f"{path}/ta-ut", {"purpose": "Till ett möte i området"}))
            if with_paper:
                found |= _traces(client.get(f"{path}/hushall/lista.pdf"))
        return found


def _shown(address: str) -> str:
    return address if "@" in address else show(address)


def _traces(answer: TestResponse) -> set[str]:
    """Names and addresses in an answer, as people read them."""
    if answer.mimetype == "application/pdf":
        with pypdfium2.PdfDocument(io.BytesIO(answer.data)) as paper:
            text = "\n".join(page.get_textpage().get_text_range() for page in paper)
    else:
        text = answer.get_data(as_text=True)
    return set(_TRACES.findall(text))
