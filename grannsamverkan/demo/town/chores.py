"""The contact persons' everyday: slips, newcomers, the months' tasks, who has looked at whom, and what was sent."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlmodel import col, select

from grannsamverkan.demo.town.contacts import RESIGNED_DAYS
from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.demo.town.plan import Trait
from grannsamverkan.domain import audit, duties, lifecycle, membership, people
from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.duties import Answers, Task, TaskKind
from grannsamverkan.domain.lifecycle import MeetingState
from grannsamverkan.domain.networks import NetworkState, Unit
from grannsamverkan.domain.notices import Notice, NoticeKind, NoticeState
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.domain.places import rules
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden

_LIFE = timedelta(days=2)  # of a message that was sent
_LATELY_DAYS = 25  # what was sent before then is forgotten
_MONTHS_BACK = 2
_UNANSWERED = 11  # one network in so many does not answer its yearly check


def build_slips(ground: Ground, grown: Sequence[Grown]) -> None:
    """A batch in use, one that was called back, and one whose time is out."""
    for one in grown:
        if not one.plan.has(Trait.SLIPS):
            continue
        desk = ground.desks[one.municipality.code]
        for place, (days, slips, uses) in enumerate(((120, 20, 9), (35, 12, 3), (6, 10, 2))):
            batch = membership.make_batch(
                ground.session,
                one.network,
                one.units[place % len(one.units)],
                slips=slips,
                days=90,
                account_id=desk,
                now=ground.days_ago(days),
            )
            batch.uses = uses
            if place == 1:
                membership.revoke(batch, now=ground.days_ago(days - 9))


def build_tasks(ground: Ground, grown: Sequence[Grown]) -> None:
    """This month's tasks, some of them done, those of the months before, and what waits for the coordinator."""
    today = in_sweden(ground.now).date()
    month = today.replace(day=1)
    for _ in range(_MONTHS_BACK):
        month = (month - timedelta(days=1)).replace(day=1)
        opened_at = ground.days_ago((today - month).days - 1)
        duties.plan_month(ground.session, month, now=opened_at)
        for task in _of_round(ground, duties.round_of(month)):
            duties.close_task(task, account_id=None, now=opened_at + timedelta(days=9))
    duties.plan_month(ground.session, today, now=ground.now - timedelta(days=min(today.day - 1, 3), hours=1))
    for task in _of_round(ground, duties.round_of(today)):
        is_first = task.kind is TaskKind.INFORM
        if is_first and (task.contact_person_id or 0) % 3:
            duties.close_task(task, account_id=None, now=ground.now - timedelta(minutes=30))
    for one in grown:
        if one.plan.has(Trait.VACANT) and one.plan.course.state is NetworkState.ACTIVE:
            vacant_on = in_sweden(ground.days_ago(RESIGNED_DAYS)).date()
            duties.open_vacancy(ground.session, one.id, due_on=vacant_on, now=ground.days_ago(RESIGNED_DAYS))
        if one.plan.has(Trait.NEWCOMERS):
            for place, (days, label) in enumerate(((5, "Gula huset, barnfamilj"), (2, "Tredje våningen"))):
                _note_newcomer(ground, one, one.units[place], label, days)


def _note_newcomer(ground: Ground, one: Grown, unit: Unit, label: str, days: int) -> None:
    due_on = in_sweden(ground.days_ago(days - 14)).date()
    key = f"{one.id:018x}{days:02x}"
    duties.note_newcomer(ground.session, one.id, unit, label, key=key, due_on=due_on, now=ground.days_ago(days))


