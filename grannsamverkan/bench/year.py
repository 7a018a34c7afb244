"""A year of tips in some minutes: a clock that is set, made-up households, two clocks that see every due time at once,
both nights of summer time, six hours of outage, and warnings that come between.

What should have gone out is reckoned here once more, from days that stand in this file and by network, and compared
with what the provider was given. The provider always answers; what happens when it does not is other tests' business.
"""

import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from grannsamverkan import advice_round, flow, schema
from grannsamverkan.bench.crowd import Spot, channels_of, fill_places, phone, settle, spots
from grannsamverkan.domain import accounts, advice, alerts, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.alerts import Advice, AlertDraft, AlertKind, DayPart, Dwelling, Source, Target
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.clock import STOCKHOLM, SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.ports import (
    Accepted,
    Answer,
    ChannelKind,
    Copy,
    Deleting,
    NotHere,
    ProviderReceipt,
    Result,
    Wording,
)
from grannsamverkan.foundation.vault import Vault, new_key
from grannsamverkan.jobs.inline import InlineEngine, drain
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import load

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = 365
_WEEK = timedelta(days=7)
_RULES = Rules(warning_hold_s=0, two_persons_above=1_000_000, warnings_a_week=20)  # the rest as everywhere
_TICKS = ((7, 5), (18, 5))  # when the clocks look, in Sweden; more often on the days below
_HOURLY = (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), date(2026, 11, 10))
_OUTAGE = (datetime(2026, 11, 10, 15, tzinfo=STOCKHOLM), datetime(2026, 11, 10, 21, tzinfo=STOCKHOLM))

# What each municipality has planned: a card, its rule in words, which networks, and on which days of 2026 it is due,
# in Swedish wall time. The last four: one on the day of another, a card once more, one on each night of summer time.
_PLAN: tuple[tuple[str, str, NetworkKind | None, tuple[str, ...]], ...] = (
    ("las-cykeln", "andra tisdagen i april kl 18", None, ("04-14 18.00",)),
    ("stang-fonstren", "sista tisdagen i maj kl 18", None, ("05-26 18.00",)),
    ("inventarielista", "andra tisdagen i september kl 18", None, ("09-08 18.00",)),
    ("hostlov", "tisdagen i veckan före vecka 44 kl 18", NetworkKind.VILLA, ("10-20 18.00",)),
    ("tom-forradet", "tisdagen i veckan före vecka 44 kl 18", NetworkKind.APARTMENT, ("10-20 18.00",)),
    ("ljus-pa-baksidan", "andra tisdagen i november kl 18", NetworkKind.VILLA, ("11-10 18.00",)),
    ("lampor-med-timer", "andra tisdagen i november kl 18", NetworkKind.APARTMENT, ("11-10 18.00",)),
    ("hjalp-over-jul", "första tisdagen i december kl 18", None, ("12-01 18.00",)),
    ("ga-ett-varv", "sista tisdagen i maj kl 12", None, ("05-26 12.00",)),
    ("las-cykeln", "första torsdagen i juni och augusti kl 17.30", None, ("06-04 17.30", "08-06 17.30")),
    ("las-aven-hemma", "varje söndag i mars kl 2.30", None, tuple(f"03-{day:02d} 02.30" for day in (1, 8, 15, 22, 29))),
    ("tom-hallen", "den 25 oktober 2026 kl 2.30", NetworkKind.APARTMENT, ("10-25 02.30",)),
)
# Days on which some networks are warned, at noon: two in a week use it up.
_WARNED = ("10-15", "10-19", "11-05", "11-09", "12-01")
_SOME = 5  # every fifth network
_MOST_IN_ONE = 3
_LEFT_OVER = timedelta(days=14)


