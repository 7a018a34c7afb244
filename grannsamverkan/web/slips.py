"""Slips with a code for a stairwell or a street, on paper: made, printed, called back."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from grannsamverkan import printing
from grannsamverkan.domain import audit, membership, networks, places
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.membership import MOST_SLIPS, SlipBatch
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden, whole_day_in_words
from grannsamverkan.printing import JoinCode
from grannsamverkan.web import access, current
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf

pages = Pages("slips")

_ASK = "Frågor? Ditt kontaktombud eller kommunen svarar."


class SlipsForm(FlaskForm):  # type: ignore[misc]
    """For whom, and how many."""

    unit = SelectField(_l("Gata eller trapphus"))
    number = IntegerField(
        _l("Antal lappar"),
        [
            InputRequired(_l("Skriv hur många lappar")),
            NumberRange(1, MOST_SLIPS, _l("Skriv ett tal från 1 till 200")),
        ],
        default=12,
    )


@pages.get("/omraden/<int:network_id>/lappar", may=Action.MAKE_SLIPS)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MAKE_SLIPS)
        return _page(rows, network, _form(rows, network))


@pages.post("/omraden/<int:network_id>/lappar", may=Action.MAKE_SLIPS)
def make(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MAKE_SLIPS)
        form = _form(rows, network)
        if not form.validate():
            return _page(rows, network, form), 422
        unit = networks.unit_of(rows, network_id, int(form.unit.data) or None)
        try:
            batch = membership.make_batch(
                rows,
                network,
                unit,
                slips=form.number.data,
                days=places.rules(rows, network.municipality_code).slip_days,
                account_id=current.signed_in_actor().account_id,
                now=current.now(),
            )
        except Refused:
            refuse(form.unit, _("Området är avslutat. Ingen kan gå med där."))
            return _page(rows, network, form), 422
        _note(rows, network, "slips.made", batch)
    return redirect(url_for("slips.page", network_id=network_id, ny=batch.id), 303)


@pages.post("/omraden/<int:network_id>/lappar/<int:batch_id>/dra-tillbaka", may=Action.MAKE_SLIPS)
def revoke(network_id: int, batch_id: int) -> ResponseReturnValue:
    """Nobody joins with these slips any more."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.MAKE_SLIPS)
        batch = membership.batch(rows, network_id, batch_id)
        if not is_confirmed():
            return _ask_to_revoke(rows, network, batch)
        membership.revoke(batch, now=current.now())
        _note(rows, network, "slips.revoked", batch)
    return redirect(url_for("slips.page", network_id=network_id), 303)


@pages.get("/omraden/<int:network_id>/lappar/<int:batch_id>/<paper>.pdf", may=Action.MAKE_SLIPS)
def paper(network_id: int, batch_id: int, paper: str) -> ResponseReturnValue:
    """`lappar`, `lappar-stora`, `anslag` or `valkommen`."""
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.MAKE_SLIPS)
        batch = membership.batch(rows, network_id, batch_id)
        unit = networks.unit_names(rows, [network_id]).get(batch.unit_id or 0, "")
        sender = places.served_municipality(rows, network.municipality_code).sender_name
    code = join_code(batch)
    number = _slips(batch)
    if paper in ("lappar", "lappar-stora"):
        per_page = 4 if paper == "lappar" else 2
        made = printing.slips(sender, network.name, unit, code, number=number, per_page=per_page, ask=_ASK)
    elif paper == "anslag":
        made = printing.stairwell_poster(sender, network.name, unit, code, ask=_ASK)
    elif paper == "valkommen":
        made = printing.newcomer_welcome(sender, network.name, code, ask=_ASK)
    else:
        raise NotFound
    return pdf(made, f"{paper}.pdf")


def _ask_to_revoke(rows: Session, network: WatchNetwork, batch: SlipBatch) -> str:
    part = networks.unit_names(rows, [network.id or 0]).get(batch.unit_id or 0, "")
    where = f"{network.name}, {part}" if part else network.name
    code = membership.codes.shown(batch.code)
    return ask(
        Question(
            _("Dra tillbaka koden %(code)s?", code=code),
            [
                _("Lapparna med koden slutar gälla, också de som redan är utdelade. Det går inte att ångra."),
                ngettext("Ett hushåll har gått med med koden.", "%(num)d hushåll har gått med med koden.", batch.uses)
                if batch.uses
                else _("Ingen har gått med med koden än."),
            ],
            ngettext(
                "Dra tillbaka en lapp för %(place)s",
                "Dra tillbaka %(num)d lappar för %(place)s",
                _slips(batch),
                place=where,
            ),
            url_for("slips.page", network_id=network.id),
        )
    )


def _slips(batch: SlipBatch) -> int:
    """How many slips of the batch are printed."""
    return max(1, batch.most_uses - 5)


def join_code(batch: SlipBatch) -> JoinCode:
    """The batch's code as paper needs it."""
    base_url = current.runtime().settings.installation.base_url
    return JoinCode(
        shown=membership.codes.shown(batch.code),
        url=f"{base_url}{url_for('join.start')}?{urlencode({'kod': batch.code})}",
        until=whole_day_in_words(in_sweden(batch.expires_at).date()),  # paper is Swedish, whoever prints it
    )


def _page(rows: Session, network: WatchNetwork, form: SlipsForm) -> str:
    made = membership.batches(rows, network.id or 0)
    return render_template(
        "slips/page.html",
        network=network,
        form=form,
        batches=made,
        names=networks.unit_names(rows, [network.id or 0]),
        shown=membership.codes.shown,
        is_usable=lambda batch: membership.is_usable(batch, current.now()),
        newest=request.args.get("ny", ""),
    )


def _form(rows: Session, network: WatchNetwork) -> SlipsForm:
    form = SlipsForm()
    units = [(str(unit_id), name) for unit_id, name in networks.current_unit_names(rows, network.id or 0)]
    form.unit.choices = [("0", _("Hela området")), *units]
    return form


def _note(rows: Session, network: WatchNetwork, act: str, batch: SlipBatch) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="network",
        thing_id=network.id or 0,
        municipality_code=network.municipality_code,
        batch=batch.id or 0,
    )
