"""A month's letter for everybody: its page, and the same for the notice board and for letter boxes."""

from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from grannsamverkan import printing
from grannsamverkan.domain import letters
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import day_in_words, month_in_words
from grannsamverkan.printing import LetterPaper
from grannsamverkan.web import current
from grannsamverkan.web.letters import content_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf, slips_asked_for
from grannsamverkan.web.words import municipality_words

pages = Pages("letter_pages")

_CACHE_S = 60


@pages.get("/brev/<code>/<month>", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def page(code: str, month: str) -> ResponseReturnValue:
    """As it was approved."""
    municipality, first, content = _letter(code, month)
    return render_template(
        "letters/public.html", municipality=municipality, month=first, key=month, content=content, **content_words()
    )


@pages.get("/brev/<code>/<month>/lapp.pdf", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def paper(code: str, month: str) -> ResponseReturnValue:
    """One page; it may hang until the next letter comes."""
    sender, made_of = _paper(code, month)
    return pdf(printing.letter_notice(sender, made_of), f"manadsbrev-{month}.pdf", is_public=True)


@pages.get("/brev/<code>/<month>/lappar.pdf", may=Action.SEE_PUBLIC, cache_s=_CACHE_S)
def slips(code: str, month: str) -> ResponseReturnValue:
    """For letter boxes; `?antal=` how many, two to a page."""
    number = slips_asked_for()
    sender, made_of = _paper(code, month)
    made = printing.letter_slips(sender, made_of, number=number)
    return pdf(made, f"manadsbrev-{month}-lappar.pdf", is_public=True)


def _paper(code: str, month: str) -> tuple[str, LetterPaper]:
    municipality, first, content = _letter(code, month)
    return f"{municipality_words(municipality.name)} och polisen", LetterPaper(
        title=f"Månadsbrev för {month_in_words(first)} {first.year}",
        greeting=content["greeting"],
        areas=letters.count_lines(content),
        together=letters.together_line(content),
        tips=[f"{one['title']}. {one['words']}" for one in content["tips"]],
        meetings=[letters.meeting_line(one) for one in content["meetings"]],
        until=day_in_words(letters.hangs_until(first)),
        url=f"{current.runtime().settings.installation.base_url}/brev/{code}/{month}",
    )


def _letter(code: str, month: str) -> tuple[Municipality, date, dict[str, Any]]:
    municipality = next((row for row in current.served_municipalities() if row.code == code), None)
    if municipality is None:
        raise NotFound
    with current.runtime().database.read() as rows:
        content = letters.approved(rows, code, month).content
    if content is None:
        raise NotFound
    return municipality, letters.read_month(month), content
