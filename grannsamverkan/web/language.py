"""The switch of language, kept in a cookie that says nothing but the language."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from grannsamverkan.domain.accounts import Action
from grannsamverkan.foundation.catalogues import LANGUAGES
from grannsamverkan.web import current
from grannsamverkan.web.i18n import COOKIE
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.security import is_https
from grannsamverkan.web.words import own_path

_YEAR_S = 31_536_000

pages = Pages("language")


@pages.post("/sprak", may=Action.CHOOSE_LANGUAGE)
def choose() -> ResponseReturnValue:
    back = redirect(own_path(request.form.get("next"), url_for("public.start")), 303)
    language = request.form.get("language", "")
    if language in LANGUAGES:
        keep(back, language)
    return back


def keep(answer: Response, language: str) -> None:
    """This browser shows our pages in the language from now on."""
    secure = is_https(current.runtime().settings)
    answer.set_cookie(COOKIE, language, max_age=_YEAR_S, secure=secure, httponly=True, samesite="Lax")
