"""kill -9 while sending: no SMS lost, none doubled; no email lost, and no more copies than were in flight.

Everything is counted in the logs of the stand-ins, which live on; the rows of the product are not asked.
"""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from grannsamverkan.foundation.fault_points import FAULT_POINTS
from grannsamverkan.standins.launch import start_standins
from tests.chaos.product import CONNECTIONS, STEP, Product

pytestmark = pytest.mark.chaos
LATENCY_MS = 20


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    quiet = {"latency_ms": LATENCY_MS}
    with start_standins(
        tmp_path / "outside",
        behave_sms={**quiet, "callbacks": []},
        behave_mail={**quiet, "reports": False},
        lifetime_s=1800,
    ) as standins:
        product = Product(tmp_path, standins)
        try:
            yield product
        finally:
            product.end()


def assert_kept_its_word(product: Product) -> None:
    most_copies = STEP * CONNECTIONS * len(product.kills)
    assert product.lost_sms() == 0
    assert product.doubled_sms() == 0
    assert product.lost_mail() == 0
    assert product.repeated_mail() <= most_copies


def killed_at_random(product: Product, households: int, kills: int, longest_s: float) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    product.prepare(households)
    while len(product.kills) < kills and product.live_and_die(chance, longest_s):
        pass
    assert len(product.kills) == kills, f"all was sent after {len(product.kills)} kills: send to more households"
    product.finish()
    print(
        f"{len(product.kills)} kills, {product.repeated_mail()} emails repeated, {product.accepted()} accepted in all"
    )


def test_fifteen_kills_at_random_lose_nothing(product: Product) -> None:
    killed_at_random(product, households=1200, kills=15, longest_s=0.15)
    assert_kept_its_word(product)


@pytest.mark.long
def test_a_hundred_and_fifty_kills_of_five_thousand_messages_lose_nothing(product: Product) -> None:
    killed_at_random(product, households=2500, kills=150, longest_s=0.2)
    assert_kept_its_word(product)


@pytest.mark.parametrize("point", FAULT_POINTS)
def test_a_crash_at_each_point_loses_nothing(product: Product, point: str) -> None:
    product.prepare(60)
    assert product.die_at(f"{point}:1"), f"{point} was never reached"
    product.die_at(f"{point}:2")
    product.finish()
    assert_kept_its_word(product)
