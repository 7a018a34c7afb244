"""Who was shown what: in the order of time, whenever it was written down."""

from datetime import timedelta

from grannsamverkan.domain import audit
from grannsamverkan.foundation.database import Database
from tests.support.builders import HOOR, NOW


def test_the_newest_view_stands_first(database: Database) -> None:
    with database.write() as session:
        for days in (1, 3, 0, 2):
            audit.note_view(
                session,
                now=NOW - timedelta(days=days),
                account_id=1,
                role="coordinator",
                what="register",
                municipality_code=HOOR,
                network_id=None,
                person_ids=[days + 1],
            )
        session.flush()
        assert [view.person_ids for view in audit.views_in(session, [HOOR])] == [[1], [2], [3], [4]]
