"""Structured logs, one JSON object a line, without personal data.

Events are named in the code and carry ids, counts and codes. As a second fence, anything that looks like a phone
number or an email address is struck out of every value before it is written.
"""

import contextlib
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

# %2B and %40 are + and @ in a web address.
_PHONE = re.compile(r"(?:(?<![\w.-])|(?<=%2B))(?:\+|00)?\d[\d\s()-]{6,16}\d(?![\w-])")
_EMAIL = re.compile(r"(?<![^\s@<>\"'])[^\s@<>\"']+(?:@|%40)[^\s@<>\"']+")


def strike_out(text: str) -> str:
    """The text with everything that could be a phone number or an email address replaced."""
    return _PHONE.sub("[number]", _EMAIL.sub("[address]", text))


def _without_personal_data(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _struck_out(value) for key, value in event.items()}


def _struck_out(value: Any) -> Any:
    if isinstance(value, str):
        return strike_out(value)
    if isinstance(value, dict):
        return {_struck_out(key): _struck_out(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_struck_out(inner) for inner in value]
    return value if isinstance(value, int | float | None) else strike_out(str(value))


class _Plain(logging.Handler):
    """Library logs (waitress, alembic, apscheduler) in the same form: name, level and struck-out message."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, strike_out(record.getMessage())[:500], exception=_kind_of(record))


def _kind_of(record: logging.LogRecord) -> str | None:
    return record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None


class _Unfailing:
    """Standard error that loses a line rather than stopping who writes it: it may be a file on a full disk, and what
    is logged there first is that the disk is full."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._file.flush()


def configure_logs(level: str = "INFO", *, as_json: bool = True) -> None:
    """Send all logs to standard error. Exceptions are logged by type and place, never by message."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _without_personal_data,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Unfailing(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for every request that waits a moment
    root = logging.getLogger()
    root.handlers[:] = [_Plain()]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))


def where_it_failed(error: BaseException) -> str:
    """`Type at file:line`, the part of an exception that may be logged: its message may quote somebody."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    return f"{type(error).__name__} at {place.tb_frame.f_code.co_name}:{place.tb_lineno}"
