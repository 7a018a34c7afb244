"""Lists kept elsewhere: chosen, looked at, taken in and taken back."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlmodel import Session

from grannsamverkan import sheets, tidings
from grannsamverkan.domain import audit, networks, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.membership import ImportState, MemberImport, lists
from grannsamverkan.domain.networks import Shows, WatchNetwork
from grannsamverkan.domain.notices import Change, words
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.sheets import LARGEST_BYTES, Sheet
from grannsamverkan.web import access, current, import_words
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.csv_files import csv_answer
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.import_shown import DecisionForm, note, shown
from grannsamverkan.web.pages import Pages

pages = Pages("imports")

_AROUND_THE_FILE = 100_000  # bytes that a form has beside its file
_COLUMN = "kolumn-"


class ListForm(FlaskForm):  # type: ignore[misc]
    """The file."""

    file = FileField(_l("Listan"))


@pages.get("/omraden/<int:network_id>/listor", may=Action.IMPORT_MEMBERS)
def page(network_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        return _page(rows, network, ListForm())


@pages.post(
    "/omraden/<int:network_id>/listor", may=Action.IMPORT_MEMBERS, largest_body=LARGEST_BYTES + _AROUND_THE_FILE
)
def bring(network_id: int) -> ResponseReturnValue:
    """The file is read in memory and never kept; what may be kept of it waits a day, sealed, to be looked at."""
    form = ListForm()
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        sheet = _sheet(form)
        if sheet is None:
            return _page(rows, network, form), 422
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        try:
            brought = lists.stage(
                rows,
                network,
                [(row.number, row.cells) for row in sheet.rows],
                account_id=current.signed_in_actor().account_id,
                now=current.now(),
            )
        except Refused as refused:
            refuse(form.file, import_words.sheet_words(refused))
            return _page(rows, network, form), 422
        brought.facts = {**brought.facts, "other_sheets": sheet.other_sheets}
        note(rows, network, "list.brought", brought, {"kind": sheet.kind.value, **brought.facts})
    return redirect(url_for("imports.one", network_id=network_id, import_id=brought.id), 303)


def _sheet(form: ListForm) -> Sheet | None:
    given = request.files.get("file")
    if not form.validate() or given is None or not given.filename:
        refuse(form.file, _("Välj en fil"))
        return None
    try:
        return sheets.read(given.stream.read())
    except Refused as refused:
        refuse(form.file, import_words.sheet_words(refused))
        return None


@pages.get("/omraden/<int:network_id>/listor/mall.csv", may=Action.IMPORT_MEMBERS)
def template(network_id: int) -> ResponseReturnValue:
    """An empty list with headings that are understood."""
    with current.runtime().database.read() as rows:
        access.network(rows, network_id, Action.IMPORT_MEMBERS)
    return csv_answer([TEMPLATE_HEADINGS], "lista.csv")


TEMPLATE_HEADINGS = (
    *("Namn", "Gata", "Husnummer", "Lägenhet", "Trapphus", "Mobil", "Mobil 2", "Fast telefon", "E-post"),
    *("Medgivande datum", "Medgivande källa"),
)


@pages.get("/omraden/<int:network_id>/listor/<int:import_id>", may=Action.IMPORT_MEMBERS)
def one(network_id: int, import_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.member_import(rows, network_id, import_id)
        return shown(rows, network, brought)


@pages.post("/omraden/<int:network_id>/listor/<int:import_id>/kolumner", may=Action.IMPORT_MEMBERS)
def choose(network_id: int, import_id: int) -> ResponseReturnValue:
    """What each column means."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.member_import(rows, network_id, import_id)
        try:
            lists.choose(
                rows,
                brought,
                _chosen(),
                has_headings=request.form.get("rubriker") == "y",
                consent_source=" ".join(request.form.get("medgivanden", "").split())[:100],
            )
        except Refused as refused:
            if refused.code != "column_chosen_twice":
                return redirect(url_for("imports.one", network_id=network_id, import_id=import_id), 303)
            wrong = (f"{_COLUMN}{refused.facts['column']}", _("En kolumn till är redan vald som det här"))
            return shown(rows, network, brought, faults=[wrong]), 422
    return redirect(url_for("imports.one", network_id=network_id, import_id=import_id), 303)


def _chosen() -> dict[int, lists.Meaning]:
    meanings = {meaning.value: meaning for meaning in lists.CHOICES}
    return {
        int(name.removeprefix(_COLUMN)): meanings[value]
        for name, value in request.form.items()
        if name.startswith(_COLUMN) and name.removeprefix(_COLUMN).isdecimal() and len(name) < 12 and value in meanings
    }


