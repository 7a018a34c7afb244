"""Papers to fill in by hand: a note to a neighbour, an inventory, an observation. What is written is stored nowhere."""

from grannsamverkan.printing.parts import NUMBERS, heading, note, par, steps
from grannsamverkan.printing.press import Sheet, print_sheet


def neighbour_note(sender: str) -> bytes:
    """A note to a neighbour before a journey. It is kept by the neighbour, and by nobody else."""
    return print_sheet(
        Sheet(
            "Lapp till grannen",
            sender,
            [
                par("Ge lappen till en granne du litar på. Riv den när du är hemma igen. Lägg den inte i hissen."),
                {
                    "kind": "fields",
                    "items": ["Vi är borta från och med", "till och med", "Ring oss på", "Vi som bor här heter"],
                },
                heading("Snälla, hjälp oss med det här"),
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
                NUMBERS,
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
                par("Skriv upp det som är dyrt. Fotografera det. Spara lista och kvitton någon annanstans än hemma."),
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


def marking_guide(sender: str) -> bytes:
    """How to mark what one owns, with room for what was marked. It stays at home."""
    return print_sheet(
        Sheet(
            "Så märker du dina saker",
            sender,
            [
                par("Det som är märkt är svårare att sälja och lättare att få tillbaka."),
                heading("Gör så här"),
                steps(
                    "Välj ett märke som bara du har. Skriv inte hela ditt personnummer.",
                    "Märk på tre eller fyra ställen, gärna ett som inte syns.",
                    "Torka ytan ren först. Rista i hård plast och metall, skriv på annat.",
                    "Ta en bild av märket och av sakens nummer.",
                    "Registrera märket om det går. Sätt dekalen där den syns.",
                ),
                {
                    "kind": "table",
                    "widths": [4, 3, 4, 0],
                    "head": ["Sak", "Nummer", "Här sitter märket", "Bild"],
                    "rows": [["\n", "", "", "☐"] for _ in range(12)],
                },
                note("Låna penna av ditt kontaktombud. Spara papperet någon annanstans än hemma."),
            ],
            size=12,
            heading=24,
        )
    )


def observation_form(sender: str) -> bytes:
    """What one has seen, to be given to the police. We do not take it in."""
    return print_sheet(
        Sheet(
            "Det här såg jag",
            sender,
            [
                par("Fyll i genast, medan du minns. Ring polisen på 114 14 och berätta. Pågår det: ring 112 först."),
                note("Lämna papperet bara till polisen. Skriv det du själv har sett. Följ aldrig efter."),
                {"kind": "fields", "items": ["Datum och klockslag", "Plats", "Vad hände?"]},
                {"kind": "lines", "text": "", "count": 3, "gap": 8},
                {"kind": "fields", "items": ["Fordon: märke, färg", "Registreringsnummer", "Färdriktning"]},
                {"kind": "lines", "text": "Person: kläder, längd, det som stack ut", "count": 3, "gap": 8},
                {"kind": "fields", "items": ["Polisens ärendenummer"]},
            ],
            size=12.5,
        )
    )
