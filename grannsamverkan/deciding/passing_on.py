"""Where a network wants it so, a warning goes to its contact persons first: they are asked, one after the other, to
pass it on; when nobody has, it goes by itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan.deciding.notes import note
from grannsamverkan.domain import alerts, deliveries, duties, networks, notices, people, places, targeting
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.networks import ContactPerson, ContactRole, WatchNetwork
from grannsamverkan.domain.notices import NoticeKind, words
from grannsamverkan.domain.people import ContactAddress
from grannsamverkan.domain.places import Rules
from grannsamverkan.domain.targeting import Forwarding
from grannsamverkan.foundation.swedish import clock_in_words, in_sweden
from grannsamverkan.runtime import Runtime

_ORDER = (ContactRole.CONTACT_PERSON, ContactRole.DEPUTY, ContactRole.LEAD)


@dataclass(frozen=True)
class Via:
    """A network in which contact persons pass it on: how many households wait for them, and when it goes by itself if
    it were let go now."""

    name: str
    households: int
    direct_at: datetime


@dataclass(frozen=True)
class _Step:
    """Who is asked, by which addresses, how long after the release."""

    after: timedelta
    asked: list[tuple[ContactPerson, list[ContactAddress]]]


def via_contact_persons(
    session: Session, alert: Alert, *, release_at: datetime, valid_until: datetime, now: datetime
) -> list[Via]:
    """For the check page: counted as it is done at release. A network whose contact persons cannot be reached is not
    among them: there it goes to everybody at once."""
    rules = places.rules(session, alert.municipality_code)
    waiting = targeting.households_via(session, alert, now=now)
    found = []
    for network in targeting.networks_via_contact_persons(session, alert):
        _steps_taken, whole = _steps(session, network, rules, now)
        if whole:
            direct_at = _direct_at(release_at, valid_until, whole)
            found.append(Via(network.name, waiting.get(network.id or 0, 0), direct_at))
    return found


def ask_contact_persons(runtime: Runtime, session: Session, alert: Alert, *, now: datetime) -> bool:
    """With the first slice: each network's contact persons are asked now, its deputies and its lead later if nobody has
    passed it on by then. Safe to repeat; the notices wait in their rows. True when somebody is asked."""
    if alert.valid_until is None or targeting.forwardings(session, alert.id or 0):
        return False
    rules = places.rules(session, alert.municipality_code)
    for network in targeting.networks_via_contact_persons(session, alert):
        steps, whole = _steps(session, network, rules, now)
        if not whole:
            continue
        direct_at = _direct_at(now, alert.valid_until, whole)
        row = Forwarding(alert_id=alert.id or 0, network_id=network.id or 0, asked_at=now, direct_at=direct_at)
        session.add(row)
        session.flush()
        for step in steps:
            if now + step.after < direct_at:
                _ask(runtime, session, alert, network, step, direct_at=direct_at, now=now)
    return bool(targeting.forwardings(session, alert.id or 0))


def pass_on(
    runtime: Runtime,
    session: Session,
    alert_id: int,
    role: ContactPerson,
    *,
    account_id: int | None,
) -> bool:
    """The contact person passes the alert on in their network. True when this did it; False when somebody else had,
    when it has gone by itself, or was stopped."""
    alert = alerts.alert(session, alert_id, to_change=True)
    if alert.state is not AlertState.SENDING or alert.stopped_at is not None:
        return False
    deliveries.wake(session, alert_id, now=runtime.clock.now())
    now = runtime.clock.now()  # after the locks
    role_id, network_id = role.id or 0, role.network_id
    done = targeting.pass_on(session, alert_id, network_id, role_id=role_id, account_id=account_id, now=now)
    if done:
        notices.cancel_about(session, _about(alert_id, network_id), now=now)
        note(session, alert, "alert.passed_on", account_id, now)
    return done


def ask_no_more(session: Session, alert_id: int, *, now: datetime) -> None:
    """Nobody is asked to pass on what was stopped."""
    for row in targeting.forwardings(session, alert_id):
        notices.cancel_about(session, _about(alert_id, row.network_id), now=now)


def _steps(
    session: Session, network: WatchNetwork, rules: Rules, now: datetime
) -> tuple[list[_Step], timedelta | None]:
    """Who is asked and when, without those who cannot be reached; and how long all of it takes, None when nobody can
    be."""
    waits = dict(zip(_ORDER, (rules.pass_on_min, rules.pass_on_deputy_min, rules.pass_on_lead_min), strict=True))
    roles = networks.contact_persons(session, network.id or 0)
    steps, after = [], timedelta(0)
    for kind in _ORDER:
        asked = [(role, _reachable(session, role, now)) for role in roles if role.role is kind]
        asked = [(role, addresses) for role, addresses in asked if addresses]
        if asked:
            steps.append(_Step(after, asked))
            after += timedelta(minutes=waits[kind])
    return steps, after if steps else None


def _reachable(session: Session, role: ContactPerson, now: datetime) -> list[ContactAddress]:
    addresses = people.confirmed_of(session, role.person_id)
    return [one for one in addresses if notices.may_get(session, one, NoticeKind.FORWARD, now=now)]


def _direct_at(release_at: datetime, valid_until: datetime, whole: timedelta) -> datetime:
    """Half of the time in which a warning is worth sending is left to the neighbours in any case."""
    return min(release_at + whole, release_at + (valid_until - release_at) / 2)


def _ask(
    runtime: Runtime,
    session: Session,
    alert: Alert,
    network: WatchNetwork,
    step: _Step,
    *,
    direct_at: datetime,
    now: datetime,
) -> None:
    sender = places.served_municipality(session, alert.municipality_code).sender_name
    last_day = in_sweden(direct_at).date()
    for role, addresses in step.asked:
        token = duties.duties_token(runtime.database.vault, role.id or 0, last_day=last_day)
        page = f"{runtime.settings.installation.base_url}/uppgifter/{token}"
        said = words.pass_on(sender, network.name, alert.number or 0, by_itself=clock_in_words(direct_at), page=page)
        for address in addresses:
            notices.queue(
                session,
                address,
                NoticeKind.FORWARD,
                said,
                municipality_code=alert.municipality_code,
                about=_about(alert.id or 0, network.id or 0),
                key=f"{role.id}:{address.id}",
                now=now,
                valid_for=direct_at - (now + step.after),
                not_before=now + step.after,
            )


def _about(alert_id: int, network_id: int) -> str:
    return f"forward:{alert_id}:{network_id}"
