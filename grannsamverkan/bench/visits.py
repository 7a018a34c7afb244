"""Visitors of the pages: one connection that is kept, and the cookies of somebody who has signed in."""

import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

import urllib3

from grannsamverkan.bench.counting import QUERIES, WORKER
from grannsamverkan.foundation.errors import Refused

_TIMEOUT_S = 60.0
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """What came of one request; `seconds` until the whole page was here."""

    status: int
    seconds: float
    queries: int
    worker: int
    text: str


class Line:
    """One connection to the server, kept open between requests."""

    def __init__(self, port: int) -> None:
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=1, block=True, retries=False)

    def ask(self, path: str, cookies: dict[str, str], form: dict[str, str] | None = None) -> Answer:
        """GET, or POST with a form; what the server sets of cookies is kept in `cookies`."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        body = None if form is None else urlencode(form)
        began = time.perf_counter()
        answer = self._pool.urlopen(
            "GET" if form is None else "POST",
            path,
            body=body,
            headers=headers if form is None else {**headers, **_FORM},
            redirect=False,
            timeout=_TIMEOUT_S,
        )
        seconds = time.perf_counter() - began
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            cookies[name] = value
        return Answer(
            answer.status,
            seconds,
            int(answer.headers.get(QUERIES, 0)),
            int(answer.headers.get(WORKER, 0)),
            answer.data.decode("utf-8", "replace"),
        )

    def close(self) -> None:
        self._pool.close()


@dataclass
class Visitor:
    """Somebody who looks at pages; without cookies nobody has signed in."""

    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, line: Line, path: str) -> Answer:
        return line.ask(path, self.cookies)

    def send(self, line: Line, path: str, **form: str) -> Answer:
        """Fill in the form of the page at this address; Refused unless it is taken."""
        token = _TOKEN.search(self.get(line, path).text)
        answer = line.ask(path, self.cookies, {**form, "csrf_token": token[1] if token else ""})
        if answer.status != 303 and answer.status != 302:
            raise Refused("form_not_taken", status=answer.status)
        return answer


def a_line_each(port: int, wanted: int, tries: int = 400) -> list[Line]:
    """A line to each of the workers, or to those that were met in so many tries."""
    found: dict[int, Line] = {}
    for _ in range(tries):
        line = Line(port)
        worker = line.ask("/halsa/live", {}).worker
        if worker in found:
            line.close()
            time.sleep(0.02)  # the others may still be starting, or busy with the lines before
        found.setdefault(worker, line)
        if len(found) == wanted:
            break
    return list(found.values())
