"""The year's tips of a municipality: what goes when, looked at and approved, put off, ended, and what has gone."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from grannsamverkan import advice_round
from grannsamverkan.domain import advice, alerts, audit, networks, places, targeting
from grannsamverkan.domain.accounts import Action, Thing
from grannsamverkan.domain.advice import Card, EntryState, PlanEntry, PlanRun, Rule, RunState
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import Conflict, NotFound, Refused
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import current
from grannsamverkan.web.alert_preview import ShownSms, shown
from grannsamverkan.web.alert_words import left_out_words
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.forms import refuse
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import language
from grannsamverkan.web.i18n import lazy_gettext as _l
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import is_neighbour

pages = Pages("advice_calendar")

_AHEAD = timedelta(days=396)  # thirteen months
_MOST_RUNS = 50
_BY = "/rad/kalender/<int:entry_id>"


class EntryForm(FlaskForm):  # type: ignore[misc]
    """`when` is in words (advice.EXAMPLES)."""

    card_key = SelectField(_l("Råd"), [InputRequired(_l("Välj ett råd"))])
    when = StringField(_l("När?"), [InputRequired(_l("Skriv när det ska gå ut")), Length(max=120)])
    past_red_days = BooleanField(_l("Är dagen röd går det nästa vardag i stället"))
    network_kind = RadioField(
        _l("Till vilka områden?"),
        choices=[("", _l("Alla")), ("villa", _l("Villaområden")), ("apartment", _l("Flerfamiljshus"))],
    )
    version = HiddenField()


@dataclass(frozen=True)
class Line:
    """A due time of an entry that lies ahead."""

    at: datetime
    entry: PlanEntry
    title: str
    is_skipped: bool
    holds: bool


@dataclass(frozen=True)
class Looked:
    """An entry as it is looked at before it is approved: its words, whom it would reach today, and what that costs.

    `content` is what an approval is bound to.
    """

    entry: PlanEntry
    card: Card
    rule_words: str
    sms: ShownSms
    reach: targeting.Reach
    cost_kronor: float
    networks: int
    content: str
    holds: bool


# ----------------------------------------------------------------------------------------------------------- look


@pages.get("/rad/kalender", may=Action.SEE_ADVICE)
def index() -> ResponseReturnValue:
    """`?kommun=` one of those in reach; without it the first that has planned anything."""
    now = current.now()
    with current.runtime().database.read() as rows:
        chosen = _chosen(rows, planned=advice.planned_in(rows))
        cards = _cards(rows, chosen.code)
        entries = advice.entries(rows, chosen.code)
        runs = advice.runs(rows, [row.id or 0 for row in entries])
        months = _months(entries, runs, cards, now)
        return render_template(
            "advice/calendar.html",
            municipality=chosen,
            others=[row for row in _reached(rows) if row.code != chosen.code],
            months=months,
            paused=[row for row in entries if row.state is EntryState.PAUSED],
            drafts=sum(row.state is EntryState.DRAFT for row in entries),
            runs=[row for row in runs if row.due_at <= now or row.state is not RunState.SKIPPED][:_MOST_RUNS],
            by_id={row.id: row for row in entries},
            titles={key: title_of(card) for key, card in cards.items()},
            has_preset=not {key for key, _when, _kind in advice.PRESET} - {row.card_key for row in entries},
            rule_words=rule_words,
            kind_words=kind_words,
            run_words=run_words,
        )


@pages.get(_BY, may=Action.SEE_ADVICE)
def page(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        entry = _entry(rows, entry_id, Action.SEE_ADVICE)
        return _page(rows, entry)


def _page(rows: Session, entry: PlanEntry) -> str:
    now = current.now()
    cards = _cards(rows, entry.municipality_code)
    runs = advice.runs(rows, [entry.id or 0])
    card = cards.get(entry.card_key)
    return render_template(
        "advice/entry.html",
        entry=entry,
        title=title_of(card) if card else _("Rådet används inte längre"),
        looked=_look(rows, entry, card, _active(rows, entry.municipality_code)) if card else None,
        rule_words=rule_words,
        kind_words=kind_words,
        run_words=run_words,
        left_out_words=left_out_words,
        runs=[row for row in runs if row.state is not RunState.SKIPPED or row.due_at <= now],
        skipped=[row for row in runs if row.state is RunState.SKIPPED and row.due_at > now],
        sees_numbers=not is_neighbour(current.signed_in_actor()),  # else one household would show in them
        SMS=ChannelKind.SMS,
        EMAIL=ChannelKind.EMAIL,
    )


def _months(
    entries: list[PlanEntry], runs: list[PlanRun], cards: Mapping[str, Card], now: datetime
) -> list[tuple[date, list[Line]]]:
    """The year ahead, each month with what is due in it, also the skipped; those without anything too. It ends in the
    month that it begins in, so that what was due earlier in this month is seen next year."""
    skipped = {(row.entry_id, row.due_at) for row in runs if row.state is RunState.SKIPPED}
    first = in_sweden(now).date().replace(day=1)
    found: dict[date, list[Line]] = {_month_after(first, number): [] for number in range(13)}
    for row in entries:
        card = cards.get(row.card_key)
        if row.state is EntryState.ENDED and not any(one[0] == row.id for one in skipped):
            continue
        for at in advice.due_between(advice.rule_of(row), now, now + _AHEAD):
            is_skipped = (row.id or 0, at) in skipped
            month = in_sweden(at).date().replace(day=1)
            if month in found and (is_skipped or row.state is not EntryState.ENDED):
                title = title_of(card) if card else _("Rådet används inte längre")
                found[month].append(Line(at, row, title, is_skipped, card is not None and advice.holds(row, card)))
    return [(month, sorted(lines, key=lambda line: (line.at, line.entry.id))) for month, lines in found.items()]


def _month_after(first: date, number: int) -> date:
    whole = first.year * 12 + first.month - 1 + number
    return date(whole // 12, whole % 12 + 1, 1)


def _look(rows: Session, entry: PlanEntry, card: Card, active: Mapping[NetworkKind, int]) -> Looked:
    """Counted with the conditions that the sending has, in one question for each; `active` networks by kind."""
    code, now = entry.municipality_code, current.now()
    draft = advice_round.draft_of(code, card)
    prepared = alerts.word_advice_sms(draft, places.municipality(rows, code).name, 0)
    reached = targeting.reach_planned(rows, code, entry.network_kind, card.key, now=now)
    per_part = current.runtime().settings.sms.kronor_per_part
    return Looked(
        entry=entry,
        card=card,
        rule_words=rule_words(entry),
        sms=shown(prepared, "Grannsamverkan"),
        reach=reached,
        cost_kronor=reached.copies.get(ChannelKind.SMS, 0) * prepared.parts * per_part,
        networks=sum(number for kind, number in active.items() if entry.network_kind in (None, kind)),
        content=advice.content_of(entry, card),
        holds=advice.holds(entry, card),
    )


def _active(rows: Session, code: str) -> dict[NetworkKind, int]:
    """How many of the municipality's networks are active, by kind."""
    found = networks.cards(rows, [code])
    return Counter(card.kind for card in found if card.state is NetworkState.ACTIVE)


