from datetime import timedelta

import pytest

from grannsamverkan.domain.deliveries import wait_before


@pytest.mark.parametrize(
    ("tries", "least_s"), [(0, 1), (1, 1), (2, 5), (3, 15), (4, 60), (5, 300), (6, 300), (100, 300)]
)
def test_the_pause_grows_to_five_minutes(tries: int, least_s: int) -> None:
    assert wait_before(tries, spread=0.0) == timedelta(seconds=least_s)
    assert wait_before(tries, spread=1.0) == timedelta(seconds=least_s * 1.25)


def test_what_the_provider_asks_for_is_the_least() -> None:
    assert wait_before(1, spread=0.0, asked_for_s=30.0) == timedelta(seconds=30)
    assert wait_before(5, spread=0.0, asked_for_s=30.0) == timedelta(seconds=300)
