"""Late actions: in time, in order, one at a time."""

import asyncio
import time
from functools import partial

from grannsamverkan.standins.later import Later
from tests.support.loops import run


def test_actions_come_in_order_and_not_early() -> None:
    done: list[tuple[str, float]] = []

    async def scene() -> None:
        later, started_s = Later(), time.monotonic()

        def note(name: str) -> None:
            done.append((name, time.monotonic() - started_s))

        later.after(0.06, partial(note, "c"))
        later.after(0.03, partial(note, "a"))
        later.after(0.03, partial(note, "b"))
        later.after(0.03, partial(later.after, 0.01, partial(note, "after a")))
        await asyncio.sleep(0.12)

    run(scene())
    assert [name for name, _ in done] == ["a", "b", "after a", "c"]
    assert all(at_s >= due_s for (_, at_s), due_s in zip(done, (0.03, 0.03, 0.04, 0.06), strict=True))


def test_a_failing_action_stops_no_other() -> None:
    done: list[str] = []
    told: list[str] = []

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, facts: told.append(type(facts["exception"]).__name__)
        )
        later = Later()
        later.after(0.01, lambda: done.remove("nothing"))
        later.after(0.01, partial(done.append, "second"))
        await asyncio.sleep(0.05)

    run(scene())
    assert (done, told) == (["second"], ["ValueError"])


def test_what_is_cleared_never_comes() -> None:
    done: list[str] = []

    async def scene() -> None:
        later = Later()
        later.after(0.01, partial(done.append, "old"))
        later.clear()
        later.after(0.02, partial(done.append, "new"))
        await asyncio.sleep(0.05)

    run(scene())
    assert done == ["new"]
