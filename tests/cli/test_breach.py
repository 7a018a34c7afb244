"""A breach as an operator measures it."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from grannsamverkan.domain import accounts, audit
from grannsamverkan.wiring import open_runtime
from tests.cli.conftest import told
from tests.support.builders import a_person


def test_it_tells_counts_and_lists_ids(door: Callable[..., Result], installed: Path) -> None:
    with open_runtime() as runtime, runtime.database.write() as session:
        person, account = a_person(session), accounts.account_named(session, "drift")
        assert account is not None
        audit.note_view(
            session,
            now=runtime.clock.now(),
            account_id=account.id or 0,
            role="administrator",
            what="reveal",
            municipality_code="1267",
            network_id=None,
            person_ids=[person.id or 0],
        )
    words = ("breach", "measure", "--account", "drift", "--since", "2020-01-01")
    found = told(door(*words, "--list", "concerned.csv", "--json"))
    assert (found["people"], found["people_by_detail"]) == (1, {"mailbox": 1, "number": 1})
    assert Path("concerned.csv").read_text().splitlines() == ["person_id,shown_in", f"{person.id},reveal"]
    assert door(*words, "--list", "concerned.csv").exit_code == 1  # never over another
    assert "no such account" in door("breach", "measure", "--account", "nobody", "--since", "2020-01-01").stderr
