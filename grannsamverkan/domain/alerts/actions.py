"""A warning is drafted, checked, approved and sent; each change of state is one guarded statement."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.approval import end_requests
from grannsamverkan.domain.alerts.catalogue import Source
from grannsamverkan.domain.alerts.classes import CAN_WAIT, AlertClass, may_drill, may_tell_of_ongoing
from grannsamverkan.domain.alerts.drafts import PlacesDraft
from grannsamverkan.domain.alerts.invitations import InvitationDraft
from grannsamverkan.domain.alerts.occasions import set_occasion
from grannsamverkan.domain.alerts.queries import translations
from grannsamverkan.domain.alerts.tables import Alert, AlertNumber, AlertState, AlertTarget, AlertTranslation
from grannsamverkan.domain.alerts.worded import Worded
from grannsamverkan.domain.networks import NetworkState, WatchNetwork, cards, network, state_of
from grannsamverkan.domain.places import rules
from grannsamverkan.foundation.database import Among
from grannsamverkan.foundation.errors import Conflict, Refused

FIRST_NUMBER = 1000  # numbers have four digits from the first one on
MOST_DAYS_AHEAD = 30
EDITABLE = (AlertState.DRAFT, AlertState.CHECKED)
_LONGEST_HOLD = timedelta(minutes=10)  # as the rules of a municipality allow
_Words = tuple[str | None, ...]


def start(session: Session, draft: PlacesDraft, *, author_account_id: int, source: Source, now: datetime) -> Alert:
    """A new draft. Refused when its networks are in several municipalities (together.py is for those) or not active, or
    when this sender may not tell of what is under way there."""
    code = _municipality_of(session, draft)
    _refuse_sender(session, draft, source, code)
    alert = Alert(
        municipality_code=code,
        author_account_id=author_account_id,
        source=source,
        state=AlertState.DRAFT,
        created_at=now,
        updated_at=now,
        **draft.columns(),
    )
    session.add(alert)
    session.flush()
    _set_targets(session, alert, draft)
    _set_occasion(session, alert, draft)
    return alert


def change(
    session: Session,
    alert: Alert,
    draft: PlacesDraft,
    *,
    version: int,
    now: datetime,
    account_id: int | None = None,
) -> None:
    """Put new content in a draft. Conflict when it was changed since `version`, or is approved already."""
    code = _municipality_of(session, draft)
    _refuse_sender(session, draft, Source(alert.source), code)
    values = {**draft.columns(), "municipality_code": code}
    change_columns(session, alert, values, version=version, now=now, account_id=account_id)
    _set_targets(session, alert, draft)
    _set_occasion(session, alert, draft)


def check(session: Session, alert: Alert, *, now: datetime) -> int:
    """The draft is looked at before sending: it gets its number, once and for good. Safe to repeat."""
    if alert.state not in EDITABLE:
        raise Conflict("not_a_draft")
    if alert.number is None:
        assert alert.id is not None
        reserved = AlertNumber(alert_id=alert.id, reserved_at=now)
        session.add(reserved)
        session.flush()
        assert reserved.id is not None
        alert.number = FIRST_NUMBER + reserved.id
    alert.state = AlertState.CHECKED
    session.flush()
    return alert.number


def hold_set_back(session: Session, *, now: datetime) -> None:
    """The clock was set back: whose copies were being made goes on, and what it let go is held for as long from now on.
    What is planned for a day, or waits for the end of quiet hours, waits on."""
    to_come = col(Alert.fanned_out_at).is_(None), col(Alert.release_at) > now
    begun = select(Alert).where(Alert.state == AlertState.SENDING, *to_come)
    for alert in session.exec(begun.order_by(col(Alert.id)).with_for_update()):
        alert.release_at = now
    not_planned = col(Alert.planned_at).is_(None), col(Alert.approved_at) > now
    held = select(Alert).where(Alert.state == AlertState.APPROVED, *to_come, *not_planned)
    for alert in session.exec(held.order_by(col(Alert.id)).with_for_update()):
        assert alert.approved_at is not None
        assert alert.release_at is not None
        hold = alert.release_at - alert.approved_at
        alert.release_at = now + hold if hold <= _LONGEST_HOLD else alert.release_at
    session.flush()


def approve(
    session: Session,
    alert: Alert,
    worded: Worded,
    *,
    approver_account_id: int,
    version: int,
    now: datetime,
    release_at: datetime,
    valid_until: datetime,
    expected_parts: int | None = None,
) -> bool:
    """Freeze the wording under its number and let it go at `release_at`.

    True when this call approved it; False when it was approved before with the very same content (a double click, a
    second tab). Conflict when the content is not the one that was looked at, or when a network is not active any more.
    """
    content = approval_hash(session, alert, worded)
    if alert.state in (AlertState.APPROVED, AlertState.SENDING, AlertState.CLOSED):
        if alert.approval_hash == content:
            return False
        raise Conflict("approved_otherwise")
    _keep_active(session, alert)
    _guarded(
        session,
        alert,
        version,
        {
            "state": AlertState.APPROVED,
            "approved_at": now,
            "approved_by": approver_account_id,
            "approval_hash": content,
            "release_at": release_at,
            "valid_until": valid_until,
            "headline": worded.headline,
            "sms_text": worded.sms.text,
            "mail_subject": worded.mail.subject,
            "mail_text": worded.mail.text,
            "mail_html": worded.mail.html,
            "expected_parts": expected_parts,
            "updated_at": now,
        },
        (AlertState.CHECKED,),
    )
    _freeze_translations(session, alert.id or 0, worded)
    return True


def _freeze_translations(session: Session, alert_id: int, worded: Worded) -> None:
    session.add_all(
        AlertTranslation(
            alert_id=alert_id,
            language=language,
            headline=said.headline,
            sms_text=said.sms.text,
            mail_subject=said.mail.subject,
            mail_text=said.mail.text,
            mail_html=said.mail.html,
            paragraphs=list(said.paragraphs),
        )
        for language, said in worded.others.items()
    )
    session.flush()


def approval_hash(session: Session, alert: Alert, worded: Worded) -> str:
    """What an approval is bound to: every word, what kind of message it is, and whom it goes to."""
    return _hash(
        session, alert, _words_of(worded), {language: _words_of(said) for language, said in worded.others.items()}
    )


def _words_of(worded: Worded) -> _Words:
    return worded.headline, worded.sms.text, worded.mail.subject, worded.mail.text, worded.mail.html


def stored_hash(session: Session, alert: Alert) -> str:
    """The same, from the frozen words: it differs from the approval's when somebody has changed a row."""
    others = {row.language: _words_in(row) for row in translations(session, alert.id or 0)}
    return _hash(session, alert, _words_in(alert), others)


