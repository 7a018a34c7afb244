"""Copies that lie there are read again, so that one that has gone bad is known before it is needed."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from grannsamverkan import status
from grannsamverkan.backups import rechecking, taking
from grannsamverkan.domain import deliveries
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.copy_files import copies_in
from grannsamverkan.foundation.sealed_file import new_pair
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Backup, Settings

PUBLIC, _ = new_pair()


def take(runtime: Runtime, folder: Path) -> Path:
    return taking.take(runtime.database, folder, PUBLIC, now=runtime.clock.now()).file


def alarms(runtime: Runtime, folder: Path) -> list[str]:
    with runtime.database.write() as session:
        deliveries.tick(session, now=runtime.clock.now(), by="test")
    return list(status.look(replace(runtime, settings=Settings(backup=Backup(folder=str(folder)))))["alarms"])


def spoil(file: Path) -> None:
    """One bit, in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_a_copy_that_goes_bad_later_is_set_aside_and_told(runtime: Runtime, clock: SetClock, tmp_path: Path) -> None:
    old = take(runtime, tmp_path)
    clock.advance(timedelta(days=1))
    new = take(runtime, tmp_path)
    assert rechecking.recheck(tmp_path) == rechecking.Rechecked(2, [])
    assert alarms(runtime, tmp_path) == []
    spoil(old)
    bad = old.with_name(f"{old.name}.trasig")
    assert rechecking.recheck(tmp_path) == rechecking.Rechecked(2, [bad])
    assert [file for file, _ in copies_in(tmp_path)] == [new]
    assert alarms(runtime, tmp_path) == ["copy_spoilt"]
    assert rechecking.recheck(tmp_path) == rechecking.Rechecked(1, [])
    assert alarms(runtime, tmp_path) == ["copy_spoilt"]  # until somebody has dealt with it
    bad.unlink()
    assert alarms(runtime, tmp_path) == []


@pytest.mark.parametrize("digest", [b"", b"\xff\xfe", b"0" * 64 + b"  another.gskopia\n"])
def test_a_digest_that_has_gone_bad_vouches_for_nothing(sqlite_runtime: Runtime, tmp_path: Path, digest: bytes) -> None:
    file = take(sqlite_runtime, tmp_path)
    file.with_name(f"{file.name}.sha256").write_bytes(digest)
    assert len(rechecking.recheck(tmp_path).spoilt) == 1


def test_a_copy_without_a_digest_is_given_one(sqlite_runtime: Runtime, tmp_path: Path) -> None:
    """It is from before there were any."""
    file = take(sqlite_runtime, tmp_path)
    file.with_name(f"{file.name}.sha256").unlink()
    assert rechecking.recheck(tmp_path) == rechecking.Rechecked(1, [])
    spoil(file)
    assert len(rechecking.recheck(tmp_path).spoilt) == 1


def test_the_digest_is_what_others_check_too(sqlite_runtime: Runtime, tmp_path: Path) -> None:
    file = take(sqlite_runtime, tmp_path)
    check = ["sha256sum", "--check", "--status", f"{file.name}.sha256"]
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    spoil(file)
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 1


def test_the_digest_goes_with_its_copy(sqlite_runtime: Runtime, clock: SetClock, tmp_path: Path) -> None:
    take(sqlite_runtime, tmp_path)
    clock.advance(timedelta(days=40))
    new = take(sqlite_runtime, tmp_path)
    taking.end_old(tmp_path, now=clock.now(), keep_days=30)
    assert sorted(tmp_path.glob("*.gskopia*")) == [new, new.with_name(f"{new.name}.sha256")]
