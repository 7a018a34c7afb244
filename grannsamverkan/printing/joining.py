"""Papers that lead into a network: slips, letters, the stairwell's poster, a welcome, the consent at the door."""

from collections.abc import Sequence

from grannsamverkan.printing.parts import (
    NUMBERS,
    JoinCode,
    code_block,
    heading,
    lead,
    letter,
    note,
    par,
    points,
    short,
    steps,
)
from grannsamverkan.printing.press import Block, Sheet, SlipSheet, print_sheet, print_slips

_PROTECTED = "Har du skyddade personuppgifter? Gå inte med här. Hör av dig till kommunen, så hjälper vi dig."


def slips(sender: str, network: str, unit: str, code: JoinCode, *, number: int, per_page: int = 4, ask: str) -> bytes:
    """Slips to cut apart, four or two to a page."""
    return print_slips(
        SlipSheet(
            sender=sender,
            network=short(network),
            unit=short(unit),
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
    return letter(
        f"Vill du vara med i {network}?",
        sender,
        [
            *([par(short(name))] if name else []),
            par("Du står på en äldre lista över grannsamverkan. Vi skickar inget utan ditt eget ja."),
            par(f"Vi fick listan av: {source}. Gör du inget raderar vi dina uppgifter {gone_on}."),
            heading("Så går du med"),
            steps("Rikta mobilens kamera mot rutan, eller skriv adressen.", "Skriv koden.", "Välj sms eller mejl."),
            code_block(code),
            par(f"Koden gäller till och med {code.until}. Har du ingen mobil? Säg till ditt kontaktombud."),
            note(_PROTECTED),
            NUMBERS,
        ],
    )


def invitation_letters(
    sender: str, network: str, code: JoinCode, names: Sequence[str], *, source: str, gone_on: str
) -> bytes:
    """One letter for each name, in one document."""
    letters = [invitation_letter(sender, network, code, name=name, source=source, gone_on=gone_on) for name in names]
    blocks: list[Block] = []
    for number, one in enumerate(letters):
        if number:
            blocks += [{"kind": "page"}, {"kind": "title", "text": one.title}]
        blocks += list(one.blocks)
    return print_sheet(Sheet(letters[0].title, sender, blocks, heading=letters[0].heading, size=letters[0].size))


def stairwell_poster(sender: str, network: str, unit: str, code: JoinCode, *, ask: str) -> bytes:
    """A poster for a stairwell or a notice board."""
    where = ", ".join(dict.fromkeys(filter(None, (network, unit))))
    return print_sheet(
        Sheet(
            "Vill du bli varnad när något händer nära dig?",
            sender,
            [
                lead(f"Grannarna i {short(where)} håller koll åt varandra. Du är välkommen."),
                points("Det kostar inget.", "Du behöver ingen app och inget lösenord.", "Du kan sluta när du vill."),
                heading("Så går du med"),
                steps("Rikta mobilens kamera mot rutan.", "Skriv ditt mobilnummer eller din mejl."),
                code_block(code, side_mm=54),
                par(f"Koden gäller till och med {code.until}. {ask}"),
                NUMBERS,
            ],
            footer="Ta ner lappen när datumet har passerat.",
            size=17,
            heading=34,
        )
    )


def newcomer_welcome(sender: str, network: str, code: JoinCode, *, ask: str) -> bytes:
    """A welcome to somebody who has just moved in."""
    return print_sheet(
        letter(
            f"Välkommen till {network}!",
            sender,
            [
                lead("Här håller grannarna koll åt varandra. Vill du vara med?"),
                code_block(code),
                heading("Den första veckan"),
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
                par(ask),
                NUMBERS,
            ],
        )
    )


def doorstep_consent(sender: str, network: str, *, version: str, contact: str) -> bytes:
    """The paper on which a neighbour says yes at the door."""
    return print_sheet(
        Sheet(
            f"Jag vill vara med i {short(network)}" if network else "Jag vill vara med i grannsamverkan",
            sender,
            [
                par("Kryssa för det du vill. Du kan ändra dig när du vill."),
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
                par(
                    "Kommunen sparar det du skriver så länge du är med. "
                    "Ingen annan granne ser det, om du inte kryssar för det. "
                    "Svara STOPP på ett sms, eller säg till kontaktombudet, så slutar det. Då raderas det."
                ),
                note(_PROTECTED),
                par(contact),
                {"kind": "signatures", "items": ["Datum", "Namnteckning (du har fyllt 16 år)"]},
            ],
            footer=f"Text {version}",
            size=12.5,
            heading=22,
        )
    )
