"""What neighbours read is plain Swedish: LIX at most 35, sentences of at most 15 words, and no word from the office."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_file

from grannsamverkan.domain.notices import Change, SignInChange, words
from grannsamverkan.foundation.plain_words import FEW_WORDS, MOST_LIX, MOST_WORDS, lix, sentences, words_of
from grannsamverkan.foundation.resources import resource_folder
from tests.printing.every_paper import PAPERS, USUAL
from tests.support.papers import text_of
from tests.web.test_i18n import KEYWORDS

FOLDERS = ("public", "join", "own", "interest", "statements", "stop", "errors")
SINGLE = ("documents.html", "invitation.html", "promise/public.html", "status.html", "duties/link.html", "base.html")
_OFFICE = """
avse avser avsedd erhåll erhålla erhåller erhållit tillse jämlikt medelst härvid härmed därvid vederbörande anhålla
beakta åligga åligger föreligga föreligger ombesörja inkomma inkommit omgående beträffande nyttja utgöra utgör
avisera avisering implementera hantera hanteras vidta vidtas ianspråkta förevarande ovannämnd nedanstående
"""
OFFICE = frozenset(_OFFICE.split())


def pages() -> list[Path]:
    templates = resource_folder("templates")
    return [path for folder in FOLDERS for path in sorted((templates / folder).glob("*.html"))] + [
        templates / name for name in SINGLE
    ]


def said_on(page: Path) -> Iterator[str]:
    """The Swedish texts of a template, with a word where a fact comes in."""
    for _line, text, _comments, _context in extract_from_file("jinja2.ext.babel_extract", str(page), KEYWORDS):
        for one in (text,) if isinstance(text, str) else text:
            yield re.sub(r"%\(\w+\)[sd]", "Nyby", one)


def notices() -> dict[str, str]:
    """Every message to one person, as SMS and as mail."""
    sender, place, at = "Grannsamverkan Höör", "Nyby", datetime(2026, 3, 4, 17, tzinfo=UTC)
    meeting: dict[str, Any] = {"title": "Startmöte", "at": at, "place": "Biblioteket", "page": "https://gs.example/x"}
    made = {
        "code": words.code(sender, "123456", domain="gs.example", minutes=10),
        "welcome": words.welcome(sender, place),
        "already_member": words.already_member(sender, place),
        "interest": words.interest(sender),
        "meeting": words.meeting(sender, place, **meeting),
        "meeting_changed": words.meeting_changed(sender, place, **meeting),
        "meeting_cancelled": words.meeting_cancelled(sender, place, title="Startmöte", at=at),
        "join_answer": words.join_answer(sender, place, is_approved=False),
        **{f"changed_{what.name}": words.changed(sender, what) for what in Change},
        **{f"sign_in_{what.name}": words.sign_in_changed(sender, what) for what in SignInChange},
    }
    return {f"{name} {form}": getattr(one, form) for name, one in made.items() for form in ("sms", "mail")}


def office_words(text: str) -> set[str]:
    return {word.lower() for word in words_of(text)} & OFFICE


def faults(text: str) -> list[str]:
    found = sentences(text)
    counted = sum(map(len, found))
    wrong = [f"office: {word}" for word in sorted(office_words(text))]
    wrong += [f"{len(one)} words: {' '.join(one)}" for one in found if len(one) > 2 * MOST_WORDS]
    if counted >= FEW_WORDS:
        if (level := lix(found)) > MOST_LIX:
            wrong.append(f"LIX {level:.0f}")
        if counted / len(found) > MOST_WORDS:
            wrong.append(f"{counted / len(found):.0f} words a sentence")
    return wrong


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.parent.name}/{page.name}")
def test_pages_are_plain(page: Path) -> None:
    assert faults("\n".join(said_on(page))) == []


@pytest.mark.parametrize(("name", "text"), notices().items())
def test_messages_are_plain(name: str, text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    "name", ["slips", "poster", "welcome", "letter", "neighbour_note", "observation", "consent", "alert_notice"]
)
def test_papers_are_plain(name: str) -> None:
    text = re.sub(r"(?<![.!?:])\r?\n", " ", text_of(PAPERS[name][0](USUAL)))  # a line of print is no sentence
    found = [one for one in sentences(text) if len(one) > 2]
    assert office_words(text) == set()
    assert lix(found) <= MOST_LIX


def test_the_measure_tells_plain_from_office() -> None:
    plain = "Ring 112 om det pågår. Ring 114 14 om det är över. Berätta sedan för grannarna. " * 3
    office = (
        "Vederbörande myndighet ombesörjer tillhandahållandet av information beträffande brottsförebyggande åtgärder "
        "samt erhåller återkoppling avseende genomförandet, varvid handläggningen föreligger i sedvanlig ordning."
    )
    assert faults(plain) == []
    assert lix(sentences(plain)) < 25 < MOST_LIX < lix(sentences(office))
    assert office_words(office) >= {"vederbörande", "beträffande", "erhåller", "föreligger"}
