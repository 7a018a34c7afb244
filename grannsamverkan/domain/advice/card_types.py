"""What a card of the catalogue is: one piece of advice, in every form in which it reaches somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LANGUAGES = ("sv", "en")


class Topic(StrEnum):
    """What a card is about; the shipped cards of each stand in a file of its name."""

    AWAY = "away"
    HABITS = "habits"
    LOCKS = "locks"
    LIGHT = "light"
    VALUABLES = "valuables"
    STAIRWELL = "stairwell"
    STORAGE = "storage"
    HOLIDAYS = "holidays"
    GARDEN = "garden"
    COTTAGE = "cottage"
    CAR = "car"
    CYCLE = "cycle"
    BOAT = "boat"
    FARM = "farm"
    FRAUD = "fraud"
    WATCHING = "watching"
    MOVING_IN = "moving_in"


class Season(StrEnum):
    """When a card is of use."""

    ALWAYS = "always"
    AWAY = "away"  # whenever nobody is at home
    SPRING = "spring"  # April and May
    SUMMER = "summer"  # June to August
    DARK = "dark"  # October to March
    AUTUMN_BREAK = "autumn_break"  # week 44 and All Saints' Day
    CHRISTMAS = "christmas"
    MOVING_IN = "moving_in"


class CardDwelling(StrEnum):
    """For which home a card is, or for what belongs to it."""

    ALL = "all"
    VILLA = "villa"
    APARTMENT = "apartment"
    STORAGE = "storage"
    COTTAGE = "cottage"
    GARDEN = "garden"
    CAR = "car"
    CYCLE = "cycle"
    BOAT = "boat"
    FARM = "farm"


class Effort(StrEnum):
    """How much it asks of somebody: a few minutes, an hour or two, or a job to plan."""

    MINUTES = "minutes"
    HOUR = "hour"
    JOB = "job"


@dataclass(frozen=True)
class CardTexts:
    """A card in one language. `sms` stands without sender and number; `mail` has paragraphs, `notice` lines."""

    title: str
    sms: str
    mail: tuple[str, ...]
    notice: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """A card with its words in each of `LANGUAGES`. `sources` are keys of `sources()`: they back the fact.

    `is_own`: in a municipality's own words; `is_disabled`: out of use there.
    """

    key: str
    topic: Topic
    seasons: frozenset[Season]
    dwellings: frozenset[CardDwelling]
    effort: Effort
    sources: tuple[str, ...]
    reviewed_on: date
    texts: Mapping[str, CardTexts]
    is_own: bool = False
    is_disabled: bool = False

    def is_for(self, *dwellings: CardDwelling) -> bool:
        """Whether it is for one of these, or for every home."""
        return CardDwelling.ALL in self.dwellings or not self.dwellings.isdisjoint(dwellings)
