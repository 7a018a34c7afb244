"""Taking a list in: every row with a consent becomes a member, the others wait for a letter; all of it or nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlmodel import Session, SQLModel, col

from grannsamverkan.domain import networks
from grannsamverkan.domain.membership.lists.fingerprints import fingerprints
from grannsamverkan.domain.membership.lists.letters import letter_cells
from grannsamverkan.domain.membership.lists.plan import Judged, Outcome, Plan
from grannsamverkan.domain.membership.lists.reading import LONGEST_LABEL, Reading
from grannsamverkan.domain.membership.lists.staging import Line, locked, plan_of
from grannsamverkan.domain.membership.tables import ImportedRow, ImportState, MemberImport
from grannsamverkan.domain.networks import Household, HouseholdMember, JoinedBy, NetworkState, Shows, WatchNetwork
from grannsamverkan.domain.people import Consent, ContactAddress, GivenBy, Person, lookup_of
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.errors import Refused

OTHER_TEXT = "other"  # the consent was given to words that are not ours
_AS_MEMBER = {"cells": None, "has_consent": True}


@dataclass(frozen=True)
class Decision:
    """What somebody has said yes to: the plan they looked at, how many rows with problems stay out, what contact
    persons may see of the households, and where the list comes from."""

    seen: str
    left_out: int
    shows: Shows
    source: str


def apply(
    session: Session, network_id: int, import_id: int, decision: Decision, *, keep: timedelta, now: datetime
) -> tuple[MemberImport, list[int] | None]:
    """Take the list in; returns it and its new households. Done once: again, it changes nothing and returns None.

    `keep` is how long those without a consent are kept to be asked by letter.

    Raises:
        Refused: import_undone, import_of_ended_network, import_not_chosen, import_changed (it is no longer what was
            looked at), import_problems (rows: with problems, none or another number of which was left out),
            import_of_nobody, import_source_missing.
    """
    brought = locked(session, network_id, import_id)
    if brought.state is ImportState.APPLIED:
        return brought, None
    plan, lines = plan_of(session, brought, now=now)
    _refuse(session, brought, plan, decision)
    network = networks.network(session, network_id)
    made = _Making(session, network, decision.shows, now).members(plan)
    _keep_what_is_needed(session, brought, plan, lines, made)
    brought.state, brought.applied_at, brought.expires_at = ImportState.APPLIED, now, now + keep
    brought.source = decision.source or None
    brought.mapping, brought.consent_source = {}, None
    brought.facts = {**brought.facts, **_counts(plan)}
    session.flush()
    return brought, sorted(set(made.values()))


def _refuse(session: Session, brought: MemberImport, plan: Plan, decision: Decision) -> None:
    if brought.state is ImportState.UNDONE:
        raise Refused("import_undone")
    if networks.state_of(session, brought.network_id) is NetworkState.ENDED:
        raise Refused("import_of_ended_network")
    if plan.needs:
        raise Refused("import_not_chosen")
    if plan.digest != decision.seen:
        raise Refused("import_changed")
    problems = plan.count(Outcome.PROBLEM)
    if problems != decision.left_out:
        raise Refused("import_problems", rows=problems)
    if not plan.may_be_taken_in:
        raise Refused("import_of_nobody")
    if plan.letters and not decision.source:
        raise Refused("import_source_missing")


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "households": plan.households,
        "people": plan.count(Outcome.MEMBER),
        "letters": plan.letters,
        "duplicates": plan.count(Outcome.DUPLICATE),
        "known": plan.count(Outcome.KNOWN),
        "left_out": plan.count(Outcome.PROBLEM),
    }


class _Making:
    """Makes the rows of all new members, table by table: five thousand households in a few statements."""

    def __init__(self, session: Session, network: WatchNetwork, shows: Shows, now: datetime) -> None:
        self._session, self._network, self._shows, self._now = session, network, shows, now

    def members(self, plan: Plan) -> dict[int, int]:
        """Row number → the household it has become."""
        by_door: dict[str, list[Judged]] = defaultdict(list)
        for row in plan.rows:
            if row.outcome is Outcome.MEMBER:
                by_door[row.door].append(row)
        homes = self._made(Household, [self._household(rows) for rows in by_door.values()])
        living = [(row, home) for rows, home in zip(by_door.values(), homes, strict=True) for row in rows]
        made = {"municipality_code": self._network.municipality_code, "created_at": self._now}
        people = self._made(Person, [made for _ in living])
        self._add(
            HouseholdMember,
            [
                {"household_id": home, "person_id": person, "since": self._now}
                for (_, home), person in zip(living, people, strict=True)
            ],
        )
        of_rows = [(row, person) for (row, _), person in zip(living, people, strict=True)]
        self._add(ContactAddress, [one for row, person in of_rows for one in self._addresses(person, row)])
        self._add(Consent, [one for row, person in of_rows for one in self._consents(person, row)])
        self._assign([row.reading.unit_id for row, _ in living], [home for _, home in living])
        return {row.reading.number: home for row, home in living}

    def _add(self, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(table), rows)

    def _made(self, table: type[Any], rows: list[dict[str, Any]]) -> list[int]:
        """Their ids, in order."""
        if not rows:
            return []
        returning = insert(table).returning(table.id, sort_by_parameter_order=True)
        return list(self._session.execute(returning, rows).scalars())

    def _household(self, rows: list[Judged]) -> dict[str, Any]:
        """Who is only reached by paper shows where to bring it, whatever the others show."""
        readings = [row.reading for row in rows]
        is_on_paper = not any(row.wanted for row in rows)
        shows = Shows.NAME if is_on_paper and self._shows is Shows.NOTHING else self._shows
        return {
            "network_id": self._network.id,
            "unit_id": readings[0].unit_id,
            "label": (_label_of(readings) or None) if shows is not Shows.NOTHING else None,
            "landline": next((reading.landline for reading in readings if reading.landline), None),
            "shows": shows,
            "joined_by": JoinedBy.IMPORT,
            "joined_at": self._now,
        }

    def _addresses(self, person_id: int, row: Judged) -> list[dict[str, Any]]:
        """Handed over on paper, and so confirmed. What has said STOPP is not taken in again."""
        return [
            {
                "person_id": person_id,
                "channel": channel,
                "value": value,
                "lookup": lookup_of(self._session, channel, value),
                "created_at": self._now,
                "confirmed_at": self._now,
            }
            for channel, value in row.wanted
        ]

    def _consents(self, person_id: int, row: Judged) -> list[dict[str, Any]]:
        """One for each channel that has an address."""
        assert row.reading.consented_on is not None
        given_at = datetime.combine(row.reading.consented_on, time(12), STOCKHOLM).astimezone(UTC)
        channels = dict.fromkeys(channel for channel, _ in row.wanted)
        return [
            {
                "person_id": person_id,
                "channel": channel,
                "text_version": OTHER_TEXT,
                "given_at": min(given_at, self._now),
                "given_by": GivenBy.OFFICE,
                "source": JoinedBy.IMPORT.value,
                "evidence": row.reading.consent_source,
            }
            for channel in channels
        ]

    def _assign(self, unit_ids: list[int | None], household_ids: list[int]) -> None:
        """Each part's households to whoever looks after it."""
        by_unit: dict[int | None, dict[int, None]] = defaultdict(dict)
        for unit_id, household_id in zip(unit_ids, household_ids, strict=True):
            by_unit[unit_id][household_id] = None
        for unit_id, ids in by_unit.items():
            carrier = networks.carrier_of(self._session, self._network.id or 0, unit_id)
            if carrier is not None:
                networks.assign_households(self._session, carrier, ids, now=self._now)


