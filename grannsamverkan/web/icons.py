"""Icons, drawn into the page: {{ icon('check-circle-fill') }}. Always beside a word, so hidden from screen readers."""

import re
from functools import cache

from flask import Flask
from markupsafe import Markup

from grannsamverkan.web.assets import package_folder

_SPRITE = "static/bootstrap5/icons/bootstrap-icons.svg"
_SYMBOL = re.compile(r'<symbol[^>]*viewBox="([^"]+)"[^>]*id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    """Name to (view box, drawing), out of the sprite of a megabyte: read once."""
    text = (package_folder("flask_bootstrap") / _SPRITE).read_text("utf-8")
    return {name: (box, drawing) for box, name, drawing in _SYMBOL.findall(text)}


def icon(name: str, size: int = 20) -> Markup:
    """The icon of Bootstrap Icons with this name; KeyError for one that there is not."""
    box, drawing = _symbols()[name]
    opening = f'<svg class="gs-i" aria-hidden="true" width="{size}" height="{size}" viewBox="{box}">'
    return Markup(f"{opening}{drawing}</svg>")  # noqa: S704  (drawn by the package, never by a visitor)


def furnish(app: Flask) -> None:
    _symbols()
    app.jinja_env.globals["icon"] = icon
