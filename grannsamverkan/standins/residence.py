"""How a stand-in lives: on loopback only, announced by a file, ending by a signal or when its time is up."""

import argparse
import asyncio
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that both stand-ins take."""
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--log", type=Path, required=True, help="file that gets one line for each accepted message")
    parser.add_argument("--ready", type=Path, help="file written once listening, with ports and pid")
    parser.add_argument("--behave", type=json.loads, default={}, help="switches, as JSON")
    parser.add_argument("--lifetime-s", type=float, default=43_200.0, help="end by itself after this many seconds")


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line; leaves with status 2 when asked to listen to anything but loopback."""
    arguments = parser.parse_args()
    if arguments.host not in LOOPBACK_HOSTS:
        parser.error("a stand-in listens on loopback only")
    return arguments


def read_in_small_pieces(transport: asyncio.Transport) -> None:
    """Let the transport ask for 32 KiB at a time; its own 256 KiB cost more to allocate than a message to read."""
    if hasattr(transport, "max_size"):
        transport.max_size = 32_768


async def listen(make_peer: Callable[[], asyncio.Protocol], host: str, port: int) -> tuple[asyncio.Server, int]:
    """Open a listening socket; returns the server and its port. Asyncio sets TCP_NODELAY on each connection."""
    address = "127.0.0.1" if host == "localhost" else host
    server = await asyncio.get_running_loop().create_server(make_peer, address, port, backlog=512)
    listening: socket.socket = server.sockets[0]
    return server, int(listening.getsockname()[1])


async def stay(servers: list[asyncio.Server], ready: Path | None, ports: dict[str, int], lifetime_s: float) -> None:
    """Announce the ports, then serve until SIGTERM, SIGINT or the end of the lifetime."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    loop.call_later(lifetime_s, stopped.set)
    # Thousands of kept messages are no garbage: fewer full collections, fewer pauses.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    if ready is not None:
        announce(ready, {**ports, "pid": os.getpid()})
    else:
        print(json.dumps({**ports, "pid": os.getpid()}), flush=True)  # noqa: T201 - a process of its own tells its ports
    await stopped.wait()
    for server in servers:
        server.close()


def announce(ready: Path, facts: dict[str, int]) -> None:
    """Write the ready file in one stroke: whoever sees it sees it whole."""
    draft = ready.with_name(f"{ready.name}.{os.getpid()}")
    draft.write_text(json.dumps(facts), encoding="utf-8")
    draft.replace(ready)


def leave_with(problem: str) -> None:
    """End with status 2 and one sentence."""
    print(problem, file=sys.stderr)  # noqa: T201 - what whoever started it reads
    raise SystemExit(2)
