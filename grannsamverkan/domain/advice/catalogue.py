"""The catalogue that the product ships: cards from the files in `shipped`, and where their facts come from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grannsamverkan.domain.advice.card_types import LANGUAGES, Card, CardDwelling, CardTexts, Effort, Season, Topic

_FOLDER = Path(__file__).with_name("shipped")


@dataclass(frozen=True)
class Source:
    """Who says that a thing is so; `url` is "" where it cannot be read on the web."""

    name: str
    url: str


@cache
def shipped() -> Mapping[str, Card]:
    """Every shipped card by its key, topic by topic, in the order of the files.

    Raises:
        ValueError: two cards have one key, or a card says something that no field knows.
    """
    found: dict[str, Card] = {}
    for topic in Topic:
        for row in _read(topic.value).get("card", []):
            card = _card(topic, row)
            if card.key in found:
                raise ValueError(f"two cards are called {card.key}")
            found[card.key] = card
    return MappingProxyType(found)


@cache
def sources() -> Mapping[str, Source]:
    """The sources that cards may name."""
    return MappingProxyType({key: Source(row["name"], row.get("url", "")) for key, row in _read("sources").items()})


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


def _card(topic: Topic, row: dict[str, Any]) -> Card:
    return Card(
        key=row["key"],
        topic=topic,
        seasons=frozenset(map(Season, row["seasons"])),
        dwellings=frozenset(map(CardDwelling, row["dwellings"])),
        effort=Effort(row["effort"]),
        sources=tuple(row["sources"]),
        reviewed_on=row["reviewed_on"],
        texts=MappingProxyType({language: _texts(row[language]) for language in LANGUAGES}),
    )


def _texts(row: dict[str, Any]) -> CardTexts:
    return CardTexts(row["title"], row["sms"], tuple(row["mail"]), tuple(row["notice"]))
