"""What papers are made of: paragraphs, steps, the code to join by; and the size of their type."""

from dataclasses import dataclass

from grannsamverkan.printing.press import Block, Sheet, qr, shown_url

NUMBERS: Block = {"kind": "numbers"}
_SMALLER, _SMALLEST = 60, 120  # letters of a heading that need a smaller type


@dataclass(frozen=True)
class JoinCode:
    """A code as it is printed: "K7MP-4XQ3", the address of its QR code, and until when it can be used, in words."""

    shown: str
    url: str
    until: str


def letter(title: str, sender: str, blocks: list[Block]) -> Sheet:
    """A sheet in the type of letters, smaller where the title is long."""
    size = 14 if len(title) <= _SMALLER else 12 if len(title) <= _SMALLEST else 11
    return Sheet(title, sender, blocks, size=size, heading=heading_size(title, 28))


def heading_size(title: str, largest: float) -> float:
    """The type of a heading, in points, so that a long one has room."""
    if len(title) > _SMALLEST:
        return largest * 0.5
    return largest * 0.75 if len(title) > _SMALLER else largest


def short(text: str) -> str:
    """A name that leaves the page to the rest."""
    return text if len(text) <= _SMALLER else f"{text[: _SMALLER - 1].rstrip()}…"


def par(text: str) -> Block:
    return {"kind": "par", "text": text}


def lead(text: str) -> Block:
    return {"kind": "lead", "text": text}


def heading(text: str) -> Block:
    return {"kind": "heading", "text": text}


def note(text: str) -> Block:
    return {"kind": "note", "text": text}


def steps(*items: str) -> Block:
    return {"kind": "steps", "items": list(items)}


def points(*items: str) -> Block:
    return {"kind": "points", "items": list(items)}


def code_block(code: JoinCode, *, side_mm: int = 44) -> Block:
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
