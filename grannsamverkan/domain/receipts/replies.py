"""What a neighbour's reply by SMS asks for, and what is answered.

A neighbour must always get out, however the word is spelt; nobody may be let out who only writes about something else.
So a command counts as the first word of a short reply; in a longer one it is only told to the office.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

import jinja2

from grannsamverkan.domain.notices import Say
from grannsamverkan.foundation.catalogues import SWEDISH
from grannsamverkan.foundation.resources import resource_folder
from grannsamverkan.foundation.sms_text import PreparedSms, prepare


class Reply(StrEnum):
    """The command in a reply; OTHER is everything that is none."""

    STOP = "stop"
    START = "start"
    PAUSE = "pause"
    HELP = "help"
    TEST = "test"
    OTHER = "other"


@dataclass(frozen=True)
class Read:
    """A reply as understood; `mentions_stop` when it is OTHER and yet holds a word for stopping: a person must look."""

    reply: Reply
    mentions_stop: bool


_MOST_WORDS = 4
_SHORTEST_GUESSED = 4  # a shorter word with one letter wrong may be any word

# Without å ä ö, since those are what people and old telephones leave out.
_COMMANDS: dict[Reply, tuple[str, ...]] = {
    Reply.STOP: (
        "stopp",
        "stop",
        "sluta",
        "avsluta",
        "avregistrera",
        "avprenumerera",
        "avanmal",
        "avanmalan",
        "avbryt",
    ),
    Reply.START: ("start", "borja", "starta"),
    Reply.PAUSE: ("paus", "pausa"),
    Reply.HELP: ("hjalp", "help", "info"),
    Reply.TEST: ("test",),
}
# Words that the provider itself acts on (Twilio's default list), taken only when spelt exactly.
_PROVIDER_STOPS = frozenset({"unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
# One letter from a command and yet a word of its own.
_OWN_WORDS = frozenset(
    {"topp", "sopp", "stropp", "snopp", "stor", "stod", "stol", "step", "stup", "shop", "slop", "stoj", "stoppar"}
    | {
        "slutar",
        "slutat",
        "slutan",
        "luta",
        "slita",
        "sluka",
        "skuta",
        "snuta",
        "avslutad",
        "avslutat",
        "avslutar",
        "slut",
        "avslut",
    }
    | {"stoppa", "stoppad", "stoppat", "avbryter", "avbrott", "smart", "stark", "svart", "starkt", "startad", "startat"}
    | {"startar", "borjan", "borjar", "borjat", "pass", "paul", "puss", "fest", "rest", "best", "text", "mest", "pest"}
    | {"gest", "lest", "bast", "vast", "tes", "testa", "infor", "helg", "hela", "held", "borda", "borta", "boja"}
    | {"stort", "star", "starr", "statt", "starka", "tart", "borra", "borga", "borka"}
    | {"snart", "svarta", "smarta", "stat", "tarta", "sorja", "styrt", "stuart", "storta", "startas", "sparta"}
    | {"stjart", "borje", "borjas", "bora", "stamt", "helt", "hell", "hjalpa", "hjalpt", "hjalps", "hjalm", "into"}
    | {"infon", "ansluta", "avbrot", "avbryts", "avslutas", "stog", "stok", "stot", "ston", "slutna", "sluts", "slata"}
    | {"plus", "passa", "pals", "paula", "pauls", "tyst", "west", "tess", "nest"}
)
# Courtesy before the command does not hide it.
_FILLERS = frozenset({"hej", "hejsan", "ja", "ok", "okej", "snalla", "vanligen", "please", "svara", "jag", "vill"})
_LEAVING = ("avanm", "avpren", "avreg", "avslut")
_NEGATIONS = frozenset({"inte", "ej", "aldrig", "icke"})
_MESSAGES = frozenset({"sms", "smsen", "smset", "utskick", "utskicken", "meddelanden"})
_HARMLESS_AFTER_STOPPA = _MESSAGES | {"detta", "det", "har", "tack"}
_ABOUT_A_PLACE = frozenset({"i", "vid", "langs", "mellan", "pa"})
_SIGNATURE = re.compile(
    r"(?<!\s)[^\S\n]*+\n\s*+(?:skickat från|sent from|mvh\b|hälsningar|vänliga hälsningar|med vänlig|--).*",
    re.IGNORECASE | re.DOTALL,
)


def read_reply(body: str) -> Read:
    """Understand one inbound message. Case, dots, spaces, å/a ä/a ö/o and one wrong letter do not matter."""
    words = _words(body)
    if len(words) <= _MOST_WORDS:
        reply = _command(words)
        if reply is not Reply.OTHER:
            return Read(reply, mentions_stop=False)
    return Read(Reply.OTHER, mentions_stop=_mentions_stop(words))


def answer(reply: Reply, sender_name: str, language: str = SWEDISH) -> PreparedSms:
    """The automatic answer to a reply; one part. At most one an hour to a number is the caller's to keep."""
    shown = {"sender_name": sender_name, "say": Say(language)}
    return prepare(_templates().get_template(f"messages/sms/{reply.value}.txt").render(shown).strip())