# ----------------------------------------------------------------------------------------------------------- plan


@pages.post("/rad/kalender/forval", may=Action.PLAN_ADVICE)
def preset() -> ResponseReturnValue:
    """The year that most begin with, as drafts; pressed twice, it is made once."""
    with current.runtime().database.write() as rows:
        chosen = _chosen(rows)
        account_id = current.signed_in_actor().account_id
        made = advice.add_preset(rows, chosen.code, account_id=account_id, now=current.now())
        if made:
            _note(rows, chosen.code, "advice.preset", 0)
    return redirect(url_for("advice_calendar.index", kommun=chosen.code), 303)


@pages.get("/rad/kalender/ny", may=Action.PLAN_ADVICE)
def compose() -> ResponseReturnValue:
    """`?kort=` the card that is chosen from the start."""
    with current.runtime().database.read() as rows:
        chosen = _chosen(rows)
        form = _form(rows, chosen, EntryForm(formdata=None, network_kind="", past_red_days=True))
        if any(key == request.args.get("kort") for key, _title in form.card_key.choices):
            form.card_key.data = request.args["kort"]
        return _form_page(chosen, form, None)


@pages.post("/rad/kalender/ny", may=Action.PLAN_ADVICE)
def add() -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        chosen = _chosen(rows)
        form = _form(rows, chosen, EntryForm())
        rule = _rule(form)
        if rule is None:
            return _form_page(chosen, form, None), 422
        try:
            entry = advice.add_entry(
                rows,
                chosen.code,
                form.card_key.data,
                rule,
                network_kind=_kind(form),
                account_id=current.signed_in_actor().account_id,
                now=current.now(),
            )
        except Refused:
            refuse(form.when, _("Den dagen har redan varit"))
            return _form_page(chosen, form, None), 422
        _note(rows, chosen.code, "advice.planned", entry.id or 0)
        entry_id = entry.id
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.get(f"{_BY}/andra", may=Action.PLAN_ADVICE)
def edit(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE)
        chosen = places.municipality(rows, entry.municipality_code)
        rule = advice.rule_of(entry)
        filled = EntryForm(
            formdata=None,
            card_key=entry.card_key,
            when=advice.in_words(rule),
            past_red_days=rule.past_red_days,
            network_kind=entry.network_kind.value if entry.network_kind else "",
            version=entry.version,
        )
        return _form_page(chosen, _form(rows, chosen, filled), entry)


