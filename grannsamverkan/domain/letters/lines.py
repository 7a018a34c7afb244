"""A letter's numbers and meetings as Swedish lines, for a mail and for paper."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from grannsamverkan.domain.lifecycle import MeetingKind
from grannsamverkan.foundation.swedish import day_in_words, in_sweden

_KINDS = ("villor", "lägenheter", "förråd", "fritidshus", "bilar")
_MEETINGS = {
    MeetingKind.START: "Startmöte",
    MeetingKind.YEARLY: "Årsmöte",
    MeetingKind.INFORMATION: "Informationsmöte",
}


def count_words(number: int | None, smallest: int) -> str:
    """3, or "färre än 3"."""
    return f"färre än {smallest}" if number is None else str(number)


def count_lines(content: Mapping[str, Any]) -> list[str]:
    """Sätofta: villor 3, förråd 4. Of each area that there is anything to tell of."""
    found = []
    for area, numbers in content["areas"]:
        told = [f"{kind} {number}" for kind, number in zip(_KINDS, numbers, strict=True) if number is not None]
        if told:
            found.append(f"{area}: {', '.join(told)}.")
    return found


def together_line(content: Mapping[str, Any]) -> str:
    """Hela kommunen: villor 7, förråd minst 4. Empty where there is nothing to tell."""
    told = [
        f"{kind} {'minst ' if may_be_more else ''}{number}"
        for kind, (number, may_be_more) in zip(_KINDS, content["together"], strict=False)
        if number
    ]
    return f"Hela kommunen: {', '.join(told)}." if told else ""


def meeting_line(meeting: Mapping[str, str]) -> str:
    """Årsmöte i Nyby tisdag 4 mars kl 18.30."""
    at = in_sweden(datetime.fromisoformat(meeting["at"]))
    kind = _MEETINGS[MeetingKind(meeting["kind"])]
    return f"{kind} i {meeting['network']} {day_in_words(at.date())} kl {at:%H.%M}."


def lines_of(content: Mapping[str, Any]) -> Sequence[str]:
    """All of it but the greeting, each a paragraph."""
    counts = count_lines(content)
    together = together_line(content)
    smallest = content["smallest"]
    blocks = []
    if content["areas"]:
        told = [*counts, together or "Så få att vi inte visar dem.", f"Färre än {smallest} i ett område visas inte."]
        blocks.append("\n".join(["ANMÄLDA INBROTT", *told]))
    blocks += ["\n".join(["BRA ATT GÖRA NU", *(f"{one['title']}: {one['words']}" for one in content["tips"])])]
    if content["meetings"]:
        blocks.append("\n".join(["MÖTEN", *(meeting_line(one) for one in content["meetings"])]))
    return [block for block in blocks if "\n" in block]
