"""The doors both stand-ins have for whoever tries the product out: health, behaviour, reset, what has arrived."""

import os
from collections.abc import Callable
from typing import Any

from .behaviour import Behaviour
from .http_peer import Exchange, json_object

MOST_IN_ONE_ANSWER = 500


class Control:
    """Answers `/_health`, `/_behave`, `/_reset` and `/_messages`.

    `accepted` tells how many messages were accepted, `forget` forgets them, `show(after, to, limit)` returns the next
    messages as (index of the last one looked at, what to show).
    """

    def __init__(
        self,
        behaviour: Behaviour,
        accepted: Callable[[], dict[str, int]],
        forget: Callable[[], None],
        show: Callable[[int, str, int], tuple[int, list[dict[str, Any]]]],
    ) -> None:
        self._behaviour = behaviour
        self._accepted = accepted
        self._forget = forget
        self._show = show
        self._doors: dict[tuple[bytes, bytes], Callable[[Exchange], None]] = {
            (b"GET", b"/_health"): self._health,
            (b"GET", b"/_messages"): self._messages,
            (b"POST", b"/_behave"): self._behave,
            (b"POST", b"/_reset"): self._reset,
        }

    def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        door = self._doors.get((exchange.method, exchange.path))
        if door is None:
            exchange.answer_json(404, {"error": "no such door"})
            return
        try:
            door(exchange)
        except (ValueError, TypeError, AttributeError) as problem:
            exchange.answer_json(400, {"error": str(problem)})

    def _health(self, exchange: Exchange) -> None:
        exchange.answer_json(200, {"ok": True, "pid": os.getpid(), **self._accepted()})

    def _messages(self, exchange: Exchange) -> None:
        fields = exchange.fields()
        after, limit = int(fields.get("after") or 0), int(fields.get("limit") or MOST_IN_ONE_ANSWER)
        # A sender's "+" may arrive as a blank when the caller did not quote it.
        to = fields.get("to", "").strip()
        to = f"+{to}" if to.isdigit() else to
        index, messages = self._show(after, to, max(1, min(limit, MOST_IN_ONE_ANSWER)))
        exchange.answer_json(200, {"next": index, "messages": messages})

    def _behave(self, exchange: Exchange) -> None:
        self._behaviour.merge(json_object(exchange.body))
        exchange.answer_json(200, {"ok": True})

    def _reset(self, exchange: Exchange) -> None:
        self._behaviour.reset()
        self._forget()
        exchange.answer_json(200, {"ok": True})