def _words_in(row: Alert | AlertTranslation) -> _Words:
    return row.headline, row.sms_text, row.mail_subject, row.mail_text, row.mail_html


def _hash(session: Session, alert: Alert, words: _Words, others: Mapping[str, _Words]) -> str:
    assert alert.id is not None
    to = sorted((target.network_id, target.unit_id or 0) for target in targets(session, alert.id))
    content: list[object] = [alert.number, *words, to]
    if alert.alert_class is not AlertClass.WARNING or alert.over_quiet_hours:
        # a plain warning's hash is as it always was
        about = [alert.about_id, alert.story_id]
        content.append({"class": alert.alert_class, "about": about, "over_quiet_hours": alert.over_quiet_hours})
    if alert.planned_at is not None:
        content.append({"planned_at": alert.planned_at.isoformat()})
    if others:  # none from the time before there were languages
        content.append({"in_other_languages": sorted(others.items())})
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def change_columns(
    session: Session,
    alert: Alert,
    values: dict[str, Any],
    *,
    version: int,
    now: datetime,
    account_id: int | None = None,
) -> None:
    """Put these values in a draft: it is `account_id`'s work too now, and nobody can approve what it was before.

    Conflict when it was changed since `version`, or is approved already.
    """
    changed_by = alert.changed_by if account_id is None else account_id
    values = {**values, "state": AlertState.DRAFT, "updated_at": now, "changed_by": changed_by}
    _guarded(session, alert, version, values, EDITABLE)
    end_requests(session, alert.id or 0, now=now)


def copy_targets(session: Session, about: Alert, alert: Alert) -> None:
    """Let the alert lie where the one it is about lies: who may see and write it follows from that."""
    assert about.id is not None
    assert alert.id is not None
    session.add_all(
        AlertTarget(alert_id=alert.id, network_id=row.network_id, unit_id=row.unit_id)
        for row in targets(session, about.id)
    )
    session.flush()


def stop(alert: Alert, *, account_id: int, now: datetime) -> bool:
    """Nothing more of it goes out, if its copies are withdrawn in the same transaction. True when nothing of it had
    begun to go: then it counts as never sent, and its number is nobody's.

    Lock the alert's row first (`alert(…, to_change=True)`): fan-out does.
    """
    alert.stopped_at, alert.stopped_by = now, account_id
    untouched = alert.state is AlertState.APPROVED
    if untouched:
        alert.state, alert.updated_at = AlertState.DISCARDED, now
    return untouched


def ring_at_night(
    session: Session, alert: Alert, *, wanted: bool, version: int, account_id: int, now: datetime
) -> None:
    """Whether the draft is to go in quiet hours all the same; it needs two persons then. Conflict as in `change`."""
    values = {"over_quiet_hours": wanted, "state": alert.state, "updated_at": now, "changed_by": account_id}
    _guarded(session, alert, version, values, EDITABLE)
    end_requests(session, alert.id or 0, now=now)


