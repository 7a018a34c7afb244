"""What the guard tells the writer, and which rules hold for which kind of text."""

from dataclasses import dataclass
from enum import Enum

FREE_TEXT_MAX_CHARS = 200

IDENTIFIERS = (
    "personal_number",
    "registration_number",
    "phone",
    "email",
    "url",
    "house_number",
    "code",
    "name",
)
ABOUT_PEOPLE = ("looks", "guilt", "absence", "vehicle")
GUARD_CODES = ("too_long", *IDENTIFIERS, *ABOUT_PEOPLE)


class RuleSet(Enum):
    """Which rules hold where.

    ALERT goes to everybody, on a public page too: every rule, and short. LETTER too, and may be longer. SHARED is read
    by others who work with the network: a house may be named, since what is to be mended stands somewhere. NOTE says
    where to meet or what something is called, or is what a contact person or a household notes: a house, a name and a
    car may stand there.
    """

    ALERT = frozenset(GUARD_CODES)
    SHARED = frozenset({*IDENTIFIERS, *ABOUT_PEOPLE} - {"house_number"})
    LETTER = frozenset({*GUARD_CODES} - {"too_long"})
    NOTE = frozenset({*IDENTIFIERS, *ABOUT_PEOPLE} - {"house_number", "name", "vehicle"})


@dataclass(frozen=True)
class Finding:
    """What must go: `code` is one of GUARD_CODES, `words` the stretch [start, end) of the text that it is about.

    The mending puts `instead` where [cut_start, cut_end) is; `takes_sentence` when that is the whole sentence around
    the words. Of too_long all but the code is empty.
    """

    code: str
    words: str
    start: int = 0
    end: int = 0
    cut_start: int = 0
    cut_end: int = 0
    instead: str = ""
    takes_sentence: bool = False
