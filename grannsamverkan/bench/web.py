"""How long the pages take with many households behind them: over HTTP, with several workers, as every role.

A fresh database is filled with made-up neighbours, gunicorn serves the product's pages over it, and this process asks
for every page again and again: all pages in turn, so that a noisy moment of the machine falls on all of them, over one
kept connection to each worker. Everything is on this machine, and everything that was started has ended at the end.
"""

import json
import re
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from grannsamverkan import schema
from grannsamverkan.bench.crowd import SERVED, USUAL, Life, Spot, fill_places, phone, settle, spots
from grannsamverkan.bench.crowd_advice import fill_advice
from grannsamverkan.bench.crowd_life import fill_life
from grannsamverkan.bench.crowd_news import fill_news, warn_now
from grannsamverkan.bench.pg_server import pg_server
from grannsamverkan.bench.targets import EVERYBODY, Asked, Known, every_page
from grannsamverkan.bench.visits import Answer, Line, Visitor, a_line_each
from grannsamverkan.bench.workers import serving
from grannsamverkan.domain import accounts, advice, alerts, places
from grannsamverkan.domain.accounts import CHEAP, AccountDraft, Role
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.logs import configure_logs
from grannsamverkan.foundation.phone import show
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import load
from grannsamverkan.wiring import build_runtime, ensure_schema

SQLITE, POSTGRESQL, BOTH = "sqlite", "postgresql", "both"
_PASSWORD = "en-lång-mening-till-mätningen"  # noqa: S105 - of accounts in a database that is thrown away
_HELD_TO_THE_LIMIT = frozenset({Role.COORDINATOR, Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON})
NEIGHBOUR = 4  # the household whose own page is opened; its phone is one that is kept for fiction
_WARM_UP = 2  # rounds that are not measured: a worker's first answers load its templates
ASKED_AS = (EVERYBODY, *(role.value for role in Role if role is not Role.ADMINISTRATOR))
SIGN_INS = {role.value: f"bench-{role.value}" for role in Role if role is not Role.NEIGHBOUR}


@dataclass(frozen=True)
class WebPlan:
    """What to measure; `database` is sqlite, postgresql, both, or the address of an empty one, `role` the only ones
    whose pages are asked for (none: everybody's)."""

    households: int = 50_000
    requests: int = 200
    database: str = SQLITE
    workers: int = 2
    limit_ms: float = 200.0
    longest_s: float = 3600.0
    role: tuple[str, ...] = ()


def measure(plan: WebPlan) -> dict[str, Any]:
    """Every page as everybody who may see it, on each of the databases.

    `ok`: every answer was 200, none was left out for want of time, and 95 of 100 requests of the coordinator's and the
    contact persons' pages were answered within the limit. `left_out`: routes that lead on or want a step before them.
    """
    pages: list[dict[str, Any]] = []
    left_out: set[str] = set()
    is_whole = True
    for database in (SQLITE, POSTGRESQL) if plan.database == BOTH else (plan.database,):
        with tempfile.TemporaryDirectory(prefix="grannsamverkan-") as folder, _address(database, Path(folder)) as url:
            found = _measure_on(plan, url, Path(folder))
        pages += found.pages
        left_out |= found.left_out
        is_whole = is_whole and found.is_whole
    held = [page for page in pages if page["role"] in _HELD_TO_THE_LIMIT]
    return {
        "ok": is_whole and all(page["p95_ms"] <= plan.limit_ms for page in held),
        "households": plan.households,
        "networks": len(spots(plan.households)),
        "requests": plan.requests,
        "roles": list(plan.role) or "all",
        "workers": plan.workers,
        "left_out": sorted(left_out),
        "pages": pages,
    }


@contextmanager
def _address(database: str, folder: Path) -> Iterator[str]:
    """The database's address; NoPostgres when one is to be started and there is none."""
    if database == SQLITE:
        yield str(folder / "bench.db")
    elif database == POSTGRESQL:
        with pg_server(durable=True) as server:
            yield server.url()
    else:
        yield database


@dataclass(frozen=True)
class _Found:
    pages: list[dict[str, Any]]
    left_out: set[str]
    is_whole: bool


