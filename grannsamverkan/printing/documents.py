"""Every paper of the product, in our own words. What is filled in by hand is stored nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from grannsamverkan.printing.press import (
    Block,
    MeetingSlips,
    Sheet,
    SlipSheet,
    print_meeting_slips,
    print_sheet,
    print_slips,
    qr,
    shown_url,
)

_PROTECTED = "Har du skyddade personuppgifter? Gå inte med här. Hör av dig till kommunen, så hjälper vi dig."
_NUMBERS: Block = {"kind": "numbers"}
CANCELLED = "Inställt"  # the news that a meeting is not held
_WELCOME = "Alla som bor i området är välkomna. Du behöver inte anmäla dig."
_SMALLER, _SMALLEST = 60, 120  # letters of a heading that need a smaller type


@dataclass(frozen=True)
class JoinCode:
    """A code as it is printed: "K7MP-4XQ3", the address of its QR code, and until when it can be used, in words."""

    shown: str
    url: str
    until: str


@dataclass(frozen=True)
class ListedHousehold:
    """A row of the contact person's list; empty texts where the household shows nothing."""

    unit: str
    label: str
    reached: str
    addresses: str


@dataclass(frozen=True)
class OrderPaper:
    """A sign order as its form needs it."""

    network: str
    signs: int
    stickers: int
    reason: str
    places: Sequence[tuple[str, str, str]]
    conditions: Sequence[str]
    ordered_from: str


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


def slips(sender: str, network: str, unit: str, code: JoinCode, *, number: int, per_page: int = 4, ask: str) -> bytes:
    """Slips to cut apart, four or two to a page."""
    return print_slips(
        SlipSheet(
            sender=sender,
            network=_short(network),
            unit=_short(unit),
            code=code.shown,
            url=code.url,
            until=f"Gäller till och med {code.until}.",
            ask=ask,
            slips=number,
            heading="Gå med i grannsamverkan",
            lead="Grannar som håller koll åt varandra gör det svårare för tjuven. Det kostar inget.",
            steps=(
                "Rikta mobilens kamera mot rutan, eller skriv adressen.",
                "Skriv koden och ditt mobilnummer eller din mejl.",
                "Klart. Du får varningar när något har hänt nära dig.",
            ),
            protected=_PROTECTED,
            per_page=per_page,
        )
    )


def invitation_letter(sender: str, network: str, code: JoinCode, *, name: str, source: str, gone_on: str) -> Sheet:
    """A letter to somebody on an old list: where their name comes from, and when it is erased if they do nothing."""
    return _letter(
        f"Vill du vara med i {network}?",
        sender,
        [
            *([_par(_short(name))] if name else []),
            _par("Du står på en äldre lista över grannsamverkan. Vi skickar inget utan ditt eget ja."),
            _par(f"Vi fick listan av: {source}. Gör du inget raderar vi dina uppgifter {gone_on}."),
            _heading("Så går du med"),
            _steps("Rikta mobilens kamera mot rutan, eller skriv adressen.", "Skriv koden.", "Välj sms eller mejl."),
            _code(code),
            _par(f"Koden gäller till och med {code.until}. Har du ingen mobil? Säg till ditt kontaktombud."),
            _note(_PROTECTED),
            _NUMBERS,
        ],
    )


def invitation_letters(
    sender: str, network: str, code: JoinCode, names: Sequence[str], *, source: str, gone_on: str
) -> bytes:
    """One letter for each name, in one document."""
    letters = [invitation_letter(sender, network, code, name=name, source=source, gone_on=gone_on) for name in names]
    blocks: list[Block] = []
    for number, letter in enumerate(letters):
        if number:
            blocks += [{"kind": "page"}, {"kind": "title", "text": letter.title}]
        blocks += list(letter.blocks)
    return print_sheet(Sheet(letters[0].title, sender, blocks, heading=letters[0].heading, size=letters[0].size))


