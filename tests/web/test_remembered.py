"""What is counted once for all who look: until it is too old, and never before there is anything."""

from datetime import timedelta

from grannsamverkan.web.remembered import Remembered
from tests.support.web_town import NOW


def test_it_is_counted_anew_when_it_is_too_old() -> None:
    counted = iter(range(1, 10))
    kept: Remembered[int] = Remembered(timedelta(seconds=15))
    found = [kept.get(1, NOW + timedelta(seconds=s), lambda: next(counted)) for s in (0, 14, 15, 29, 30)]
    assert found == [1, 1, 2, 2, 3]
    assert kept.get(2, NOW, lambda: next(counted)) == 4


def test_nothing_is_not_remembered() -> None:
    counted = iter([0, 0, 7, 8])
    kept: Remembered[int] = Remembered(timedelta(seconds=15))
    assert [kept.get(1, NOW, lambda: next(counted)) for _ in range(4)] == [0, 0, 7, 7]


def test_of_many_things_the_oldest_are_forgotten() -> None:
    kept: Remembered[int] = Remembered(timedelta(seconds=15))
    for thing in range(101):
        kept.get(thing, NOW, lambda: 1)
    assert kept.get(0, NOW, lambda: 2) == 2
    assert kept.get(100, NOW, lambda: 2) == 1
