"""Another host on this machine: a network namespace at the end of a cable that can be drawn out.

Between it and us runs a pair of virtual interfaces. When ours is down, packets vanish: nobody is told, no connection is
closed, and what each side knows of the other is what TCP finds out by itself. The stand-ins stay reachable from there:
the sockets that lead to them are made inside and answered outside.
"""

import asyncio
import contextlib
import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_CHUNK = 65_536


@dataclass(frozen=True)
class OtherHost:
    """Reached over `link`; `address` is ours on it."""

    name: str
    link: str
    address: str

    @property
    def command(self) -> tuple[str, ...]:
        """To be put before a command line, so that it runs there."""
        return ("ip", "netns", "exec", self.name)

    def cut(self) -> None:
        """Draw the cable out."""
        _ip("link", "set", self.link, "down")

    def mend(self) -> None:
        _ip("link", "set", self.link, "up")


@contextlib.contextmanager
def other_host() -> Iterator[OtherHost | None]:
    """One, gone at the end; None where whoever runs this may not make any."""
    # Link-local (RFC 3927): never routed, so that nothing leaves the machine.
    net = f"169.254.{os.getpid() % 254 + 1}"
    host = OtherHost(f"gs-chaos-{os.getpid()}", f"gs{os.getpid()}a", f"{net}.1")
    far = f"gs{os.getpid()}b"
    try:
        _ip("netns", "add", host.name)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    try:
        try:
            _ip("link", "add", host.link, "type", "veth", "peer", "name", far, "netns", host.name)
            _ip("addr", "add", f"{host.address}/30", "dev", host.link)
            host.mend()
            _ip("-n", host.name, "addr", "add", f"{net}.2/30", "dev", far)
            for one in ("lo", far):
                _ip("-n", host.name, "link", "set", one, "up")
        except (OSError, subprocess.CalledProcessError):
            yield None
            return
        yield host
    finally:
        for words in (("link", "del", host.link), ("netns", "del", host.name)):
            with contextlib.suppress(OSError, subprocess.CalledProcessError):
                _ip(*words)


@contextlib.contextmanager
def reachable_from(host: OtherHost, ports: Sequence[int]) -> Iterator[None]:
    """These ports of our loopback answer on the loopback of that host too."""
    with contextlib.ExitStack() as ends:
        listening = [ends.enter_context(_listen_inside(host, port)) for port in ports]
        loop = asyncio.new_event_loop()
        carrier = threading.Thread(target=loop.run_forever, name="other-host")
        carrier.start()
        try:
            for one in listening:
                asyncio.run_coroutine_threadsafe(_serve(one), loop).result()
            yield
        finally:
            asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            carrier.join()
            loop.close()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _listen_inside(host: OtherHost, port: int) -> socket.socket:
    """A socket belongs to the namespace in which it was made. A thread goes there to make it, and ends there."""
    made: list[socket.socket] = []

    def make() -> None:
        inside = os.open(Path("/run/netns", host.name), os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(inside, _CLONE_NEWNET) == 0:
                made.append(socket.create_server(("127.0.0.1", port)))
        finally:
            os.close(inside)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if not made:
        raise OSError("the namespace could not be entered")
    return made[0]


async def _serve(listening: socket.socket) -> None:
    port = listening.getsockname()[1]

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pour(reader, there_writer), _pour(there_reader, writer))

    await asyncio.start_server(carry, sock=listening)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def _end_all() -> None:
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