def stairwell_poster(sender: str, network: str, unit: str, code: JoinCode, *, ask: str) -> bytes:
    """A poster for a stairwell or a notice board."""
    where = f"{network}, {unit}" if unit else network
    return print_sheet(
        Sheet(
            "Vill du bli varnad när något händer nära dig?",
            sender,
            [
                _lead(f"Grannarna i {_short(where)} håller koll åt varandra. Du är välkommen."),
                _points("Det kostar inget.", "Du behöver ingen app och inget lösenord.", "Du kan sluta när du vill."),
                _heading("Så går du med"),
                _steps("Rikta mobilens kamera mot rutan.", "Skriv ditt mobilnummer eller din mejl."),
                _code(code, side_mm=54),
                _par(f"Koden gäller till och med {code.until}. {ask}"),
                _NUMBERS,
            ],
            footer="Ta ner lappen när datumet har passerat.",
            size=17,
            heading=34,
        )
    )


def member_list(sender: str, network: str, households: Sequence[ListedHousehold], *, printed_on: str) -> bytes:
    """The contact person's list, with room for a tick and a note."""
    rows = [[row.unit, row.label or "Hushåll utan namn", row.reached, row.addresses, "☐", ""] for row in households]
    return print_sheet(
        Sheet(
            f"Hushåll i {_short(network)}",
            sender,
            [
                _par(f"Utskriven {printed_on}. Lämna inte ut listan. Skriv ut en ny vid ändring, och riv den gamla."),
                {
                    "kind": "table",
                    "widths": [2, 3, 2, 4, 0, 2],
                    "head": ["Gata eller trapphus", "Namn", "Nås med", "Nummer och mejl", "", "Egen anteckning"],
                    "rows": rows or [["", "Inga hushåll än", "", "", "", ""]],
                },
            ],
            footer=f"Gäller {printed_on}. Lämna inte ut listan.",
            size=10.5,
            heading=20,
        )
    )


def neighbour_list(sender: str, network: str, households: Sequence[tuple[str, str, str]], *, printed_on: str) -> bytes:
    """The neighbours' own list, for those who stand on it: (part, name, how to reach)."""
    return print_sheet(
        Sheet(
            f"Grannlista i {_short(network)}",
            sender,
            [
                _par(f"Utskriven {printed_on}. Listan är bara för dem som står på den. Lämna inte ut den."),
                {
                    "kind": "table",
                    "widths": [2, 3, 4],
                    "head": ["Gata eller trapphus", "Namn eller husnummer", "Nummer och mejl"],
                    "rows": [list(one) for one in households] or [["", "Ingen står på listan än", ""]],
                },
            ],
            footer=f"Gäller {printed_on}. Riv listan när du får en ny.",
            size=12,
            heading=22,
        )
    )


def sign_order(sender: str, order: OrderPaper, *, printed_on: str) -> bytes:
    """The order of signs and stickers, to be signed and sent."""
    return print_sheet(
        Sheet(
            f"Beställning av skyltar och dekaler: {_short(order.network)}",
            sender,
            [
                _par(f"{order.signs} skyltar och {order.stickers} dekaler. Anledning: {order.reason}."),
                _par(f"Beställs genom: {order.ordered_from}. Området är aktivt. {printed_on}."),
                {
                    "kind": "table",
                    "widths": [3, 3, 2],
                    "head": ["Plats", "Markägare eller fastighetsägare", "Godkänt"],
                    "rows": [list(place) for place in order.places] or [["–", "–", "–"]],
                },
                _heading("Det här är uppfyllt"),
                {"kind": "ticks", "items": list(order.conditions)},
                {"kind": "signatures", "items": ["Ort och datum", "Beställare", "Mottagare"]},
            ],
            size=11.5,
            heading=20,
        )
    )


def newcomer_welcome(sender: str, network: str, code: JoinCode, *, ask: str) -> bytes:
    """A welcome to somebody who has just moved in."""
    return print_sheet(
        _letter(
            f"Välkommen till {network}!",
            sender,
            [
                _lead("Här håller grannarna koll åt varandra. Vill du vara med?"),
                _code(code),
                _heading("Den första veckan"),
                {
                    "kind": "ticks",
                    "items": [
                        "Byt lås eller koda om det.",
                        "Kontrollera fönster och balkongdörr.",
                        "Säg hej till grannen.",
                        "Lås förrådet. Ställ inget dyrbart där.",
                        "Skriv en lista över det du äger.",
                    ],
                },
                _par(ask),
                _NUMBERS,
            ],
        )
    )


