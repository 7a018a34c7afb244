"""The yearly check: four questions to the lead, answered in a minute. Nothing follows by itself: a person decides."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from grannsamverkan.domain import networks
from grannsamverkan.domain.duties.tables import CheckOutcome, Task, TaskKind, YearlyCheck
from grannsamverkan.domain.duties.tasks import CHECK_ROUND, close_open, close_task, open_task
from grannsamverkan.domain.lifecycle import RestReason, history, rest
from grannsamverkan.domain.networks import (
    ContactPerson,
    ContactRole,
    NetworkState,
    NetworkStateSpan,
    WatchNetwork,
    contact_persons,
)
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.database import add_once
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden

_LATEST_START = timedelta(days=92)  # a check that could not be asked for so long waits for the next year
ACT_WITHIN = timedelta(days=30)  # what the answers ask for
_DECIDE_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Answers:
    """Is each of the four in order?"""

    list_in_order: bool
    contacts_in_order: bool
    signs_in_order: bool
    meeting_held: bool


# What a "no" asks for; a contact person who is missing is the coordinator's to find.
_FOLLOWS = {
    "list_in_order": TaskKind.LIST_CHECK,
    "contacts_in_order": TaskKind.FILL_VACANCY,
    "signs_in_order": TaskKind.SIGNS_CHECK,
    "meeting_held": TaskKind.YEARLY_MEETING,
}


def round_begins(day: date, month: int) -> date:
    """The first day of the check month that came last."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def start_checks(
    session: Session, municipality_code: str, rules: Rules, *, now: datetime, limit: int
) -> list[YearlyCheck]:
    """Ask the active networks of the municipality that have not been asked in this round; returns those of now.

    A network that became active after the round began is asked the next time. A round that could not begin in its
    month, because nothing ran, begins late.
    """
    day = in_sweden(now).date()
    begins = round_begins(day, rules.check_month)
    if day - begins > _LATEST_START:
        return []
    asked = select(YearlyCheck.network_id).where(YearlyCheck.year == begins.year)
    rows = session.exec(
        select(WatchNetwork.id, NetworkStateSpan.since)
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(WatchNetwork.id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            NetworkStateSpan.state == NetworkState.ACTIVE,
            col(NetworkStateSpan.until).is_(None),
            col(WatchNetwork.id).not_in(asked),
        )
        .order_by(col(WatchNetwork.id))
    ).all()
    due_on = day + timedelta(days=rules.check_answer_days)
    old_enough = [network_id for network_id, since in rows if network_id and in_sweden(since).date() < begins]
    made = [
        add_once(session, YearlyCheck(network_id=network_id, year=begins.year, asked_at=now, due_on=due_on))
        for network_id in old_enough[:limit]
    ]
    found = [session.get(YearlyCheck, check_id) for check_id in made if check_id is not None]
    return [row for row in found if row is not None]


def whom_to_ask(session: Session, network_id: int) -> list[ContactPerson]:
    """Who answers for the network: its leads, else every contact person, else the deputies; one role of each person."""
    roles = contact_persons(session, network_id)
    for wanted in (ContactRole.LEAD, ContactRole.CONTACT_PERSON, ContactRole.DEPUTY):
        found = {
            role.person_id: role for role in sorted(roles, key=lambda role: -(role.id or 0)) if role.role is wanted
        }
        if found:
            return sorted(found.values(), key=lambda role: role.id or 0)
    return []


def remind(session: Session, municipality_code: str, rules: Rules, *, now: datetime, limit: int) -> list[YearlyCheck]:
    """Checks of which to remind now, marked as reminded. Days that were missed bring one reminder, not several."""
    day = in_sweden(now).date()
    found: list[YearlyCheck] = []
    for number in range(rules.check_reminders):
        long_ago = now - timedelta(days=(number + 1) * rules.check_reminder_days)
        due = (YearlyCheck.reminders == number, col(YearlyCheck.asked_at) <= long_ago, col(YearlyCheck.due_on) > day)
        for row in _unanswered(session, municipality_code, limit - len(found), *due):
            passed = (now - row.asked_at).days // rules.check_reminder_days
            row.reminders, row.reminded_at = min(passed, rules.check_reminders), now
            found.append(row)
        session.flush()
    return found


