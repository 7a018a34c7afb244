"""When one person is not enough: what needs a second one, the asking, and the answer. An answer is bound to the content
that was asked about; any change of it ends the asking."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from grannsamverkan.domain.alerts.catalogue import Source
from grannsamverkan.domain.alerts.classes import AlertClass
from grannsamverkan.domain.alerts.invitations import takes_place
from grannsamverkan.domain.alerts.tables import Alert, AlertReason, Answer, ApprovalRequest, PostedDraft, ReasonKind
from grannsamverkan.domain.places import YES, Rules


class Need(StrEnum):
    """Why a second person has to look at it."""

    MANY = "many"
    QUIET_HOURS = "quiet_hours"
    ONGOING = "ongoing"
    CONTACT_PERSON = "contact_person"
    DRILL = "drill"


def needs_of(alert: Alert, rules: Rules, *, households: int) -> tuple[Need, ...]:
    """Why a second person has to approve the alert, which would reach this many households; empty when none has to.

    What puts another message right reaches only those whom that has reached, and each minute counts: only ringing at
    night is not one person's to decide.
    """
    found = {Need.QUIET_HOURS: alert.over_quiet_hours}
    if not takes_place(alert):
        is_contact_person = alert.source == Source.CONTACT_PERSON
        found |= {
            Need.MANY: households > rules.two_persons_above,
            Need.ONGOING: alert.alert_class is AlertClass.ONGOING and alert.source != Source.POLICE,
            Need.CONTACT_PERSON: is_contact_person and rules.contact_alert_needs_two == YES,
            Need.DRILL: alert.alert_class is AlertClass.DRILL and rules.drill_needs_two == YES,
        }
    return tuple(need for need in Need if found.get(need))


def composers(session: Session, alert: Alert) -> frozenset[int]:
    """The accounts whose own it is: who wrote it, who changed it last, and who has asked for the approval. Whoever made
    the key that another system has posted it with has not written it."""
    asked = open_request(session, alert.id or 0)
    author = None if session.get(PostedDraft, alert.id) else alert.author_account_id
    mine = {author, alert.changed_by, asked.asked_by if asked else None}
    return frozenset(account_id for account_id in mine if account_id is not None)


def is_own(session: Session, alert: Alert, account_id: int) -> bool:
    """Whether this account cannot be the second person: it is one of the composers, or nobody is yet. What no person
    has written has its first person in whoever looks at it."""
    mine = composers(session, alert)
    return not mine or account_id in mine


def ask(
    session: Session, alert: Alert, *, content: str, needs: tuple[Need, ...], account_id: int, now: datetime
) -> tuple[ApprovalRequest, bool]:
    """Ask for a second person's approval of this content. Asked again for the same, it is the same asking; the second
    value says whether it is a new one. Lock the alert's row first."""
    found = open_request(session, alert.id or 0)
    if found is not None and found.content == content:
        return found, False
    end_requests(session, alert.id or 0, now=now)
    row = ApprovalRequest(
        alert_id=alert.id or 0, content=content, needs=[need.value for need in needs], asked_by=account_id, asked_at=now
    )
    session.add(row)
    session.flush()
    return row, True


def open_request(session: Session, alert_id: int) -> ApprovalRequest | None:
    """The asking that nobody has answered yet."""
    rows = select(ApprovalRequest).where(
        ApprovalRequest.alert_id == alert_id, col(ApprovalRequest.answered_at).is_(None)
    )
    return session.exec(rows).first()


def last_request(session: Session, alert_id: int) -> ApprovalRequest | None:
    """The newest asking, answered or not."""
    rows = select(ApprovalRequest).where(ApprovalRequest.alert_id == alert_id)
    return session.exec(rows.order_by(col(ApprovalRequest.id).desc())).first()


def open_requests(session: Session, municipality_codes: list[str]) -> list[tuple[Alert, ApprovalRequest]]:
    """Everything in these municipalities that waits for a second person, the oldest first."""
    rows = (
        select(Alert, ApprovalRequest)
        .join(ApprovalRequest, col(ApprovalRequest.alert_id) == col(Alert.id))
        .where(col(Alert.municipality_code).in_(municipality_codes), col(ApprovalRequest.answered_at).is_(None))
    )
    return list(session.exec(rows.order_by(col(ApprovalRequest.id))))


def answer(session: Session, alert_id: int, said: Answer, *, account_id: int, now: datetime) -> bool:
    """Somebody answers the open asking; False when there is none any more."""
    row = open_request(session, alert_id)
    if row is None:
        return False
    row.answer, row.answered_by, row.answered_at = said, account_id, now
    session.flush()
    return True


def end_requests(session: Session, alert_id: int, *, now: datetime) -> None:
    """What was asked about is no longer what the alert says: nobody can answer it any more."""
    mine = update(ApprovalRequest).where(
        col(ApprovalRequest.alert_id) == alert_id, col(ApprovalRequest.answered_at).is_(None)
    )
    session.execute(mine.values(answer=Answer.VOID, answered_at=now))


def give_reason(
    session: Session, alert: Alert, kind: ReasonKind, words: str, *, account_id: int, now: datetime
) -> None:
    """Keep why somebody did what is not usual; a later reason of the same kind takes the place of the first."""
    row = session.exec(select(AlertReason).where(AlertReason.alert_id == alert.id, AlertReason.kind == kind)).first()
    if row is None:
        session.add(AlertReason(alert_id=alert.id or 0, kind=kind, words=words, account_id=account_id, given_at=now))
    else:
        row.words, row.account_id, row.given_at = words, account_id, now
    session.flush()


def reasons_of(session: Session, alert_id: int) -> dict[ReasonKind, str]:
    """Why somebody did what is not usual with this alert."""
    rows = session.exec(select(AlertReason).where(AlertReason.alert_id == alert_id))
    return {row.kind: row.words for row in rows}


def emergencies(session: Session, municipality_codes: list[str], *, since: datetime) -> list[Alert]:
    """Alerts that one person let go alone though two were needed, the newest first."""
    rows = (
        select(Alert)
        .join(AlertReason, col(AlertReason.alert_id) == col(Alert.id))
        .where(
            col(Alert.municipality_code).in_(municipality_codes),
            AlertReason.kind == ReasonKind.EMERGENCY,
            col(Alert.approved_at) >= since,
        )
    )
    return list(session.exec(rows.order_by(col(Alert.approved_at).desc())))
