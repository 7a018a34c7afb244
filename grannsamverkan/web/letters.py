"""Monthly letters at work: the month's numbers, the draft, and letting it go."""

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import FileField, HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from grannsamverkan import sheets, tidings
from grannsamverkan.domain import audit, letters, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import RuleSet
from grannsamverkan.domain.letters import AreaCounts, Letter, LetterState
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.swedish import sort_key
from grannsamverkan.web import current, import_words
from grannsamverkan.web.advice_finding import number_in, title_of
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.csv_files import csv_answer
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.guarding import Guarded, refusal
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.letter_words import kind_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import chosen_municipality
from grannsamverkan.web.times import today

pages = Pages("letters")

_BACK = 12  # months that a letter may be about
_MOST_CHARS = 10_000
_PAGE, _NUMBERS = "/manadsbrev/<month>", "/manadsbrev/<month>/siffror"


class LetterForm(FlaskForm):  # type: ignore[misc]
    """What a coordinator writes and chooses."""

    greeting = TextAreaField(
        _l("Inledning"),
        [
            InputRequired(_l("Skriv några ord")),
            Length(max=letters.GREETING_MAX_CHARS, message=_l("Skriv högst 400 tecken")),
            Guarded(RuleSet.LETTER),
        ],
    )
    cards = SelectMultipleField(_l("Råd i brevet, högst tre"))
    version = HiddenField()


class CountsForm(FlaskForm):  # type: ignore[misc]
    """The month's numbers, as lines or as a file."""

    lines = TextAreaField(_l("Ett område på varje rad"), [Length(max=_MOST_CHARS)])
    file = FileField(_l("Eller en fil (CSV eller Excel)"))


@pages.get("/manadsbrev", may=Action.SEE_LETTERS)
def index() -> ResponseReturnValue:
    """`?kommun=` one of those in reach."""
    chosen = chosen_municipality()
    with current.runtime().database.read() as rows:
        found = {row.month: row for row in letters.letters(rows, chosen.code)}
        counted = letters.months_counted(rows, chosen.code)
    months = sorted({*_months(), *found, *counted}, reverse=True)
    return render_template(
        "letters/index.html",
        municipality=chosen,
        others=[row for row in current.served_municipalities() if row.code in _codes() - {chosen.code}],
        months=[(letters.read_month(one), one, found.get(one), one in counted) for one in months],
    )


@pages.get(_PAGE, may=Action.SEE_LETTERS)
def page(month: str) -> ResponseReturnValue:
    """The letter as it would go now, or as it went."""
    chosen, first = chosen_municipality(), _month(month)
    with current.runtime().database.read() as rows:
        try:
            row = letters.letter(rows, chosen.code, month)
        except NotFound:
            return render_template("letters/none.html", municipality=chosen, month=first, key=month)
        return _page(rows, chosen, row)


@pages.post(f"{_PAGE}/borja", may=Action.WRITE_LETTERS)
def begin(month: str) -> ResponseReturnValue:
    """A draft with a greeting and the tips of the season; begun twice, it is one."""
    chosen, _first = chosen_municipality(), _month(month)
    with current.runtime().database.write() as rows:
        letters.draft(rows, chosen.code, month, **_who())
        _note(rows, chosen, "letter.begun")
    return redirect(url_for("letters.page", month=month, kommun=chosen.code), 303)


@pages.post(_PAGE, may=Action.WRITE_LETTERS)
def save(month: str) -> ResponseReturnValue:
    chosen, _first = chosen_municipality(), _month(month)
    with current.runtime().database.write() as rows:
        row = letters.letter(rows, chosen.code, month, to_change=True)
        form = _with_cards(rows, row, LetterForm())
        if not form.validate():
            return _page(rows, chosen, row, form), 422
        try:
            letters.change(
                rows,
                row,
                greeting=" ".join(form.greeting.data.split()),
                card_keys=form.cards.data,
                version=number_in(form.version.data),
            )
        except Refused:
            refuse(form.cards, _("Välj högst tre råd"))
            return _page(rows, chosen, row, form), 422
        except Conflict:
            refuse(form.greeting, _("Någon annan har ändrat det här. Spara igen om din ändring ska gälla."))
            form.version.data = str(row.version)
            return _page(rows, chosen, row, form), 409
        _note(rows, chosen, "letter.changed")
    return redirect(url_for("letters.page", month=month, kommun=chosen.code, sparat=1), 303)


