"""The first page after signing in: what each role needs to see first."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, duties, membership, networks, places, receipts
from grannsamverkan.domain.accounts import Action, Actor
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.duties import Task, TaskKind
from grannsamverkan.domain.membership import JoinRequest
from grannsamverkan.domain.networks import NetworkCard, NetworkKind, NetworkState
from grannsamverkan.domain.promise import STARTING
from grannsamverkan.foundation.swedish import sort_key
from grannsamverkan.web import current, errands, ongoing
from grannsamverkan.web.dashboard import households_over_time, promises
from grannsamverkan.web.duty_words import link_of, task_words
from grannsamverkan.web.network_hints import hints
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.promise import target_words
from grannsamverkan.web.reach import alerts_of, cards_of, is_neighbour
from grannsamverkan.web.standing import counts_of, theirs
from grannsamverkan.web.times import today

_NEWEST = 5
_NEWEST_OF_NEIGHBOURS = 3
_UNDO = timedelta(days=1)  # how long a vacancy that was called filled can be opened again here

pages = Pages("home")


@dataclass(frozen=True)
class Newest:
    """A warning and what became of it: households by outcome, in reach."""

    alert: Alert
    households: dict[str, int]

    @property
    def addressed(self) -> int:
        return sum(self.households.values())

    @property
    def to_visit(self) -> int:
        """Households for a contact person to knock at."""
        return sum(self.households[outcome] for outcome in receipts.TO_VISIT)

    @property
    def proved(self) -> int:
        return receipts.proved(self.households)


@pages.get("/hem", may=Action.SEE_HOME)
def home() -> ResponseReturnValue:
    actor = current.signed_in_actor()
    with current.runtime().database.read() as session:
        return _contact_person(session, actor) if is_neighbour(actor) else _staff(session, actor)


def _contact_person(session: Session, actor: Actor) -> str:
    newest = _newest(session, actor, _NEWEST_OF_NEIGHBOURS)
    cards = cards_of(session, actor)
    day = today(current.now())
    return render_template(
        "home/contact_person.html",
        cards=cards,
        mine=_households_of(session, actor),
        newest=newest[0] if newest else None,
        to_knock=_to_knock(session, newest[0].alert, actor) if newest and newest[0].to_visit else 0,
        latest=newest,
        drafts=len(alerts.drafts_of(session, actor.account_id)),
        tells_ongoing=ongoing.may_tell(session, actor),
        requests=_requests(session, actor),
        waiting=[
            *errands.to_pass_on(session, actor),
            *errands.to_answer(session, actor),
            *errands.to_follow_up(session, actor),
        ],
        checks=[card.id for card in cards if duties.check_to_answer(session, card.id, actor.person_id) is not None],
        tasks=_tasks(session, actor, day),
        task_words=task_words,
        link_of=link_of,
        today=day,
        now=current.now(),
    )


def _to_knock(session: Session, alert: Alert, actor: Actor) -> int:
    """Households of this contact person's own that nothing and nobody has reached."""
    return receipts.left_to_visit(session, alert.id or 0, theirs(session, alert, actor))


def _requests(session: Session, actor: Actor) -> list[JoinRequest]:
    """Who waits to be let in by this contact person."""
    rows = [networks.network(session, network_id) for network_id in sorted(actor.network_ids)]
    return [one for row in rows for one in membership.requests_for(session, actor.person_id, row)]


def _tasks(session: Session, actor: Actor, day: date) -> list[Task]:
    """This month's tasks of the contact person, and newcomers to visit."""
    if actor.person_id is None:
        return []
    visits = [one for id in sorted(actor.network_ids) for one in duties.newcomers_for(session, id, actor.person_id)]
    return duties.tasks_of(session, actor.person_id, month_begins=duties.month_begins(day)) + visits


def _households_of(session: Session, actor: Actor) -> int:
    """How many households are this contact person's to inform."""
    roles = networks.open_contact_roles(session, actor.person_id) if actor.person_id is not None else []
    guidance = current.runtime().settings.networks.households_per_contact_person
    shares = {one: networks.coverage(session, one, guidance=guidance).households_of for one in actor.network_ids}
    return sum(shares[role.network_id].get(role.id or 0, 0) for role in roles)


def _staff(session: Session, actor: Actor) -> str:
    cards = cards_of(session, actor)
    sees_alerts = current.may(Action.SEE_ALERT)
    active = [card for card in cards if card.state is NetworkState.ACTIVE]
    served = {row.code: row.name for row in places.served(session) if row.code in actor.municipality_codes}
    managed = [card.id for card in cards] if current.may(Action.MANAGE_CONTACTS) else []
    office = duties.waiting(session, managed, done_since=current.now() - _UNDO)
    vacancies = [task for task in office if task.kind is TaskKind.FILL_VACANCY]
    hinted = hints(session, cards)
    day, only = today(current.now()), next(iter(served)) if len(served) == 1 else None
    return render_template(
        "home/staff.html",
        has_networks=bool(cards),
        by_state=_by_state(cards),
        households=sum(card.households for card in active),
        active=len(active),
        all=sum(card.state is not NetworkState.ENDED for card in cards),
        vacant=sum(card.contact_persons == 0 for card in active),
        reach=networks.reach_together(hinted.reach.values()),
        by_municipality=_by_municipality(cards, served) if len(served) > 1 else [],
        waiting=list(errands.for_staff(session, actor, cards, hinted)),
        decisions=[task for task in office if task.kind is TaskKind.DECIDE_DORMANCY and task.closed_at is None],
        vacancies=[task for task in vacancies if task.closed_at is None],
        settled=[task for task in vacancies if task.closed_at is not None],
        names={card.id: card.name for card in cards},
        municipalities=served,
        newest=_newest(session, actor, _NEWEST) if sees_alerts else [],
        drafts=len(alerts.drafts_of(session, actor.account_id)) if sees_alerts else 0,
        day=day,
        chart=households_over_time(session, only, day) if only else None,
        promised=promises(session, only, day) if only else [],
        target_words=target_words,
        tells_ongoing=sees_alerts and ongoing.may_tell(session, actor),
    )


def _by_municipality(cards: list[NetworkCard], names: dict[str, str]) -> list[tuple[str, int, int, int]]:
    """(code, networks under way, active, without a contact person) of each municipality in reach, in order of name."""
    found = []
    for code in sorted(names, key=lambda code: sort_key(names[code])):
        own = [card for card in cards if card.municipality_code == code]
        active = [card for card in own if card.state is NetworkState.ACTIVE]
        vacant = sum(card.contact_persons == 0 for card in active)
        found.append((code, sum(card.state in STARTING for card in own), len(active), vacant))
    return found


def _newest(session: Session, actor: Actor, limit: int) -> list[Newest]:
    rows = alerts_of(session, actor, limit=limit)
    return [Newest(row, counts) for row, counts in zip(rows, counts_of(session, rows, actor), strict=True)]


def _by_state(cards: list[NetworkCard]) -> list[tuple[NetworkState, int, int]]:
    """(state, villa areas, apartment areas), of the states that occur."""
    found = Counter((card.state, card.kind) for card in cards)
    return [
        (state, found[state, NetworkKind.VILLA], found[state, NetworkKind.APARTMENT])
        for state in NetworkState
        if found[state, NetworkKind.VILLA] + found[state, NetworkKind.APARTMENT]
    ]