def _measure_on(plan: WebPlan, url: str, folder: Path) -> _Found:
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    with listening:
        port = listening.getsockname()[1]
        config = _config(folder, url, port)
        settings = load(config)
        configure_logs(settings.log.level, as_json=False)
        runtime = build_runtime(settings)
        try:
            if schema.revisions(runtime.database)[0] is None:
                schema.upgrade(runtime.database)
            ensure_schema(runtime)
            known = fill(runtime, plan.households)
            with serving(config, listening, plan.workers):
                visitors = _signed_in(runtime, port)
                kind = SQLITE if runtime.database.is_sqlite else POSTGRESQL
                return _ask_all(plan, kind, port, list(every_page(runtime, known)), visitors)
        finally:
            runtime.close()


def _config(folder: Path, url: str, port: int) -> Path:
    """The settings as a file, which the workers read too. They lead nowhere but to this machine."""
    sections: dict[str, dict[str, Any]] = {
        "installation": {"mode": "demo", "base_url": f"http://127.0.0.1:{port}"},
        "database": {"url": url},
        "keys": {"data": new_key(), "lookup": new_key(), "web": new_key()},
        "web": {"idle_min": 600},
        "sms": {"base_url": "http://127.0.0.1:9", "sender": phone(89)},
        "email": {"host": "127.0.0.1", "port": 9, "domain": "gs.hoor.example"},
        "log": {"level": "ERROR", "form": "text"},
    }
    file = folder / "bench.toml"
    file.touch(mode=0o600)
    file.write_text("\n".join(_as_toml(name, keys) for name, keys in sections.items()), "utf-8")
    return file


