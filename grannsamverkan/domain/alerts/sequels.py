"""What comes after a message: a follow-up, the all-clear, a correction, and what still has nothing after it."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.actions import EDITABLE, change_columns, copy_targets
from grannsamverkan.domain.alerts.catalogue import CHOICES, AlertKind, Dwelling, Source
from grannsamverkan.domain.alerts.classes import BEGINS, NOTHING_HAPPENED, SEQUELS, AlertClass
from grannsamverkan.domain.alerts.queries import PUBLISHED, TO_SEND, latest_facts, listed
from grannsamverkan.domain.alerts.sequel_drafts import SequelDraft, Told
from grannsamverkan.domain.alerts.tables import Alert, AlertState, AlertTarget
from grannsamverkan.foundation.errors import Refused


def start_sequel(
    session: Session, about: Alert, draft: SequelDraft, *, author_account_id: int, source: Source, now: datetime
) -> Alert:
    """A draft that goes on with `about`; the author's own open one of that class is written anew.

    A follow-up and an all-clear are about the message that the story began with, whichever of its messages was at hand.
    Refused: not_sent_yet; nothing_happened: neither advice, nor an invitation, nor a drill is gone on with so.
    """
    assert draft.alert_class in SEQUELS
    if about.alert_class in NOTHING_HAPPENED:
        raise Refused("nothing_happened")
    if about.state not in PUBLISHED or about.release_at is None or about.release_at > now:
        raise Refused("not_sent_yet")
    first_id = about.story_id or about.id or 0
    if draft.alert_class is not AlertClass.CORRECTION and about.story_id is not None:
        about = session.get_one(Alert, first_id)
    columns = _columns(session, about, draft, first_id)
    row = _open_draft(session, draft.alert_class, about.id or 0, author_account_id)
    if row is not None:
        change_columns(
            session, row, {**columns, "source": source}, version=row.version, now=now, account_id=author_account_id
        )
        return row
    row = Alert(
        municipality_code=about.municipality_code,
        author_account_id=author_account_id,
        source=source,
        state=AlertState.DRAFT,
        created_at=now,
        updated_at=now,
        **columns,
    )
    session.add(row)
    session.flush()
    copy_targets(session, about, row)
    return row


def story_of(session: Session, alert: Alert) -> list[Alert]:
    """Everything that has been approved in the alert's story, the first one first; also what is still on its way."""
    first_id = alert.story_id or alert.id
    rows = select(Alert).where(
        (col(Alert.id) == first_id) | (col(Alert.story_id) == first_id), col(Alert.state).in_(PUBLISHED)
    )
    return list(session.exec(rows.order_by(col(Alert.approved_at), col(Alert.id))))


def newest_stories(
    session: Session, municipality_code: str, *, now: datetime, network_id: int | None = None, limit: int
) -> list[list[Alert]]:
    """The stories of the municipality, or of one of its networks, as far as they have been let go: the one that was
    last heard of first, and in each its messages in their order."""
    first_id = func.coalesce(col(Alert.story_id), col(Alert.id))
    gone = (
        Alert.municipality_code == municipality_code,
        col(Alert.state).in_(PUBLISHED),
        col(Alert.release_at) <= now,
    )
    firsts = select(first_id).where(*gone).group_by(first_id)
    if network_id is not None:
        meant = select(AlertTarget.alert_id).where(AlertTarget.network_id == network_id)
        firsts = firsts.where(col(Alert.id).in_(meant))
    newest = list(session.exec(firsts.order_by(func.max(Alert.release_at).desc(), first_id.desc()).limit(limit)))
    rows = select(Alert).where(first_id.in_(newest), *gone).order_by(col(Alert.approved_at), col(Alert.id))
    found: dict[int, list[Alert]] = {one: [] for one in newest}
    for row in session.exec(rows):
        found[row.story_id or row.id or 0].append(row)
    return list(found.values())


def unsent_about(session: Session, about_id: int) -> list[Alert]:
    """Approved corrections of this message, and news of this invitation, whose fan-out has not ended: a newer one takes
    their place."""
    rows = select(Alert).where(
        Alert.about_id == about_id,
        col(Alert.alert_class).in_((AlertClass.CORRECTION, AlertClass.INVITATION)),
        col(Alert.state).in_(TO_SEND),
        col(Alert.stopped_at).is_(None),
    )
    return list(session.exec(rows.order_by(col(Alert.id))))


def without_follow_up(
    session: Session, municipality_codes: list[str], *, sent_before: datetime, sent_after: datetime
) -> list[Alert]:
    """Messages that began a story and were let go between these times, with nothing after them: the oldest first.

    Anything that went after it counts: whoever has corrected it has thought of those who got it.
    """
    followed = select(Alert.story_id).where(col(Alert.story_id).is_not(None), col(Alert.state).in_(PUBLISHED))
    rows = listed().where(
        col(Alert.municipality_code).in_(municipality_codes),
        col(Alert.alert_class).in_(BEGINS),
        col(Alert.story_id).is_(None),
        col(Alert.state).in_((AlertState.SENDING, AlertState.CLOSED)),
        col(Alert.release_at) <= sent_before,
        col(Alert.release_at) > sent_after,
        col(Alert.id).not_in(followed),
    )
    return list(session.exec(rows.order_by(col(Alert.release_at))))


def _open_draft(session: Session, alert_class: AlertClass, about_id: int, author_id: int) -> Alert | None:
    rows = select(Alert).where(
        Alert.alert_class == alert_class,
        Alert.about_id == about_id,
        Alert.author_account_id == author_id,
        col(Alert.state).in_(EDITABLE),
    )
    return session.exec(rows.order_by(col(Alert.id)).with_for_update()).first()


def _columns(session: Session, about: Alert, draft: SequelDraft, first_id: int) -> dict[str, Any]:
    """What is known now: as it was told last, but for what this draft puts right."""
    known = about if draft.alert_class is AlertClass.CORRECTION else latest_facts(session, about)
    columns: dict[str, Any] = {
        "alert_class": draft.alert_class,
        "about_id": about.id,
        "story_id": first_id,
        "told": draft.told,
        "right_place": known.right_place,
        "kind": known.kind,
        "attempted": known.attempted,
        "dwelling": known.dwelling,
        "happened_on": known.happened_on,
        "day_part": known.day_part,
        "methods": [],
        "advice": list(known.advice),
        "free_text": draft.free_text.strip(),
    }
    if draft.told is Told.PLACE:
        columns["right_place"] = draft.right_place or None
    elif draft.told is Told.TIME:
        columns |= {"happened_on": draft.happened_on, "day_part": draft.day_part.value}
    elif draft.told is Told.WHAT and draft.kind is not None:
        columns |= _of_kind(draft.kind, known) | {"attempted": draft.attempted}
    return columns


def _of_kind(kind: AlertKind, known: Alert) -> dict[str, Any]:
    """Another kind brings its own advice, and its own dwelling where the one that was told cannot be hit by it."""
    choices = CHOICES[kind]
    if kind.value == known.kind:
        return {}
    dwelling = Dwelling(known.dwelling or "")
    kept = dwelling if dwelling in choices.dwellings else choices.preset_dwelling
    return {"kind": kind.value, "dwelling": kept.value, "advice": [one.value for one in choices.preset_advice]}
