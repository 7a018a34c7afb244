"""How far an alert has come, as the one who asks may see it: staff all of it, contact persons their own networks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from grannsamverkan import deciding
from grannsamverkan.domain import alerts, deliveries, membership, networks, places, receipts, targeting
from grannsamverkan.domain.accounts import Action, Actor, Thing
from grannsamverkan.domain.alerts import NOTHING_HAPPENED, Alert, AlertClass, AlertPause, AlertState, ReasonKind
from grannsamverkan.domain.networks import ContactPerson, ContactRole
from grannsamverkan.domain.receipts import OUTCOMES, Ledger, NotReached, SmsCost, Times
from grannsamverkan.domain.targeting import Forwarding
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import number_aware, sort_key
from grannsamverkan.web import access, current
from grannsamverkan.web.reach import is_neighbour, own_networks, own_networks_of
from grannsamverkan.web.remembered import Remembered, remembered

SENT_OUTCOMES = ("delivered", "handed_over", "unknown", "failed", "queued")
DOOR_OUTCOMES = ("told", "slip")
CALM_OUTCOMES = ("paper", "resting", "kept_back")
_MEASURED_FOR = timedelta(seconds=15)


@dataclass(frozen=True)
class Forwarded:
    """A network in which contact persons pass the alert on: whether it waits for them until `row.direct_at`, which of
    them has passed it on, and whether the one who asks may."""

    row: Forwarding
    network: str
    waits: bool
    by: ContactRole | None
    may_pass_on: bool


@dataclass(frozen=True)
class Standing:
    """Counts of an alert. `copies` and `times` are empty for who sees only part of it. `networks`: (name, outcome →
    households). `joint`: what was written as one with it for other municipalities, by their names. `theirs` are the ids
    of the households that are a contact person's to knock at. `cost`: None where there is none, or it is not theirs to
    see; `carries`: other messages went along in this one."""

    alert: Alert
    places: list[str]
    households: dict[str, int]
    networks: list[tuple[str, dict[str, int]]]
    copies: dict[ChannelKind, dict[str, int]]
    again: int
    cost: SmsCost | None
    carries: bool
    times: Times
    not_reached: list[NotReached]
    has_labels: bool
    theirs: frozenset[int]
    first_at: datetime | None
    story: list[Alert]
    joint: list[tuple[Alert, str]]
    forwarded: list[Forwarded]
    pause: AlertPause | None
    may_take_back: bool
    may_stop: bool
    may_go_on: bool
    reasons: dict[ReasonKind, str]

    @property
    def addressed(self) -> int:
        return sum(self.households.values())

    @property
    def proved(self) -> int:
        return receipts.proved(self.households)

    @property
    def left(self) -> int:
        """How many of those not reached nobody has been at yet."""
        return sum(row.visited is None for row in self.not_reached)

    @property
    def left_of_theirs(self) -> int:
        return sum(row.visited is None and row.household_id in self.theirs for row in self.not_reached)

    @property
    def is_closed(self) -> bool:
        return self.alert.state is AlertState.CLOSED

    def of_copies(self, outcome: str) -> int:
        return sum(counts[outcome] for counts in self.copies.values())


def counts_of(session: Session, rows: Sequence[Alert], actor: Actor) -> list[dict[str, int]]:
    """Outcome → households, of those in the actor's reach; for each of the alerts."""
    own = own_networks_of(session, actor)
    counted = receipts.ledgers(session, [row.id or 0 for row in rows if row.tally is None])
    found = [receipts.frozen(row.tally) if row.tally is not None else counted[row.id or 0] for row in rows]
    return [_within(ledger, own(row))[0] for row, ledger in zip(rows, found, strict=True)]


def standing(session: Session, alert: Alert, actor: Actor) -> Standing:
    """Everything the live page shows; why somebody did what is not usual is the staff's to read."""
    assert alert.id is not None
    ledger, own = _ledger(session, alert), own_networks(session, actor, alert)
    households, by_network = _within(ledger, own)
    names = networks.names(session, by_network)
    sees_all = own is None or alerts.networks_of(session, alert.id) <= own
    thing = thing_of(session, alert)
    released = alert.release_at is not None and alert.release_at <= current.now()
    waits = deciding.has_unsent(session, alert)
    has_unsent = waits and current.may(Action.STOP_ALERT, thing)
    is_calm = alert.alert_class in NOTHING_HAPPENED  # nobody knocks at a door with a tip, or follows it up
    has_labels = own is not None and current.may(Action.SEE_NOT_REACHED_NAMES) and not is_calm
    mine = theirs(session, alert, actor) if has_labels else frozenset()
    return Standing(
        alert=alert,
        places=alerts.places_of(session, alert.id),
        households=households,
        networks=sorted(((names[one], by_network[one]) for one in by_network), key=lambda row: sort_key(row[0])),
        copies=ledger.copies if sees_all else {},
        again=sum(ledger.again.values()) if sees_all else 0,
        cost=_cost(session, alert) if sees_all and current.may(Action.CHECK_ALERT, thing) else None,
        carries=alert.alert_class is AlertClass.ADVICE and bool(deliveries.carried_alerts(session, alert.id)),
        times=_times(session, alert) if sees_all else Times({}, {}),
        not_reached=[] if is_calm or ledger.to_knock == 0 else not_reached(session, alert.id, own, mine),
        has_labels=has_labels,
        theirs=mine,
        first_at=deliveries.first_handed_over_at(session, alert.id),
        story=[row for row in alerts.story_of(session, alert) if row.id != alert.id],
        joint=_joint(session, alert),
        forwarded=_forwarded(session, alert, own, names, actor),
        pause=alerts.pause_of(session, alert.id) if sees_all and waits else None,
        may_take_back=has_unsent and not released,
        may_stop=has_unsent and released,
        may_go_on=released and not is_calm and current.may(Action.WRITE_ALERT, thing),
        reasons=alerts.reasons_of(session, alert.id) if not is_neighbour(actor) else {},
    )


