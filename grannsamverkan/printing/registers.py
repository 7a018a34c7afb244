"""What is kept in the product, on paper: a contact person's households, the neighbours' own list, an order of signs."""

from collections.abc import Sequence
from dataclasses import dataclass

from grannsamverkan.printing.parts import heading, par, short
from grannsamverkan.printing.press import Sheet, print_sheet


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


def member_list(sender: str, network: str, households: Sequence[ListedHousehold], *, printed_on: str) -> bytes:
    """The contact person's list, with room for a tick and a note."""
    rows = [[row.unit, row.label or "Hushåll utan namn", row.reached, row.addresses, "☐", ""] for row in households]
    return print_sheet(
        Sheet(
            f"Hushåll i {short(network)}",
            sender,
            [
                par(f"Utskriven {printed_on}. Lämna inte ut listan. Skriv ut en ny vid ändring, och riv den gamla."),
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
            f"Grannlista i {short(network)}",
            sender,
            [
                par(f"Utskriven {printed_on}. Listan är bara för dem som står på den. Lämna inte ut den."),
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
            f"Beställning av skyltar och dekaler: {short(order.network)}",
            sender,
            [
                par(f"{order.signs} skyltar och {order.stickers} dekaler. Anledning: {order.reason}."),
                par(f"Beställs genom: {order.ordered_from}. Området är aktivt. {printed_on}."),
                {
                    "kind": "table",
                    "widths": [3, 3, 2],
                    "head": ["Plats", "Markägare eller fastighetsägare", "Godkänt"],
                    "rows": [list(place) for place in order.places] or [["–", "–", "–"]],
                },
                heading("Det här är uppfyllt"),
                {"kind": "ticks", "items": list(order.conditions)},
                {"kind": "signatures", "items": ["Ort och datum", "Beställare", "Mottagare"]},
            ],
            size=11.5,
            heading=20,
        )
    )