def _as_toml(name: str, keys: dict[str, Any]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def fill(runtime: Runtime, households: int, *, usual: int = USUAL, busy: int = 1) -> dict[str, Known]:
    """The rows, the accounts, and what each role's addresses are made of. `usual` households in a network, in each of
    which `busy` times as much has happened as usual."""
    found = spots(households, usual=usual)
    fill_places(runtime, found)
    with runtime.database.write() as session:
        now, area = runtime.clock.now(), places.municipality(session, found[0].code).local_police_area_id
        led = [one for one in found if one.code == found[0].code and one.is_led]
        mine, largest = led[0], max(led, key=lambda one: one.size)
        drafts = {
            Role.POLICE: {"local_police_area_id": area},
            Role.COORDINATOR: {"municipality_code": mine.code},
            Role.ADMINISTRATOR: {},
            Role.CONTACT_PERSON: {"person_id": mine.first + 2, "municipality_code": mine.code},
            Role.LEAD_CONTACT_PERSON: {"person_id": largest.first, "municipality_code": largest.code},
        }
        ids = {}
        for role, place in drafts.items():
            draft = AccountDraft(SIGN_INS[role.value], _PASSWORD, role, **place)  # type: ignore[arg-type]
            ids[role] = accounts.add_account(session, draft, now, passwords=CHEAP).id or 0
    desks = dict.fromkeys(SERVED, ids[Role.COORDINATOR])
    life = Life(found, now, desks, ids[Role.POLICE], sorted(ids.values()), busy)
    fill_life(runtime, life)
    fill_news(runtime, life)
    settle(runtime)  # what follows is written through the product, which counts its rows itself
    planned = fill_advice(runtime, life, desks)
    settle(runtime)
    alert_id = warn_now(runtime, found, ids[Role.POLICE])
    with runtime.database.read() as session:
        number = alerts.alert(session, alert_id).number or 0
    staff, own = (Known(_ids(life, one, alert_id, number) | planned[one.code]) for one in (largest, mine))
    return {
        EVERYBODY: staff,
        Role.COORDINATOR.value: staff,
        Role.POLICE.value: staff,
        Role.LEAD_CONTACT_PERSON.value: staff,
        Role.CONTACT_PERSON.value: own,
        Role.NEIGHBOUR.value: Known({"household_id": str(NEIGHBOUR)}),
    }


def _ids(life: Life, one: Spot, alert_id: int, number: int) -> dict[str, str]:
    return {
        "network_id": str(one.id),
        "code": one.code,
        "key": next(iter(advice.shipped())),
        "alert_id": str(alert_id),
        "number": str(number),
        "phrase": "advice.lock",
        "meeting_id": str(life.first_meeting(one) + 1),
        "training_id": "1",
        "role_id": str(one.first_role + 2),
        "unit_id": str(one.leaf_units[0]),
        "household_id": str(next(number for number in one.households if number % one.contacts == 0)),
    }


def _signed_in(runtime: Runtime, port: int) -> dict[str, Visitor]:
    """Everybody's visit, begun as they begin it: by name and password, and the neighbour by a code."""
    line, visitors = Line(port), {EVERYBODY: Visitor()}
    for role in (Role.COORDINATOR, Role.POLICE, Role.CONTACT_PERSON, Role.LEAD_CONTACT_PERSON):
        visitors[role.value] = Visitor()
        visitors[role.value].send(line, "/logga-in", name=SIGN_INS[role.value], password=_PASSWORD)
    neighbour = visitors[Role.NEIGHBOUR.value] = Visitor()
    neighbour.send(line, "/min-sida", phone=show(phone(NEIGHBOUR - 1)))
    neighbour.send(line, "/min-sida/kod", code=_code(runtime))
    line.close()
    return visitors


def _code(runtime: Runtime) -> str:
    """The code as it would be sent: nothing is, so it is read where it waits."""
    with runtime.database.read() as session:
        rows = select(Notice).where(Notice.kind == NoticeKind.CODE).order_by(col(Notice.id).desc())
        waiting = session.exec(rows).first()
    found = re.search(r"\b\d{6}\b", waiting.body if waiting else "")
    if found is None:
        raise Refused("no_code")
    return found[0]


def _ask_all(
    plan: WebPlan, database: str, port: int, candidates: Sequence[Asked], visitors: dict[str, Visitor]
) -> _Found:
    line = Line(port)
    wanted = [one for one in candidates if not plan.role or one.role in plan.role]
    first = {one: visitors[one.role].get(line, one.path).status for one in wanted}
    line.close()
    asked = [one for one, status in first.items() if status == 200]
    left_out = {one.route for one, status in first.items() if 300 <= status < 500}
    lines = a_line_each(port, plan.workers)
    deadline = time.monotonic() + plan.longest_s
    rounds, leaving = -(-plan.requests // len(lines)), threading.Event()
    with ThreadPoolExecutor(len(lines)) as threads:
        try:
            found = list(threads.map(lambda one: _rounds(one, asked, visitors, rounds, deadline, leaving), lines))
        finally:
            leaving.set()  # told to end, the command waits for nobody's rounds
    for one in lines:
        one.close()
    answers = {one: [answer for of_line in found for answer in of_line[one]] for one in asked}
    is_well = all(status < 500 for status in first.values()) and len(lines) == plan.workers
    return _Found(
        pages=[_page(one, database, answers[one]) for one in asked if answers[one]],
        left_out=left_out,
        is_whole=is_well
        and all(len(of) >= plan.requests and all(a.status == 200 for a in of) for of in answers.values()),
    )


def _rounds(
    line: Line,
    asked: Sequence[Asked],
    visitors: dict[str, Visitor],
    rounds: int,
    deadline: float,
    leaving: threading.Event,
) -> dict[Asked, list[Answer]]:
    """All pages in turn, so many times, or until the time is out."""
    mine = {role: Visitor(dict(visitor.cookies)) for role, visitor in visitors.items()}
    answers: dict[Asked, list[Answer]] = {one: [] for one in asked}
    for number in range(-_WARM_UP, rounds):
        for one in asked:
            if time.monotonic() > deadline or leaving.is_set():
                return answers
            answer = mine[one.role].get(line, one.path)
            if number >= 0:
                answers[one].append(answer)
    return answers


def _page(one: Asked, database: str, answers: Sequence[Answer]) -> dict[str, Any]:
    times = sorted(answer.seconds * 1000 for answer in answers)
    return {
        "route": one.route,
        "role": one.role,
        "database": database,
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
        "queries": statistics.mode(answer.queries for answer in answers),
    }