def thing_of(session: Session, alert: Alert) -> Thing:
    """What leave is asked for to do something about the alert."""
    return Thing(alert.municipality_code, alerts.networks_of(session, alert.id or 0), alert.author_account_id)


def _joint(session: Session, alert: Alert) -> list[tuple[Alert, str]]:
    if alert.joint_id is None:
        return []
    rows = access.joint_alerts(session, alert.id or 0, Action.SEE_ALERT)
    return [(row, places.municipality(session, row.municipality_code).name) for row in rows if row.id != alert.id]


def _forwarded(
    session: Session, alert: Alert, own: frozenset[int] | None, names: dict[int, str], actor: Actor
) -> list[Forwarded]:
    rows = [row for row in targeting.forwardings(session, alert.id or 0) if own is None or row.network_id in own]
    if not rows:
        return []
    mine = networks.open_contact_roles(session, actor.person_id) if actor.person_id is not None else []
    my_networks = {role.network_id for role in mine} if current.may(Action.PASS_ON) else set()
    names = names | networks.names(session, {row.network_id for row in rows} - names.keys())
    goes = alert.state is AlertState.SENDING and alert.stopped_at is None
    found = []
    for row in rows:
        role = session.get(ContactPerson, row.role_id) if row.role_id is not None else None
        waits = goes and row.forwarded_at is None and row.direct_at > current.now()
        found.append(
            Forwarded(
                row=row,
                network=names.get(row.network_id, ""),
                waits=waits,
                by=role.role if role is not None else None,
                may_pass_on=waits and row.network_id in my_networks,
            )
        )
    return found


def theirs(session: Session, alert: Alert, actor: Actor) -> frozenset[int]:
    """Ids of the households that are this contact person's to know and to knock at."""
    return frozenset[int]().union(*theirs_by_network(session, alert, actor).values())


def theirs_by_network(session: Session, alert: Alert, actor: Actor) -> dict[int, frozenset[int]]:
    """The same, by the network that they are in now."""
    return {
        one: membership.visible_ids(session, actor.person_id, networks.network(session, one))
        for one in sorted(own_networks(session, actor, alert) or ())
    }


def not_reached(
    session: Session, alert_id: int, own: frozenset[int] | None, labels_of: frozenset[int]
) -> list[NotReached]:
    """Those who are listed, one's own first, in the order one walks: area, part, house."""
    rows = receipts.not_reached(session, alert_id, network_ids=own, labels_of=labels_of)
    return sorted(rows, key=lambda row: (row.household_id not in labels_of, *_on_the_way(row)))


def _on_the_way(row: NotReached) -> tuple[object, ...]:
    return (
        sort_key(row.network_name),
        number_aware(row.unit_name or "\uffff"),
        number_aware(row.label or "\uffff"),
        row.household_id,
    )


def _ledger(session: Session, alert: Alert) -> Ledger:
    """The frozen tally of a closed alert, else counted now."""
    assert alert.id is not None
    return receipts.frozen(alert.tally) if alert.tally is not None else receipts.ledger(session, alert.id)


def _times(session: Session, alert: Alert) -> Times:
    """Those kept with the tally of a closed alert, else measured. The page asks every few seconds, and of 100,000
    copies the measuring takes the better part of one: it is done once for all who look."""
    if alert.tally is not None:
        return receipts.frozen_times(alert.tally)
    kept: Remembered[Times] = remembered("times", _MEASURED_FOR)
    return kept.get(alert.id or 0, current.now(), lambda: receipts.times(session, alert))


def _cost(session: Session, alert: Alert) -> SmsCost | None:
    """As frozen when it closed, else counted; remembered as the times are. None where no SMS was taken."""
    if alert.tally is not None:
        return receipts.frozen_cost(alert.tally) or None
    price = current.runtime().settings.sms.kronor_per_part
    kept: Remembered[SmsCost] = remembered("sms_cost", _MEASURED_FOR)
    counted = kept.get(
        alert.id or 0,
        current.now(),
        lambda: receipts.count_cost(session, alert.id or 0, kronor_per_part=price),
    )
    return counted or None


def _within(ledger: Ledger, own: frozenset[int] | None) -> tuple[dict[str, int], dict[int, dict[str, int]]]:
    """Households by outcome, and the same by network, kept to `own` networks."""
    if own is None:
        return ledger.households, ledger.networks
    kept = {network_id: counts for network_id, counts in ledger.networks.items() if network_id in own}
    total: Counter[str] = Counter()
    for counts in kept.values():
        total.update(counts)
    return {outcome: total[outcome] for outcome in OUTCOMES}, kept
