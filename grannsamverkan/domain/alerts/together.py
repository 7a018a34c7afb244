"""One message to several municipalities: an alert for each, with its own sender and number, written as one.

Each is an alert like any other from then on: its municipality's rules, its own approval, its own audience.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.actions import EDITABLE, change, discard, start
from grannsamverkan.domain.alerts.catalogue import WRITES_TO_SEVERAL, Source
from grannsamverkan.domain.alerts.drafts import PlacesDraft, Target
from grannsamverkan.domain.alerts.queries import alert
from grannsamverkan.domain.alerts.sequel_drafts import SequelDraft
from grannsamverkan.domain.alerts.sequels import start_sequel
from grannsamverkan.domain.alerts.tables import Alert, AlertState
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import Refused


def write_together(
    session: Session,
    draft: PlacesDraft,
    *,
    drafts: Mapping[int, int],
    author_account_id: int,
    source: Source,
    now: datetime,
) -> list[Alert]:
    """One draft for each municipality that the networks lie in. `drafts` are the ids and versions of those that were
    shown in the form: each is written anew, and thrown away when nothing of it is left.

    Refused: several_municipalities, when this sender writes to one at a time; what `start` refuses. Conflict as in
    `change`.
    """
    wanted = _by_municipality(session, draft)
    if len(wanted) > 1 and source not in WRITES_TO_SEVERAL:
        raise Refused("several_municipalities")
    rows = [alert(session, draft_id, to_change=True) for draft_id in sorted(drafts)]
    kept = {row.municipality_code: row for row in rows if row.municipality_code in wanted}
    spare = [row for row in rows if kept.get(row.municipality_code) is not row]
    written: list[Alert] = []
    for code, part in wanted.items():
        row = kept.get(code) or (spare.pop(0) if spare else None)
        if row is None:
            row = start(session, part, author_account_id=author_account_id, source=source, now=now)
        else:
            change(session, row, part, version=drafts[row.id or 0], now=now, account_id=author_account_id)
        written.append(row)
    for row in spare:
        discard(session, row, version=drafts[row.id or 0], now=now)
    join(session, written)
    return written


def start_sequels(
    session: Session,
    abouts: Sequence[Alert],
    draft: SequelDraft,
    *,
    author_account_id: int,
    source: Source,
    now: datetime,
) -> list[Alert]:
    """A draft that goes on with each of these, written as one. What the same author had begun beside them, and now
    leaves out, is thrown away. Refused as in `start_sequel`."""
    rows = [
        start_sequel(session, about, draft, author_account_id=author_account_id, source=source, now=now)
        for about in abouts
    ]
    ids = {row.id for row in rows}
    left_out = {one.id: one for row in rows for one in joint_drafts(session, row) if one.id not in ids}
    for one in left_out.values():
        if one.author_account_id == author_account_id:
            discard(session, one, version=one.version, now=now)
    join(session, rows)
    return rows


def join(session: Session, rows: list[Alert]) -> None:
    """Let these be one message: with those that one of them belongs to already. One alone stays what it is."""
    if len(rows) > 1:
        first_id = min(row.id or 0 for row in rows)
        joint_id = min((row.joint_id for row in rows if row.joint_id is not None), default=first_id)
        for row in rows:
            row.joint_id = joint_id
        session.flush()


def joint(session: Session, row: Alert) -> list[Alert]:
    """The alert and those that were written with it, in the order of their municipalities; not what was thrown away."""
    if row.joint_id is None:
        return [row]
    rows = select(Alert).where(Alert.joint_id == row.joint_id, col(Alert.state) != AlertState.DISCARDED)
    return list(session.exec(rows.order_by(col(Alert.municipality_code), col(Alert.id))))


def joint_drafts(session: Session, row: Alert) -> list[Alert]:
    """Those of them that nobody has approved yet."""
    return [one for one in joint(session, row) if one.state in EDITABLE]


def _by_municipality(session: Session, draft: PlacesDraft) -> dict[str, PlacesDraft]:
    """The draft's part for each municipality, in their order. Refused: network_not_active, for one that is nowhere."""
    ids = {target.network_id for target in draft.targets}
    rows = select(WatchNetwork.id, WatchNetwork.municipality_code).where(Among(col(WatchNetwork.id), ids))
    code_of = dict(session.exec(rows).all())
    parts: dict[str, list[Target]] = {}
    for target in draft.targets:
        if target.network_id in code_of:
            parts.setdefault(code_of[target.network_id], []).append(target)
    if len(code_of) != len(ids) or not parts:
        raise Refused("network_not_active")
    return {code: draft.model_copy(update={"targets": tuple(parts[code])}) for code in sorted(parts)}
