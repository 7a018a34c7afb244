"""The product between what bounds it and what it replaces, all into one sink in C, taking turns in one run.

The limit is postfix's `smtp-source` with ten kept sessions, as many messages and as long ones, and nothing behind it:
no rows, no people, no text. The naive ways are first programs: a connection and a new message for each neighbour, one
after the other. A peer, django-post_office, takes its turn where there is one. Machines are noisy: only ratios within a
round are compared, and their median is what counts.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from grannsamverkan.bench import beside
from grannsamverkan.bench.delivery import Plan
from grannsamverkan.bench.peer import find_peer, peer_mail
from grannsamverkan.bench.people import address
from grannsamverkan.bench.pg_server import find_binaries, pg_server
from grannsamverkan.bench.sink import Sink, program, running_sink
from grannsamverkan.foundation.ports import ChannelKind

SESSIONS = 10
LATENCY_MS, IN_FLIGHT = 100, 100
MAIL_LATENCY_MS = 50
WORKERS = 2  # on PostgreSQL
_BUSY = 0.9  # of a core: then the sink and not the sender has been measured
_NAIVE_SHARE = 50
_SMS_SHARE = 20
_SLOW_SHARE = 200  # of a relay that answers after a while, where a peer does some tens a second


@dataclass(frozen=True)
class Comparison:
    """How much of everything. `grown`: recipients of one large run that shows how the cost grows; 0 leaves it out.
    `peer_python`: a Python that has django-post_office, which then takes its turn too."""

    recipients: int
    rounds: int = 3
    grown: int = 0
    postgresql: bool = True
    peer_python: str = ""


def compare(plan: Comparison) -> dict[str, Any]:
    """Every round's figures and the ratios' medians. NoTool or NoPostgres, before anything has run, when something
    lacks."""
    source = program("smtp-source", "postfix")
    program("cc", "gcc")
    if plan.postgresql:
        find_binaries()
    if plan.peer_python:
        find_peer(plan.peer_python)
    length = message_length()
    rounds = [_round(plan, source, length) for _ in range(plan.rounds)]
    grown = _product(plan.grown, "sqlite") if plan.grown else None
    return {
        "recipients": plan.recipients,
        "message_bytes": length,
        "rounds": rounds,
        "grown": grown,
        "ratios": {**_ratios(rounds), "cost_growth": _growth(rounds, grown)},
    }


def message_length() -> int:
    """Bytes of one of our emails, to give the limit messages of the same length."""
    wording = beside.made_up_mail()
    marks = {b"to": address(ChannelKind.EMAIL, 1).encode(), b"key": b"1", b"token": b"0" * 30, b"first": b"0"}
    return len(wording % marks)


def _round(plan: Comparison, source: str, length: int) -> dict[str, Any]:
    few = max(50, plan.recipients // _NAIVE_SHARE)
    sms = max(100, plan.recipients // _SMS_SHARE)
    return {
        "limit": _limit(source, plan.recipients, length),
        "sqlite": _product(plan.recipients, "sqlite"),
        "postgresql": _product(plan.recipients, "postgresql") if plan.postgresql else None,
        "email_naive": _rated("smtp", few, lambda sink: beside.naive_mail("127.0.0.1", sink.port, few)),
        "sms": _product(sms, "sqlite", channel=ChannelKind.SMS),
        "sms_naive": _rated("sms", few, lambda sink: beside.naive_sms(f"http://127.0.0.1:{sink.port}", few)),
        "sms_with_latency": _product(
            sms, "sqlite", channel=ChannelKind.SMS, delay_ms=LATENCY_MS, connections=IN_FLIGHT
        ),
        **(_beside_a_peer(plan.peer_python, plan.recipients, few) if plan.peer_python else {}),
    }


def _beside_a_peer(python: str, recipients: int, few: int) -> dict[str, Any]:
    """The peer into a relay that answers at once; it and the product into one that takes its time."""
    slow = max(100, recipients // _SLOW_SHARE)
    return {
        "peer": _peer(python, few),
        "peer_with_latency": _peer(python, slow, delay_ms=MAIL_LATENCY_MS),
        "email_with_latency": _product(few, "sqlite", delay_ms=MAIL_LATENCY_MS),
    }


def _peer(python: str, messages: int, delay_ms: int = 0) -> dict[str, Any]:
    with _sink("smtp", delay_ms) as sink:
        took = peer_mail(python, sink, messages)
        got = sink.accepted().messages
    return {"messages": messages, "messages_per_s": round(got / took, 1), "lost": messages - got}


def _limit(source: str, messages: int, length: int) -> dict[str, Any]:
    words = [source, "-d", "-s", str(SESSIONS), "-m", str(messages), "-l", str(length)]

    def send(sink: Sink) -> None:
        ends = ["-f", "bounce@gs.hoor.example", "-t", "granne@post.example", f"127.0.0.1:{sink.port}"]
        subprocess.run([*words, *ends], check=True, capture_output=True)

    return _rated("smtp", messages, send)


def _rated(face: Literal["smtp", "sms"], messages: int, send: Callable[[Sink], None]) -> dict[str, Any]:
    with _sink(face) as sink:
        began, before = time.time(), sink.cpu_s()
        send(sink)
        took, cpu_s = time.time() - began, sink.cpu_s() - before
        got = sink.accepted().messages
    return {"messages_per_s": round(got / took, 1), "lost": messages - got, **_sink_cpu(cpu_s, took)}


def _product(
    recipients: int,
    database: str,
    *,
    channel: ChannelKind = ChannelKind.EMAIL,
    delay_ms: int = 0,
    connections: int = 0,
) -> dict[str, Any]:
    """The whole product in a process of its own, on PostgreSQL in workers, from release to the last hand-over in its
    rows; the sink counts."""
    is_mail = channel is ChannelKind.EMAIL
    with _sink("smtp" if is_mail else "sms", delay_ms) as sink, _database(database) as url:
        before = sink.cpu_s()
        plan = Plan(
            recipients,
            channel,
            database=url,
            smtp=f"127.0.0.1:{sink.port}" if is_mail else "",
            twilio="" if is_mail else f"http://127.0.0.1:{sink.port}",
            connections=connections,
            workers=0 if database == "sqlite" else WORKERS,
        )
        found = in_own_process(plan)
        cpu_s, got = sink.cpu_s() - before, sink.accepted()
    kept = ("messages_per_s", "seconds", "first_ms", "fan_out_s", "cpu_s", "peak_rss_mb")
    return {
        "messages": got.messages,
        "lost": recipients - (got.messages - got.doubled),
        "doubled": got.doubled,
        **{name: found[name] for name in kept},
        **_sink_cpu(cpu_s, found["seconds"]),
    }


def in_own_process(plan: Plan) -> dict[str, Any]:
    """What `bench delivery` measures, where no earlier run has left memory or threads behind."""
    code = (
        "import json,sys; from grannsamverkan.bench.delivery import Plan, measure;"
        "from grannsamverkan.foundation.ports import ChannelKind; p = json.loads(sys.argv[1]);"
        "print(json.dumps(measure(Plan(**{**p, 'channel': ChannelKind(p['channel'])}))))"
    )
    words = [sys.executable, "-c", code, json.dumps({**asdict(plan), "channel": int(plan.channel)})]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _sink(face: Literal["smtp", "sms"], delay_ms: int = 0) -> Iterator[Sink]:
    with (
        tempfile.TemporaryDirectory(prefix="grannsamverkan-") as folder,
        running_sink(Path(folder), face, delay_ms=delay_ms) as sink,
    ):
        yield sink


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    with pg_server(durable=True) as server:
        yield server.url()


def _sink_cpu(cpu_s: float, took: float) -> dict[str, Any]:
    share = cpu_s / took
    return {"sink_cpu_share": round(share, 2), "sink_was_the_limit": share > _BUSY}


def _ratios(rounds: list[dict[str, Any]]) -> dict[str, float | None]:
    def of(name: str, other: str) -> float | None:
        pairs = [(one[name], one[other]) for one in rounds if one.get(name) and one.get(other)]
        rates = [a["messages_per_s"] / b["messages_per_s"] for a, b in pairs]
        return round(statistics.median(rates), 3) if rates else None

    bound = IN_FLIGHT / (LATENCY_MS / 1000)
    return {
        "sqlite_vs_limit": of("sqlite", "limit"),
        "postgresql_vs_limit": of("postgresql", "limit"),
        "email_vs_naive": of("sqlite", "email_naive"),
        "email_vs_peer": of("sqlite", "peer"),
        "email_vs_peer_with_latency": of("email_with_latency", "peer_with_latency"),
        "sms_vs_naive": of("sms", "sms_naive"),
        "sms_vs_latency_bound": round(
            statistics.median(one["sms_with_latency"]["messages_per_s"] / bound for one in rounds), 3
        ),
    }


def _growth(rounds: list[dict[str, Any]], grown: dict[str, Any] | None) -> float | None:
    """How much dearer in processor time a recipient of the large run was than one of the others."""
    if grown is None:
        return None
    each = statistics.median(one["sqlite"]["cpu_s"] / one["sqlite"]["messages"] for one in rounds)
    return float(round(grown["cpu_s"] / grown["messages"] / each - 1, 3))
