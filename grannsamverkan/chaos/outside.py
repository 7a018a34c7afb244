"""What phones and mailboxes really got, from the logs of the stand-ins, which live on; the rows are not asked."""

import json
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from grannsamverkan.bench.people import address
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.standins.launch import Standins


class Accepted(NamedTuple):
    """One message that was taken: when, of which key, by which address, the identity it got there, and of how many
    parts."""

    at_s: float
    key: str
    to: str
    identity: str
    parts: int


@dataclass(frozen=True)
class Got:
    """What came of one warning. Counts of copies are those beyond the first."""

    lost: int
    doubled_sms: int
    repeated_mail: int
    to_the_stopped: int
    longest_gap_s: float
    times_s: list[float]  # of each first copy, since the warning was let go


def lines(log: Path) -> int:
    """How many messages a log holds."""
    return log.read_bytes().count(b"\n") if log.exists() else 0


def read(log: Path, skip: int = 0) -> list[Accepted]:
    """The messages of a log but the first `skip`; a last line cut short was never answered."""
    if not log.exists():
        return []
    whole = [line for line in log.read_bytes().splitlines(keepends=True)[skip:] if line.endswith(b"\n")]
    return [Accepted(line["t"], line["key"], line["to"], line["id"], line["parts"]) for line in map(json.loads, whole)]


def keys(log: Path) -> "Counter[str]":
    """How often each message was taken, by message key."""
    return Counter(line.key for line in read(log))


class Since:
    """What the logs hold from now on."""

    def __init__(self, standins: Standins) -> None:
        self._logs = {ChannelKind.SMS: standins.sms_log, ChannelKind.EMAIL: standins.mail_log}
        self._skip = {kind: lines(log) for kind, log in self._logs.items()}

    def number(self) -> int:
        return sum(lines(log) - self._skip[kind] for kind, log in self._logs.items())

    def read(self, kind: ChannelKind) -> list[Accepted]:
        return read(self._logs[kind], self._skip[kind])

    def got(
        self, households: int, *, without: dict[ChannelKind, set[str]], stopped_at: dict[str, float], began_s: float
    ) -> Got:
        """What came of the one warning since; `without`: addresses that need not get it, `stopped_at`: numbers that
        must not, from when on."""
        lost, firsts, all_times = 0, [], [began_s]
        again = dict.fromkeys(ChannelKind, 0)
        for kind in ChannelKind:
            taken = self.read(kind)
            all_times += [one.at_s for one in taken]
            first = {one.to: one.at_s for one in reversed(taken)}
            firsts += [at_s - began_s for at_s in first.values()]
            again[kind] = len(taken) - len({one.key for one in taken})
            wanted = {address(kind, number) for number in range(1, households + 1)} - without[kind]
            lost += len(wanted - first.keys())
        in_turn = sorted(all_times)
        return Got(
            lost=lost,
            doubled_sms=again[ChannelKind.SMS],
            repeated_mail=again[ChannelKind.EMAIL],
            to_the_stopped=sum(one.at_s > stopped_at.get(one.to, one.at_s) for one in self.read(ChannelKind.SMS)),
            longest_gap_s=max((b - a for a, b in pairwise(in_turn)), default=0.0),
            times_s=sorted(firsts),
        )
