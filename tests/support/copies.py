"""The same town once more: a copy of its rows in another file, with the same keys, clock and accounts."""

import sqlite3
from pathlib import Path

from grannsamverkan.app import create_app
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.vault import Vault
from grannsamverkan.jobs.inline import InlineEngine
from grannsamverkan.runtime import Runtime
from grannsamverkan.settings import DatabaseSection
from tests.support.lived_in import LivedIn
from tests.support.made_up_phones import MadeUpPhones
from tests.support.web_town import DEMO_SIGN_INS, Town


def copied(lived: LivedIn, folder: Path) -> LivedIn:
    """A town of its own in this folder, as `lived` is now. The caller closes its runtime."""
    folder.mkdir(parents=True, exist_ok=True)
    file, old = folder / "copy.db", lived.town
    source, target = sqlite3.connect(rows_of(old)), sqlite3.connect(file)
    with source, target:
        source.backup(target)
    source.close()
    target.close()
    chosen = old.runtime.settings.model_copy(update={"database": DatabaseSection(url=str(file))})
    database = Database(chosen.database.url, Vault(chosen.keys.data, chosen.keys.lookup))
    clock = SetClock(old.clock.now())
    runtime = Runtime(chosen, database, clock, InlineEngine())
    town = Town(create_app(runtime, DEMO_SIGN_INS, MadeUpPhones()), runtime, clock, old.account_ids, old.network_ids)
    town.app.testing = False
    return LivedIn(town, dict(lived.things), lived.neighbour_id)


def rows_of(town: Town) -> str:
    """The file that has the town's rows."""
    return town.runtime.database.url.removeprefix("sqlite:///")
