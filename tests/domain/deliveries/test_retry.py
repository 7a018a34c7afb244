from datetime import timedelta

import pytest

from grannsamverkan.domain.deliveries import DEAD_CODES, wait_before


@pytest.mark.parametrize(
    ("tries", "least_s"), [(0, 1), (1, 1), (2, 5), (3, 15), (4, 60), (5, 300), (6, 300), (100, 300)]
)
def test_the_pause_grows_to_five_minutes(tries: int, least_s: int) -> None:
    assert wait_before(tries, spread=0.0) == timedelta(seconds=least_s)
    assert wait_before(tries, spread=1.0) == timedelta(seconds=least_s * 1.25)


def test_what_the_provider_asks_for_is_the_least() -> None:
    assert wait_before(1, spread=0.0, asked_for_s=30.0) == timedelta(seconds=30)
    assert wait_before(5, spread=0.0, asked_for_s=30.0) == timedelta(seconds=300)


def test_a_relays_own_refusals_silence_no_address() -> None:
    assert not DEAD_CODES & {"550", "554", "5.7.1", "5.7.0", "20003", "20429"}
