"""Minutes in which a warning could go, as the engines that have a clock count them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from time import sleep

import pytest
from sqlmodel import select

from grannsamverkan import availability
from grannsamverkan.domain.deliveries import AvailableHour
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.distributed import DistributedEngine
from grannsamverkan.jobs.timetable import Entry
from grannsamverkan.standins.launch import Standins
from tests.conftest import NOW
from tests.engines import clocks
from tests.engines.clocks import WITH_A_CLOCK, a_worker, comes, keep_to
from tests.engines.conftest import Installation, installed

MINUTE = timedelta(minutes=1)


@pytest.fixture
def installation(
    request: pytest.FixtureRequest, standins: Standins, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    keep_to(monkeypatch, Entry("note_minute", availability.note_minute, 0.1))
    with installed(str(request.param), request, standins, keys) as one:
        yield one


def minutes(installation: Installation) -> tuple[int, int]:
    """How many are known for minutes in which a warning could go, and in which it could not."""
    with installation.leaving.database.read() as session:
        rows = session.exec(select(AvailableHour)).all()
    return sum(row.able.bit_count() for row in rows), sum(row.unable.bit_count() for row in rows)


def acting(installation: Installation, clock: SetClock) -> AbstractContextManager[None]:
    """One more clock, by the time of the test."""
    engine = DistributedEngine(installation.leaving.database, clock)  # of one process it is the sender itself
    return clocks.acting(installation, clock=clock, engine=engine)


@pytest.mark.parametrize("installation", WITH_A_CLOCK, indirect=True)
def test_two_clocks_count_each_minute_once_and_none_when_both_are_gone(
    installation: Installation, clock: SetClock
) -> None:
    with a_worker(installation), acting(installation, clock), acting(installation, clock):
        for _ in range(5):
            assert comes(lambda: minutes(installation)[0] == 1 + (clock.now() - NOW) // MINUTE)
            clock.advance(MINUTE)
    counted = minutes(installation)
    clock.advance(MINUTE)
    sleep(0.5)
    assert minutes(installation) == counted


@pytest.mark.parametrize("installation", ["distributed"], indirect=True)
@pytest.mark.postgres
def test_without_a_worker_none_could_go(installation: Installation, clock: SetClock) -> None:
    with acting(installation, clock):
        assert comes(lambda: minutes(installation) == (0, 1))
        with a_worker(installation):
            assert comes(lambda: minutes(installation) == (1, 1)), "in a part of this minute one could"