def plan(session: Session, alert: Alert, at: datetime | None, *, version: int, account_id: int, now: datetime) -> None:
    """The draft is not to go before `at`; None: as soon as it is let go. It stands in our own rows until then, so that
    it can be taken back to the last moment.

    Raises:
        Conflict: as in `change`.
        Refused: not_to_be_planned: it is of a class that cannot wait; planned_in_past; planned_too_late (days).
    """
    if at is not None:
        if alert.alert_class not in CAN_WAIT:
            raise Refused("not_to_be_planned")
        if at <= now:
            raise Refused("planned_in_past")
        if at > now + timedelta(days=MOST_DAYS_AHEAD):
            raise Refused("planned_too_late", days=MOST_DAYS_AHEAD)
    values: dict[str, object] = {"planned_at": at, "state": alert.state, "updated_at": now, "changed_by": account_id}
    _guarded(session, alert, version, values, EDITABLE)
    end_requests(session, alert.id or 0, now=now)


def discard(session: Session, alert: Alert, *, version: int, now: datetime) -> None:
    """The draft will not be sent. Its number, if it got one, is never used again."""
    _guarded(session, alert, version, {"state": AlertState.DISCARDED, "updated_at": now}, EDITABLE)
    end_requests(session, alert.id or 0, now=now)


def begin_sending(session: Session, alert: Alert) -> bool:
    """Fan-out has begun. True when it is by this: what goes on with it has begun before."""
    if alert.state is not AlertState.APPROVED:
        return False
    alert.state = AlertState.SENDING
    return True


def forget_drafts(session: Session, *, untouched_since: datetime) -> int:
    """Delete drafts that nobody has touched since then, and the discarded ones; their numbers stay used."""
    unsent = (*EDITABLE, AlertState.DISCARDED)
    old = delete(Alert).where(col(Alert.state).in_(unsent), col(Alert.updated_at) < untouched_since)
    return session.execute(old).rowcount  # type: ignore[attr-defined, no-any-return]


def targets(session: Session, alert_id: int) -> list[AlertTarget]:
    """Where the alert goes."""
    return list(session.exec(select(AlertTarget).where(AlertTarget.alert_id == alert_id).order_by(col(AlertTarget.id))))


def _keep_active(session: Session, alert: Alert) -> None:
    """Where the alert goes, somebody is there to get it; no network rests, ends or merges before this is committed."""
    for network_id in sorted({target.network_id for target in targets(session, alert.id or 0)}):
        network(session, network_id, to_join=True)
        if state_of(session, network_id) is not NetworkState.ACTIVE:
            raise Conflict("network_not_active")


def _guarded(
    session: Session, alert: Alert, version: int, values: dict[str, object], from_states: tuple[AlertState, ...]
) -> None:
    """Change the alert if nobody else has: by its version, in the database, not in memory."""
    session.flush()
    changed = update(Alert).where(
        col(Alert.id) == alert.id, col(Alert.version) == version, col(Alert.state).in_(from_states)
    )
    if session.execute(changed.values(**values, version=version + 1)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("changed_meanwhile")
    session.refresh(alert)


def _refuse_sender(session: Session, draft: PlacesDraft, source: Source, code: str) -> None:
    if draft.alert_class is AlertClass.ONGOING and not may_tell_of_ongoing(source, rules(session, code)):
        raise Refused("ongoing_not_allowed")
    if draft.alert_class is AlertClass.DRILL and not may_drill(source, rules(session, code)):
        raise Refused("drill_not_allowed")


def _municipality_of(session: Session, draft: PlacesDraft) -> str:
    ids = {target.network_id for target in draft.targets}
    codes = set(session.exec(select(WatchNetwork.municipality_code).where(Among(col(WatchNetwork.id), ids))))
    if len(codes) != 1:
        raise Refused("several_municipalities")
    code = codes.pop()
    found = {card.id for card in cards(session, [code], list(ids)) if card.state is NetworkState.ACTIVE}
    if found != ids:
        raise Refused("network_not_active")
    return code


def _set_occasion(session: Session, alert: Alert, draft: PlacesDraft) -> None:
    if isinstance(draft, InvitationDraft):
        set_occasion(session, alert, draft)


def _set_targets(session: Session, alert: Alert, draft: PlacesDraft) -> None:
    assert alert.id is not None
    session.execute(delete(AlertTarget).where(col(AlertTarget.alert_id) == alert.id))
    whole = {target.network_id for target in draft.targets if target.unit_id is None}
    parts = {(t.network_id, t.unit_id) for t in draft.targets if t.unit_id is not None and t.network_id not in whole}
    session.add_all(AlertTarget(alert_id=alert.id, network_id=network_id) for network_id in sorted(whole))
    session.add_all(
        AlertTarget(alert_id=alert.id, network_id=network_id, unit_id=unit_id) for network_id, unit_id in sorted(parts)
    )
    session.flush()