def _words(body: str) -> list[str]:
    """Folded words of letters or digits; S T O P P and s.t.o.p.p are one word."""
    unsigned = _SIGNATURE.sub("", "\n" + unicodedata.normalize("NFKC", body).strip())
    visible = "".join(char for char in unsigned if unicodedata.category(char) != "Cf")
    folded = unicodedata.normalize("NFD", visible.casefold().replace("æ", "a").replace("ø", "o"))
    words = re.findall(r"[^\W_]+", "".join(char for char in folded if not unicodedata.combining(char)))
    spelt_out = len(words) > 1 and all(len(word) == 1 for word in words)
    return ["".join(words)] if spelt_out else words


def _command(words: list[str]) -> Reply:
    asked = _without_fillers(words)
    if not asked or _NEGATIONS & set(words):
        return Reply.OTHER
    if asked[0] == "nejtack" or _pair_is_no_thanks(asked):
        return Reply.STOP
    if asked[0] in ("slut", "avslut") and set(asked[1:]) <= {"tack"}:  # a word of its own where others follow
        return Reply.STOP
    if asked[0] == "stoppa" and set(asked[1:]) <= _HARMLESS_AFTER_STOPPA:  # but not: stoppa tjuven
        return Reply.STOP
    reply = _meaning(asked[0])
    return Reply.OTHER if reply is Reply.STOP and _is_about_a_place(asked) else reply


def _is_about_a_place(asked: list[str]) -> bool:
    """Stopp i trafiken, stopp vid bron; but not stopp på sms."""
    return len(asked) > 1 and asked[1] in _ABOUT_A_PLACE and not _MESSAGES & set(asked)


def _without_fillers(words: list[str]) -> list[str]:
    start = next((at for at, word in enumerate(words) if word not in _FILLERS), len(words))
    return words[start:]


def _pair_is_no_thanks(words: list[str]) -> bool:
    return len(words) > 1 and words[0] in ("nej", "nai", "ne") and (words[1] == "tack" or _one_slip(words[1], "tack"))


def _mentions_stop(words: list[str]) -> bool:
    """A word for stopping anywhere, or a wish for no more messages put in other words."""
    pairs = set(pairwise(words))
    unwanted = _MESSAGES & set(words) and (_NEGATIONS | {"inga"}) & set(words)
    said = bool(unwanted or pairs & {("nej", "tack"), ("inga", "fler"), ("ta", "bort")} or "stoppa" in words)
    return said or any(word.startswith(_LEAVING) or _meaning(word) is Reply.STOP for word in words)


def _meaning(word: str) -> Reply:
    if word in _PROVIDER_STOPS:
        return Reply.STOP
    for reply, commands in _COMMANDS.items():
        if word in commands or any(_stretched(word) == _stretched(command) for command in commands):
            return reply
    if word in _OWN_WORDS or len(word) < _SHORTEST_GUESSED:
        return Reply.OTHER
    for reply, commands in _COMMANDS.items():
        if any(_one_slip(word, command) for command in commands):
            return reply
    return Reply.OTHER


def _stretched(word: str) -> str:
    """Stooopppp is stopp held down too long."""
    return re.sub(r"(.)\1+", r"\1", word)


def _one_slip(written: str, meant: str) -> bool:
    """One letter wrong, missing, too many, or two neighbours in the wrong order."""
    if abs(len(written) - len(meant)) > 1:
        return False
    if len(written) == len(meant):
        wrong = [at for at in range(len(meant)) if written[at] != meant[at]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and written[wrong[0]] == meant[wrong[1]]
        return len(wrong) <= 1 or (swapped and written[wrong[1]] == meant[wrong[0]])
    longer, shorter = sorted((written, meant), key=len, reverse=True)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource_folder("templates")),
        autoescape=False,  # noqa: S701  an SMS is plain text
        undefined=jinja2.StrictUndefined,
    )
