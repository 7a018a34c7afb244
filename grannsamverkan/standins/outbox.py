"""What a stand-in itself sends to the product: posts over a few kept connections, repeated until they are taken.

The product may be down for a while: then nothing is lost, and the posts of one chain never overtake each other.
Nothing is ever sent to another machine: an address that is not plain HTTP on loopback is no target.
"""

import asyncio
from collections import deque

from .post_line import Line
from .posts import Chain, Post, Target

MOST_LINES = 8
GIVE_UP_AFTER_S = 120.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 16.0
# While nobody listens at all, a try costs little and a returning product should not wait long.
LONGEST_SHUT_S = 2.0


class Outbox:
    """All posts waiting, sorted by the server they go to."""

    def __init__(self) -> None:
        self._servers: dict[tuple[str, int], Server] = {}
        self.taken = 0
        self.given_up = 0

    def add(self, chain: Chain, post: Post) -> None:
        """Send the post after those already in its chain."""
        post.born_s = asyncio.get_running_loop().time()
        chain.posts.append(post)
        if not chain.is_moving:
            chain.is_moving = True
            self._server(post.target).add(chain)

    def clear(self) -> None:
        """Forget everything that waits; what is on its way now may still arrive."""
        for server in self._servers.values():
            server.clear()
        self._servers.clear()

    def ended(self, chain: Chain, status: int | None) -> None:
        """The first post of the chain is over; go on with the next."""
        post = chain.posts.pop(0)
        self.taken, self.given_up = self.taken + (status is not None), self.given_up + (status is None)
        if post.report is not None:
            post.report(status)
        if chain.posts:
            self._server(chain.posts[0].target).add(chain)
        else:
            chain.is_moving = False

    def _server(self, target: Target) -> "Server":
        where = (target.host, target.port)
        if where not in self._servers:
            self._servers[where] = Server(self, target.host, target.port)
        return self._servers[where]


class Server:
    """One server the posts go to: its queue, its kept connections, and whether it is worth knocking now."""

    def __init__(self, outbox: Outbox, host: str, port: int) -> None:
        self._outbox = outbox
        self._host = host
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._ready: deque[Chain] = deque()
        self._idle: list[Line] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._lines = 0
        self._shut_until_s = 0.0
        self._refusals = 0
        self._is_cleared = False

    def add(self, chain: Chain, *, first: bool = False) -> None:
        """Queue a chain whose first post is due."""
        if self._is_cleared:
            return
        if first:
            self._ready.appendleft(chain)
        else:
            self._ready.append(chain)
        self.pump()

    def clear(self) -> None:
        """Forget the queue and let the connections go."""
        self._is_cleared = True
        self._ready.clear()
        for line in self._idle:
            line.close()
        self._idle.clear()

    def pump(self) -> None:
        """Put waiting chains on free connections, opening new ones up to the limit."""
        if self._loop.time() < self._shut_until_s:
            return
        while self._ready and (self._idle or self._lines < MOST_LINES):
            chain = self._ready.popleft()
            if self._idle:
                self._idle.pop().send(chain)
            else:
                self._lines += 1
                task = self._loop.create_task(self._open(chain))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)

    def freed(self, line: Line) -> None:
        """A connection has finished its post and may take the next."""
        if self._is_cleared:
            line.close()
            return
        self._idle.append(line)
        self.pump()

    def gone(self, line: Line, chain: Chain | None, *, was_stale: bool) -> None:
        """A connection is closed; a kept one that died before its answer began says nothing against the post."""
        self._lines -= 1
        if line in self._idle:
            self._idle.remove(line)
        if chain is not None and was_stale and not chain.posts[0].tries_once:
            self.add(chain, first=True)
        elif chain is not None:
            self.answered(chain, None)
        else:
            self.pump()

    def answered(self, chain: Chain, status: int | None) -> None:
        """Take the outcome of a try: over, or again after a pause that doubles."""
        self._refusals = 0
        post = chain.posts[0]
        if (status is not None and status < 500) or post.tries_once:
            self._outbox.ended(chain, status)
            return
        pause_s = min(FIRST_PAUSE_S * 2.0**post.failures, LONGEST_PAUSE_S)
        post.failures += 1
        if self._is_late(post, pause_s):
            self._outbox.ended(chain, None)
        else:
            self._loop.call_later(pause_s, self.add, chain)

    async def _open(self, chain: Chain) -> None:
        try:
            _, line = await self._loop.create_connection(lambda: Line(self), self._host, self._port)
        except OSError:
            self._lines -= 1
            self._refused(chain)
        else:
            self._refusals = 0
            line.send(chain)

    def _refused(self, chain: Chain) -> None:
        """Nobody listens: keep the order, shut the door for a while, give up what is too old."""
        now_s = self._loop.time()
        if chain.posts[0].tries_once:
            self._outbox.ended(chain, None)
        elif not self._is_cleared:
            self._ready.appendleft(chain)
        if now_s >= self._shut_until_s:
            pause_s = min(FIRST_PAUSE_S * 2.0**self._refusals, LONGEST_SHUT_S)
            self._refusals += 1
            self._shut_until_s = now_s + pause_s
            self._loop.call_later(pause_s + 0.001, self.pump)
        while self._ready and self._is_late(self._ready[0].posts[0], 0.0):
            self._outbox.ended(self._ready.popleft(), None)

    def _is_late(self, post: Post, pause_s: float) -> bool:
        return self._loop.time() + pause_s > post.born_s + GIVE_UP_AFTER_S
