"""Languages: Swedish is written in code and templates, English stands in a catalogue compiled when first used."""

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import flask_babel
from babel.support import NullTranslations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale

from grannsamverkan.foundation.catalogues import LANGUAGES, catalogue

COOKIE = "sprak"
_GROUPED = 1000  # from here on a number is written in groups of three


class ShippedCatalogues(Domain):  # type: ignore[misc]
    """The product's own catalogues; nothing has to be compiled or installed beside them."""

    def get_translations(self) -> NullTranslations:
        return _counting(language())


class _Counting(NullTranslations):
    """A catalogue in whose texts a count is written as people read it: 50 000, and not 50000."""

    def __init__(self, under: NullTranslations) -> None:
        super().__init__()
        self.add_fallback(under)

    def ungettext(self, one: str, many: str, number: int) -> str:
        found: str = super().ungettext(one, many, number)
        return found if number < _GROUPED else found.replace("%(num)d", flask_babel.format_decimal(number))


@cache
def _counting(spoken: str) -> NullTranslations:
    return _Counting(catalogue(spoken, "messages"))


def chosen_language() -> str:
    """What the visitor has chosen, else what the browser asks for, else Swedish."""
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def language() -> str:
    """The language of the page at hand."""
    # Not str(locale): a page of 600 rows asks thousands of times, and babel puts that word together each time.
    locale = get_locale()
    return locale.language if locale else LANGUAGES[0]


def in_swedish() -> AbstractContextManager[None]:
    """For what is Swedish whatever language the visitor has: sheets for everybody, and what machines fetch."""
    return flask_babel.force_locale(LANGUAGES[0])  # type: ignore[no-any-return]


def gettext(text: str, **facts: str | int) -> str:
    """The text in the language of the page."""
    return str(flask_babel.gettext(text, **facts))


def ngettext(one: str, many: str, num: int, **facts: str | int) -> str:
    """The text for this many, in the language of the page."""
    return str(flask_babel.ngettext(one, many, num, **facts))


def lazy_gettext(text: str) -> Any:
    """A text that is put into the page's language when it is shown; for what is written outside a request."""
    return flask_babel.lazy_gettext(text)


def furnish(app: Flask) -> None:
    babel = Babel(
        app, default_locale=LANGUAGES[0], default_timezone="Europe/Stockholm", locale_selector=chosen_language
    )
    babel.domain_instance = ShippedCatalogues()
    app.jinja_env.globals["language"] = language
