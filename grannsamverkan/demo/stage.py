"""A demo installation: settings that reach only this machine, stand-ins for the outside world, and the town."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from grannsamverkan.demo.town import OLD_NUMBER_ERROR, build_town
from grannsamverkan.foundation.ports import Engine
from grannsamverkan.foundation.vault import new_key
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings, load
from grannsamverkan.standins.launch import Standins, start_standins
from grannsamverkan.wiring import INBOUND_PATH, REPORT_PATH, build_runtime, ensure_schema

SENDER = "+46701740699"  # the last of the numbers kept for fiction
DOMAIN = "gs.hoor.example"
KEPT, DATABASE = "demo.json", "demo.db"  # in the demo's folder


@dataclass(frozen=True)
class Kept:
    """What a demo keeps between two starts, beside its database."""

    data_key: str
    lookup_key: str
    web_key: str
    old_numbers: list[str]


def free_port(wanted: int) -> socket.socket:
    """A listening socket on this machine only; OSError when the port is taken. Port 0 takes any."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", wanted))
        listening.listen(256)
    except OSError:
        listening.close()
        raise
    return listening


@contextmanager
def standing_by(folder: Path, base_url: str) -> Iterator[Standins]:
    """The stand-ins of this folder: those that an earlier start left running, or new ones. Ended with the block."""
    inbound_url, report_url = f"{base_url}{INBOUND_PATH}", f"{base_url}{REPORT_PATH}"
    found = Standins.attach(folder)
    if found is None:
        found = start_standins(folder, inbound_url=inbound_url, report_url=report_url)
    else:
        found.behave_sms({"inbound_url": inbound_url})
        found.behave_mail({"report_url": report_url})
    try:
        yield found
    finally:
        found.stop()


def settings_of(kept: Kept, database: Path, standins: Standins, base_url: str, **engine: float) -> Settings:
    """Settings of a demo. By construction they lead nowhere but to the stand-ins."""
    return load(
        installation={"mode": "demo", "base_url": base_url},
        database={"url": str(database)},
        keys={"data": kept.data_key, "lookup": kept.lookup_key, "web": kept.web_key},
        sms={
            "account_sid": standins.account_sid,
            "auth_token": standins.auth_token,
            "sender": SENDER,
            "base_url": standins.sms_url,
            "ask_after_s": 2.0,
            "receipt_wait_s": 60.0,
        },
        email={
            "host": standins.smtp_host,
            "port": standins.smtp_port,
            "domain": DOMAIN,
            "report_key": standins.report_key,
        },
        engine={"tick_s": 1.0, **engine},
        log={"level": "WARNING", "form": "text"},
    )


def open_stage(folder: Path, standins: Standins, base_url: str, engine: Engine) -> Runtime:
    """The demo's runtime, its town built at the first start and found again at the next."""
    file, database = folder / KEPT, folder / DATABASE
    if file.exists() and database.exists():
        kept = kept_in(folder)
        runtime = build_runtime(settings_of(kept, database, standins, base_url), engine=engine)
        ensure_schema(runtime)
    else:
        for old in folder.glob("demo.db*"):
            old.unlink()
        kept = Kept(new_key(), new_key(), new_key(), [])
        runtime = build_runtime(settings_of(kept, database, standins, base_url), engine=engine)
        ensure_schema(runtime)
        kept = Kept(kept.data_key, kept.lookup_key, kept.web_key, build_town(runtime).old_numbers)
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(kept)), "utf-8")
    behave_as_in_town(standins, kept)
    return runtime


def kept_in(folder: Path) -> Kept:
    """What the demo in this folder keeps; OSError where there is none."""
    return Kept(**json.loads((folder / KEPT).read_text("utf-8")))


def behave_as_in_town(standins: Standins, kept: Kept) -> None:
    """Phones of those who have changed number are known to nobody."""
    standins.behave_sms({"numbers": {number: {"undelivered": OLD_NUMBER_ERROR} for number in kept.old_numbers}})


def default_folder() -> Path:
    """Where a demo keeps its things unless told otherwise: beside the caller, ignored by git."""
    return Path(os.curdir, "data", "demo")