@pages.post("/omraden/<int:network_id>/listor/<int:import_id>/ta-in", may=Action.IMPORT_MEMBERS)
def take_in(network_id: int, import_id: int) -> ResponseReturnValue:
    """All of it or nothing; `sett` says which plan was looked at, `utan` how many rows stay out."""
    form = DecisionForm()
    left_out = request.form.get("utan", "0")
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.member_import(rows, network_id, import_id)
        if not form.validate():
            return shown(rows, network, brought, form), 422
        decision = lists.Decision(
            seen=request.form.get("sett", ""),
            left_out=int(left_out[:6]) if left_out[:6].isdecimal() else 0,
            shows=Shows(form.shows.data),
            source=" ".join((form.source.data or "").split()),
        )
        keep = timedelta(days=current.runtime().settings.retention.imports_days)
        try:
            brought, made = lists.apply(rows, network_id, import_id, decision, keep=keep, now=current.now())
        except Refused as refused:
            refuse(form.source, import_words.refusal_words(refused))
            return shown(rows, network, brought, form), 422
        if made is not None:
            note(rows, network, "list.taken_in", brought, brought.facts)
            _note_view(rows, network, made)
    return redirect(url_for("imports.one", network_id=network_id, import_id=import_id), 303)


@pages.post("/omraden/<int:network_id>/listor/<int:import_id>/angra", may=Action.IMPORT_MEMBERS)
def undo(network_id: int, import_id: int) -> ResponseReturnValue:
    """Take the list back, within a day."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.locked(rows, network_id, import_id)
        if lists.may_be_undone(brought, now=current.now()) and not is_confirmed():
            return _ask_to_undo(network, brought)
        warned = targeting.meant(rows, lists.made_households(rows, brought))
        try:
            undone = lists.undo(rows, network_id, import_id, warned=warned, now=current.now())
        except Refused as refused:
            return shown(rows, network, brought, faults=[("angra", import_words.refusal_words(refused))]), 422
        if undone is not None:
            code = network.municipality_code
            said = words.changed(tidings.sender_of(rows, code), Change.REMOVED)
            tidings.goodbye(
                current.runtime(), rows, undone.addresses, undone.addresses, code, said, key=Change.REMOVED.value
            )
            note(rows, network, "list.taken_back", brought, {"gone": undone.gone, "kept": undone.kept})
    return redirect(url_for("imports.one", network_id=network_id, import_id=import_id), 303)


@pages.post("/omraden/<int:network_id>/listor/<int:import_id>/kasta", may=Action.IMPORT_MEMBERS)
def discard(network_id: int, import_id: int) -> ResponseReturnValue:
    """Forget what is nobody's: a list that waits, or those who were to be asked."""
    with current.runtime().database.write() as rows:
        network = access.network(rows, network_id, Action.IMPORT_MEMBERS)
        brought = lists.locked(rows, network_id, import_id)
        waited = brought.state is ImportState.PREVIEW
        if not is_confirmed():
            return _ask_to_discard(rows, network, brought)
        gone = lists.discard(rows, brought)
        note(rows, network, "list.discarded", brought, {"rows": gone})
    if waited:
        return redirect(url_for("imports.page", network_id=network_id), 303)
    return redirect(url_for("imports.one", network_id=network_id, import_id=import_id), 303)


def _ask_to_undo(network: WatchNetwork, brought: MemberImport) -> str:
    what = import_words.taken_words(brought.facts.get("households", 0), brought.facts.get("letters", 0))
    return ask(
        Question(
            _("Ångra listan för %(place)s?", place=network.name),
            [_("De som kom med av listan tas bort. Den som själv har ändrat något blir kvar.")],
            _("Ångra och ta bort %(what)s från %(place)s", what=what, place=network.name),
            url_for("imports.one", network_id=network.id, import_id=brought.id),
        )
    )


def _ask_to_discard(rows: Session, network: WatchNetwork, brought: MemberImport) -> str:
    back = url_for("imports.one", network_id=network.id, import_id=brought.id)
    gone = [_("Uppgifterna raderas. Det går inte att ångra.")]
    if brought.state is ImportState.PREVIEW:
        number = int(brought.facts.get("rows", 0))
        yes = ngettext(
            "Kasta listan för %(place)s med en rad",
            "Kasta listan för %(place)s med %(num)d rader",
            number,
            place=network.name,
        )
        return ask(Question(_("Kasta listan?"), gone, yes, back))
    written = sum(len(one.recipients) for one in lists.letter_batches(rows, brought))
    number = written + lists.waiting_letters(rows, brought)
    yes = ngettext(
        "Radera uppgifterna till ett brev i %(place)s",
        "Radera uppgifterna till %(num)d brev i %(place)s",
        number,
        place=network.name,
    )
    return ask(Question(_("Radera uppgifterna till breven?"), gone, yes, back))


def _note_view(rows: Session, network: WatchNetwork, household_ids: list[int]) -> None:
    """Whoever took the list in has seen what it says of them, and they can read that."""
    actor = current.signed_in_actor()
    audit.note_view(
        rows,
        now=current.now(),
        account_id=actor.account_id,
        role=actor.role.value,
        what="import",
        municipality_code=network.municipality_code,
        network_id=network.id or 0,
        household_ids=household_ids,
    )


def _page(rows: Session, network: WatchNetwork, form: ListForm) -> str:
    return render_template(
        "imports/page.html",
        network=network,
        form=form,
        brought=lists.imports(rows, network.id or 0),
        may_be_undone=lambda row: lists.may_be_undone(row, now=current.now()),
        has_parts=bool(networks.units(rows, network.id or 0)),
    )