@pages.post(f"{_BY}/andra", may=Action.PLAN_ADVICE)
def change(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        chosen = places.municipality(rows, entry.municipality_code)
        form = _form(rows, chosen, EntryForm())
        rule = _rule(form)
        if rule is None:
            return _form_page(chosen, form, entry), 422
        try:
            advice.change_entry(
                rows,
                entry,
                card_key=form.card_key.data,
                rule=rule,
                network_kind=_kind(form),
                version=_version(form.version.data),
                now=current.now(),
            )
        except Refused:
            refuse(form.when, _("Den dagen har redan varit"))
            return _form_page(chosen, form, entry), 422
        except Conflict:
            refuse(form.when, _("Någon annan har ändrat det här. Spara igen om din ändring ska gälla."))
            form.version.data = str(entry.version)
            return _form_page(chosen, form, entry), 409
        _note(rows, chosen.code, "advice.changed", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


# -------------------------------------------------------------------------------------------------------- approve


@pages.post(f"{_BY}/godkann", may=Action.PLAN_ADVICE)
def approve(entry_id: int) -> ResponseReturnValue:
    """As it was looked at; pressed twice it stays approved."""
    with current.runtime().database.write() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        _approve(rows, entry, request.form.get("innehall", ""))
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.get("/rad/kalender/godkann", may=Action.PLAN_ADVICE)
def look_at_all() -> ResponseReturnValue:
    """Every draft with its words, to be looked through and approved at once."""
    with current.runtime().database.read() as rows:
        return _all_page(rows, _chosen(rows))


@pages.post("/rad/kalender/godkann", may=Action.PLAN_ADVICE)
def approve_all() -> ResponseReturnValue:
    """Those that are ticked; each carries what was looked at."""
    with current.runtime().database.write() as rows:
        chosen = _chosen(rows)
        ticked = [value.partition(":") for value in request.form.getlist("utskick")]
        if not ticked:
            return _all_page(rows, chosen, fault=_("Kryssa för det du har läst och vill godkänna")), 422
        for entry_id, _colon, content in ticked:
            number = _version(entry_id)
            _approve(rows, _entry(rows, number, Action.PLAN_ADVICE, to_change=True), content)
    return redirect(url_for("advice_calendar.index", kommun=chosen.code), 303)


def _all_page(rows: Session, chosen: Municipality, *, fault: str = "") -> str:
    cards = _cards(rows, chosen.code)
    drafts = [row for row in advice.entries(rows, chosen.code) if row.state is EntryState.DRAFT]
    active = _active(rows, chosen.code)
    looked = [_look(rows, row, cards[row.card_key], active) for row in drafts if row.card_key in cards]
    return render_template(
        "advice/approve.html",
        municipality=chosen,
        looked=looked,
        fault=fault,
        kind_words=kind_words,
        title_of=title_of,
        SMS=ChannelKind.SMS,
        EMAIL=ChannelKind.EMAIL,
    )


def _approve(rows: Session, entry: PlanEntry, content: str) -> None:
    account_id, now = current.signed_in_actor().account_id, current.now()
    card = advice.card(rows, entry.municipality_code, entry.card_key)
    if advice.approve_entry(rows, entry, card, content=content, account_id=account_id, now=now):
        _note(rows, entry.municipality_code, "advice.approved", entry.id or 0)


# -------------------------------------------------------------------------------------------- pause, skip and end


@pages.post(f"{_BY}/paus", may=Action.PLAN_ADVICE)
def pause(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        advice.pause(rows, entry, version=entry.version)
        _note(rows, entry.municipality_code, "advice.paused", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/fortsatt", may=Action.PLAN_ADVICE)
def resume(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        advice.resume(rows, entry, version=entry.version, now=current.now())
        _note(rows, entry.municipality_code, "advice.resumed", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/hoppa", may=Action.PLAN_ADVICE)
def skip(entry_id: int) -> ResponseReturnValue:
    """`dag` is the due time that is let pass."""
    with current.runtime().database.write() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        account_id = current.signed_in_actor().account_id
        if advice.skip_next(rows, entry, _due_at(), account_id=account_id, now=current.now()):
            _note(rows, entry.municipality_code, "advice.skipped", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/hoppa-inte", may=Action.PLAN_ADVICE)
def unskip(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        if advice.unskip(rows, entry, _due_at(), now=current.now()):
            _note(rows, entry.municipality_code, "advice.unskipped", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/avsluta", may=Action.PLAN_ADVICE)
def end(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        code = entry.municipality_code
        if not is_confirmed():
            return ask(_end_question(rows, entry))
        advice.end(rows, entry, version=entry.version)
        _note(rows, code, "advice.ended", entry_id)
    return redirect(url_for("advice_calendar.index", kommun=code), 303)


def _end_question(rows: Session, entry: PlanEntry) -> Question:
    title = _title(rows, entry)
    return Question(
        _("Avsluta utskicket?"),
        [_("”%(title)s” går aldrig ut igen härifrån. Det som har gått ut finns kvar.", title=title)],
        _("Avsluta ”%(title)s”", title=title),
        url_for("advice_calendar.page", entry_id=entry.id),
    )


@pages.post(f"{_BY}/skicka", may=Action.PLAN_ADVICE)
def send_missed(entry_id: int) -> ResponseReturnValue:
    """What was missed goes out now, after a question that names it and how many."""
    due_at = _due_at()
    with current.runtime().database.read() as rows:
        entry = _entry(rows, entry_id, Action.PLAN_ADVICE)
        if advice.run(rows, entry_id, due_at).state is RunState.SKIPPED:
            raise NotFound
        if not is_confirmed():
            return ask(_send_question(rows, entry, due_at))
    account_id = current.signed_in_actor().account_id
    content = request.form.get("innehall", "")
    alert_id = advice_round.send_missed(current.runtime(), entry_id, due_at, account_id=account_id, content=content)
    if alert_id is None:
        return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)
    return redirect(url_for("live.page", alert_id=alert_id), 303)


def _send_question(rows: Session, entry: PlanEntry, due_at: datetime) -> Question:
    card = advice.card(rows, entry.municipality_code, entry.card_key)
    looked = _look(rows, entry, card, _active(rows, entry.municipality_code))
    number = looked.reach.reached
    return Question(
        _("Skicka ”%(title)s” nu?", title=title_of(card)),
        [
            _("Det går till %(num)d hushåll.", num=number),
            _("Sms:et lyder: %(words)s", words=card.texts["sv"].sms),
            _("Det går inte att ångra när det har börjat."),
        ],
        _("Skicka rådet till %(num)d hushåll", num=number),
        url_for("advice_calendar.page", entry_id=entry.id),
        [("dag", due_at.isoformat()), ("innehall", looked.content)],
    )


# ---------------------------------------------------------------------------------------------------------- words


def title_of(card: Card) -> str:
    """In the language of the page."""
    return card.texts.get(language(), card.texts["sv"]).title


def rule_words(entry: PlanEntry) -> str:
    """första tisdagen i april kl 18: Swedish for everybody, as it is written."""
    return advice.in_words(advice.rule_of(entry))


def kind_words(kind: NetworkKind | None) -> str:
    return {
        None: _("Alla områden"),
        NetworkKind.VILLA: _("Villaområden"),
        NetworkKind.APARTMENT: _("Flerfamiljshus"),
    }[kind]


def run_words(state: RunState) -> str:
    return {RunState.ISSUED: _("Gick ut"), RunState.SKIPPED: _("Hoppades över"), RunState.MISSED: _("Missades")}[state]


# ----------------------------------------------------------------------------------------------------------- find


def _reached(rows: Session) -> list[Municipality]:
    """The served municipalities in reach: a contact person's are those of their networks."""
    actor = current.signed_in_actor()
    mine: Iterable[str] = actor.municipality_codes
    if is_neighbour(actor):
        mine = networks.municipality_codes(rows, actor.network_ids)
    codes = set(mine)
    return [row for row in current.served_municipalities() if row.code in codes]


def _chosen(rows: Session, *, planned: Collection[str] = ()) -> Municipality:
    """`?kommun=` one of those in reach, else one of `planned` before the others; NotFound."""
    wanted = request.args.get("kommun")
    found = [row for row in _reached(rows) if wanted in (None, row.code)]
    if not found:
        raise NotFound
    return next((row for row in found if row.code in planned), found[0])


def _entry(rows: Session, entry_id: int, action: Action, *, to_change: bool = False) -> PlanEntry:
    """NotFound: there is none, or it is out of reach."""
    entry = advice.entry(rows, entry_id, to_change=to_change)
    if is_neighbour(current.signed_in_actor()):
        if entry.municipality_code not in {row.code for row in _reached(rows)}:
            raise NotFound
    elif not current.may(action, Thing(entry.municipality_code)):
        raise NotFound
    return entry


def _cards(rows: Session, code: str) -> dict[str, Card]:
    return {card.key: card for card in advice.cards(rows, code)}


def _title(rows: Session, entry: PlanEntry) -> str:
    card = _cards(rows, entry.municipality_code).get(entry.card_key)
    return title_of(card) if card else _("Rådet används inte längre")


def _due_at() -> datetime:
    """`dag`; NotFound for what is no time."""
    try:
        found = datetime.fromisoformat(request.form.get("dag", ""))
    except ValueError:
        raise NotFound from None
    if found.tzinfo is None:
        raise NotFound
    return found


def _version(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _form(rows: Session, chosen: Municipality, form: EntryForm) -> EntryForm:
    form.card_key.choices = [(card.key, title_of(card)) for card in advice.cards(rows, chosen.code)]
    return form


def _rule(form: EntryForm) -> Rule | None:
    """What the form says; None when it has faults."""
    if not form.validate():
        return None
    try:
        return advice.read_rule(form.when.data, past_red_days=form.past_red_days.data)
    except Refused:
        refuse(form.when, _("Vi förstår inte när. Skriv som i exemplen."))
        return None


def _kind(form: EntryForm) -> NetworkKind | None:
    return NetworkKind(form.network_kind.data) if form.network_kind.data else None


def _form_page(chosen: Municipality, form: EntryForm, entry: PlanEntry | None) -> str:
    return render_template("advice/form.html", municipality=chosen, form=form, entry=entry, examples=advice.EXAMPLES)


def _note(rows: Session, code: str, act: str, entry_id: int) -> None:
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=act,
        thing="plan_entry",
        thing_id=entry_id,
        municipality_code=code,
    )
