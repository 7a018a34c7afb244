"""Papers for the round after a warning: whom to knock at and what to say there, and a slip where nobody opens."""

from collections.abc import Sequence
from dataclasses import dataclass

from grannsamverkan.printing.parts import heading, heading_size, note, par, short
from grannsamverkan.printing.press import DoorSlips, Sheet, print_door_slips, print_sheet, shown_url


@dataclass(frozen=True)
class DoorWords:
    """What is public of a warning. `news` is what was said after it and `text` how it was done and what its writer
    added, "" where nothing was; `until`: a day in words."""

    number: int
    headline: str
    news: str
    text: str
    advice: Sequence[str]
    is_confirmed: bool
    url: str
    until: str

    @property
    def named(self) -> str:
        """Nr 2314, as in every message of the product."""
        return f"Nr {self.number:04d}"


@dataclass(frozen=True)
class KnockingRow:
    """A household that nothing has reached; `label` "" where it shows nothing."""

    network: str
    unit: str
    label: str
    reason: str


def knocking_list(sender: str, words: DoorWords, households: Sequence[KnockingRow], *, printed_on: str) -> bytes:
    """Whom to knock at, in the order given, with what to say and room for two ticks."""
    several = len({row.network for row in households}) > 1
    rows = [[_where(row, several), row.label or "Hushåll utan namn", row.reason, "☐", "☐"] for row in households]
    return print_sheet(
        Sheet(
            f"Knacka på efter varning {words.named.lower()}",
            sender,
            [
                par(f"{_homes(len(households))} har inte nåtts. Utskriven {printed_on}. Lämna inte ut listan."),
                heading("Säg så här"),
                note(_said(words)),
                {
                    "kind": "table",
                    "widths": [3, 3, 4, 0, 0],
                    "head": ["Gata eller trapphus", "Namn eller hus", "Skäl", "Berättat", "Lapp"],
                    "rows": rows or [["", "Inga hushåll kvar", "", "", ""]],
                },
                par(
                    "Berättat: någon där har hört dig. Lapp: ingen öppnade och du lade en lapp. "
                    "Tryck sedan på samma knapp på varningens sida, så räknas det."
                ),
            ],
            footer=f"Gäller {printed_on}. Riv listan när du är klar.",
            size=11,
            heading=20,
        )
    )


def door_slips(sender: str, words: DoorWords, *, number: int) -> bytes:
    """Slips of A5 for letter boxes, two to an A4."""
    return print_door_slips(
        DoorSlips(
            title=f"Varning {words.named}: {words.headline}",
            sender=sender,
            number=words.named,
            headline=words.headline,
            news=words.news,
            text=words.text,
            unconfirmed="" if words.is_confirmed else "Skriven av ett kontaktombud. Polisen har inte bekräftat den.",
            advice=tuple(words.advice),
            url=words.url,
            words="Ditt kontaktombud var här, men ingen öppnade. Läs det senaste och se att lappen är äkta:",
            until=f"Gäller till och med {words.until}. Släng lappen sedan.",
            slips=number,
            heading=heading_size(words.headline, 24),
        )
    )


def _where(row: KnockingRow, several: bool) -> str:
    return ", ".join(filter(None, (short(row.network) if several else "", short(row.unit))))


def _homes(number: int) -> str:
    return "Ett hushåll" if number == 1 else f"{number} hushåll"


def _said(words: DoorWords) -> str:
    """Short enough to be said on a doorstep; whoever wants to know more reads the page."""
    said = [f"Hej! Jag är kontaktombud i grannsamverkan. {words.headline}.", words.news]
    said += words.advice[:2]
    return " ".join(filter(None, (*said, f"Mer står på {shown_url(words.url)}.")))
