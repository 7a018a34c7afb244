"""Papers looked at as a person would: their pages as pictures, and what a phone's camera reads on them."""

import itertools
import re
from typing import Any

import cv2
import numpy
import pypdfium2
import pypdfium2.raw as raw

_DPI = 150


def pages_of(pdf: bytes, dpi: int = _DPI) -> list[Any]:
    """Every page as a picture, rows by columns by blue, green, red."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [numpy.array(page.render(scale=dpi / 72).to_numpy()[:, :, :3]) for page in document]
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    """The text as it can be copied out, page after page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def codes_on(picture: Any) -> set[str]:
    """What the QR codes on a picture say, at once or held nearer, a quarter at a time."""
    high, wide = picture.shape[0] // 2, picture.shape[1] // 2
    quarters = [picture[top : top + high, left : left + wide] for top in (0, high) for left in (0, wide)]
    return _read(picture) or {text for quarter in quarters for text in _read(cv2.resize(quarter, None, fx=2, fy=2))}


def _read(picture: Any) -> set[str]:
    """By the one reader or by the other: each misses a code now and then that phones read at once."""
    for reader in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
        _found, texts, _corners, _straight = reader.detectAndDecodeMulti(picture)
        if found := {text for text in texts if text}:
            return found
    return set()


def covered(pdf: bytes) -> list[tuple[int, str, str]]:
    """Where one text lies over another: (page, the one, the other)."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for number, page in enumerate(document):
        text = page.get_textpage()
        boxes = [text.get_rect(place) for place in range(text.count_rects())]
        found += [
            (number, text.get_text_bounded(*one), text.get_text_bounded(*other))
            for one, other in itertools.combinations(boxes, 2)
            if _shared(one, other) > 0.25 * min(_size(one), _size(other))
        ]
    document.close()
    return found


def _size(box: tuple[float, ...]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _shared(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return across * up if across > 0 and up > 0 else 0.0


def smallest_letters_pt(pdf: bytes) -> float:
    """The height of the smallest letters on it, in points."""
    document = pypdfium2.PdfDocument(pdf)
    sizes: list[float] = []
    for page in document:
        text = page.get_textpage()
        sizes += [
            float(raw.FPDFText_GetFontSize(text.raw, place))
            for place in range(text.count_chars())
            if not raw.FPDFText_IsGenerated(text.raw, place)
        ]
    document.close()
    return round(min(sizes), 1)


def fonts_are_inside(pdf: bytes) -> bool:
    """Whether every letter is drawn with a font that the document carries."""
    document = pypdfium2.PdfDocument(pdf)
    inside = [
        bool(raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(one.raw)))
        for page in document
        for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=8)
    ]
    document.close()
    return bool(inside) and all(inside)


def language_of(pdf: bytes) -> str:
    """The language that a screen reader is told to read it in; empty for an untagged document."""
    document = pypdfium2.PdfDocument(pdf)
    is_tagged = bool(raw.FPDFCatalog_IsTagged(document.raw))
    document.close()
    found = re.search(rb"/Lang\s*\(([^)]*)\)", pdf)
    return found[1].decode("latin-1") if found and is_tagged else ""


def title_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    title = str(document.get_metadata_value("Title"))
    document.close()
    return title