def warn(session: Session, municipality_code: str, *, now: datetime, limit: int) -> list[YearlyCheck]:
    """Checks whose time has passed without an answer, marked as warned of: the lead hears it first."""
    rows = _unanswered(
        session,
        municipality_code,
        limit,
        col(YearlyCheck.warned_at).is_(None),
        col(YearlyCheck.due_on) <= in_sweden(now).date(),
    )
    for row in rows:
        row.warned_at = now
    session.flush()
    return rows


def pass_on_checks(session: Session, municipality_code: str, rules: Rules, *, now: datetime, limit: int) -> list[Task]:
    """Where the warning brought no answer either, the coordinator is asked to decide; returns the tasks."""
    long_ago = now - timedelta(days=rules.check_warning_days)
    rows = _unanswered(
        session,
        municipality_code,
        limit,
        col(YearlyCheck.warned_at) <= long_ago,
        col(YearlyCheck.passed_on_at).is_(None),
    )
    tasks = []
    for row in rows:
        row.passed_on_at = now
        tasks.append(
            open_task(
                session,
                row.network_id,
                TaskKind.DECIDE_DORMANCY,
                round=f"{CHECK_ROUND}{row.year}",
                due_on=in_sweden(now).date() + _DECIDE_WITHIN,
                now=now,
            )
        )
    session.flush()
    return tasks


def _unanswered(session: Session, municipality_code: str, limit: int, *more: object) -> list[YearlyCheck]:
    """Open checks of networks that have been active all the time since they were asked, held until the transaction
    ends: of two clocks at once the second finds nothing left to do."""
    rows = (
        select(YearlyCheck)
        .join(WatchNetwork, col(WatchNetwork.id) == col(YearlyCheck.network_id))
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(YearlyCheck.network_id))
        .where(
            WatchNetwork.municipality_code == municipality_code,
            NetworkStateSpan.state == NetworkState.ACTIVE,
            col(NetworkStateSpan.until).is_(None),
            col(NetworkStateSpan.since) <= col(YearlyCheck.asked_at),
            col(YearlyCheck.answered_at).is_(None),
            col(YearlyCheck.decided_at).is_(None),
            *more,  # type: ignore[arg-type]
        )
        .order_by(col(YearlyCheck.id))
        .limit(limit)
        .with_for_update(of=YearlyCheck)
        .execution_options(populate_existing=True)
    )
    return list(session.exec(rows))


def open_check(session: Session, network_id: int) -> YearlyCheck | None:
    """The check that waits for an answer."""
    rows = select(YearlyCheck).where(
        YearlyCheck.network_id == network_id,
        col(YearlyCheck.answered_at).is_(None),
        col(YearlyCheck.decided_at).is_(None),
    )
    return session.exec(rows.order_by(col(YearlyCheck.year).desc())).first()


def checks_of(session: Session, network_id: int) -> list[YearlyCheck]:
    """Every check of the network, the newest first."""
    rows = select(YearlyCheck).where(YearlyCheck.network_id == network_id)
    return list(session.exec(rows.order_by(col(YearlyCheck.year).desc())))


def check_to_answer(session: Session, network_id: int, person_id: int | None) -> YearlyCheck | None:
    """The check that this person is asked to answer for the network."""
    if person_id not in {role.person_id for role in whom_to_ask(session, network_id)}:
        return None
    return open_check(session, network_id)


