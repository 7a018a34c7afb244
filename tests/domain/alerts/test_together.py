"""Alerts for several municipalities that are written as one: which rows become which, and what is let go together."""

import pytest
from sqlmodel import Session

from grannsamverkan import flow
from grannsamverkan.domain import alerts
from grannsamverkan.domain.alerts import Alert, AlertState, Need, Source
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.runtime import Runtime
from tests.support.builders import ESLOV, NOW, a_draft, a_neighbour, a_network, a_phone, an_account, set_rules


def write(session: Session, *network_ids: int, drafts: dict[int, int] | None = None, author: int) -> list[Alert]:
    draft = a_draft(*network_ids)
    return alerts.write_together(
        session, draft, drafts=drafts or {}, author_account_id=author, source=Source.POLICE, now=NOW
    )


def shown(*rows: Alert) -> dict[int, int]:
    return {row.id or 0: row.version for row in rows}


def test_rows_follow_their_municipality_and_the_group_keeps_its_name(database: Database) -> None:
    with database.write() as session:
        nyby, marieholm = a_network(session), a_network(session, "Marieholm", municipality_code=ESLOV)
        author = an_account(session).id or 0
        [alone] = write(session, nyby.id or 0, author=author)
        assert alone.joint_id is None
        both = write(session, nyby.id or 0, marieholm.id or 0, drafts=shown(alone), author=author)
        assert [row.municipality_code for row in both] == ["1267", ESLOV]
        assert both[0].id == alone.id
        assert {row.joint_id for row in both} == {alone.id}
        [left] = write(session, marieholm.id or 0, drafts=shown(*both), author=author)
        assert (left.id, both[0].state) == (both[1].id, AlertState.DISCARDED)
        assert alerts.joint(session, left) == [left]
        again = write(session, nyby.id or 0, marieholm.id or 0, drafts=shown(left), author=author)
        assert {row.joint_id for row in again} == {alone.id}
        assert alerts.joint_drafts(session, left) == again


def test_what_cannot_be_written_is_not(database: Database) -> None:
    with database.write() as session:
        nyby, marieholm = a_network(session), a_network(session, "Marieholm", municipality_code=ESLOV)
        author = an_account(session).id or 0
        draft = a_draft(nyby.id or 0, marieholm.id or 0)
        for source in (Source.MUNICIPALITY, Source.CONTACT_PERSON):
            with pytest.raises(Refused, match="several_municipalities"):
                alerts.write_together(session, draft, drafts={}, author_account_id=author, source=source, now=NOW)
        with pytest.raises(Refused, match="network_not_active"):
            write(session, nyby.id or 0, 4711, author=author)
        with pytest.raises(NotFound):
            write(session, nyby.id or 0, drafts={4711: 1}, author=author)
        rows = write(session, nyby.id or 0, marieholm.id or 0, author=author)
        with pytest.raises(Conflict):
            write(session, nyby.id or 0, drafts={**shown(*rows), rows[1].id or 0: 0}, author=author)


def test_all_go_or_none_and_only_whoever_needs_two_waits(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        nyby, marieholm = a_network(session), a_network(session, "Marieholm", municipality_code=ESLOV)
        for number, network in enumerate((nyby, nyby, marieholm)):
            a_neighbour(session, network, sms=a_phone(number))
        author = an_account(session).id or 0
        ids = [row.id or 0 for row in write(session, nyby.id or 0, marieholm.id or 0, author=author)]
    set_rules(runtime, two_persons_above=1)
    checked = flow.check_together(runtime, alert_ids=ids)
    assert [one.weighed.needs for one in checked] == [(Need.MANY,), ()]
    contents = {one.alert.id or 0: one.content for one in checked}
    with pytest.raises(Conflict):
        flow.approve_together(runtime, contents={**contents, ids[1]: "0" * 64}, approver_account_id=author)
    assert states(runtime, ids) == [AlertState.CHECKED, AlertState.CHECKED]
    with runtime.database.read() as session:
        assert alerts.open_request(session, ids[0]) is None  # nobody is asked about what does not go
    for went in ([ids[1]], []):  # pressed twice
        gone = flow.approve_together(runtime, contents=contents, approver_account_id=author)
        assert [row.id for row in gone] == went
    assert states(runtime, ids) == [AlertState.CHECKED, AlertState.APPROVED]
    with runtime.database.read() as session:
        assert alerts.open_request(session, ids[0]) is not None


def states(runtime: Runtime, ids: list[int]) -> list[AlertState]:
    with runtime.database.read() as session:
        return [alerts.alert(session, one).state for one in ids]
