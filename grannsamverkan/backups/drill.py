"""A drill: back up, restore elsewhere, take back, let go, and look whether all is there; each step with a stopwatch."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from grannsamverkan import invariants, schema
from grannsamverkan.backups import held, rechecking, restoring, taking
from grannsamverkan.domain import people
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.sealed_file import new_pair
from grannsamverkan.runtime import Runtime

T = TypeVar("T")


class _Stopwatch:
    """Seconds of each step, in the order in which they were done."""

    def __init__(self) -> None:
        self.told: dict[str, float] = {}

    def run(self, name: str, step: Callable[[], T]) -> T:
        begun = time.monotonic()
        done = step()
        self.told[name] = round(time.monotonic() - begun, 2)
        return done


def drill(runtime: Runtime, scratch_url: str, folder: Path, journal_file: Path | None = None) -> dict[str, Any]:
    """Back this installation up into the folder and restore it in the scratch database, which must be empty; the keys
    of the copy are of this drill alone. Nothing is sent: the scratch has no way out. CopyFailed when it does not work.
    """
    public, private = new_pair()
    watch = _Stopwatch()
    before = invariants.offences(runtime)
    taken = watch.run("backup", lambda: taking.take(runtime.database, folder, public, now=datetime.now(UTC)))
    scratch = Database(scratch_url, runtime.database.vault)
    try:
        done = watch.run("restore", lambda: restoring.restore(scratch, taken.file, private, now=datetime.now(UTC)))
        gone = watch.run("journal", lambda: held.take_back(scratch, journal_file, now=datetime.now(UTC)))
        there = replace(runtime, database=scratch, channels={}, police_feed=None)
        marked = watch.run("let_go", lambda: held.let_go(there))
        offences = watch.run("verify", lambda: _verified(there))
    finally:
        scratch.close()
        taken.file.unlink(missing_ok=True)
        rechecking.forget_digest(taken.file)
    rto_s = sum(seconds for name, seconds in watch.told.items() if name != "backup")
    same = done.tables == {name: count for name, (count, _) in taken.tables.items()}
    return {
        "ok": same and all(count <= before.get(name, 0) for name, count in offences.items()),
        "from": "sqlite" if runtime.database.is_sqlite else "postgresql",
        "to": "sqlite" if scratch.is_sqlite else "postgresql",
        "rows": taken.rows,
        "people": taken.tables["person"][0],
        "bytes": taken.bytes,
        "seconds": watch.told,
        "rto_s": round(rto_s, 2),
        "taken_back": gone,
        "held": {name: value for name, value in marked.items() if name != "numbers"},
        "offences": {name: count for name, count in offences.items() if count > before.get(name, 0)},
    }


def _verified(there: Runtime) -> dict[str, int]:
    """The promises, that the tables are those of this version, and that the keys open what is in them."""
    with there.database.read() as session:
        people.try_keys(session)
    return {**invariants.offences(there), "tables": len(schema.differences(there.database))}
