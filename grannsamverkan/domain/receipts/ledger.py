"""The ledger: of all homes an alert was for, how many got it, by whom that is known, and who did not.

It always sums to the addressed households. A household counts by the best that is known of any of its copies,
or by what a contact person has said who was at its door.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session, col, select

from grannsamverkan.domain.deliveries import CARRIER, STATE, DeliveryState
from grannsamverkan.domain.networks import Household, Shows, WatchNetwork, unit_names
from grannsamverkan.domain.receipts.tables import VisitKind
from grannsamverkan.foundation.database import Among, UtcDateTime
from grannsamverkan.foundation.ports import ChannelKind

S = DeliveryState

DELIVERED, HANDED_OVER, UNKNOWN, FAILED, QUEUED = ("delivered", "handed_over", "unknown", "failed", "queued")
PAPER, RESTING = ("paper", "resting")  # no way to send: the contact person's to visit; or they asked to be left alone
KEPT_BACK = "kept_back"  # the sender stopped it before this copy went
TOLD, SLIP = VisitKind.TOLD.value, VisitKind.SLIP.value  # by a contact person at the door: heard, or a slip laid
OUTCOMES = (DELIVERED, TOLD, HANDED_OVER, SLIP, UNKNOWN, FAILED, QUEUED, PAPER, RESTING, KEPT_BACK)
PROVED = (DELIVERED, TOLD)  # a phone, a mailbox or a person has answered
TO_VISIT = (UNKNOWN, FAILED, PAPER)  # without proof, and nothing more is on its way

OUTCOME_OF = {
    S.QUEUED: QUEUED,
    S.LEASED: QUEUED,
    S.CALLING: QUEUED,
    S.HANDED_OVER: HANDED_OVER,
    S.DELIVERED: DELIVERED,
    S.FAILED: FAILED,
    S.EXPIRED: FAILED,
    S.UNKNOWN: UNKNOWN,
    S.STOPPED: RESTING,
    S.CARRIED: UNKNOWN,  # its carrier is forgotten: else what is known of that counts
}

# What counts for a household with several copies: the higher the better known. Of one that another carries, that one.
_CODE = "COALESCE(k.code, d.code)"
_WITHOUT_COPY = "CASE WHEN a.left_out IN ('paused', 'stopped', 'level', 'given', 'enough') THEN 5 ELSE 10 END"
_COPY = f"""
    CASE {STATE} WHEN 4 THEN 60 WHEN 3 THEN 50 WHEN 0 THEN 40 WHEN 1 THEN 40 WHEN 2 THEN 40
                 WHEN 7 THEN 30 WHEN 9 THEN 30 WHEN 5 THEN 20 WHEN 6 THEN 20
                 WHEN 8 THEN CASE WHEN {_CODE} = 'withdrawn' THEN 7 ELSE 5 END END
"""
_OUTCOME_OF_BEST = {
    60: DELIVERED,
    55: TOLD,
    50: HANDED_OVER,
    45: SLIP,
    40: QUEUED,
    30: UNKNOWN,
    20: FAILED,
    10: PAPER,
    7: KEPT_BACK,
    5: RESTING,
}
_PROVEN, _UNREACHED = 60, (30, 20, 10)
# A visit stands on the same scale: a copy that is better known counts before it, whichever came first.
_AT_DOOR = {VisitKind.TOLD: 55, VisitKind.SLIP: 45, None: 0}

# Of a home `a`, each looked up by all of its key, one home at a time and not in a join: as far as PostgreSQL knows,
# an alert that is on its way has hardly any rows, and a join would go through all of them once for each of them.
_OF_ADDRESS = (
    f"FROM delivery d {CARRIER} WHERE d.alert_id = aa.alert_id AND d.channel = aa.channel AND d.lookup = aa.lookup"
)
_OF_HOME = "FROM audience_address aa WHERE aa.alert_id = a.alert_id AND aa.household_id = a.household_id"
_OF_DOOR = "FROM visit v WHERE v.alert_id = a.alert_id AND v.household_id = a.household_id"
_BEST_COPY = (
    f"COALESCE((SELECT MAX(COALESCE((SELECT {_COPY} {_OF_ADDRESS}), {_WITHOUT_COPY})) {_OF_HOME}), {_WITHOUT_COPY})"
)
_VISITED = f"(SELECT v.kind {_OF_DOOR})"

_HOUSEHOLDS = text(f"""
    SELECT alert_id, network_id, copy, visited, COUNT(*) FROM (
        SELECT a.alert_id, a.network_id, {_BEST_COPY} AS copy, {_VISITED} AS visited
        FROM audience a WHERE a.alert_id IN :alert_ids) homes
    GROUP BY alert_id, network_id, copy, visited
