"""From blocks of text to a PDF: tagged (PDF/UA), with its font inside. Text goes in as data and is never markup."""

import importlib.util
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from grannsamverkan.foundation.resources import resource_folder

Block = dict[str, Any]
_AFTER_LATIN = 0x250
_SIGNS = "–—‘’“”•…€☐"


@dataclass(frozen=True)
class Sheet:
    """An A4 document. `size` and `heading` in points; `sender` stands at the top, `footer` on every page. With `least`
    its letters are made smaller, but not than so many points, until it is one page."""

    title: str
    sender: str
    blocks: Sequence[Block]
    kicker: str = ""
    footer: str = ""
    size: float = 14
    heading: float = 26
    least: float | None = None


@dataclass(frozen=True)
class SlipSheet:
    """Slips to cut apart. All carry the same code: a slip never points to a dwelling."""

    sender: str
    network: str
    unit: str
    code: str
    url: str
    until: str
    ask: str
    slips: int
    heading: str
    lead: str
    steps: Sequence[str]
    protected: str
    per_page: int = 4


@dataclass(frozen=True)
class MeetingSlips:
    """Invitations of A5, two to an A4. `news` stands first where the meeting is not as it was announced."""

    sender: str
    title: str
    news: str
    when: str
    place: str
    about: str
    agenda: Sequence[str]
    closing: str
    number: int
    heading: float = 24


@dataclass(frozen=True)
class DoorSlips:
    """Slips of A5, two to an A4, all with the same words. `news`, `text` and `unconfirmed` may be ""."""

    title: str
    sender: str
    number: str
    headline: str
    news: str
    text: str
    unconfirmed: str
    advice: Sequence[str]
    url: str
    words: str
    until: str
    slips: int
    heading: float = 24


def print_sheet(sheet: Sheet) -> bytes:
    """The document as PDF."""
    data = {
        "title": sheet.title,
        "sender": sheet.sender,
        "kicker": sheet.kicker,
        "footer": sheet.footer,
        "size": sheet.size,
        "heading": sheet.heading,
        "least": sheet.least,
        "blocks": list(sheet.blocks),
    }
    return _compiled("paper.typ", {"data": json.dumps(data, ensure_ascii=False)})


def print_slips(slips: SlipSheet) -> bytes:
    """As many whole pages of slips as are needed."""
    where = ", ".join(dict.fromkeys(filter(None, (slips.network, slips.unit))))  # a street may bear its area's name
    data = {
        "title": f"{slips.heading}: {where}",
        "sender": slips.sender,
        "heading": f"{slips.heading}: {where}",
        "lead": slips.lead,
        "steps": list(slips.steps),
        "qr": qr(slips.url),
        "url": slips.url,
        "url_shown": shown_url(slips.url),
        "code": slips.code,
        "protected": slips.protected,
        "until": slips.until,
        "ask": slips.ask,
        "per_page": slips.per_page,
        "pages": -(-slips.slips // slips.per_page),
    }
    return _compiled("slips.typ", {"data": json.dumps(data, ensure_ascii=False)})


def print_meeting_slips(slips: MeetingSlips) -> bytes:
    """As many whole pages of invitations as are needed."""
    data = {
        "title": slips.title,
        "sender": slips.sender,
        "news": slips.news,
        "when": slips.when,
        "place": slips.place,
        "about": slips.about,
        "agenda": list(slips.agenda),
        "closing": slips.closing,
        "heading": slips.heading,
        "pages": -(-slips.number // 2),
    }
    return _compiled("meeting_slips.typ", {"data": json.dumps(data, ensure_ascii=False)})


def print_door_slips(slips: DoorSlips) -> bytes:
    """As many whole pages of slips as are needed."""
    data = {
        "title": slips.title,
        "sender": slips.sender,
        "number": slips.number,
        "headline": slips.headline,
        "news": slips.news,
        "text": slips.text,
        "unconfirmed": slips.unconfirmed,
        "advice": list(slips.advice),
        "qr": qr(slips.url),
        "url": slips.url,
        "url_shown": shown_url(slips.url),
        "words": slips.words,
        "until": slips.until,
        "heading": slips.heading,
        "pages": -(-slips.slips // 2),
    }
    return _compiled("door_slips.typ", {"data": json.dumps(data, ensure_ascii=False)})


def qr(address: str) -> str:
    """A QR code as SVG, with its quiet zone."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=4)
    return drawn.getvalue().decode()


def shown_url(address: str) -> str:
    """The address as somebody would type it: without scheme and query."""
    return address.split("://", 1)[-1].split("?", 1)[0]


def _compiled(template: str, inputs: dict[str, str]) -> bytes:
    """A sign that no font here has (an emoji in a name) is left out rather than failing the whole paper."""
    try:
        return _compile(template, inputs)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _compile(template, {name: _plain(text) for name, text in inputs.items()})


def _compile(template: str, inputs: dict[str, str]) -> bytes:
    source = resource_folder("templates") / "print" / template
    return typst.compile(
        source, font_paths=_font_folders(), ignore_system_fonts=True, pdf_standards="ua-1", sys_inputs=inputs
    )


def _plain(text: str) -> str:
    """What every font has: Latin letters of any land, digits and signs."""
    return "".join(char for char in text if ord(char) < _AFTER_LATIN or char in _SIGNS)


@cache
def _font_folders() -> list[Path]:
    found = importlib.util.find_spec("font_source_sans_pro")
    places = found.submodule_search_locations if found else None
    return [Path(place) / "files" for place in places or ()]
