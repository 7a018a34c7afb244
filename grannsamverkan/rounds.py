"""The rounds of a living network, at the clock's pace: the month's duties, the yearly check, vacancies.

    plan_duties → the month's tasks, told once
    keep_checks → asked → reminded → warned → the coordinator is asked to decide
    keep_vacancies → what ended roles leave behind goes on; a network with nobody becomes a task
    ask_the_lost → a household whose last address has died becomes a task

Each step is safe to repeat, to miss, and to run on two clocks at once: what has been done stands in the rows.
"""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from grannsamverkan import notify
from grannsamverkan.domain import audit, duties, membership, networks, notices, people, places
from grannsamverkan.domain.duties import YearlyCheck
from grannsamverkan.domain.networks import ContactPerson, Household
from grannsamverkan.domain.notices import NoticeKind, Words, words
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import day_in_words, in_sweden, month_in_words
from grannsamverkan.runtime import Runtime

_DAYTIME = (8, 20)  # hours in Sweden in which people are told of what can wait
_TOLD_FOR = timedelta(days=2)  # how long a notice is worth sending
_WAITED_FOR = timedelta(days=30)  # longer than a pause
_TO_ASK = timedelta(days=14)
_SLICE = 100  # networks in one transaction


def plan_duties(runtime: Runtime) -> int:
    """Give contact persons this month's tasks and tell each once, by mail where they have one, in the daytime.

    Returns how many got tasks now.
    """
    now = runtime.clock.now()
    day = in_sweden(now).date()
    if not _is_daytime(now):
        return 0
    with runtime.database.write() as session:
        roles = duties.plan_month(session, day, now=now)
        for role in roles:
            _tell_of_duties(runtime, session, role, day, now)
        if roles:
            notify.nudge(runtime, session)
    return len(roles)


def welcome_imported(runtime: Runtime) -> int:
    """Tell those who came by a list that they are members, once the list can no longer be taken back, in the daytime.

    Returns how many rows of lists were let go of.
    """
    now, total = runtime.clock.now(), 0
    if not _is_daytime(now):
        return 0
    while True:
        with runtime.database.write() as session:
            rows, homes = membership.lists.settle(session, now=now)
            for home in homes:
                _welcome(session, home, now)
            if homes:
                notify.nudge(runtime, session)
        if not rows:
            return total
        total += rows


def _welcome(session: Session, home: Household, now: datetime) -> None:
    network = networks.network(session, home.network_id)
    sender = places.served_municipality(session, network.municipality_code).sender_name
    for address in people.confirmed_addresses(session, networks.people_of(session, [home.id or 0])):
        notices.queue(
            session,
            address,
            NoticeKind.WELCOME,
            words.welcome(sender, network.name),
            municipality_code=network.municipality_code,
            about=f"household:{home.id}",
            key=f"welcome:{address.id}",
            now=now,
            valid_for=_TOLD_FOR,
        )


def keep_vacancies(runtime: Runtime) -> int:
    """Pass on what roles have left behind that ended, however they did; make a task of each active network that has
    lost its last contact person; close what is no vacancy any more. Returns how many changed."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        followed = duties.pass_on_orphans(session, now=now)
        for role, successor in followed:
            tell_successor(runtime, session, role, successor)
        opened, closed = duties.keep_vacancies(session, due_on=in_sweden(now).date(), now=now)
        return len(followed) + opened + closed + duties.close_moot(session, now=now)


def ask_the_lost(runtime: Runtime) -> int:
    """Where the last address of a household has died, whoever informs it gets a task to ask it; returns how many
    tasks were opened, or closed because the household is reached again."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        return duties.ask_the_lost(session, due_on=(in_sweden(now) + _TO_ASK).date(), now=now)


def tell_successor(runtime: Runtime, session: Session, role: ContactPerson, successor: ContactPerson) -> None:
    """Whoever follows a role that has ended is told once, and what they have now."""
    network = networks.network(session, successor.network_id)
    rules = places.rules(session, network.municipality_code)
    shares = networks.coverage(session, successor.network_id, guidance=rules.most_households_per_contact_person)
    said = words.taken_over(
        places.served_municipality(session, network.municipality_code).sender_name,
        network.name,
        households=shares.households_of.get(successor.id or 0, 0),
        page=f"{runtime.settings.installation.base_url}/omraden/{successor.network_id}/hushall",
    )
    about, now = f"role:{role.id}", runtime.clock.now()
    _tell(session, successor, NoticeKind.INVITATION, said, about=about, key="taken_over", now=now)
    notify.nudge(runtime, session)


def keep_checks(runtime: Runtime) -> dict[str, int]:
    """Ask, remind, warn and pass on yearly checks, in the daytime; returns how many of each.

    The dates are counted from what was done: whoever was warned late has as many days left as anybody.
    """
    done = {"asked": 0, "reminded": 0, "warned": 0, "passed_on": 0}
    if not _is_daytime(runtime.clock.now()):
        return done
    with runtime.database.read() as session:
        codes = [row.code for row in places.served(session)]
    for code in codes:
        for act in (_pass_on, _warn, _remind, _ask):
            while True:
                number = act(runtime, code)
                done[_NAMES[act]] += number
                if number < _SLICE:
                    break
    return done


def _ask(runtime: Runtime, code: str) -> int:
    with runtime.database.write() as session:
        rules, now = places.rules(session, code), runtime.clock.now()
        found = duties.start_checks(session, code, rules, now=now, limit=_SLICE)
        for check in found:
            _tell_of_check(runtime, session, check, "asked", is_reminder=False)
            _note(session, code, check, "check.asked", now)
        if found:
            notify.nudge(runtime, session)
    return len(found)