@dataclass
class _Provider:
    """Takes everything, and remembers which numbers went to which address in one message, and when."""

    kind: ChannelKind
    clock: SetClock
    group: int = 1_000
    lanes: int = 1
    can_ask: bool = False
    taken: list[tuple[tuple[int, ...], str, datetime]] = field(default_factory=list)

    def send(self, wording: Wording, copies: Sequence[Copy]) -> list[Result]:
        now = self.clock.now()
        numbers = (wording.number, *wording.also)
        self.taken += [(numbers, copy.address, now) for copy in copies]
        return [Accepted("") for _ in copies]

    def ask(self, wording: Wording, copies: Sequence[Copy], since: datetime) -> list[Answer]:
        return [NotHere() for _ in copies]

    def follow_up(self, provider_id: str, delivery_id: int) -> ProviderReceipt | None:
        return None

    def delete(self, provider_ids: Sequence[str]) -> list[Deleting]:
        return [Deleting.GONE for _ in provider_ids]

    def close(self) -> None:
        """Nothing is open."""


def simulate(*, households: int = 60_000, networks: int = 60, database: str = "") -> dict[str, Any]:
    """Run the year. planned, sent, missing and doubled count copies of tips, messages what they came in, several in one
    at times; budget_broken and repeated_within_year those that came to an address against the rules; unplanned those
    that nobody reckoned with."""
    began = time.monotonic()
    configure_logs("WARNING", as_json=False)
    with tempfile.TemporaryDirectory(prefix="grannsamverkan-") as folder:
        clock = SetClock(_BEGIN)
        first, second = _runtimes(database or str(Path(folder) / "year.db"), clock)
        try:
            schema.upgrade(first.database)
            found = spots(households, usual=max(1, households // networks))
            fill_places(first, found)
            settle(first)
            account_id = _prepare(first)
            _run(first, second, clock, found, account_id)
            result = _compare(first, found)
        finally:
            first.close()
            second.close()
    return {"households": households, "networks": len(found), **result, "seconds": round(time.monotonic() - began, 1)}


def _runtimes(url: str, clock: SetClock) -> tuple[Runtime, Runtime]:
    """The way twice: each with its own connections, as two processes have."""
    keys = {"data": new_key(), "lookup": new_key(), "web": new_key()}
    settings = load(
        installation={"base_url": "https://gs.hoor.example"},
        database={"url": url},
        keys=keys,
        email={"domain": "gs.hoor.example"},
        engine={"batch_size": 1_000},
    )
    channels = {kind: _Provider(kind, clock) for kind in ChannelKind}
    made = [Database(url, Vault(keys["data"], keys["lookup"])) for _ in range(2)]
    first = Runtime(settings, made[0], clock, InlineEngine(), channels)
    return first, replace(first, database=made[1], engine=InlineEngine())


def _prepare(runtime: Runtime) -> int:
    """The rules as everywhere, an account, and the approved year of each municipality."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        codes = [row.code for row in places.served(session)]
        draft = AccountDraft("kommun", "en lampa i varje fönster", Role.COORDINATOR, municipality_code=codes[0])
        account_id = accounts.add_account(session, draft, now, passwords=CHEAP).id or 0
        for code in codes:
            places.set_rules(session, code, _RULES)
            for key, words, kind, _days in _PLAN:
                rule = advice.read_rule(words, past_red_days=False)
                row = advice.add_entry(session, code, key, rule, network_kind=kind, account_id=account_id, now=now)
                card = advice.card(session, code, key)
                content = advice.content_of(row, card)
                advice.approve_entry(session, row, card, content=content, account_id=account_id, now=now)
    return account_id


# ------------------------------------------------------------------------------------------------------ the year


def _run(first: Runtime, second: Runtime, clock: SetClock, found: list[Spot], account_id: int) -> None:
    warned = {_at(f"{day} 12.00") for day in _WARNED}
    for moment in sorted({*_ticks(), *warned}):
        clock.advance(moment - clock.now())
        if moment in warned:
            for targets in _warned_by_municipality(found):
                _warn(first, targets, account_id)
        _both(first, second)
        drain(first)


def _ticks() -> Iterator[datetime]:
    """When the clocks look: twice a day, each half hour on some days, and never while all is down."""
    day = _BEGIN.date()
    for number in range(_DAYS):
        here = day + timedelta(days=number)
        begins = datetime(here.year, here.month, here.day, tzinfo=STOCKHOLM).astimezone(UTC)
        if here in _HOURLY:
            moments = [begins + timedelta(minutes=30 * half + 1) for half in range(50)]
        else:
            moments = [datetime(here.year, here.month, here.day, *at, tzinfo=STOCKHOLM) for at in _TICKS]
        yield from (at.astimezone(UTC) for at in moments if not _OUTAGE[0] <= at < _OUTAGE[1])


def _both(first: Runtime, second: Runtime) -> None:
    """Both clocks at the same moment."""
    ready = threading.Barrier(2)
    failed: list[BaseException] = []

    def look(runtime: Runtime) -> None:
        ready.wait()
        try:
            advice_round.issue_due(runtime)
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            failed.append(error)

    threads = [threading.Thread(target=look, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _warned_by_municipality(found: list[Spot]) -> list[list[int]]:
    by_code: dict[str, list[int]] = defaultdict(list)
    for one in _warned_spots(found):
        by_code[one.code].append(one.id)
    return list(by_code.values())


def _warned_spots(found: list[Spot]) -> list[Spot]:
    return [one for one in found if one.state is NetworkState.ACTIVE and one.id % _SOME == 0]


def _warn(runtime: Runtime, targets: list[int], account_id: int) -> None:
    now = runtime.clock.now()
    draft = AlertDraft(
        kind=AlertKind.BURGLARY_HOME,
        dwelling=Dwelling.VILLA,
        happened_on=now.astimezone(STOCKHOLM).date(),
        day_part=DayPart.NIGHT_TO,
        advice=(Advice.LOCK,),
        targets=tuple(Target(network_id=one) for one in targets),
    )
    with runtime.database.write() as session:
        row = alerts.start(session, draft, author_account_id=account_id, source=Source.POLICE, now=now)
        alert_id = row.id or 0
    content = flow.check_alert(runtime, alert_id=alert_id).content
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=account_id, content=content)


# ----------------------------------------------------------------------------------------- what should have been


def _at(day_and_clock: str) -> datetime:
    """10-20 18.00, in Sweden in 2026."""
    return datetime.strptime(f"2026-{day_and_clock}", "%Y-%m-%d %H.%M").replace(tzinfo=STOCKHOLM).astimezone(UTC)


def _released(due_at: datetime) -> datetime:
    """When it goes: not at night, and not while all is down."""
    here = due_at.astimezone(STOCKHOLM)
    if _OUTAGE[0] <= here < _OUTAGE[1]:
        here = _OUTAGE[1]
    if here.hour >= _RULES.quiet_from:
        here = (here + timedelta(days=1)).replace(hour=_RULES.quiet_to, minute=0)
    elif here.hour < _RULES.quiet_to:
        here = here.replace(hour=_RULES.quiet_to, minute=0)
    return here.astimezone(UTC)


@dataclass
class Tip:
    """A due time of one municipality's plan, and the networks whose households should get it, or were passed by."""

    code: str
    card_key: str
    due_at: datetime
    kind: NetworkKind | None
    to: set[int] = field(default_factory=set)
    passed_by: set[int] = field(default_factory=set)


def should_go(found: list[Spot]) -> list[Tip]:
    """By network, in the order of time: none that had the card before this year of it is over, none whose week is
    full. What is due on one day goes in one message; what a full week kept away comes with the next one."""
    heard: dict[int, list[datetime]] = defaultdict(list)
    for one in _warned_spots(found):
        heard[one.id] = [_at(f"{day} 12.00") for day in _WARNED]
    had: set[tuple[int, str]] = set()
    gone: list[tuple[datetime, list[Tip]]] = []
    for released, together in _by_day({one.code for one in found}):
        left_over = _left_over(gone, together, released)
        for one in found:
            if one.code == together[0].code and one.state is NetworkState.ACTIVE:
                _hear(one, released, together, left_over, heard[one.id], had)
        gone.append((released, together))
    return [tip for _released_at, together in gone for tip in together]


def _by_day(codes: set[str]) -> list[tuple[datetime, list[Tip]]]:
    """What each municipality sends on a day, and when: all of it with the first."""
    days: dict[tuple[str, date], list[Tip]] = defaultdict(list)
    for code in sorted(codes):
        for key, _words, kind, dates in _PLAN:
            for day in dates:
                tip = Tip(code, key, _at(day), kind)
                days[code, tip.due_at.astimezone(STOCKHOLM).date()].append(tip)
    for together in days.values():
        together.sort(key=lambda tip: tip.due_at)
    return sorted(((_released(one[0].due_at), one) for one in days.values()), key=lambda row: row[0])


def _left_over(gone: list[tuple[datetime, list[Tip]]], together: list[Tip], now: datetime) -> Tip | None:
    """The newest tip here that somebody was passed by with and that is not too old, where there is room for it."""
    if len(together) >= _MOST_IN_ONE:
        return None
    lately = [tip for at, tips in gone if at > now - _LEFT_OVER for tip in tips if tip.code == together[0].code]
    return next((tip for tip in reversed(lately) if tip.passed_by), None)


def _hear(
    one: Spot,
    now: datetime,
    together: list[Tip],
    left_over: Tip | None,
    heard: list[datetime],
    had: set[tuple[int, str]],
) -> None:
    """What the network's homes get of one day's tips."""
    is_full = sum(now - _WEEK < at <= now for at in heard) >= _RULES.messages_a_week
    for tip in together:
        if tip.kind in (None, one.kind) and (one.id, tip.card_key) not in had:
            (tip.passed_by if is_full else tip.to).add(one.id)
    got = [tip for tip in together if one.id in tip.to]
    if got and left_over is not None and one.id in left_over.passed_by and (one.id, left_over.card_key) not in had:
        left_over.to.add(one.id)
        got.append(left_over)
    had |= {(one.id, tip.card_key) for tip in got}
    heard += [now] if got else []


def _compare(runtime: Runtime, found: list[Spot]) -> dict[str, Any]:
    taken = [row for channel in runtime.channels.values() for row in channel.taken]  # type: ignore[attr-defined]
    tips = _tips_by_number(runtime)
    got = Counter((number, address) for numbers, address, _when in taken for number in numbers if number in tips)
    expected: set[tuple[int, str]] = set()
    number_of = {key: number for number, key in tips.items()}
    by_id = {one.id: one for one in found}
    lost = 0
    for tip in should_go(found):
        number = number_of.get((tip.code, tip.card_key, tip.due_at))
        addresses = [address for one in tip.to for address in _addresses(by_id[one])]
        if number is None:
            lost += len(addresses)
        else:
            expected |= {(number, address) for address in addresses}
    return {
        "tips": len(tips),
        "messages": sum(numbers[0] in tips for numbers, _address, _when in taken),
        "planned": len(expected) + lost,
        "sent": sum(got.values()),
        "missing": len(expected - got.keys()) + lost,
        "doubled": sum(times - 1 for times in got.values()),
        "unplanned": len(got.keys() - expected),
        **_against_the_rules(taken, tips),
    }


def _tips_by_number(runtime: Runtime) -> dict[int, tuple[str, str, datetime]]:
    """Number → (municipality, card, due time), of every run that went out."""
    found = {}
    with runtime.database.read() as session:
        for row in places.served(session):
            entries = {one.id: one for one in advice.entries(session, row.code)}
            for run in advice.runs(session, [one for one in entries if one is not None]):
                if run.alert_id is not None:
                    number = alerts.alert(session, run.alert_id).number or 0
                    found[number] = (row.code, entries[run.entry_id].card_key, run.due_at)
    return found


def _against_the_rules(
    taken: list[tuple[tuple[int, ...], str, datetime]], tips: dict[int, tuple[str, str, datetime]]
) -> dict[str, int]:
    """As each address met it, from the provider's list alone."""
    by_address: dict[str, list[tuple[datetime, tuple[int, ...]]]] = defaultdict(list)
    for numbers, address, at in taken:
        by_address[address].append((at, numbers))
    broken = repeated = 0
    for rows in by_address.values():
        rows.sort()
        cards = [tips[number][1] for _when, numbers in rows for number in numbers if number in tips]
        repeated += len(cards) - len(set(cards))
        for place, (at, numbers) in enumerate(rows):
            before = sum(at - _WEEK < earlier for earlier, _numbers in rows[:place])
            broken += numbers[0] in tips and before >= _RULES.messages_a_week
    return {"budget_broken": broken, "repeated_within_year": repeated}


def _addresses(one: Spot) -> Iterator[str]:
    for number in one.households:
        for channel in channels_of(number):
            yield phone(number - 1) if channel is ChannelKind.SMS else f"granne{number}@post.example"
