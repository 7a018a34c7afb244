"""Style sheets, scripts and pictures: our own, and those of installed packages, under addresses that carry their hash.

    {{ asset('own', 'theme.css') }}  ->  /v/own/3f9c2a…/theme.css   (kept for a year)

Nothing of others is copied into the product: their files are served where their packages have them. The hash is one
part of the path for a whole package, so that relative addresses in a style sheet keep working.
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask, Response, abort, current_app, send_from_directory, url_for

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web.pages import Pages

_KEY = "grannsamverkan.assets"
_YEAR_S = 31_536_000
_OWN = Path(__file__).parent / "static"

# our name: (module of the installed package, folder in it, the files that are served)
PACKAGES = {
    "bootstrap": ("flask_bootstrap", "static/bootstrap5", ("css/bootstrap.min.css",)),
    "leaflet": ("js_lib_leaflet", "static/js_lib_leaflet", ("leaflet.js", "leaflet.css")),
    "htmx": ("js_lib_htmx", "static/htmx", ("htmx.min.js",)),
}

pages = Pages("assets")


class MissingPackage(RuntimeError):
    """A package whose files the pages need is not installed."""


@dataclass(frozen=True)
class _Shelf:
    folder: Path
    files: tuple[str, ...]
    mark: str


def package_folder(module: str) -> Path:
    """Where an installed package lies; it is not imported. MissingPackage."""
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPackage(module)
    return Path(spec.submodule_search_locations[0])


def furnish(app: Flask) -> None:
    shelves = {name: _shelf(package_folder(module) / sub, files) for name, (module, sub, files) in PACKAGES.items()}
    own = tuple(sorted(path.relative_to(_OWN).as_posix() for path in _OWN.rglob("*") if path.is_file()))
    shelves["own"] = _shelf(_OWN, own)
    app.extensions[_KEY] = shelves
    app.jinja_env.globals["asset"] = asset


def _shelf(folder: Path, files: tuple[str, ...]) -> _Shelf:
    digest = hashlib.sha256()
    for file in files:
        digest.update((folder / file).read_bytes())  # a missing file stops the start, not a page later
    return _Shelf(folder, files, digest.hexdigest()[:12])


def _shelves() -> dict[str, _Shelf]:
    return cast(dict[str, _Shelf], current_app.extensions[_KEY])


def asset(name: str, file: str) -> str:
    """The address of a file of ours ("own") or of a package."""
    return url_for("assets.file", name=name, mark=_shelves()[name].mark, file=file)


@pages.get("/v/<name>/<mark>/<path:file>", may=Action.SEE_PUBLIC)
def file(name: str, mark: str, file: str) -> Response:
    shelf = _shelves().get(name)
    if shelf is None or mark != shelf.mark or file not in shelf.files:
        abort(404)
    response = send_from_directory(shelf.folder, file, max_age=_YEAR_S)
    response.cache_control.public, response.cache_control.immutable = True, True
    return response
