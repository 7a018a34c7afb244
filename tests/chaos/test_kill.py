"""kill -9 while sending, again and again: no SMS lost, none doubled; no email lost, and no more copies than were in
flight.

Everything is counted in the logs of the stand-ins, which live on; the rows of the product are not asked.
"""

import random
import time
from pathlib import Path

import pytest

from grannsamverkan.chaos.outside import Since
from grannsamverkan.chaos.processes import Process
from grannsamverkan.chaos.town import UNDER_WAY, is_done, sections, settle_in, warn
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.settings import load
from grannsamverkan.standins.launch import start_standins
from grannsamverkan.wiring import build_runtime, ensure_schema

pytestmark = pytest.mark.chaos


@pytest.mark.long
def test_a_hundred_and_fifty_kills_of_five_thousand_messages_lose_nothing(tmp_path: Path) -> None:
    kills = killed_at_random(tmp_path, households=2500, kills=150, longest_s=0.2)
    assert kills == 150, "all was sent too soon: send to more households"


def killed_at_random(folder: Path, *, households: int, kills: int, longest_s: float) -> int:
    """Live, hand something over, live a random while more, and die. Returns how often it could be killed."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with start_standins(
        folder / "outside",
        behave_sms={"latency_ms": 20, "callbacks": []},
        behave_mail={"latency_ms": 20, "reports": False},
        lifetime_s=1800,
    ) as standins:
        chosen = sections(str(folder / "chaos.db"), standins)
        runtime = build_runtime(load(None, **chosen))
        process = Process("serve", {**chosen, "web": {"port": 0, "threads": 1}}, folder)
        try:
            ensure_schema(runtime)
            town = settle_in(runtime, households)
            warned, since = warn(runtime, town), Since(standins)
            killed = 0
            while killed < kills and lives_until_it_hands_over(process, since):
                time.sleep(chance.uniform(0, longest_s))
                process.kill()
                killed += 1
            process.start()
            deadline = time.monotonic() + 300
            while not is_done(runtime, warned.alert_id):
                assert process.is_alive, "the product ended by itself"
                assert time.monotonic() < deadline, "not finished in time"
                time.sleep(0.05)
        finally:
            process.kill()
            runtime.close()
        got = since.got(households, without={kind: set() for kind in ChannelKind}, stopped_at={}, began_s=0.0)
    print(f"{killed} kills, {got.repeated_mail} emails repeated, {since.number()} accepted in all")
    assert (got.lost, got.doubled_sms) == (0, 0)
    assert got.repeated_mail <= UNDER_WAY * killed
    return killed


def lives_until_it_hands_over(process: Process, since: Since) -> bool:
    """Start it and wait for the first hand-over of this life; False when there is nothing left to hand over."""
    before = since.number()
    process.start()
    deadline = time.monotonic() + 30
    while since.number() == before:
        assert process.is_alive, "the product ended by itself"
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True