""").bindparams(bindparam("alert_ids", expanding=True))  # noqa: S608 - only constants of this file are put together

_EACH = text(f"""
    SELECT {_BEST_COPY}, {_VISITED} FROM audience a WHERE a.alert_id = :alert_id AND a.household_id IN :household_ids
""").bindparams(bindparam("household_ids", expanding=True))  # noqa: S608

_COPIES = text(f"""
    SELECT alert_id, channel, state, is_kept_back, COUNT(*), SUM(CASE WHEN attempts > 1 THEN attempts - 1 ELSE 0 END)
    FROM (SELECT d.alert_id AS alert_id, d.channel AS channel, {STATE} AS state, d.attempts AS attempts,
                 CASE WHEN {STATE} = 8 AND {_CODE} = 'withdrawn' THEN 1 ELSE 0 END AS is_kept_back
          FROM delivery d {CARRIER} WHERE d.alert_id IN :alert_ids) copies
    GROUP BY alert_id, channel, state, is_kept_back
""").bindparams(bindparam("alert_ids", expanding=True))  # noqa: S608

# Who was visited stays on the list until a receipt proves more, so that it can be seen and taken back there.
_NOT_REACHED = text(f"""
    SELECT household_id, network_id, unit_id, copy, COALESCE(code, left_out) AS code, visited, visited_at FROM (
        SELECT a.household_id, a.network_id, a.unit_id, a.left_out, {_BEST_COPY} AS copy,
               (SELECT MAX((SELECT {_CODE} {_OF_ADDRESS})) {_OF_HOME}) AS code,
               {_VISITED} AS visited, (SELECT v.at {_OF_DOOR}) AS visited_at
        FROM audience a WHERE a.alert_id = :alert_id) homes
    WHERE copy IN {_UNREACHED} OR (visited IS NOT NULL AND copy < {_PROVEN})
    ORDER BY network_id, household_id
""").columns(visited_at=UtcDateTime())  # noqa: S608


@dataclass(frozen=True)
class Ledger:
    """Counts of one alert.

    households: outcome → households. networks: network id → outcome → households. copies: channel → outcome → copies.
    again: channel → how many extra copies a provider may have taken, after a crash or an unclear answer. to_knock: how
    many households `not_reached` lists, in all networks; None when that was not kept.
    """

    households: dict[str, int]
    networks: dict[int, dict[str, int]]
    copies: dict[ChannelKind, dict[str, int]]
    again: dict[ChannelKind, int]
    to_knock: int | None = field(default=None, compare=False)

    @property
    def addressed(self) -> int:
        return sum(self.households.values())

    def as_json(self) -> dict[str, Any]:
        """The same with text keys, for the frozen tally."""
        plain = asdict(self)
        del plain["to_knock"]
        plain["networks"] = {str(key): value for key, value in self.networks.items()}
        plain["copies"] = {key.name.lower(): value for key, value in self.copies.items()}
        plain["again"] = {key.name.lower(): value for key, value in self.again.items()}
        return plain


def ledger(session: Session, alert_id: int) -> Ledger:
    """Counted now, from the rows."""
    return ledgers(session, [alert_id])[alert_id]


def ledgers(session: Session, alert_ids: Iterable[int]) -> dict[int, Ledger]:
    """The same of several alerts, in two queries."""
    found = {alert_id: _nothing_yet() for alert_id in alert_ids}
    if not found:
        return found
    asked, to_knock = {"alert_ids": list(found)}, Counter[int]()
    for alert_id, network_id, copy, visited, number in session.connection().execute(_HOUSEHOLDS, asked):
        outcome, one = _outcome(copy, visited), found[alert_id]
        to_knock[alert_id] += number if copy in _UNREACHED or (visited is not None and copy < _PROVEN) else 0
        one.networks.setdefault(network_id, dict.fromkeys(OUTCOMES, 0))[outcome] += number
        one.households[outcome] += number
    for alert_id, channel, state, is_kept_back, number, repeated in session.connection().execute(_COPIES, asked):
        of_channel, outcome = ChannelKind(channel), KEPT_BACK if is_kept_back else OUTCOME_OF[S(state)]
        found[alert_id].copies[of_channel][outcome] += number
        found[alert_id].again[of_channel] += repeated or 0
    return {alert_id: replace(one, to_knock=to_knock[alert_id]) for alert_id, one in found.items()}


def outcome_of(session: Session, alert_id: int, household_id: int) -> str | None:
    """What has become of one household; None when the alert was not for it, or that is forgotten."""
    return next(iter(_outcomes(session, alert_id, [household_id])), None)


def left_to_visit(session: Session, alert_id: int, household_ids: Iterable[int]) -> int:
    """How many of these households nothing and nobody has reached yet."""
    return sum(outcome in TO_VISIT for outcome in _outcomes(session, alert_id, household_ids))


def proved(households: Mapping[str, int]) -> int:
    """Of households by outcome, how many have surely got it."""
    return sum(households[outcome] for outcome in PROVED)


def _outcomes(session: Session, alert_id: int, household_ids: Iterable[int]) -> list[str]:
    asked = {"alert_id": alert_id, "household_ids": list(household_ids)}
    return [_outcome(copy, visited) for copy, visited in session.connection().execute(_EACH, asked)]


def _outcome(copy: int, visited: str | None) -> str:
    """Of the best known of a home's copies, and what was said at its door."""
    return _OUTCOME_OF_BEST[max(copy, _AT_DOOR[None if visited is None else VisitKind(visited)])]