def meeting_invitation(sender: str, meeting: MeetingPaper) -> bytes:
    """An invitation for the notice board, or the news that the meeting is changed or cancelled."""
    title = _meeting_title(meeting)
    return print_sheet(
        Sheet(
            title,
            sender,
            [
                *([_note(f"{meeting.news}.")] if meeting.news else []),
                _lead(meeting.when),
                _lead(meeting.place),
                *([] if meeting.news == CANCELLED else _what_to_expect(meeting)),
            ],
            size=17,
            heading=_heading_size(title, 34),
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
            heading=_heading_size(title, 24),
        )
    )


def _meeting_title(meeting: MeetingPaper) -> str:
    return f"{meeting.title} i {_short(meeting.network)}"


def _what_to_expect(meeting: MeetingPaper) -> list[Block]:
    return [
        _heading("Vi pratar om"),
        {"kind": "points", "items": list(meeting.agenda)},
        {
            "kind": "qr",
            "qr": qr(meeting.url),
            "url": meeting.url,
            "url_shown": shown_url(meeting.url),
            "words": "Lägg mötet i din kalender:",
        },
        _par(_WELCOME),
    ]


def owner_letter(sender: str, paper: PointPaper, *, printed_on: str) -> bytes:
    """What the neighbours' meetings ask the owner of their houses to do."""
    return print_sheet(
        Sheet(
            f"Till fastighetsägaren i {_short(paper.network)}",
            sender,
            [
                *([_par(", ".join(paper.owners))] if paper.owners else []),
                _par(
                    "De boende i området har grannsamverkan med kommunen och polisen. "
                    "På sina möten har de bett er om det här."
                ),
                {
                    "kind": "table",
                    "widths": [5, 2, 2],
                    "head": ["Vad", "Klart senast", "Läge"],
                    "rows": [[what, until or "–", state] for what, until, state in paper.points] or [["–", "–", "–"]],
                },
                _par("Svara gärna vad ni gör och när. Vi berättar det för de boende."),
                *([_par(paper.contact)] if paper.contact else []),
                {"kind": "signatures", "items": ["Ort och datum", "Kommunens samordnare"]},
            ],
            footer=f"Utskrivet {printed_on}.",
            size=12.5,
            heading=_heading_size(paper.network, 22),
        )
    )


