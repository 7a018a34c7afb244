"""Rounds: a fault is prepared, a warning let go, the fault played, everything mended, and what came of it counted."""

import contextlib
import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from grannsamverkan import schema
from grannsamverkan.bench.pg_server import NoPostgres, PgServer, pg_server
from grannsamverkan.channels.elks_sms import PREFIX
from grannsamverkan.chaos.faults import CATALOGUE, NOT_HERE, Fault
from grannsamverkan.chaos.other_host import OtherHost, other_host, reachable_from
from grannsamverkan.chaos.outside import Got, lines, read
from grannsamverkan.chaos.processes import Process, free_port, running
from grannsamverkan.chaos.stage import POSTGRESQL, SQLITE, USUAL_ELKS, USUAL_MAIL, USUAL_SMS, Stage
from grannsamverkan.chaos.town import CONNECTIONS, STEP, UNDER_WAY, Warned, is_done, sections, settle_in, warn
from grannsamverkan.foundation.logs import configure_logs, where_it_failed
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.invariants import offences
from grannsamverkan.settings import load
from grannsamverkan.standins.launch import Standins, start_standins
from grannsamverkan.wiring import INBOUND_PATH, build_runtime

BOTH = "both"
_DISK = "64m"
_DONE_S, _RECEIPTS_S = 120.0, 60.0


@dataclass(frozen=True)
class ChaosPlan:
    """What to play. `rounds`: how often each fault; `seconds`: no new round on a database after so long."""

    database: str = BOTH
    short: bool = False
    seed: int = 0
    rounds: int = 1
    seconds: float = 900.0
    households: int = 120
    faults: tuple[str, ...] = ()

    @property
    def databases(self) -> tuple[str, ...]:
        return (SQLITE, POSTGRESQL) if self.database == BOTH else (self.database,)


def play(plan: ChaosPlan, seen: Callable[[dict[str, Any]], None] = lambda _round: None) -> dict[str, Any]:
    """Play the plan on throw-away databases of this machine and leave nothing behind. Each round is shown to `seen`."""
    configure_logs("ERROR", as_json=False)
    chance = random.Random(plan.seed)  # noqa: S311 - a drawing that can be repeated
    told = []
    figures, invariants = {}, {}
    for database in plan.databases:
        deck = [fault for fault in CATALOGUE if _is_wanted(plan, fault, database)]
        drawn = [fault for _ in range(plan.rounds) for fault in chance.sample(deck, len(deck))]
        try:
            with _stage(plan, database, chance) as stage:
                rounds = _play_all(stage, drawn, plan.seconds, seen)
                invariants[database] = _invariants(stage, sum(one.get("doubled", 0) for one in rounds))
                figures[database] = _figures(stage, rounds)
        except NoPostgres as missing:
            rounds = [_unplayed(fault, database, str(missing)) for fault in drawn]
        told += rounds
        told += [
            {"id": row, "name": "", "database": database, "ok": None, "note": why}
            for (row, where), why in NOT_HERE.items()
            if where == database and not plan.short and (not plan.faults or row in plan.faults)
        ]
    kept = [one["ok"] for each in invariants.values() for one in each.values()]
    return {
        "ok": all(one["ok"] is not False for one in told) and False not in kept and bool(kept),
        "seed": plan.seed,
        "households": plan.households,
        "played": dict(Counter(one["id"] for one in told if one["ok"] is not None)),
        "faults": told,
        "invariants": invariants,
        "figures": figures,
    }


def _is_wanted(plan: ChaosPlan, fault: Fault, database: str) -> bool:
    if plan.faults and fault.row not in plan.faults:
        return False
    return database in (fault.short_on if plan.short else fault.databases)


# ------------------------------------------------------------------------------------------------ the stage


@contextlib.contextmanager
def _stage(plan: ChaosPlan, database: str, chance: random.Random) -> Iterator[Stage]:
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="grannsamverkan-chaos-")))
        server: PgServer | None = None
        disk: Path | None = None
        host: OtherHost | None = None
        if database == POSTGRESQL:
            host = None if plan.short else ends.enter_context(other_host())
            server = ends.enter_context(pg_server(durable=True, address=host.address if host else ""))
            url = server.url()
        else:
            disk = None if plan.short else ends.enter_context(_own_disk(folder / "disk"))
            url = str((disk or folder) / "chaos.db")
        port = free_port()
        standins = ends.enter_context(_outside(folder / "outside", port))
        standins.behave_elks(USUAL_ELKS)
        chosen = sections(url, standins, port, distributed=server is not None)
        runtime = build_runtime(load(None, **chosen))
        ends.callback(runtime.close)
        schema.upgrade(runtime.database)
        town = settle_in(runtime, plan.households)
        elsewhere = None
        if host is not None and server is not None:
            ends.enter_context(reachable_from(host, standins.ports))
            there = {**chosen, "database": {"url": server.url_at_address()}}
            elsewhere = Process("worker", there, folder, within=host.command)
        processes = ends.enter_context(running(chosen, folder, elsewhere=elsewhere))
        yield Stage(database, folder, runtime, standins, processes, town, chance, server, disk, host)


