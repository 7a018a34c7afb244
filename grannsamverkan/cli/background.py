"""`grannsamverkan worker` and `grannsamverkan clock`: the distributed engine's processes that no visitor meets."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from grannsamverkan.foundation.garbage import spare_what_is_loaded
from grannsamverkan.jobs.clock import ClockProcess
from grannsamverkan.jobs.worker import Worker
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import load
from grannsamverkan.wiring import ensure_let_go, open_runtime


@click.command()
def worker() -> None:
    """Send, and do what else is waiting. Any number may run; each stops after the group in hand."""
    with _distributed() as runtime:
        _until_signalled(Worker(runtime))


@click.command()
def clock() -> None:
    """See to it that what is due is done, and keep the timetable. Any number may run; one of them acts."""
    with _distributed() as runtime:
        _until_signalled(ClockProcess(runtime))


@contextmanager
def _distributed() -> Iterator[Runtime]:
    settings = load()
    if not settings.is_distributed:
        raise click.ClickException("engine.kind is embedded: `grannsamverkan serve` does this work itself")
    with open_runtime(settings) as runtime:
        ensure_let_go(runtime)
        yield runtime


def _until_signalled(process: Worker | ClockProcess) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopping(process.stop))
    spare_what_is_loaded()
    process.run()


def _stopping(stop: Callable[[], None]) -> Callable[[int, object], None]:
    return lambda _number, _frame: stop()
