"""A provider is asked about a group by one thread while it answers at once, and by all when it takes its time."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from grannsamverkan.channels.crew import Crew


class Asked:
    """A provider that doubles a number, and notes how many ask it at the same time at the most."""

    def __init__(self) -> None:
        self.takes_s: Callable[[int], float] = lambda _number: 0.0
        self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, number: int) -> int:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(self.takes_s(number))
        with self._lock:
            self._now -= 1
        return 2 * number


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew(8, "test")
    yield made
    made.close()


def test_what_came_of_each_stands_in_its_place(crew: Crew) -> None:
    asked = Asked()
    asked.takes_s = lambda number: 0.02 if number % 7 == 0 else 0.0
    for _ in range(3):
        assert crew.map(asked, range(40)) == [2 * number for number in range(40)]
    assert crew.map(asked, []) == []
    assert crew.map(asked, [3]) == [6]


def test_one_asks_where_answers_come_at_once_and_all_where_they_do_not(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked()
    assert crew.group == 16
    crew.map(asked, range(100))  # nothing is known of it yet
    asked.most = 0
    with monkeypatch.context() as patient:  # a thread may have to wait for its turn on a busy machine
        patient.setattr("grannsamverkan.channels.crew._SLOW_S", 60.0)
        crew.map(asked, range(100))
    assert asked.most == 1
    assert crew.group == 40
    asked.takes_s = lambda _number: 0.06
    crew.map(asked, range(40))  # found out in the middle of a group
    assert asked.most > 3
    assert crew.group == 16
    asked.most = 0
    crew.map(asked, range(40))
    assert asked.most > 3


def test_what_one_raises_is_raised_when_all_have_ended(crew: Crew) -> None:
    begun: list[int] = []
    done: list[int] = []

    def ask(number: int) -> int:
        if number == 5:
            raise ValueError("five")
        begun.append(number)
        time.sleep(0.03)
        done.append(number)
        return number

    with pytest.raises(ValueError, match="five"):
        crew.map(ask, range(100))
    assert sorted(begun) == sorted(done)
    assert len(done) < 99
    assert crew.map(ask, range(3)) == [0, 1, 2]
    assert len(begun) == len(done)
