"""A letter's numbers, tips and meetings as lines, for a mail and for paper."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from babel.dates import format_date

from grannsamverkan.domain.letters.months import read_month
from grannsamverkan.domain.lifecycle import MeetingKind
from grannsamverkan.domain.notices import Words
from grannsamverkan.foundation.catalogues import OTHER_LANGUAGES, SWEDISH, catalogue
from grannsamverkan.foundation.swedish import in_sweden

_KINDS = ("villor", "lägenheter", "förråd", "fritidshus", "bilar")
_MEETINGS = {
    MeetingKind.START: "Startmöte",
    MeetingKind.YEARLY: "Årsmöte",
    MeetingKind.INFORMATION: "Informationsmöte",
}


def count_words(number: int | None, smallest: int) -> str:
    """3, or "färre än 3"."""
    return f"färre än {smallest}" if number is None else str(number)


def count_lines(content: Mapping[str, Any], language: str = SWEDISH) -> list[str]:
    """Sätofta: villor 3, förråd 4. Of each area that there is anything to tell of."""
    found = []
    for area, numbers in content["areas"]:
        told = [
            f"{say(language, kind)} {number}"
            for kind, number in zip(_KINDS, numbers, strict=True)
            if number is not None
        ]
        if told:
            found.append(f"{area}: {', '.join(told)}.")
    return found


def together_line(content: Mapping[str, Any], language: str = SWEDISH) -> str:
    """Hela kommunen: villor 7, förråd minst 4. Empty where there is nothing to tell."""
    told = []
    for kind, (number, may_be_more) in zip(_KINDS, content["together"], strict=False):
        if number:
            least = say(language, "minst {number}", number=number)
            told.append(f"{say(language, kind)} {least if may_be_more else number}")
    return say(language, "Hela kommunen: {numbers}.", numbers=", ".join(told)) if told else ""


def meeting_line(meeting: Mapping[str, str], language: str = SWEDISH) -> str:
    """Årsmöte i Nyby tisdag 4 mars kl 18.30."""
    at = in_sweden(datetime.fromisoformat(meeting["at"]))
    return say(
        language,
        "{meeting} i {place} {day} kl {clock}.",
        meeting=say(language, _MEETINGS[MeetingKind(meeting["kind"])]),
        place=meeting["network"],
        day=format_date(at.date(), say(language, "EEEE d MMMM"), locale=language),
        clock=f"{at:%H.%M}",
    )


def lines_of(content: Mapping[str, Any], language: str = SWEDISH) -> Sequence[str]:
    """All of it but the greeting, each a paragraph."""
    counts, together = count_lines(content, language), together_line(content, language)
    blocks = []
    if content["areas"]:
        few = say(language, "Färre än {number} i ett område visas inte.", number=content["smallest"])
        told = [*counts, together or say(language, "Så få att vi inte visar dem."), few]
        blocks.append("\n".join([say(language, "ANMÄLDA INBROTT"), *told]))
    tips = [one.get("others", {}).get(language, one) for one in content["tips"]]
    blocks += ["\n".join([say(language, "BRA ATT GÖRA NU"), *(f"{one['title']}: {one['words']}" for one in tips)])]
    if content["meetings"]:
        meetings = [meeting_line(one, language) for one in content["meetings"]]
        blocks.append("\n".join([say(language, "MÖTEN"), *meetings]))
    return [block for block in blocks if "\n" in block]


def mail_words(content: Mapping[str, Any], sender: str, *, page: str, paper: str) -> Words:
    """The month's letter in every language, for whoever passes it on. The greeting stays as somebody has written it."""
    others = {language: _words(content, sender, page, paper, language) for language in OTHER_LANGUAGES}
    return replace(_words(content, sender, page, paper, SWEDISH), others=others)


def _words(content: Mapping[str, Any], sender: str, page: str, paper: str, language: str) -> Words:
    month = format_date(read_month(content["month"]), "MMMM y", locale=language)
    asks = [
        say(language, "Hela brevet:") + f"\n{page}",
        say(language, "Som lapp att skriva ut:") + f"\n{paper}",
        say(language, "Pågår ett brott? Ring 112. Vill du tipsa polisen? Ring 114 14."),
    ]
    greeting = say(language, "{written}", written=content["greeting"]) if content["greeting"] else ""
    return Words(
        subject=say(language, "Månadsbrev för {month}", month=month),
        sms=say(language, "{sender}: Månadsbrevet för {month} finns på vår webbplats.", sender=sender, month=month),
        mail="\n\n".join(filter(None, [greeting, *lines_of(content, language), *asks])),
    )


def say(language: str, words: str, **facts: object) -> str:
    """The fragment in a language, with these facts in it; in Swedish where it has no translation."""
    found = str(catalogue(language, "letters").gettext(words))
    return found.format(**facts) if facts else found