@pages.post(f"{_PAGE}/skicka", may=Action.WRITE_LETTERS)
def approve(month: str) -> ResponseReturnValue:
    """`innehall` is what was looked at. A question names how many it goes to."""
    chosen, _first = chosen_municipality(), _month(month)
    with current.runtime().database.write() as rows:
        row = letters.letter(rows, chosen.code, month, to_change=True)
        smallest = places.rules(rows, chosen.code).small_number
        content = request.form.get("innehall", "")
        if row.state is LetterState.DRAFT and not is_confirmed():
            return ask(_question(rows, chosen, row, content or _looked_at(rows, row, smallest)))
        if letters.approve(rows, row, content=content, smallest=smallest, **_who()):
            sent = tidings.monthly_letter(current.runtime(), rows, row)
            _note(rows, chosen, "letter.approved", sent=sent)
    return redirect(url_for("letters.page", month=month, kommun=chosen.code), 303)


def _looked_at(rows: Session, row: Letter, smallest: int) -> str:
    return letters.content_hash(letters.content_of(rows, row, smallest=smallest, now=current.now()))


def _question(rows: Session, chosen: Municipality, row: Letter, content: str) -> Question:
    to = tidings.readers(rows, chosen.code, now=current.now())
    number = len(to.mailboxes)
    by_phone = [_("De %(num)d som bara har mobil får ett sms om att brevet finns.", num=len(to.phones))]
    return Question(
        _("Skicka månadsbrevet?"),
        [
            _("Det går som mejl till %(num)d brevlådor hos kontaktombud.", num=number),
            *(by_phone if to.phones else []),
            _("Brevet blir en sida som alla kan läsa. Sedan går det inte att ändra."),
        ],
        _("Skicka brevet till %(num)d brevlådor", num=number),
        url_for("letters.page", month=row.month, kommun=chosen.code),
        [("innehall", content)],
    )


# -------------------------------------------------------------------------------------------------------- numbers


@pages.get(_NUMBERS, may=Action.COUNT_CRIMES)
def numbers(month: str) -> ResponseReturnValue:
    chosen, _first = chosen_municipality(), _month(month)
    with current.runtime().database.read() as rows:
        kept = letters.counts_of(rows, chosen.code, month)
        return _numbers_page(rows, chosen, month, CountsForm(formdata=None, lines=_as_lines(kept)))


@pages.post(_NUMBERS, may=Action.COUNT_CRIMES)
def count(month: str) -> ResponseReturnValue:
    """A file that was chosen goes before the lines. They are the month's numbers, and no others."""
    chosen, _first = chosen_municipality(), _month(month)
    form = CountsForm()
    with current.runtime().database.write() as rows:
        found = _read(form)
        if found is None:
            return _numbers_page(rows, chosen, month, form), 422
        if letters.keep_counts(rows, chosen.code, month, found, **_who()):
            _note(rows, chosen, "letter.counted")
    return redirect(url_for("letters.page", month=month, kommun=chosen.code), 303)


@pages.get("/manadsbrev/mall.csv", may=Action.COUNT_CRIMES)
def template() -> ResponseReturnValue:
    """An empty sheet with headings that are understood."""
    return csv_answer([letters.HEADINGS], "anmalda-inbrott.csv")