def _remind(runtime: Runtime, code: str) -> int:
    with runtime.database.write() as session:
        rules, now = places.rules(session, code), runtime.clock.now()
        found = duties.remind(session, code, rules, now=now, limit=_SLICE)
        for check in found:
            _tell_of_check(runtime, session, check, f"reminder {check.reminders}", is_reminder=True)
            _note(session, code, check, "check.reminded", now, number=check.reminders)
        if found:
            notify.nudge(runtime, session)
    return len(found)


def _warn(runtime: Runtime, code: str) -> int:
    with runtime.database.write() as session:
        rules, now = places.rules(session, code), runtime.clock.now()
        found = duties.warn(session, code, now=now, limit=_SLICE)
        warned = [check for check in found if _tell_of_warning(runtime, session, check, rules)]
        for check in found:
            if check in warned:
                _note(session, code, check, "check.warned", now)
            else:
                check.warned_at = None
        if warned:
            notify.nudge(runtime, session)
    return len(warned)


def _pass_on(runtime: Runtime, code: str) -> int:
    with runtime.database.write() as session:
        rules, now = places.rules(session, code), runtime.clock.now()
        tasks = duties.pass_on_checks(session, code, rules, now=now, limit=_SLICE)
        for task in tasks:
            audit.record(
                session,
                now=now,
                account_id=None,
                act="check.passed_on",
                thing="network",
                thing_id=task.network_id,
                municipality_code=code,
                row=task.id or 0,
            )
    return len(tasks)


_NAMES = {_ask: "asked", _remind: "reminded", _warn: "warned", _pass_on: "passed_on"}


def _tell_of_duties(runtime: Runtime, session: Session, role: ContactPerson, day: date, now: datetime) -> None:
    network = networks.network(session, role.network_id)
    begins = duties.month_begins(day)
    tasks = duties.tasks_of(session, role.person_id, month_begins=begins, network_id=role.network_id)
    said = words.duties(
        places.served_municipality(session, network.municipality_code).sender_name,
        network.name,
        tasks=sum(task.closed_at is None for task in tasks),
        month=month_in_words(day),
        page=_page_of(runtime, role, day),
    )
    _tell(session, role, NoticeKind.DUTIES, said, about=f"duties:{role.id}", key=duties.round_of(day), now=now)


def _tell_of_check(runtime: Runtime, session: Session, check: YearlyCheck, step: str, *, is_reminder: bool) -> None:
    now = runtime.clock.now()
    network = networks.network(session, check.network_id)
    sender = places.served_municipality(session, network.municipality_code).sender_name
    for role in duties.whom_to_ask(session, check.network_id):
        said = words.yearly_check(
            sender,
            network.name,
            due=day_in_words(check.due_on),
            page=_page_of(runtime, role, in_sweden(now).date()),
            is_reminder=is_reminder,
        )
        _tell(session, role, NoticeKind.YEARLY_CHECK, said, about=f"check:{check.id}", key=step, now=now)


def _tell_of_warning(runtime: Runtime, session: Session, check: YearlyCheck, rules: Rules) -> bool:
    """False when everybody who is to hear it pauses just now: the warning comes first, so it waits for them, for a
    while."""
    now = runtime.clock.now()
    day = in_sweden(now).date()
    network = networks.network(session, check.network_id)
    sender = places.served_municipality(session, network.municipality_code).sender_name
    told, pauses = 0, False
    for role in duties.whom_to_ask(session, check.network_id):
        pauses = pauses or _pauses(session, role, now)
        said = words.yearly_check_warning(
            sender,
            network.name,
            decided_from=day_in_words(day + timedelta(days=rules.check_warning_days)),
            page=_page_of(runtime, role, day),
        )
        told += _tell(session, role, NoticeKind.YEARLY_CHECK, said, about=f"check:{check.id}", key="warning", now=now)
    return told > 0 or not pauses or day > check.due_on + _WAITED_FOR


def _tell(
    session: Session, role: ContactPerson, kind: NoticeKind, said: Words, *, about: str, key: str, now: datetime
) -> int:
    """By mail, where the links are; by SMS to those who have no mailbox. Returns how many notices wait now."""
    code = networks.network(session, role.network_id).municipality_code
    queued = [
        notices.queue(
            session,
            address,
            kind,
            said,
            municipality_code=code,
            about=about,
            key=f"{key}:{address.id}",
            now=now,
            valid_for=_TOLD_FOR,
        )
        for address in _addresses(session, role)
    ]
    return sum(row is not None for row in queued)


def _pauses(session: Session, role: ContactPerson, now: datetime) -> bool:
    """Whether the person has an address that would be used, if they did not pause."""
    return any(
        people.is_wanted(session, ChannelKind(one.channel), one.lookup)
        and not people.is_wanted(session, ChannelKind(one.channel), one.lookup, unpaused_at=now)
        for one in _addresses(session, role)
    )


def _addresses(session: Session, role: ContactPerson) -> list[ContactAddress]:
    found = [one for one in people.confirmed_addresses(session, [role.person_id]) if one.dead_since is None]
    return [one for one in found if one.channel == ChannelKind.EMAIL] or found


def _page_of(runtime: Runtime, role: ContactPerson, day: date) -> str:
    token = duties.duties_token(runtime.database.vault, role.id or 0, last_day=day + duties.LINK_LIFE)
    return f"{runtime.settings.installation.base_url}/uppgifter/{token}"


def _is_daytime(now: datetime) -> bool:
    return _DAYTIME[0] <= in_sweden(now).hour < _DAYTIME[1]


def _note(session: Session, code: str, check: YearlyCheck, act: str, now: datetime, **facts: int) -> None:
    audit.record(
        session,
        now=now,
        account_id=None,
        act=act,
        thing="network",
        thing_id=check.network_id,
        municipality_code=code,
        row=check.id or 0,
        **facts,
    )
