"""The first page after signing in: what each role needs to see first."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan.domain import alerts, duties, lifecycle, membership, networks, places, signs
from grannsamverkan.domain.accounts import Action, Actor, Role
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.duties import Task, TaskKind
from grannsamverkan.domain.lifecycle import Addressee
from grannsamverkan.domain.membership import JoinRequest
from grannsamverkan.domain.networks import NetworkCard, NetworkKind, NetworkState
from grannsamverkan.domain.places import MUNICIPALITY, POLICE
from grannsamverkan.domain.promise import STARTING
from grannsamverkan.foundation.swedish import sort_key
from grannsamverkan.web import current
from grannsamverkan.web.covering import covered
from grannsamverkan.web.dashboard import households_over_time, promises
from grannsamverkan.web.duty_words import link_of, task_words
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.network_hints import Hints, hints
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.promise import target_words
from grannsamverkan.web.reach import alerts_of, cards_of, is_neighbour
from grannsamverkan.web.standing import counts_of
from grannsamverkan.web.times import today
from grannsamverkan.web.waiting import unanswered

_NEWEST = 5
_NEWEST_OF_NEIGHBOURS = 3

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
        return sum(self.households[outcome] for outcome in ("failed", "unknown", "paper"))


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
        latest=newest,
        drafts=len(alerts.drafts_of(session, actor.account_id)),
        requests=_requests(session, actor),
        checks=[card.id for card in cards if duties.check_to_answer(session, card.id, actor.person_id) is not None],
        tasks=_tasks(session, actor, day),
        task_words=task_words,
        link_of=link_of,
        today=day,
        now=current.now(),
    )


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
    office = duties.waiting(session, [card.id for card in cards]) if current.may(Action.MANAGE_CONTACTS) else []
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
        waiting=list(_waiting(session, actor, cards, hinted)),
        decisions=[task for task in office if task.kind is TaskKind.DECIDE_DORMANCY],
        vacancies=[task for task in office if task.kind is TaskKind.FILL_VACANCY],
        names={card.id: card.name for card in cards},
        municipalities=served,
        newest=_newest(session, actor, _NEWEST) if sees_alerts else [],
        drafts=len(alerts.drafts_of(session, actor.account_id)) if sees_alerts else 0,
        day=day,
        chart=households_over_time(session, only, day) if only else None,
        promised=promises(session, only, day) if only else [],
        target_words=target_words,
    )


def _waiting(session: Session, actor: Actor, cards: list[NetworkCard], hinted: Hints) -> Iterator[tuple[str, str]]:
    """(what waits, the address where it is done), for those who may."""
    ids = [card.id for card in cards]
    if current.may(Action.SEE_INTERESTS):
        number = len(lifecycle.interests(session, actor.municipality_codes, only_waiting=True))
        if number:
            yield (
                ngettext("En intresserad väntar på svar", "%(num)d intresserade väntar på svar", number),
                url_for("interests.index"),
            )
    if current.may(Action.MANAGE_CONTACTS):
        number = sum(len(one.request_ids) for one in unanswered(session, ids))
        if number:
            words = ngettext(
                "Ett hushåll väntar där inget kontaktombud kan svara",
                "%(num)d hushåll väntar där inget kontaktombud kan svara",
                number,
            )
            yield words, url_for("waiting.index")
        yield from _uncovered(session, cards)
    if current.may(Action.MANAGE_NETWORK):
        yield from _hinted(hinted)
    if current.may(Action.SEE_MEETINGS):
        addressee = Addressee.POLICE if actor.role is Role.POLICE else Addressee.MUNICIPALITY
        number = len(lifecycle.points(session, ids, addressee=addressee, only_open=True))
        if number:
            yield (
                ngettext("Ett möte har bett om en sak", "Möten har bett om %(num)d saker", number),
                url_for("action_points.page"),
            )
    ours = POLICE if actor.role is Role.POLICE else MUNICIPALITY
    orders = signs.waiting(session, ids, ordered_from=ours) if current.may(Action.ORDER_SIGNS) else 0
    if orders:
        yield (
            ngettext("En beställning av skyltar väntar", "%(num)d beställningar av skyltar väntar", orders),
            url_for("sign_orders.index"),
        )


def _uncovered(session: Session, cards: list[NetworkCard]) -> Iterator[tuple[str, str]]:
    """Active networks in which somebody is missing, has too much or has fallen silent."""
    found = covered(session, cards)
    vacant, silent, crowded = (sum(name in one.lacks for one in found) for name in ("vakant", "tyst", "for-manga"))
    if vacant:
        words = ngettext("Ett område saknar kontaktombud", "%(num)d områden saknar kontaktombud", vacant)
        yield words, url_for("covering.page", visa="vakant")
    if silent:
        words = ngettext("Ett område har ett tyst kontaktombud", "%(num)d områden har tysta kontaktombud", silent)
        yield words, url_for("covering.page", visa="tyst")
    if crowded:
        words = ngettext(
            "I ett område har någon för många hushåll", "I %(num)d områden har någon för många hushåll", crowded
        )
        yield words, url_for("covering.page", visa="for-manga")


def _hinted(found: Hints) -> Iterator[tuple[str, str]]:
    """Active networks that would do better as two, or that reach too few."""
    if found.large:
        words = ngettext("Ett område har vuxit, se om det bör delas", "%(num)d områden har vuxit", len(found.large))
        yield words, url_for("networks.index", stora=1)
    if found.hard_to_reach:
        words = ngettext(
            "Ett område når färre hushåll än riktmärket",
            "%(num)d områden når färre hushåll än riktmärket",
            len(found.hard_to_reach),
        )
        yield words, url_for("networks.index", racker=1)


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
