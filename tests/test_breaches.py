"""How far a breach reached: exactly those whom the account was shown then, and nobody else."""

from datetime import timedelta
from pathlib import Path

import pytest

from grannsamverkan import breaches
from grannsamverkan.domain import audit, networks
from grannsamverkan.domain.accounts import Account, Role
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, NOW, a_household, a_network, a_person, an_account

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_view(runtime: Runtime, account: Account, what: str, *, after: timedelta = HOUR, **whom: list[int]) -> None:
    with runtime.database.write() as session:
        audit.note_view(
            session,
            now=NOW + after,
            account_id=account.id or 0,
            role=account.role.value,
            what=what,
            municipality_code=HOOR,
            network_id=None,
            household_ids=whom.get("households", ()),
            person_ids=whom.get("people", ()),
        )


@pytest.mark.goal("P18")
def test_those_whom_it_was_shown_then_and_nobody_else(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        network = a_network(session)
        moved_out, lives, beside, revealed, never = (a_person(session) for _ in range(5))
        home, other = a_household(session, network, moved_out, lives), a_household(session, network, beside)
        networks.move_out(session, home, moved_out.id or 0, now=NOW + 2 * HOUR)
        thief, colleague = (
            an_account(session, "tjuv", Role.COORDINATOR),
            an_account(session, "kollega", Role.COORDINATOR),
        )
        audit.record(session, now=NOW + HOUR, account_id=thief.id, act="list.exported", thing="network", thing_id=1)
    a_view(runtime, thief, "list", households=[home.id or 0])
    a_view(runtime, thief, "reveal", people=[revealed.id or 0, lives.id or 0])
    a_view(runtime, thief, "list", after=3 * DAY, households=[other.id or 0])
    a_view(runtime, colleague, "export", people=[never.id or 0])
    reach = breaches.measure(runtime, thief, since=NOW, until=NOW + DAY)
    assert dict(reach.people) == {
        moved_out.id: {"list"},
        lives.id: {"list", "reveal"},
        revealed.id: {"reveal"},
    }
    told = reach.as_json()
    assert (told["people"], told["households"], told["people_by_municipality"]) == (3, 1, {HOOR: 3})
    assert told["people_by_detail"] == {"label": 2, "mailbox": 3, "name": 2, "number": 3}
    assert (told["views"], told["acts"]) == ({"list": 1, "reveal": 1}, {"list.exported": 1})
    later = breaches.measure(runtime, thief, since=NOW + HOUR + HOUR / 2, until=NOW + DAY)
    assert len(later.people) == 3  # what is looked at again within the hour is not written down again
    assert set(breaches.measure(runtime, None, since=NOW, until=NOW + DAY).people) == {*reach.people, never.id}


def test_every_kind_of_view_says_what_it_shows() -> None:
    code = Path(breaches.__file__).parent
    used = {
        part.split('"', 1)[0] for file in code.rglob("*.py") for part in file.read_text("utf-8").split('what="')[1:]
    }
    assert used <= set(breaches.SHOWN)
