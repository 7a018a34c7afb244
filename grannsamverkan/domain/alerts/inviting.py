"""The news of an invitation: a reminder, another time or place, that it is called off."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.actions import EDITABLE, change_columns, copy_targets
from grannsamverkan.domain.alerts.catalogue import Source
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.invitations import InvitationDraft, News, NewsDraft, Occasion
from grannsamverkan.domain.alerts.occasions import latest_occasion, set_occasion
from grannsamverkan.domain.alerts.queries import PUBLISHED
from grannsamverkan.domain.alerts.tables import Alert, AlertOccasion, AlertState
from grannsamverkan.foundation.errors import Refused


def start_news(
    session: Session, about: Alert, draft: NewsDraft, *, author_account_id: int, source: Source, now: datetime
) -> Alert:
    """A draft that tells those who were invited; the author's own open one about it is written anew.

    `about` is the invitation itself. Refused: not_sent_yet; called_off: there is nothing more to tell.
    """
    if about.state not in PUBLISHED or about.release_at is None or about.release_at > now:
        raise Refused("not_sent_yet")
    known, is_off = latest_occasion(session, about)
    if is_off:
        raise Refused("called_off")
    columns: dict[str, Any] = {"told": draft.news.value, "source": source}
    row = _open_draft(session, about.id or 0, author_account_id)
    if row is not None:
        change_columns(session, row, columns, version=row.version, now=now, account_id=author_account_id)
    else:
        row = Alert(
            municipality_code=about.municipality_code,
            author_account_id=author_account_id,
            state=AlertState.DRAFT,
            alert_class=AlertClass.INVITATION,
            about_id=about.id,
            story_id=about.id,
            created_at=now,
            updated_at=now,
            **columns,
        )
        session.add(row)
        session.flush()
        copy_targets(session, about, row)
    set_occasion(session, row, _now_known(known, draft))
    return row


def _open_draft(session: Session, about_id: int, author_id: int) -> Alert | None:
    rows = select(Alert).where(
        Alert.alert_class == AlertClass.INVITATION,
        Alert.about_id == about_id,
        Alert.author_account_id == author_id,
        col(Alert.state).in_(EDITABLE),
    )
    return session.exec(rows.order_by(col(Alert.id)).with_for_update()).first()


def _now_known(known: AlertOccasion, draft: NewsDraft) -> InvitationDraft:
    """As it was told last, but for what this draft moves."""
    said = InvitationDraft(
        occasion=Occasion(known.occasion),
        starts_at=known.starts_at,
        minutes=known.minutes,
        place=known.place,
        meeting_id=known.meeting_id,
    )
    if draft.news is not News.MOVED or draft.starts_at is None:
        return said
    moved = {"starts_at": draft.starts_at, "minutes": draft.minutes, "place": draft.place}
    return said.model_copy(update=moved)