def _nothing_yet() -> Ledger:
    copies = {kind: dict.fromkeys(OUTCOMES, 0) for kind in ChannelKind}
    return Ledger(dict.fromkeys(OUTCOMES, 0), {}, copies, dict.fromkeys(ChannelKind, 0))


def frozen(tally: Mapping[str, Any]) -> Ledger:
    """A closed alert's tally as a ledger again; an outcome that an older one did not know is nobody's."""
    none = dict.fromkeys(OUTCOMES, 0)
    return Ledger(
        households=none | tally["households"],
        networks={int(key): none | value for key, value in tally["networks"].items()},
        copies={ChannelKind[key.upper()]: none | value for key, value in tally["copies"].items()},
        again={ChannelKind[key.upper()]: value for key, value in tally["again"].items()},
    )


@dataclass(frozen=True)
class NotReached:
    """A household for the contact person to knock at: where it is and why. `label` only for those who may see it.

    `outcome` is what its copies came to; `visited` and `visited_at` say whether somebody has been there since.
    """

    household_id: int
    network_id: int
    network_name: str
    unit_name: str
    label: str
    outcome: str
    code: str
    visited: VisitKind | None = None
    visited_at: datetime | None = None


def not_reached(
    session: Session,
    alert_id: int,
    *,
    network_ids: frozenset[int] | None = None,
    labels_of: frozenset[int] = frozenset(),
) -> list[NotReached]:
    """Households that no copy has reached and that somebody may visit or has visited, by network (all, or only
    `network_ids`).

    `code` is the provider's code, or why there was no copy. Who paused or stopped is not listed. Only the households
    of `labels_of` carry their label, and of those only the ones that show one.
    """
    rows = [
        row
        for row in session.connection().execute(_NOT_REACHED, {"alert_id": alert_id})
        if network_ids is None or row.network_id in network_ids
    ]
    wanted_networks = {row.network_id for row in rows}
    names = dict(
        session.exec(
            select(WatchNetwork.id, WatchNetwork.name).where(Among(col(WatchNetwork.id), wanted_networks))
        ).all()
    )
    units = unit_names(session, list(wanted_networks))
    labels: dict[int | None, str | None] = {}
    if named := [row.household_id for row in rows if row.household_id in labels_of]:
        shown = (col(Household.id).in_(named), Household.shows != Shows.NOTHING)
        labels = dict(session.exec(select(Household.id, Household.label).where(*shown)).all())
    return [
        NotReached(
            household_id=row.household_id,
            network_id=row.network_id,
            network_name=names.get(row.network_id, ""),
            unit_name=units.get(row.unit_id, ""),
            label=labels.get(row.household_id) or "",
            outcome=_OUTCOME_OF_BEST[row.copy],
            code=row.code or "",
            visited=VisitKind(row.visited) if row.visited else None,
            visited_at=row.visited_at,
        )
        for row in rows
    ]
