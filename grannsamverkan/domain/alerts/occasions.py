"""What invitations invite to, as rows: one for each invitation and for each piece of its news."""

from collections.abc import Iterable

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from grannsamverkan.domain.alerts.invitations import InvitationDraft, News, takes_place
from grannsamverkan.domain.alerts.queries import PUBLISHED
from grannsamverkan.domain.alerts.tables import Alert, AlertOccasion, AlertState

_EDITABLE = (AlertState.DRAFT, AlertState.CHECKED)


def set_occasion(session: Session, alert: Alert, draft: InvitationDraft) -> None:
    """What the invitation invites to."""
    row = session.get(AlertOccasion, alert.id)
    if row is None:
        row = AlertOccasion(alert_id=alert.id or 0, occasion="", starts_at=draft.starts_at, minutes=0, place="")
        session.add(row)
    row.occasion, row.starts_at, row.minutes = draft.occasion.value, draft.starts_at, draft.minutes
    row.place, row.meeting_id = " ".join(draft.place.split()), draft.meeting_id
    session.flush()


def occasion_of(session: Session, alert_id: int) -> AlertOccasion:
    """What this alert invites to, or tells the news of."""
    return session.get_one(AlertOccasion, alert_id)


def occasions_of_all(session: Session, alert_ids: Iterable[int]) -> dict[int, AlertOccasion]:
    """The same of many alerts."""
    rows = select(AlertOccasion).where(col(AlertOccasion.alert_id).in_(list(alert_ids)))
    return {row.alert_id: row for row in session.exec(rows)}


def latest_occasion(session: Session, first: Alert) -> tuple[AlertOccasion, bool]:
    """What the story that began with this invitation last said of time and place, and whether it is called off."""
    rows = select(Alert).where(
        (col(Alert.id) == first.id) | (col(Alert.story_id) == first.id), col(Alert.state).in_(PUBLISHED)
    )
    newest = first
    for row in session.exec(rows.order_by(col(Alert.approved_at), col(Alert.id))):
        newest = row if takes_place(row) else newest
    return occasion_of(session, newest.id or 0), newest.told == News.CALLED_OFF


def invitation_to(session: Session, meeting_id: int) -> Alert | None:
    """The invitation to a network's own meeting that has been let go; None when there is none."""
    return session.exec(_invitations(meeting_id, PUBLISHED)).first()


def drafts_to(session: Session, meeting_id: int) -> list[Alert]:
    """The invitations to it that somebody is writing."""
    return list(session.exec(_invitations(meeting_id, _EDITABLE)))


def _invitations(meeting_id: int, states: tuple[AlertState, ...]) -> SelectOfScalar[Alert]:
    rows = select(Alert).join(AlertOccasion, col(AlertOccasion.alert_id) == col(Alert.id))
    of_meeting = (AlertOccasion.meeting_id == meeting_id, col(Alert.about_id).is_(None), col(Alert.state).in_(states))
    return rows.where(*of_meeting).order_by(col(Alert.id))
