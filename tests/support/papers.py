"""Papers looked at as a person would: their pages as pictures, and what a phone's camera reads on them."""

from typing import Any

import cv2
import numpy
import pypdfium2

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
    """What the QR codes on a picture say."""
    _found, texts, _corners, _straight = cv2.QRCodeDetector().detectAndDecodeMulti(picture)
    return {text for text in texts if text}
