"""What surrounds an installation, to practise: the demo town, the stand-ins, and a config.toml that leads to them.

The processes are started by whoever practises, as on a real machine: serve, or web, workers and clocks.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from grannsamverkan import upkeep
from grannsamverkan.demo.stage import DATABASE, behave_as_in_town, kept_in, open_stage, settings_of
from grannsamverkan.foundation.example_config import filled_example
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import Settings, load
from grannsamverkan.standins.launch import Standins, start_standins
from grannsamverkan.wiring import INBOUND_PATH, REPORT_PATH

_KEEP_SMS, _KEEP_MAIL = 100_000, 5_000  # a provider that is asked about an SMS must still know it


@contextmanager
def around(folder: Path, port: int, populate: Callable[[Runtime], None]) -> Iterator[Standins]:
    """The stand-ins, until the end of the block. The first time, the town is built, `populate` adds to it, and the file
    is written; later the stand-ins come back where it says, whatever else has been changed in it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.toml"
    settings = load(config) if config.exists() else None
    standins = _start(folder, settings, f"http://localhost:{settings.web.port if settings else port}")
    try:
        if settings is None:
            _first_time(folder, config, standins, port, populate)
        else:
            behave_as_in_town(standins, kept_in(folder))
        yield standins
    finally:
        standins.stop()


def _start(folder: Path, settings: Settings | None, base_url: str) -> Standins:
    start = partial(
        start_standins,
        folder / "standins",
        inbound_url=f"{base_url}{INBOUND_PATH}",
        report_url=f"{base_url}{REPORT_PATH}",
        keep_sms=_KEEP_SMS,
        keep_mail=_KEEP_MAIL,
    )
    if settings is None:
        return start()
    return start(
        sms_port=urlsplit(settings.sms.base_url).port or 0,
        smtp_port=settings.email.port,
        account_sid=settings.sms.account_sid,
        auth_token=settings.sms.auth_token,
        report_key=settings.email.report_key,
    )


def _first_time(folder: Path, config: Path, standins: Standins, port: int, populate: Callable[[Runtime], None]) -> None:
    base_url = f"http://localhost:{port}"
    runtime = open_stage(folder, standins, base_url, InlineEngine())
    try:
        populate(runtime)
        while upkeep.delete_at_provider(runtime):
            pass  # as it has long been done where the town is: else its status begins with an alarm
    finally:
        runtime.close()
    settings = settings_of(kept_in(folder), (folder / DATABASE).resolve(), standins, base_url)
    config.touch(mode=0o600)
    config.write_text(filled_example({**_changed(settings), ("web", "port"): port}), "utf-8")


def _changed(settings: Settings) -> dict[tuple[str, str], str | float]:
    """What is not as it is by default, apart from the log: processes tell there how they do."""
    usual = Settings.model_construct().model_dump()
    return {
        (section, key): value
        for section, keys in settings.model_dump(exclude={"log"}).items()
        for key, value in keys.items()
        if value != usual[section][key]
    }
