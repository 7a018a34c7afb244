"""What taking in a list would do, row by row: a member, a letter, nothing, or something to be put right first."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from grannsamverkan.domain.membership.lists.columns import Meaning
from grannsamverkan.domain.membership.lists.homes import Home, Homes, home
from grannsamverkan.domain.membership.lists.parts import folded
from grannsamverkan.domain.membership.lists.reading import Reading
from grannsamverkan.domain.networks import NetworkKind
from grannsamverkan.foundation.ports import ChannelKind

REACHES = frozenset({Meaning.PHONE, Meaning.SECOND_PHONE, Meaning.EMAIL, Meaning.CONTACT, Meaning.LANDLINE})
NAMES = frozenset({Meaning.NAME, Meaning.LAST_NAME, Meaning.ADDRESS})


class Outcome(StrEnum):
    """What becomes of a row. KNOWN covers those who are in the network already and those who have said STOPP: which of
    the two is theirs to know, not the list's owner's."""

    MEMBER = "member"
    LETTER = "letter"
    DUPLICATE = "duplicate"
    KNOWN = "known"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Judged:
    """A row and what becomes of it; rows of one household share a `door`. `stopped` are those of its addresses that
    have said STOPP: nothing goes there, whatever the list says."""

    reading: Reading
    outcome: Outcome
    door: str
    stopped: frozenset[tuple[ChannelKind, str]] = frozenset()

    @property
    def wanted(self) -> list[tuple[ChannelKind, str]]:
        """The addresses that may be taken in."""
        return [one for one in self.reading.addresses if one not in self.stopped]


def _nobody(_channel: ChannelKind, _value: str) -> bool:
    return False


@dataclass(frozen=True)
class Known:
    """What the network knows already: addresses of its households, addresses that have said STOPP, and its homes."""

    is_member: Callable[[ChannelKind, str], bool] = _nobody
    is_stopped: Callable[[ChannelKind, str], bool] = _nobody
    homes: Homes = field(default_factory=Homes)


@dataclass(frozen=True)
class Plan:
    """Every row judged. `needs` says what has to be chosen before anything can be taken in: nothing_chosen,
    choose_columns. `digest` tells whether somebody has looked at this very plan."""

    rows: tuple[Judged, ...]
    needs: tuple[str, ...]
    digest: str

    def count(self, outcome: Outcome) -> int:
        return Counter(row.outcome for row in self.rows)[outcome]

    @property
    def households(self) -> int:
        return len({row.door for row in self.rows if row.outcome is Outcome.MEMBER})

    @property
    def letters(self) -> int:
        return len({row.door for row in self.rows if row.outcome is Outcome.LETTER})

    @property
    def may_be_taken_in(self) -> bool:
        return not self.needs and self.households + self.letters > 0


def make_plan(
    readings: Iterable[Reading],
    meanings: Mapping[int, Meaning],
    *,
    known: Known,
    kind: NetworkKind | None,
    asks: Sequence[int] = (),
) -> Plan:
    """Judge the rows in their order: the first of two alike counts. `asks` are columns that somebody has to choose."""
    judge = _Judge(known, kind)
    rows = tuple(judge.judged(reading) for reading in readings)
    rows = tuple(judge.not_asked_beside_a_member(row) for row in rows)
    chosen = set(meanings.values())
    needs = []
    if asks:
        needs.append("choose_columns")
    elif not chosen & (REACHES | NAMES):
        needs.append("nothing_chosen")
    return Plan(rows, tuple(needs), _digest(rows, meanings))


class _Judge:
    """Looks at one row after the other, and remembers what it has seen."""

    def __init__(self, known: Known, kind: NetworkKind | None) -> None:
        self._known, self._kind = known, kind
        self._seen: set[tuple[object, str]] = set()
        self._labels: set[str] = set()
        self._member_doors: set[str] = set()

    def judged(self, reading: Reading) -> Judged:
        home_ = home(reading.unit_id, reading.label, reading.address.street, self._kind)
        door = _door(reading, home_)
        stopped = frozenset(one for one in reading.addresses if self._known.is_stopped(*one))
        outcome = Outcome.PROBLEM if reading.problems else self._outcome(reading, home_, stopped)
        if outcome in (Outcome.MEMBER, Outcome.LETTER):
            self._seen.update(_ways(reading))
            self._labels.add(_label(reading))
        if outcome is Outcome.MEMBER:
            self._member_doors.add(door)
        return Judged(reading, outcome, door, stopped)

    def not_asked_beside_a_member(self, row: Judged) -> Judged:
        """A household that joins by another row is not asked by letter whether it wants to."""
        if row.outcome is Outcome.LETTER and row.door in self._member_doors:
            return replace(row, outcome=Outcome.DUPLICATE)
        return row

    def _outcome(self, reading: Reading, home_: Home, stopped: frozenset[tuple[ChannelKind, str]]) -> Outcome:
        ways = _ways(reading)
        if ways <= self._seen if ways else _label(reading) in self._labels:
            return Outcome.DUPLICATE
        if any(self._known.is_member(*one) for one in reading.addresses) or home_ in self._known.homes:
            return Outcome.KNOWN
        if stopped and (not reading.has_consent or len(stopped) == len(reading.addresses)):
            return Outcome.KNOWN
        return Outcome.MEMBER if reading.has_consent else Outcome.LETTER


def _door(reading: Reading, home_: Home) -> str:
    """Rows with the same door are one household."""
    return f"{home_.unit_id} {folded(reading.address.street)} {home_.door}" if home_.door else f"row {reading.number}"


def _ways(reading: Reading) -> set[tuple[object, str]]:
    fixed = {("landline", reading.landline)} if reading.landline else set()
    return {*reading.addresses, *fixed}


def _label(reading: Reading) -> str:
    return f"{reading.unit_id} {folded(reading.label)}"


def _digest(rows: Sequence[Judged], meanings: Mapping[int, Meaning]) -> str:
    told = [*(f"{at}={meaning.value}" for at, meaning in sorted(meanings.items()))]
    told += [f"{row.reading.number}:{row.outcome.value}" for row in rows]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