def build_checks(ground: Ground, grown: Sequence[Grown]) -> None:
    """The newest yearly check: asked of all who were under way, answered by most; the rest was warned and passed on."""
    by_id = {one.id: one for one in grown}
    for code in ground.desks:
        local = rules(ground.session, code)
        begins = duties.round_begins(in_sweden(ground.now).date(), local.check_month)
        asked_at = min(ground.evening((in_sweden(ground.now).date() - begins).days, hour=9), ground.now)
        checks = duties.start_checks(ground.session, code, local, now=asked_at, limit=1000)
        for check in checks:
            one = by_id[check.network_id]
            answered_at = asked_at + timedelta(days=3 + one.id % 20)
            if one.open_roles and one.id % _UNANSWERED and answered_at <= ground.now:
                answers = Answers(True, True, signs_in_order=one.id % 8 != 3, meeting_held=True)
                role = duties.whom_to_ask(ground.session, one.id)[0]
                duties.answer_check(ground.session, check, answers, role, account_id=None, now=answered_at)
        warned_at = asked_at + timedelta(days=local.check_answer_days + 1)
        passed_on_at = warned_at + timedelta(days=local.check_warning_days + 1)
        if warned_at <= ground.now:
            duties.warn(ground.session, code, now=warned_at, limit=1000)
        if passed_on_at <= ground.now:
            duties.pass_on_checks(ground.session, code, local, now=passed_on_at, limit=1000)


def _of_round(ground: Ground, round_: str) -> Iterable[Task]:
    return ground.session.exec(select(Task).where(Task.round == round_).order_by(col(Task.id))).all()


def build_views(ground: Ground, grown: Sequence[Grown], accounts: Iterable[Account]) -> None:
    """Contact persons who sign in have looked at their households, and printed their list once."""
    for account in accounts:
        for one in grown:
            if account.person_id not in {role.person_id for role in one.open_roles}:
                continue
            seen = membership.visible_households(ground.session, account.person_id, one.network)
            ids = [home.id for home in seen if home.label]
            for what, days in (("list", 52), ("print", 51), ("list", 31), ("list", 18), ("export", 17), ("list", 4)):
                audit.note_view(
                    ground.session,
                    now=ground.evening(days, hour=19),
                    account_id=account.id or 0,
                    role=account.role.value,
                    what=what,
                    municipality_code=one.municipality.code,
                    network_id=one.id,
                    household_ids=ids,
                    purpose="Ska lämna över till ersättaren under semestern" if what == "export" else "",
                )
    ground.session.flush()


def build_notices(ground: Ground, grown: Sequence[Grown]) -> None:
    """What single persons were sent of late: welcomes, and invitations to the meetings that are planned."""
    rows: list[Notice] = []
    for one in grown:
        fresh = [home for home in one.living if home.household.joined_at > ground.days_ago(_LATELY_DAYS)]
        for home in fresh:
            for address in people.confirmed_addresses(ground.session, [home.person.id or 0]):
                about = f"household:{home.household.id}"
                key = f"welcome:{address.id}"
                rows.append(_sent(ground, one, address, NoticeKind.WELCOME, about, key, days=1))
        for meeting in lifecycle.meetings(ground.session, one.id):
            if meeting.state is not MeetingState.PLANNED:
                continue
            meeting.invited_at = ground.days_ago(5)
            persons = [home.person.id or 0 for home in one.living]
            for address in people.confirmed_addresses(ground.session, persons):
                key = f"{meeting.sequence}:meeting:{address.channel}:{address.lookup.hex()}"
                rows.append(_sent(ground, one, address, NoticeKind.MEETING, f"meeting:{meeting.id}", key, days=5))
    ground.write(rows)


def _sent(
    ground: Ground, one: Grown, address: ContactAddress, kind: NoticeKind, about: str, key: str, *, days: float
) -> Notice:
    sent_at = ground.days_ago(days)
    is_lost = address.channel == ChannelKind.SMS and address.value in ground.old_numbers
    return Notice(
        address_id=address.id or 0,
        channel=address.channel,
        kind=kind,
        municipality_code=one.municipality.code,
        about=about,
        key=key,
        subject="",
        body="",
        made_at=sent_at,
        next_at=sent_at,
        valid_until=sent_at + _LIFE,
        state=NoticeState.FAILED if is_lost else NoticeState.DELIVERED,
        attempts=1,
        called_at=sent_at,
        settled_at=sent_at + timedelta(seconds=9),
    )
