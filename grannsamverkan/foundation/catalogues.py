"""Translations: Swedish is what is written in code and templates; every other language is a folder of catalogues, each
compiled when it is first used."""

from functools import cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from grannsamverkan.foundation.resources import PACKAGE

SWEDISH = "sv"
OTHER_LANGUAGES = ("en",)
LANGUAGES = (SWEDISH, *OTHER_LANGUAGES)
CATALOGUES = PACKAGE / "translations"


@cache
def catalogue(language: str, name: str) -> NullTranslations:
    """The translations of this name into a language; none for Swedish, which is what is written."""
    path = CATALOGUES / language / "LC_MESSAGES" / f"{name}.po"
    if not path.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)
