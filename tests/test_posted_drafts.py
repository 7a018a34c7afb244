"""Posts of many processes at once, on both databases: one draft for a name, and no more in a day than there may be."""

from itertools import count

import pytest
from sqlmodel import select

from grannsamverkan import deciding
from grannsamverkan.domain import accounts
from grannsamverkan.domain.accounts import Role, Scope
from grannsamverkan.domain.alerts import MOST_POSTED_A_DAY, Alert, PostedDraft
from grannsamverkan.domain.audit.tables import AuditEntry
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.runtime import Runtime
from tests.support.at_once import at_once
from tests.support.builders import HOOR, NOW, a_draft, a_network, an_account


@pytest.fixture
def network_id(runtime: Runtime) -> int:
    """A network, and the key with id 1 that may post to it."""
    with runtime.database.write() as session:
        account_id = an_account(session, "samordnare", Role.COORDINATOR).id
        accounts.make_key(session, "Larmet", HOOR, [Scope.DRAFTS], days=30, now=NOW, account_id=account_id)
        return a_network(session).id or 0


def post(runtime: Runtime, network_id: int, once: str) -> tuple[int | None, bool]:
    with runtime.database.write() as session:
        row, is_new = deciding.post_draft(runtime, session, a_draft(network_id), key_id=1, once=once)
        return row.id, is_new


@pytest.mark.goal("S32")
def test_the_same_post_at_once_is_one_draft(runtime: Runtime, network_id: int) -> None:
    found = at_once(lambda: post(runtime, network_id, "1"), 8)
    assert (len({alert_id for alert_id, _new in found}), sum(is_new for _id, is_new in found)) == (1, 1)
    with runtime.database.read() as session:
        noted = [row.act for row in session.exec(select(AuditEntry)) if row.thing == "alert"]
        assert (noted, len(session.exec(select(Alert)).all())) == (["alert.posted"], 1)


@pytest.mark.goal("S32", "S44")
def test_no_more_in_a_day_than_there_may_be_however_many_ask_at_once(runtime: Runtime, network_id: int) -> None:
    names = count(1)
    for _ in range(MOST_POSTED_A_DAY - 2):
        post(runtime, network_id, str(next(names)))

    def one_more() -> str:
        try:
            post(runtime, network_id, str(next(names)))
        except Refused as refused:
            return refused.code
        return ""

    assert sorted(at_once(one_more, 6)) == ["", ""] + ["too_many_posted"] * 4


def test_a_key_that_has_ended_meanwhile_posts_nothing(runtime: Runtime, network_id: int) -> None:
    with runtime.database.write() as session:
        accounts.revoke_key(session, 1, NOW)
    with pytest.raises(NotFound):
        post(runtime, network_id, "1")
    with runtime.database.read() as session:
        assert session.exec(select(PostedDraft)).all() == []