def _outside(folder: Path, port: int) -> Standins:
    return start_standins(
        folder,
        inbound_url=f"http://localhost:{port}{INBOUND_PATH}",
        elks_inbound_url="",
        behave_sms=USUAL_SMS,
        behave_mail=USUAL_MAIL,
        keep_sms=1_000_000,
        keep_mail=10,
        lifetime_s=7200,
    )


@contextlib.contextmanager
def _own_disk(folder: Path) -> Iterator[Path | None]:
    """A small file system that can be filled, where whoever runs this may mount one; else None."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "grannsamverkan-chaos", str(folder)]
    try:
        is_mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        is_mounted = False
    try:
        yield folder if is_mounted else None
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


# ------------------------------------------------------------------------------------------------ the rounds


def _play_all(
    stage: Stage, drawn: list[Fault], seconds: float, seen: Callable[[dict[str, Any]], None]
) -> list[dict[str, Any]]:
    until = time.monotonic() + seconds
    told = []
    for fault in drawn:
        if time.monotonic() > until:
            told.append(_unplayed(fault, stage.database, "no time was left"))
        elif fault.row == "F17" and stage.disk is None:
            told.append(_unplayed(fault, stage.database, "no file system could be mounted here"))
        elif fault.on_two_hosts and stage.host is None:
            told.append(_unplayed(fault, stage.database, "no network of its own could be made here"))
        else:
            told.append(_play_one(stage, fault))
        seen(told[-1])
    return told


def _unplayed(fault: Fault, database: str, why: str) -> dict[str, Any]:
    return {"id": fault.row, "name": fault.name, "database": database, "ok": None, "note": why}


def _play_one(stage: Stage, fault: Fault) -> dict[str, Any]:
    stage.begin()
    began = time.monotonic()
    steps = fault.play(stage)
    next(steps)
    warned = warn(stage.runtime, stage.town, approvals=stage.approvals)
    stage.warned = warned
    cut_short = False
    try:
        for _ in steps:
            pass
    except (OSError, RuntimeError, SQLAlchemyError, psycopg.Error) as error:
        cut_short = True
        stage.notes.append(f"could not be played to its end: {where_it_failed(error)}")
    stage.calm()
    is_over = stage.wait_for(lambda: stage.is_kept_up() and is_done(stage.runtime, warned.alert_id), _DONE_S)
    got = stage.since.got(stage.town.households, without=stage.out, stopped_at=stage.stopped_at, began_s=warned.began_s)
    allowed = _copies_allowed(stage, got)
    doubled_allowed = 2 * CONNECTIONS * stage.frozen
    is_well = is_over and not cut_short and not got.lost and not got.to_the_stopped
    is_well = is_well and got.doubled_sms <= doubled_allowed and got.repeated_mail <= allowed
    return {
        "id": fault.row,
        "name": fault.name,
        "database": stage.database,
        "lost": got.lost,
        "doubled": got.doubled_sms,
        "copies": got.repeated_mail,
        "copies_allowed": allowed,
        "after_stop": got.to_the_stopped,
        "p95_s": round(_at(got.times_s, 0.95), 2),
        "longest_gap_s": round(got.longest_gap_s, 2),
        "seconds": round(time.monotonic() - began, 1),
        "ok": is_well,
        "note": "; ".join([*stage.notes, *([] if is_over else [_what_is_left(stage, warned)])]),
    }


def _what_is_left(stage: Stage, warned: Warned) -> str:
    """Batches that were not done in time, each with how it stands."""
    columns = "channel, tries, not_before, lease_until, owner"
    asked = f"SELECT {columns} FROM batch WHERE done_at IS NULL AND alert_id = :alert_id"  # noqa: S608 - a constant
    left = [" ".join(map(str, row)) for row in stage.rows(asked, alert_id=warned.alert_id)]
    return f"not done in time, at {stage.runtime.clock.now()}: {', '.join(left) or 'not fanned out'}"


def _copies_allowed(stage: Stage, got: Got) -> int:
    """A sender that is interrupted repeats what was under way in it; a connection that is cut repeats its group."""
    accepted = len(stage.since.read(ChannelKind.EMAIL))
    cuts = accepted // stage.drop_each + 1 if stage.drop_each else 0
    return UNDER_WAY * stage.interruptions + STEP * cuts


# ------------------------------------------------------------------------------------------------ the verdict


def _invariants(stage: Stage, doubled: int) -> dict[str, dict[str, Any]]:
    """The promises, once receipts have come in or have been asked for."""
    waiting = "SELECT COUNT(*) FROM delivery WHERE channel = 1 AND state IN (2, 3)"
    stage.wait_for(lambda: stage.rows(waiting)[0][0] == 0, _RECEIPTS_S)
    found = offences(stage.runtime)
    told = {name: _counted(number) for name, number in found.items()}
    told["I6_as_it_was_looked_at"] = _counted(_other_words(stage))
    told["I7_lists_are_equal"] = _counted(_unlike_lists(stage, doubled))
    told["I9_cost"] = _counted(found["I9_cost"] + _unlike_parts(stage, doubled))
    return dict(sorted(told.items(), key=lambda item: int(item[0].partition("_")[0][1:])))


def _counted(number: int) -> dict[str, Any]:
    return {"ok": not number, "offences": number}


def _other_words(stage: Stage) -> int:
    """SMS that phones got with other words than those approved."""
    words = {text for (text,) in stage.rows("SELECT sms_text FROM alert WHERE approved_at IS NOT NULL")}
    kept = [*stage.standins.sms_messages(), *stage.standins.elks_messages()]
    sent = [one for one in kept if one["direction"] == "outbound-api"]
    return sum(one["body"] not in words for one in sent)


def _unlike_lists(stage: Stage, doubled: int) -> int:
    """SMS that one side has and the other does not know of, the provider's list and ours, but for the second copies
    that have been counted as such; and those that never came to be known as delivered."""
    theirs = _theirs(stage).keys()
    rows = stage.rows("SELECT provider_id, state FROM delivery WHERE channel = 1 AND provider_id IS NOT NULL")
    ours = {provider_id for provider_id, _ in rows}
    undelivered = sum(state != 4 for _, state in rows)
    return int(len(ours - theirs) + max(0, len(theirs - ours) - doubled) + undelivered)


def _unlike_parts(stage: Stage, doubled: int) -> int:
    """SMS of which the provider counted other parts than we, and parts beyond those of second copies that have been
    counted as such."""
    theirs = _theirs(stage)
    rows = stage.rows("SELECT provider_id, parts FROM delivery WHERE channel = 1 AND provider_id IS NOT NULL")
    ours = dict(rows)
    other = sum(parts != theirs.get(name) for name, parts in ours.items())
    beyond = sum(theirs.values()) - sum(parts or 0 for parts in ours.values())
    return int(other + max(0, beyond - doubled * max(theirs.values(), default=0)))


def _theirs(stage: Stage) -> dict[str, int]:
    """Our name for each SMS that either provider took, and the parts that it counted. Both write into one log; a name
    that begins with a small letter is the second's."""
    taken = read(stage.standins.sms_log)
    return {one.identity if one.identity[0].isupper() else PREFIX + one.identity: one.parts for one in taken}


def _figures(stage: Stage, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    played = [one for one in rounds if one["ok"] is not None]
    calm = [one for one in played if one["id"] == "R1"]
    return {
        "rounds": len(played),
        "sms_accepted": lines(stage.standins.sms_log),
        "email_accepted": lines(stage.standins.mail_log),
        "processes_killed": stage.deaths,
        "lost": sum(one["lost"] for one in played),
        "doubled": sum(one["doubled"] for one in played),
        "copies": sum(one["copies"] for one in played),
        "copies_allowed": sum(one["copies_allowed"] for one in played),
        "after_stop": sum(one["after_stop"] for one in played),
        "longest_gap_s": max((one["longest_gap_s"] for one in played), default=0.0),
        "calm_p95_s": max((one["p95_s"] for one in calm), default=None),
    }


def _at(times_s: list[float], share: float) -> float:
    return times_s[min(len(times_s) - 1, int(len(times_s) * share))] if times_s else 0.0


__all__ = ["BOTH", "POSTGRESQL", "SQLITE", "ChaosPlan", "Warned", "play"]
