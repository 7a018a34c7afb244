"""Posts on their way to the product: where they go, what they carry, and which of them belong together."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from .residence import LOOPBACK_HOSTS


class Target(NamedTuple):
    """Where a post goes: the socket address, the Host header and the path with its query."""

    host: str
    port: int
    authority: bytes
    path: bytes


class Packet(NamedTuple):
    """Header lines (each with its line end) and body of one post."""

    headers: bytes
    body: bytes


@lru_cache(maxsize=4096)
def target_of(url: str) -> Target | None:
    """Take an address apart; None when it is not plain HTTP to loopback."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        return None
    if parts.scheme != "http" or host not in LOOPBACK_HOSTS:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target("127.0.0.1" if host == "localhost" else host, port, parts.netloc.encode(), path.encode())


class Post:
    """One thing to send. `pack` is called at each try, so that a long queue holds no rendered bodies.

    `report` gets the answer's status, or None when it was given up; a post with `tries_once` is never repeated.
    `answer` is the body of the last answer, kept for a post with `wants_answer` only.
    """

    __slots__ = ("answer", "born_s", "failures", "pack", "report", "target", "tries_once", "wants_answer")

    def __init__(
        self, target: Target, pack: Callable[[], Packet], *, tries_once: bool = False, wants_answer: bool = False
    ) -> None:
        self.target = target
        self.pack = pack
        self.tries_once = tries_once
        self.wants_answer = wants_answer
        self.answer = b""
        self.report: Callable[[int | None], None] | None = None
        self.born_s = 0.0
        self.failures = 0


class Chain:
    """Posts that must arrive in their order, such as the receipts of one message."""

    __slots__ = ("is_moving", "posts")

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.is_moving = False
