"""The names outside this machine that the process may look up: a list from the settings, or any.

Everything that goes out by Python's sockets looks its host up first, whichever library does it: there it is stopped.
"""

import sys
from collections.abc import Collection
from typing import Any

THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
_ALWAYS = THIS_MACHINE | {"", "0.0.0.0", "::"}  # noqa: S104 - what a server of ours listens on
_allowed: frozenset[str] | None = None
_is_watching = False


class NotToOutside(OSError):
    """The host is none of those that may be reached. To a channel it is as one that is away."""


def keep_to(hosts: Collection[str]) -> None:
    """From now on only these, and this machine; empty: any."""
    global _allowed, _is_watching
    _allowed = frozenset(host.lower() for host in hosts) or None
    if _allowed is not None and not _is_watching:
        _is_watching = True
        sys.addaudithook(_watch)  # for the life of the process: Python has no way to take it off


def may_reach(host: str, hosts: Collection[str]) -> bool:
    """Whether a list of the settings allows this host."""
    return host.lower() in THIS_MACHINE or host.lower() in {one.lower() for one in hosts}


def _watch(event: str, told: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo" and _allowed is not None:
        host = told[0].decode("latin-1") if isinstance(told[0], bytes) else told[0] or ""
        if host.lower() not in _allowed and host not in _ALWAYS:
            raise NotToOutside("this host is not in installation.outside_hosts")
