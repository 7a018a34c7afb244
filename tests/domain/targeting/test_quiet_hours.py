"""Quiet hours over both nights when Swedish clocks are changed: every minute of them, for hours of every kind."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlmodel import Session, select

from grannsamverkan.domain import people, targeting
from grannsamverkan.domain.deliveries import Delivery
from grannsamverkan.domain.people import ContactAddress, Level
from grannsamverkan.foundation.clock import STOCKHOLM
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden, is_between, next_hour
from tests.support.builders import NOW, a_household, a_network, a_person, a_phone, a_started_alert

MINUTE = timedelta(minutes=1)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
HOURS = [pair for pair in product((0, 1, 2, 3, 4, 7, 12, 21, 23), repeat=2) if pair[0] != pair[1]]


def minutes_of(night: date, step: timedelta = MINUTE) -> Iterator[datetime]:
    """From six in the evening before to noon."""
    at = datetime(night.year, night.month, night.day - 1, 18, tzinfo=STOCKHOLM).astimezone(UTC)
    until = datetime(night.year, night.month, night.day, 12, tzinfo=STOCKHOLM).astimezone(UTC)
    while at < until:
        yield at
        at += step


def hours_between(begins: int, ends: int) -> set[int]:
    """The hours one by one, as on the face of a clock."""
    found, hour = set(), begins
    while hour != ends:
        found.add(hour)
        hour = (hour + 1) % 24
    return found


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_each_minute_is_quiet_or_not_and_the_quiet_ends_when_its_hour_comes(night: date) -> None:
    assert len(list(minutes_of(night))) == 60 * (17 if night == SPRING else 19)
    for begins, ends in HOURS:
        quiet = hours_between(begins, ends)
        for now in minutes_of(night):
            here = in_sweden(now)
            assert is_between(here.hour, begins, ends) == (here.hour in quiet)
            if here.hour in quiet:
                _ends_right(now, ends, quiet, night)


def _ends_right(now: datetime, ends: int, quiet: set[int], night: date) -> None:
    """Quiet up to the end, and not at it. When the hour of the end does not exist, it is over with the one before."""
    until = next_hour(in_sweden(now), ends)
    assert now < until <= now + timedelta(hours=25)
    between = now
    while between < until:
        assert in_sweden(between).hour in quiet
        between += timedelta(minutes=20)
    assert in_sweden(until - MINUTE).hour in quiet
    is_skipped = night == SPRING and ends == 2 and in_sweden(until).date() == night
    assert in_sweden(until).hour == (3 if is_skipped else ends)
    assert in_sweden(until).minute == 0


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_copies_wait_as_the_minute_says(sqlite_database: Database, night: date) -> None:
    """Six neighbours with hours of their own and one with none, asked every forty minutes of the night."""
    hours = [(21, 7), (2, 3), (3, 2), (1, 2), (0, 23), (12, 13)]
    with sqlite_database.write() as session:
        network = a_network(session)
        for number, pair in enumerate([*hours, None]):
            person = a_person(session, sms=a_phone(number))
            people.choose_quiet_hours(session, person.id or 0, pair)
            a_household(session, network, person)
        network_id = network.id or 0
    for now in minutes_of(night, 40 * MINUTE):
        with sqlite_database.write() as session:
            waits = _not_before(session, network_id, now)
        hour = in_sweden(now).hour
        assert waits.pop(a_phone(len(hours))) is None
        for number, (begins, ends) in enumerate(hours):
            expected = next_hour(in_sweden(now), ends) if hour in hours_between(begins, ends) else None
            assert waits[a_phone(number)] == expected, (now, begins, ends)


def _not_before(session: Session, network_id: int, now: datetime) -> dict[str, datetime | None]:
    alert = a_started_alert(session, network_id)
    targeting.take_slice(
        session, alert, after_id=0, size=100, batch_size=10, priority=10, heeds_quiet_hours=True, now=now
    )
    rows = session.exec(
        select(ContactAddress.value, Delivery.not_before)
        .join(Delivery, Delivery.address_id == ContactAddress.id)  # type: ignore[arg-type]
        .where(Delivery.alert_id == alert.id)
    )
    return dict(rows.all())


def test_a_pause_ends_on_the_second(sqlite_database: Database) -> None:
    until = NOW + timedelta(days=14)
    with sqlite_database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0))
        a_household(session, network, person)
        people.pause_person(session, person.id or 0, until=until)
        alert = a_started_alert(session, network.id or 0)
        reached = [
            targeting.reach(session, alert, now=until + timedelta(seconds=late)).copies.get(ChannelKind.SMS, 0)
            for late in (-1, 0, 1)
        ]
    assert reached == [0, 1, 1]


@pytest.mark.parametrize(("level", "is_warned"), [(Level.ALL, True), (Level.WARNINGS, True), (Level.ONGOING, False)])
@pytest.mark.parametrize("is_paused", [False, True])
def test_what_a_warning_reaches_by_level_and_pause(
    sqlite_database: Database, level: Level, is_warned: bool, is_paused: bool
) -> None:
    """A warning is of the middle class: more than advice, less than what is under way."""
    with sqlite_database.write() as session:
        network = a_network(session)
        person = a_person(session, sms=a_phone(0))
        a_household(session, network, person)
        people.choose_level(session, person.id or 0, level)
        people.pause_person(session, person.id or 0, until=NOW + MINUTE if is_paused else None)
        alert = a_started_alert(session, network.id or 0)
        found = targeting.reach(session, alert, now=NOW)
    assert found.copies.get(ChannelKind.SMS, 0) == int(is_warned and not is_paused)
    left_out = {"paused": 1} if is_paused else {} if is_warned else {"level": 1}
    assert found.left_out == left_out
