"""The messages the SMS stand-in remembers: the newest ones, found by identity, by number and by time."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from .sms_record import Sms

SECONDS_A_DAY = 86_400


class Shelf:
    """At most `keep` messages, oldest out first. Indexes start at 1 and go on counting over `forget`."""

    def __init__(self, keep: int, prefix: str = "SM") -> None:
        self._keep = keep
        self._prefix = prefix  # of the identities
        self._next_index = 1
        self.forget()

    def forget(self) -> None:
        """Forget every message."""
        self._newest: deque[Sms] = deque()
        self._by_sid: dict[str, Sms] = {}
        self._by_number: dict[str, list[Sms]] = {}

    def new(self, to: str, sender: str, body: str, direction: str) -> Sms:
        """Make a message, not remembered yet."""
        sms = Sms(self._next_index, to, sender, body, direction, self._prefix)
        self._next_index += 1
        return sms

    def put(self, sms: Sms) -> None:
        """Remember a message."""
        self._newest.append(sms)
        self._by_sid[sms.sid] = sms
        self._by_number.setdefault(sms.to, []).append(sms)
        if len(self._newest) > self._keep:
            self._drop_oldest()

    def find(self, sid: str) -> Sms | None:
        """The message with this identity."""
        return self._by_sid.get(sid)

    def delete(self, sms: Sms) -> None:
        """Forget it as the API does; `after` shows what phones have, and they keep it."""
        del self._by_sid[sms.sid]
        sms.is_deleted = True

    def after(self, index: int, number: str, limit: int) -> list[Sms]:
        """Messages later than `index`, oldest first; with a number only those to or from it."""
        skipped = max(0, index - self._newest[0].index + 1) if self._newest else 0
        later = islice(self._newest, skipped, None)
        return list(islice((s for s in later if not number or number in (s.to, s.sender)), limit))

    def select(self, fields: dict[str, str]) -> Iterator[Sms]:
        """Messages that the API's list filters let through (To, From, DateSent with < and >), newest first."""
        to, sender = fields.get("To", ""), fields.get("From", "")
        earliest_s, latest_s = date_limits(fields)
        shelf: Iterable[Sms] = reversed(self._by_number.get(to, ())) if to else reversed(self._newest)
        there = (s for s in shelf if not s.is_deleted)
        return (s for s in there if (not sender or s.sender == sender) and earliest_s <= int(s.t) <= latest_s)

    def _drop_oldest(self) -> None:
        oldest = self._newest.popleft()
        self._by_sid.pop(oldest.sid, None)
        of_number = self._by_number[oldest.to]
        of_number.pop(0)
        if not of_number:
            del self._by_number[oldest.to]


def date_limits(fields: dict[str, str]) -> tuple[float, float]:
    """First and last second that the date filters allow; ValueError for what is no date.

    A bare date means the whole day in UTC, and `DateSent` without a sign always does.
    """
    earliest_s, latest_s = float("-inf"), float("inf")
    if day := fields.get("DateSent"):
        start_s = datetime.fromisoformat(day[:10]).replace(tzinfo=UTC).timestamp()
        earliest_s, latest_s = start_s, start_s + SECONDS_A_DAY - 1
    if after := fields.get("DateSent>"):
        earliest_s = max(earliest_s, _moment(after).timestamp())
    if before := fields.get("DateSent<"):
        whole_day = timedelta(days=1, seconds=-1) if len(before) == 10 else timedelta()
        latest_s = min(latest_s, (_moment(before) + whole_day).timestamp())
    return earliest_s, latest_s


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