def protocol_form(sender: str, network: str) -> bytes:
    """A form for the notes of a meeting."""
    return print_sheet(
        Sheet(
            f"Protokoll från möte i {_short(network)}",
            sender,
            [
                {"kind": "fields", "items": ["Datum och plats", "Antal deltagare", "Den som skriver"]},
                {"kind": "lines", "text": "Det här pratade vi om", "count": 7, "gap": 8},
                _heading("Det här ska göras"),
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


def neighbour_note(sender: str) -> bytes:
    """A note to a neighbour before a journey. It is kept by the neighbour, and by nobody else."""
    return print_sheet(
        Sheet(
            "Lapp till grannen",
            sender,
            [
                _par("Ge lappen till en granne du litar på. Riv den när du är hemma igen. Lägg den inte i hissen."),
                {
                    "kind": "fields",
                    "items": ["Vi är borta från och med", "till och med", "Ring oss på", "Vi som bor här heter"],
                },
                _heading("Snälla, hjälp oss med det här"),
                {
                    "kind": "ticks",
                    "items": [
                        "Töm brevlådan",
                        "Titta till huset eller dörren",
                        "Parkera gärna på uppfarten",
                        "Släng något i vår soptunna",
                        "Klipp gräset, eller skotta",
                        "Vattna blommorna",
                    ],
                },
                {"kind": "fields", "items": ["Bilar som får stå här", "Folk som får komma"]},
                _NUMBERS,
            ],
            size=13,
        )
    )


def inventory_list(sender: str) -> bytes:
    """A list of what one owns, for the insurance company."""
    return print_sheet(
        Sheet(
            "Lista över det du äger",
            sender,
            [
                _par("Skriv upp det som är dyrt. Fotografera det. Spara lista och kvitton någon annanstans än hemma."),
                {
                    "kind": "table",
                    "widths": [4, 3, 2, 2, 0],
                    "head": ["Sak och märke", "Serienummer", "Köpt år", "Pris", "Märkt"],
                    "rows": [["\n", "", "", "", "☐"] for _ in range(16)],
                },
            ],
            size=11,
            heading=22,
        )
    )


def observation_form(sender: str) -> bytes:
    """What one has seen, to be given to the police. We do not take it in."""
    return print_sheet(
        Sheet(
            "Det här såg jag",
            sender,
            [
                _par("Fyll i genast, medan du minns. Ring polisen på 114 14 och berätta. Pågår det: ring 112 först."),
                _note("Lämna papperet bara till polisen. Skriv det du själv har sett. Följ aldrig efter."),
                {"kind": "fields", "items": ["Datum och klockslag", "Plats", "Vad hände?"]},
                {"kind": "lines", "text": "", "count": 3, "gap": 8},
                {"kind": "fields", "items": ["Fordon: märke, färg", "Registreringsnummer", "Färdriktning"]},
                {"kind": "lines", "text": "Person: kläder, längd, det som stack ut", "count": 3, "gap": 8},
                {"kind": "fields", "items": ["Polisens ärendenummer"]},
            ],
            size=12.5,
        )
    )


def doorstep_consent(sender: str, network: str, *, version: str, contact: str) -> bytes:
    """The paper on which a neighbour says yes at the door."""
    return print_sheet(
        Sheet(
            f"Jag vill vara med i {_short(network)}" if network else "Jag vill vara med i grannsamverkan",
            sender,
            [
                _par("Kryssa för det du vill. Du kan ändra dig när du vill."),
                {
                    "kind": "ticks",
                    "items": [
                        "Skicka varningar och tips som sms",
                        "Skicka varningar och tips som mejl",
                        "Jag vill ha lappar i brevlådan",
                        "Kontaktombudet får se mitt namn",
                        "Kontaktombudet får se mitt nummer och min mejl",
                        "Grannarna på områdets grannlista får se mitt namn",
                    ],
                },
                {
                    "kind": "fields",
                    "items": ["Namn eller husnummer", "Gata eller trapphus", "Mobil", "Mejl", "Fast telefon"],
                },
                _par(
                    "Kommunen sparar det du skriver så länge du är med. "
                    "Ingen annan granne ser det, om du inte kryssar för det. "
                    "Svara STOPP på ett sms, eller säg till kontaktombudet, så slutar det. Då raderas det."
                ),
                _note(_PROTECTED),
                _par(contact),
                {"kind": "signatures", "items": ["Datum", "Namnteckning (du har fyllt 16 år)"]},
            ],
            footer=f"Text {version}",
            size=12.5,
            heading=22,
        )
    )


def _letter(title: str, sender: str, blocks: list[Block]) -> Sheet:
    size = 14 if len(title) <= _SMALLER else 12 if len(title) <= _SMALLEST else 11
    return Sheet(title, sender, blocks, size=size, heading=_heading_size(title, 28))


def _heading_size(title: str, largest: float) -> float:
    if len(title) > _SMALLEST:
        return largest * 0.5
    return largest * 0.75 if len(title) > _SMALLER else largest


def _short(text: str) -> str:
    """A name that leaves the page to the rest."""
    return text if len(text) <= _SMALLER else f"{text[: _SMALLER - 1].rstrip()}…"


def _par(text: str) -> Block:
    return {"kind": "par", "text": text}


def _lead(text: str) -> Block:
    return {"kind": "lead", "text": text}


def _heading(text: str) -> Block:
    return {"kind": "heading", "text": text}


def _note(text: str) -> Block:
    return {"kind": "note", "text": text}


def _steps(*items: str) -> Block:
    return {"kind": "steps", "items": list(items)}


def _points(*items: str) -> Block:
    return {"kind": "points", "items": list(items)}


def _code(code: JoinCode, *, side_mm: int = 44) -> Block:
    """The code, and the square a camera reads; from a wall it is read from afar."""
    return {
        "kind": "code",
        "side": side_mm,
        "qr": qr(code.url),
        "url": code.url,
        "url_shown": shown_url(code.url),
        "code": code.shown,
        "words": "Din kod:",
    }
