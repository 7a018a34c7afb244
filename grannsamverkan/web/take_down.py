"""A contact person has put up a paper, and wants to be reminded to take it down."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import DateField, RadioField
from wtforms.validators import InputRequired

from grannsamverkan.domain import advice, alerts, duties, letters, networks
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.networks import ContactPerson
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.swedish import in_sweden, month_in_words
from grannsamverkan.web import current
from grannsamverkan.web.advice_finding import number_in
from grannsamverkan.web.duty_words import note
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.times import today

pages = Pages("take_down")

_HANGS = timedelta(days=30)  # as the papers say themselves
_HANGS_AT_MOST = timedelta(days=366)


@dataclass(frozen=True)
class Paper:
    """What hangs: a mark for it, what it is called, and until when it says that it hangs."""

    mark: str
    label: str
    until: date


class PaperForm(FlaskForm):  # type: ignore[misc]
    """Where it hangs, and until when."""

    network = RadioField(_l("I vilket område sitter den?"), [InputRequired(_l("Välj område"))])
    until = DateField(_l("Senast då ska den tas ner"), [InputRequired(_l("Skriv datumet"))])


@pages.get("/kvarten/lapp", may=Action.DO_DUTIES)
def form() -> ResponseReturnValue:
    """`?kort=` a tip, `?nr=` a message, or `?brev=` a month's letter with its municipality: 1267.2026-02."""
    with current.runtime().database.read() as rows:
        roles, paper = _roles(rows), _paper(rows)
        filled = PaperForm(formdata=None, until=paper.until)
        return _page(rows, _with_networks(rows, filled, roles), paper)


@pages.post("/kvarten/lapp", may=Action.DO_DUTIES)
def add() -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        roles, paper = _roles(rows), _paper(rows)
        filled = _with_networks(rows, PaperForm(), roles)
        if not filled.validate():
            return _page(rows, filled, paper), 422
        now = today(current.now())
        if not now <= filled.until.data <= now + _HANGS_AT_MOST:
            refuse(filled.until, _("Välj en dag som kommer, inom ett år"))
            return _page(rows, filled, paper), 422
        role = roles[int(filled.network.data)]
        task = duties.note_paper(rows, role, paper.mark, paper.label, until=filled.until.data, now=current.now())
        note(rows, networks.network(rows, role.network_id), "paper.put_up", task.id or 0)
    return redirect(url_for("duties.page"), 303)


def _roles(rows: Session) -> dict[int, ContactPerson]:
    """By network, one role of whoever asks; NotFound for whoever has none."""
    actor = current.signed_in_actor()
    found = {
        role.network_id: role
        for network_id in sorted(actor.network_ids)
        for role in reversed(networks.contact_persons(rows, network_id))
        if role.person_id == actor.person_id
    }
    if not found:
        raise NotFound
    return found


def _paper(rows: Session) -> Paper:
    """What was printed; NotFound, also for what is in no network of theirs."""
    key, number = request.args.get("kort"), number_in(request.args.get("nr"))
    codes = networks.municipality_codes(rows, current.signed_in_actor().network_ids)
    if key is not None:
        titles = {card.key: card.texts["sv"].title for code in sorted(codes) for card in advice.cards(rows, code)}
        if key not in titles:
            raise NotFound
        return Paper(key, titles[key], today(current.now()) + _HANGS)
    if (about := request.args.get("brev")) is not None:
        return _letter(rows, about, codes)
    base_url = current.runtime().settings.installation.base_url
    story = alerts.story(rows, number, base_url=base_url, now=current.now())
    if story.municipality_code not in codes:
        raise NotFound
    until = max(in_sweden(story.ends_at).date(), today(current.now()))
    return Paper(f"nr {story.first.number}", f"{story.headline}, nr {story.first.number:04d}", until)


def _letter(rows: Session, about: str, codes: set[str]) -> Paper:
    code, _dot, month = about.partition(".")
    if code not in codes:
        raise NotFound
    first = letters.read_month(letters.approved(rows, code, month).month)
    label = f"Månadsbrevet för {month_in_words(first)}"
    return Paper(f"brev {about}", label, max(letters.hangs_until(first), today(current.now())))


def _with_networks(rows: Session, filled: PaperForm, roles: dict[int, ContactPerson]) -> PaperForm:
    names = networks.names(rows, set(roles))
    filled.network.choices = [(str(network_id), names[network_id]) for network_id in roles]
    if len(roles) == 1 and not filled.network.data:
        filled.network.data = str(next(iter(roles)))
    return filled


def _page(rows: Session, filled: PaperForm, paper: Paper) -> str:
    where = {name: request.args[name] for name in ("kort", "brev", "nr") if name in request.args}
    return render_template("duties/paper.html", form=filled, paper=paper, where=where)
