"""Drafts that another system has posted: each once, so many a day, and nobody's own until a person has changed it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from grannsamverkan.domain.accounts import ApiKey
from grannsamverkan.domain.alerts.actions import EDITABLE, start
from grannsamverkan.domain.alerts.catalogue import Source
from grannsamverkan.domain.alerts.drafts import AlertDraft
from grannsamverkan.domain.alerts.queries import alert, listed
from grannsamverkan.domain.alerts.tables import Alert, PostedDraft
from grannsamverkan.foundation.errors import Conflict, Refused

MOST_POSTED_A_DAY = 20  # with one key


def post(session: Session, draft: AlertDraft, key: ApiKey, *, once: str, now: datetime) -> tuple[Alert, bool]:
    """The draft as the municipality's own, and whether it is new: posted again under the same `once`, it is the one of
    before, whatever has become of it. Lock the key's row first: two posts with one key come one after the other.

    Raises:
        Conflict: under this `once` something else was posted.
        Refused: too_many_posted (most); what `start` refuses.
    """
    assert key.id is not None
    assert key.made_by is not None  # a key without an account has no leave to post
    name, content = _hash(once), _hash(draft.model_dump_json())
    before = session.exec(
        select(PostedDraft).where(PostedDraft.api_key_id == key.id, PostedDraft.once_hash == name)
    ).first()
    if before is not None:
        if before.content_hash != content:
            raise Conflict("posted_otherwise")
        return alert(session, before.alert_id), False
    if _posted_since(session, key.id, now - timedelta(days=1)) >= MOST_POSTED_A_DAY:
        raise Refused("too_many_posted", most=MOST_POSTED_A_DAY)
    row = start(session, draft, author_account_id=key.made_by, source=Source.MUNICIPALITY, now=now)
    assert row.id is not None
    session.add(PostedDraft(alert_id=row.id, api_key_id=key.id, once_hash=name, content_hash=content, posted_at=now))
    session.flush()
    return row, True


def posted_by(session: Session, alert_ids: Iterable[int]) -> dict[int, str]:
    """Those of these alerts that another system has begun, and what its key is called."""
    rows = (
        select(PostedDraft.alert_id, ApiKey.name)
        .join(ApiKey, col(ApiKey.id) == col(PostedDraft.api_key_id))
        .where(col(PostedDraft.alert_id).in_(list(alert_ids)))
    )
    return dict(session.exec(rows).all())


def posted_drafts(session: Session, municipality_codes: Iterable[str]) -> list[Alert]:
    """What other systems have begun in these municipalities and nobody has let go or thrown away, newest first."""
    rows = (
        listed()
        .join(PostedDraft, col(PostedDraft.alert_id) == col(Alert.id))
        .where(col(Alert.municipality_code).in_(list(municipality_codes)), col(Alert.state).in_(EDITABLE))
    )
    return list(session.exec(rows.order_by(col(Alert.updated_at).desc())))


def _posted_since(session: Session, key_id: int, since: datetime) -> int:
    rows = select(func.count()).select_from(PostedDraft)
    return session.exec(rows.where(PostedDraft.api_key_id == key_id, PostedDraft.posted_at > since)).one()


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
