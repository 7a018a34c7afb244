from datetime import UTC, datetime, timedelta, timezone

from grannsamverkan.foundation.clock import STOCKHOLM, SetClock, SystemClock


def test_the_machines_clock_is_aware_and_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


def test_a_set_clock_stands_until_it_is_moved() -> None:
    clock = SetClock(datetime(2026, 3, 4, 13, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.advance(timedelta(hours=1))
    assert clock.now() == datetime(2026, 3, 4, 13, tzinfo=UTC)


def test_stockholm_knows_both_nights() -> None:
    """2026-03-29 and 2026-10-25: at 01:00 UTC the clocks are changed."""
    before, after = datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert [t.astimezone(STOCKHOLM).hour for t in (before, after)] == [1, 3]
    before, after = datetime(2026, 10, 25, 0, 59, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    assert [t.astimezone(STOCKHOLM).hour for t in (before, after)] == [2, 2]