def _read(form: CountsForm) -> list[AreaCounts] | None:
    """What the form says; None when it has faults, which it then tells."""
    if not form.validate():
        return None
    given = request.files.get("file")
    try:
        if given is not None and given.filename:
            sheet = sheets.read(given.stream.read())
            found = letters.read_rows([(row.number, row.cells) for row in sheet.rows])
        else:
            found = letters.read_counts(form.lines.data or "")
    except Refused as refused:
        field = form.file if given is not None and given.filename else form.lines
        refuse(field, _fault(refused))
        return None
    told = next(filter(None, (refusal(one.area, RuleSet.LETTER) for one in found)), "")
    if told:
        refuse(form.lines, told)
        return None
    return found


def _fault(refused: Refused) -> str:
    line, most = int(refused.facts.get("line", 0)), int(refused.facts.get("most", 0))
    said = {
        "counts_line": lambda: _("Rad %(line)d: skriv område och sedan fem tal", line=line),
        "counts_area": lambda: _("Rad %(line)d: områdets namn får ha högst %(most)d tecken", line=line, most=most),
        "counts_twice": lambda: _("Rad %(line)d: området finns redan", line=line),
        "counts_many": lambda: _("Skriv högst %(most)d områden", most=most),
    }.get(refused.code)
    return said() if said else import_words.sheet_words(refused)


def _as_lines(rows: list[AreaCounts]) -> str:
    head = "; ".join(letters.HEADINGS)
    return "\n".join([head, *("; ".join([one.area, *map(str, one.numbers)]) for one in rows)])


def _numbers_page(rows: Session, chosen: Municipality, month: str, form: CountsForm) -> str:
    try:
        is_sent = letters.letter(rows, chosen.code, month).state is LetterState.APPROVED
    except NotFound:
        is_sent = False
    return render_template(
        "letters/numbers.html",
        municipality=chosen,
        month=letters.read_month(month),
        key=month,
        form=form,
        headings=letters.HEADINGS,
        is_sent=is_sent,
    )


# --------------------------------------------------------------------------------------------------------- common


def _page(rows: Session, chosen: Municipality, row: Letter, form: LetterForm | None = None) -> str:
    smallest = places.rules(rows, chosen.code).small_number
    content = letters.content_of(rows, row, smallest=smallest, now=current.now())
    if form is None:
        filled = LetterForm(formdata=None, greeting=row.greeting, cards=row.card_keys, version=row.version)
        form = _with_cards(rows, row, filled)
    to = tidings.readers(rows, chosen.code, now=current.now())
    named = networks.names(rows, to.by_hand)
    by_hand = [(one, named[one], number) for one, number in to.by_hand.items()]
    return render_template(
        "letters/letter.html",
        municipality=chosen,
        month=letters.read_month(row.month),
        row=row,
        form=form,
        content=content,
        hash=letters.content_hash(content),
        to=to,
        by_hand=sorted(by_hand, key=lambda row: sort_key(row[1])),
        is_saved="sparat" in request.args,
        **content_words(),
    )


def content_words() -> dict[str, Any]:
    """What a page needs to show a letter's content."""
    return {
        "letter_kinds": kind_words(),
        "count_words": letters.count_words,
        "meeting_line": letters.meeting_line,
    }


def _with_cards(rows: Session, row: Letter, form: LetterForm) -> LetterForm:
    """Those of the season, and those that are chosen."""
    fits = letters.in_season(rows, row.municipality_code, row.month)
    form.cards.choices = [(card.key, title_of(card)) for card in fits]
    return form


def _month(text: str) -> date:
    """A month that a letter may be about; NotFound."""
    first = letters.read_month(text)
    if text not in _months():
        raise NotFound
    return first


def _months() -> list[str]:
    this = today(current.now()).replace(day=1)
    return [letters.month_key(letters.month_after(this, -number)) for number in range(_BACK + 1)]


def _codes() -> frozenset[str]:
    return current.signed_in_actor().municipality_codes


def _who() -> dict[str, Any]:
    return {"account_id": current.signed_in_actor().account_id, "now": current.now()}


def _note(rows: Session, chosen: Municipality, act: str, *, sent: int | None = None) -> None:
    facts = {} if sent is None else {"sent": sent}
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="municipality",
        thing_id=chosen.code,
        municipality_code=chosen.code,
        **facts,
    )