def _label_of(readings: list[Reading]) -> str:
    """How a contact person knows the household: its place, and the names of those who live there."""
    names = dict.fromkeys(reading.name for reading in readings if reading.name)
    return ", ".join(part for part in (readings[0].place, *names) if part)[:LONGEST_LABEL]


def _keep_what_is_needed(
    session: Session, brought: MemberImport, plan: Plan, lines: dict[int, Line], made: dict[int, int]
) -> None:
    """Of members only which household they became, of those to be asked a name and a place; the rest is forgotten."""
    prints = fingerprints(session, set(made.values()))
    members: list[dict[str, Any]] = []
    letters: list[dict[str, Any]] = []
    for judged in plan.rows:
        row_id, household_id = lines[judged.reading.number].row_id, made.get(judged.reading.number)
        if household_id is not None:
            print_ = prints[household_id]
            members.append({"id": row_id, "household_id": household_id, "fingerprint": print_, **_AS_MEMBER})
        elif judged.outcome is Outcome.LETTER:
            letters.append({"id": row_id, "cells": letter_cells(judged)})
    kept = [row["id"] for row in (*members, *letters)]
    for changed in (members, letters):
        if changed:
            session.execute(update(ImportedRow), changed)
    rest = delete(ImportedRow).where(col(ImportedRow.import_id) == brought.id, col(ImportedRow.id).not_in(kept))
    session.execute(rest)