def answer_check(
    session: Session,
    check: YearlyCheck,
    answers: Answers,
    role: ContactPerson,
    *,
    account_id: int | None,
    now: datetime,
) -> list[Task]:
    """Answered by `role`, signed in or by link. Each "no" opens its task: for `role`, or for the coordinator.

    Returns the tasks. Answered twice, the first answer stays.

    Raises:
        Conflict: somebody has answered, or decided, in the meantime.
    """
    session.refresh(check, with_for_update=True)
    if check.answered_at is not None or check.decided_at is not None:
        raise Conflict("check_answered")
    check.answered_at, check.answered_by, check.answered_by_role = now, account_id, role.id
    for name, is_so in asdict(answers).items():
        setattr(check, name, is_so)
    if all(asdict(answers).values()):
        check.outcome = CheckOutcome.FINE
    close_open(session, check.network_id, TaskKind.DECIDE_DORMANCY, account_id=account_id, now=now, because="answered")
    due_on = in_sweden(now).date() + ACT_WITHIN
    tasks = [
        open_task(
            session,
            check.network_id,
            kind,
            round=f"{CHECK_ROUND}{check.year}",
            due_on=due_on,
            now=now,
            contact_person_id=None if kind is TaskKind.FILL_VACANCY else role.id,
        )
        for name, kind in _FOLLOWS.items()
        if not getattr(answers, name)
    ]
    session.flush()
    return tasks


def decide(session: Session, network: WatchNetwork, *, keeps: bool, account_id: int, now: datetime) -> CheckOutcome:
    """The network goes on, or rests, after its newest check; a later decision overrules an earlier one.

    Raises:
        NotFound: it has never been checked.
        Conflict: the check has been answered in the meantime.
        Refused: not_active: it neither is active nor rests because of its check.
    """
    assert network.id is not None
    check = next(iter(checks_of(session, network.id)), None)
    if check is None:
        raise NotFound
    session.refresh(check, with_for_update=True)
    if check.answered_at is not None:
        raise Conflict("check_answered")
    rests_for_check = rests_because_unanswered(session, network.id)
    if not rests_for_check and networks.state_of(session, network.id) is not NetworkState.ACTIVE:
        raise Refused("not_active")
    if keeps and rests_for_check:
        networks.enter_state(session, network, NetworkState.ACTIVE, now=now, account_id=account_id)
    elif not keeps and not rests_for_check:
        rest(session, network, RestReason.CHECK_UNANSWERED, account_id=account_id, now=now)
    _settle(session, check, CheckOutcome.KEPT if keeps else CheckOutcome.DORMANT, account_id, now)
    return CheckOutcome.KEPT if keeps else CheckOutcome.DORMANT


def rests_because_unanswered(session: Session, network_id: int) -> bool:
    """Whether the network rests because nobody answered its check: then that can be taken back without ado."""
    span = history(session, network_id)[0]
    return span.state is NetworkState.DORMANT and span.reason == RestReason.CHECK_UNANSWERED


def note_rest(session: Session, network_id: int, *, account_id: int, now: datetime) -> None:
    """The network rests or has ended for another reason: nobody needs to decide that any more."""
    check = open_check(session, network_id)
    if check is not None:
        _settle(session, check, CheckOutcome.DORMANT, account_id, now)
    close_open(session, network_id, TaskKind.DECIDE_DORMANCY, account_id=account_id, now=now, because="decided")


def _settle(session: Session, check: YearlyCheck, outcome: CheckOutcome, account_id: int, now: datetime) -> None:
    check.outcome, check.decided_at, check.decided_by = outcome, now, account_id
    close_open(session, check.network_id, TaskKind.DECIDE_DORMANCY, account_id=account_id, now=now, because="decided")
    session.flush()


def close_moot(session: Session, *, now: datetime) -> int:
    """Decisions that wait for a network that is not active any more are closed, and whatever was left to do in one that
    has ended; returns how many."""
    rows = session.exec(
        select(Task)
        .join(NetworkStateSpan, col(NetworkStateSpan.network_id) == col(Task.network_id))
        .where(
            col(Task.closed_at).is_(None),
            col(NetworkStateSpan.until).is_(None),
            (NetworkStateSpan.state == NetworkState.ENDED)
            | ((Task.kind == TaskKind.DECIDE_DORMANCY) & (NetworkStateSpan.state != NetworkState.ACTIVE)),
        )
    ).all()
    for row in rows:
        close_task(row, account_id=None, now=now, because="not_active")
    return len(rows)
