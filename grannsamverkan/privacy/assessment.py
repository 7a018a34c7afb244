"""A draft of the impact assessment (article 35): what is done, why it is needed, what could go wrong and what is done
against that. The municipality weighs what is left and decides.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grannsamverkan.privacy.inventory import GROUNDS, inventory
from grannsamverkan.privacy.papers import WHOM, as_list, measures, providers
from grannsamverkan.settings import Settings


@dataclass(frozen=True)
class Risk:
    """A threat by its number in docs/security/goals.md, where the test stands that shows what is done against it."""

    id: str
    what: str
    against: str
    left: str


@cache
def risks() -> tuple[Risk, ...]:
    read = tomllib.loads(Path(__file__).with_name("risks.toml").read_text("utf-8"))
    return tuple(Risk(**one) for one in read["risk"])


def assessment(settings: Settings, controllers: Iterable[str]) -> str:
    """The draft, with what is the municipality's to fill in marked by three dots."""
    purposes = sorted({one.purpose for one in inventory() if one.personal})
    grounds = [GROUNDS[one] for one in GROUNDS if one != "none"]
    rows = [f"| {one.id} | {one.what} | {one.against} | {one.left} | … |" for one in risks()]
    table = ["| hot | vad som kan hända | vad som görs | vad som är kvar | kommunens bedömning |", "| --- " * 5 + "|"]
    parts = [
        "# Konsekvensbedömning, utkast",
        (
            "Artikel 35 i dataskyddsförordningen. Skrivet av programmet ur dess egna tabeller och inställningar; det "
            "som är kommunens att fylla i står som tre punkter."
        ),
        "## Ansvariga",
        as_list(controllers),
        "## Varför en bedömning behövs",
        (
            "Uppgifterna handlar om var människor bor och hur de nås. Bland dem finns äldre och personer med skyddade "
            "uppgifter. Listor som har förts någon annanstans kan föras samman."
        ),
        "## Vad som görs",
        WHOM,
        as_list(purposes),
        "## Grund",
        as_list(grounds),
        "## Är det nödvändigt?",
        (
            "Ett område och en kanal räcker för att vara med. Namn och adress är frivilliga. Ingen uppgift finns om "
            "hushåll som inte är med, om vem som är bortrest, eller om vem som har skyddade uppgifter. …"
        ),
        "## Mottagare",
        providers(settings),
        "## Risker",
        "\n".join([*table, *rows]),
        "## Skydd för alla",
        as_list(measures(settings)),
        "## Samråd och beslut",
        "Dataskyddsombudet: …\n\nDe som är med: …\n\nBeslut och dag: …",
    ]
    return "\n\n".join(parts) + "\n"
