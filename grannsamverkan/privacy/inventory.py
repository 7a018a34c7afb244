"""The inventory: every table and every column, what for, on what ground, for how long and for whom."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grannsamverkan.settings import Settings

# Why it may be kept: `none` says nothing about anybody.
GROUNDS = {
    "task": "Uppgift av allmänt intresse (artikel 6.1 e): kommunens brottsförebyggande arbete",
    "member": "Uppgift av allmänt intresse (artikel 6.1 e), för den som själv har valt att vara med",
    "choice": "Uppgift av allmänt intresse (artikel 6.1 e), och personens eget val av kanal, som kan tas tillbaka",
    "access": "Uppgift av allmänt intresse (artikel 6.1 e), och säkerhet vid behandlingen (artikel 32)",
    "none": "Inga personuppgifter",
}
_SETTING = re.compile(r"\{(\w+)\.(\w+)\}")


@dataclass(frozen=True)
class Kept:
    """A table. `personal` columns say something of a person, directly or by a keyed hash; `life` may name settings."""

    name: str
    purpose: str
    ground: str
    life: str
    readers: str
    personal: tuple[str, ...]
    other: tuple[str, ...]

    def life_by(self, settings: Settings) -> str:
        """How long, with the settings' own numbers."""
        return _SETTING.sub(lambda found: str(getattr(getattr(settings, found[1]), found[2])), self.life)


@cache
def inventory() -> tuple[Kept, ...]:
    """Every table, in the order in which rows depend on each other."""
    read = tomllib.loads(Path(__file__).with_name("columns.toml").read_text("utf-8"))
    return tuple(
        Kept(**{**one, "personal": tuple(one["personal"]), "other": tuple(one["other"])}) for one in read["table"]
    )
