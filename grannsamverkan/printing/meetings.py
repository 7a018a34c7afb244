"""Papers of meetings: invitations, the protocol, and what a meeting asks of the property owner."""

from collections.abc import Sequence
from dataclasses import dataclass

from grannsamverkan.printing.parts import heading, heading_size, lead, note, par, short
from grannsamverkan.printing.press import Block, MeetingSlips, Sheet, print_meeting_slips, print_sheet, qr, shown_url

CANCELLED = "Inställt"  # the news that a meeting is not held
_WELCOME = "Alla som bor i området är välkomna. Du behöver inte anmäla dig."


@dataclass(frozen=True)
class MeetingPaper:
    """A meeting as paper needs it. `url` holds its calendar file; `news` says what has changed, "" for nothing."""

    network: str
    title: str
    when: str
    place: str
    agenda: Sequence[str]
    url: str
    news: str = ""


@dataclass(frozen=True)
class PointPaper:
    """What meetings ask a property owner to do: (what, until when in words, how far it has come)."""

    network: str
    owners: Sequence[str]
    points: Sequence[tuple[str, str, str]]
    contact: str


def meeting_invitation(sender: str, meeting: MeetingPaper) -> bytes:
    """An invitation for the notice board, or the news that the meeting is changed or cancelled."""
    title = _meeting_title(meeting)
    return print_sheet(
        Sheet(
            title,
            sender,
            [
                *([note(f"{meeting.news}.")] if meeting.news else []),
                lead(meeting.when),
                lead(meeting.place),
                *([] if meeting.news == CANCELLED else _what_to_expect(meeting)),
            ],
            size=17,
            heading=heading_size(title, 34),
        )
    )


def meeting_slips(sender: str, meeting: MeetingPaper, *, number: int) -> bytes:
    """The same for the letter boxes of those who have neither phone nor mailbox, two to a page."""
    title, is_off = _meeting_title(meeting), meeting.news == CANCELLED
    return print_meeting_slips(
        MeetingSlips(
            sender=sender,
            title=title,
            news=meeting.news,
            when=meeting.when,
            place=meeting.place,
            about="Vi pratar om",
            agenda=() if is_off else meeting.agenda,
            closing="Mötet blir inte av. Vi hör av oss om en ny tid." if is_off else _WELCOME,
            number=number,
            heading=heading_size(title, 24),
        )
    )


def _meeting_title(meeting: MeetingPaper) -> str:
    return f"{meeting.title} i {short(meeting.network)}"


def _what_to_expect(meeting: MeetingPaper) -> list[Block]:
    return [
        heading("Vi pratar om"),
        {"kind": "points", "items": list(meeting.agenda)},
        {
            "kind": "qr",
            "qr": qr(meeting.url),
            "url": meeting.url,
            "url_shown": shown_url(meeting.url),
            "words": "Lägg mötet i din kalender:",
        },
        par(_WELCOME),
    ]


def owner_letter(sender: str, paper: PointPaper, *, printed_on: str) -> bytes:
    """What the neighbours' meetings ask the owner of their houses to do."""
    return print_sheet(
        Sheet(
            f"Till fastighetsägaren i {short(paper.network)}",
            sender,
            [
                *([par(", ".join(paper.owners))] if paper.owners else []),
                par(
                    "De boende i området har grannsamverkan med kommunen och polisen. "
                    "På sina möten har de bett er om det här."
                ),
                {
                    "kind": "table",
                    "widths": [5, 2, 2],
                    "head": ["Vad", "Klart senast", "Läge"],
                    "rows": [[what, until or "–", state] for what, until, state in paper.points] or [["–", "–", "–"]],
                },
                par("Svara gärna vad ni gör och när. Vi berättar det för de boende."),
                *([par(paper.contact)] if paper.contact else []),
                {"kind": "signatures", "items": ["Ort och datum", "Kommunens samordnare"]},
            ],
            footer=f"Utskrivet {printed_on}.",
            size=12.5,
            heading=heading_size(paper.network, 22),
        )
    )


def protocol_form(sender: str, network: str) -> bytes:
    """A form for the notes of a meeting."""
    return print_sheet(
        Sheet(
            f"Protokoll från möte i {short(network)}",
            sender,
            [
                {"kind": "fields", "items": ["Datum och plats", "Antal deltagare", "Den som skriver"]},
                {"kind": "lines", "text": "Det här pratade vi om", "count": 7, "gap": 8},
                heading("Det här ska göras"),
                {
                    "kind": "table",
                    "widths": [4, 3, 2],
                    "head": ["Vad", "Vem: fastighetsägare, kommun, polis eller vi", "När"],
                    "rows": [["\n", "", ""] for _ in range(5)],
                },
            ],
            size=11.5,
            heading=20,
        )
    )
