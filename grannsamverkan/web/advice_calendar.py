"""The year's tips of a municipality: what goes when, looked at and approved, put off, ended, and what has gone. A line
of it is written in advice_entries.py."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import advice_round, deciding
from grannsamverkan.domain import advice, alerts, networks, places, targeting
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.advice import Card, EntryState, PlanEntry, PlanRun, RunState
from grannsamverkan.domain.networks import NetworkKind, NetworkState
from grannsamverkan.domain.places import Municipality
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web import current
from grannsamverkan.web.advice_finding import (
    cards_of,
    chosen_in,
    entry_of,
    note,
    number_in,
    reached,
    title_in,
    title_of,
)
from grannsamverkan.web.alert_preview import ShownSms, shown
from grannsamverkan.web.alert_words import left_out_words
from grannsamverkan.web.confirming import Question, ask, is_confirmed
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.reach import is_neighbour

pages = Pages("advice_calendar")

_AHEAD = timedelta(days=396)  # thirteen months
_MOST_RUNS = 50
_BY = "/rad/kalender/<int:entry_id>"


@dataclass(frozen=True)
class Line:
    """A due time of an entry that lies ahead. `carrier`: the first of its day, in whose message it goes."""

    at: datetime
    entry: PlanEntry
    title: str
    is_skipped: bool
    holds: bool
    carrier: "Line | None" = None

    @property
    def goes(self) -> bool:
        """Whether nothing keeps it from going."""
        return self.entry.state is EntryState.APPROVED and self.holds and not self.is_skipped


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
    is_welcome: bool


# ----------------------------------------------------------------------------------------------------------- look


@pages.get("/rad/kalender", may=Action.SEE_ADVICE)
def index() -> ResponseReturnValue:
    """`?kommun=` one of those in reach; without it the first that has planned anything."""
    now = current.now()
    with current.runtime().database.read() as rows:
        chosen = chosen_in(rows, planned=advice.planned_in(rows))
        cards = cards_of(rows, chosen.code)
        entries = advice.entries(rows, chosen.code)
        runs = advice.runs(rows, [row.id or 0 for row in entries])
        months = _months(entries, runs, cards, now)
        planned = {row.card_key for row in entries if advice.is_on_calendar(row)}
        return render_template(
            "advice/calendar.html",
            municipality=chosen,
            others=[row for row in reached(rows) if row.code != chosen.code],
            months=months,
            paused=[row for row in entries if row.state is EntryState.PAUSED],
            drafts=sum(row.state is EntryState.DRAFT for row in entries),
            runs=[row for row in runs if row.due_at <= now or row.state is not RunState.SKIPPED][:_MOST_RUNS],
            by_id={row.id: row for row in entries},
            titles={key: title_of(card) for key, card in cards.items()},
            has_preset=not {key for key, _when, _kind in advice.PRESET} - planned,
            welcomes=[row for row in entries if advice.is_welcome(row) and row.state is not EntryState.ENDED],
            proposals=[row for row in entries if row.about_alert_id and row.state is EntryState.DRAFT],
            numbers=_numbers(rows, entries),
            cards=cards,
            holds=advice.holds,
            rule_words=rule_words,
            kind_words=kind_words,
            run_words=run_words,
        )


@pages.get(_BY, may=Action.SEE_ADVICE)
def page(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.read() as rows:
        entry = entry_of(rows, entry_id, Action.SEE_ADVICE)
        return _page(rows, entry)


def _page(rows: Session, entry: PlanEntry) -> str:
    now = current.now()
    cards = cards_of(rows, entry.municipality_code)
    runs = advice.runs(rows, [entry.id or 0])
    card = cards.get(entry.card_key)
    counts = not is_neighbour(current.signed_in_actor())  # else one household would show in the numbers
    active = _active(rows, entry.municipality_code) if counts else {}
    return render_template(
        "advice/entry.html",
        entry=entry,
        title=title_of(card) if card else _("Rådet används inte längre"),
        looked=_look(rows, entry, card, active, counts=counts) if card else None,
        about=_numbers(rows, [entry]).get(entry.about_alert_id),
        is_welcome=advice.is_welcome(entry),
        rule_words=rule_words,
        kind_words=kind_words,
        run_words=run_words,
        left_out_words=left_out_words,
        runs=[row for row in runs if row.state is not RunState.SKIPPED or row.due_at <= now],
        skipped=[row for row in runs if row.state is RunState.SKIPPED and row.due_at > now],
        sees_numbers=counts,
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
    return [(month, _with_carriers(lines)) for month, lines in found.items()]


def _with_carriers(lines: list[Line]) -> list[Line]:
    """In the order of time, those that go in another's message with that."""
    ordered = sorted(lines, key=lambda line: (line.at, line.entry.id))
    going: dict[date, list[Line]] = {}
    for line in ordered:
        if line.goes:
            going.setdefault(in_sweden(line.at).date(), []).append(line)
    carriers = {id(other): day[0] for day in going.values() for other in day[1 : targeting.MOST_IN_ONE]}
    return [replace(line, carrier=carriers.get(id(line))) for line in ordered]


def _month_after(first: date, number: int) -> date:
    whole = first.year * 12 + first.month - 1 + number
    return date(whole // 12, whole % 12 + 1, 1)


def _look(
    rows: Session, entry: PlanEntry, card: Card, active: Mapping[NetworkKind, int], *, counts: bool = True
) -> Looked:
    """Counted with the conditions that the sending has, in one question for each, or not at all where nobody is to see
    the numbers; `active` networks by kind."""
    code, now = entry.municipality_code, current.now()
    draft = advice_round.draft_of(code, card)
    prepared = alerts.word_advice_sms(draft, places.municipality(rows, code).name, 0)
    about, kind = entry.about_alert_id, entry.network_kind
    reached = targeting.Reach(0)
    if counts:
        reached = targeting.reach_planned(rows, code, kind, card.key, now=now, about_alert_id=about)
    per_part = current.runtime().settings.sms.kronor_per_part
    return Looked(
        entry=entry,
        card=card,
        rule_words=rule_words(entry),
        sms=shown(prepared, "Grannsamverkan"),
        reach=reached,
        cost_kronor=reached.copies.get(ChannelKind.SMS, 0) * prepared.parts * per_part,
        networks=len(advice_round.networks_for(rows, entry)) if about else _of_kind(active, kind),
        content=advice.content_of(entry, card),
        holds=advice.holds(entry, card),
        is_welcome=advice.is_welcome(entry),
    )


def _of_kind(active: Mapping[NetworkKind, int], wanted: NetworkKind | None) -> int:
    return sum(number for kind, number in active.items() if wanted in (None, kind))


def _numbers(rows: Session, entries: list[PlanEntry]) -> dict[int | None, int]:
    """The numbers of the warnings that entries follow, by the warning's id."""
    about = [row.about_alert_id for row in entries if row.about_alert_id is not None]
    return dict(alerts.numbers_of(rows, about).items())


def _active(rows: Session, code: str) -> dict[NetworkKind, int]:
    """How many of the municipality's networks are active, by kind."""
    found = networks.cards(rows, [code])
    return Counter(card.kind for card in found if card.state is NetworkState.ACTIVE)


# ----------------------------------------------------------------------------------------------------------- plan


@pages.post("/rad/kalender/forval", may=Action.PLAN_ADVICE)
def preset() -> ResponseReturnValue:
    """The year that most begin with, as drafts; pressed twice, it is made once."""
    with current.runtime().database.write() as rows:
        chosen = chosen_in(rows)
        account_id = current.signed_in_actor().account_id
        made = advice.add_preset(rows, chosen.code, account_id=account_id, now=current.now())
        if made:
            note(rows, chosen.code, "advice.preset", 0)
    return redirect(url_for("advice_calendar.index", kommun=chosen.code), 303)


@pages.post("/rad/kalender/nya", may=Action.PLAN_ADVICE)
def welcome() -> ResponseReturnValue:
    """What newcomers are told first, as drafts; pressed twice, it is made once."""
    with current.runtime().database.write() as rows:
        chosen = chosen_in(rows)
        account_id = current.signed_in_actor().account_id
        if advice.add_welcome(rows, chosen.code, account_id=account_id, now=current.now()):
            note(rows, chosen.code, "advice.welcome", 0)
    return redirect(url_for("advice_calendar.index", kommun=chosen.code), 303)


# -------------------------------------------------------------------------------------------------------- approve


@pages.post(f"{_BY}/godkann", may=Action.PLAN_ADVICE)
def approve(entry_id: int) -> ResponseReturnValue:
    """As it was looked at; pressed twice it stays approved."""
    with current.runtime().database.write() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        _approve(rows, entry, request.form.get("innehall", ""))
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.get("/rad/kalender/godkann", may=Action.PLAN_ADVICE)
def look_at_all() -> ResponseReturnValue:
    """Every draft with its words, to be looked through and approved at once."""
    with current.runtime().database.read() as rows:
        return _all_page(rows, chosen_in(rows))


@pages.post("/rad/kalender/godkann", may=Action.PLAN_ADVICE)
def approve_all() -> ResponseReturnValue:
    """Those that are ticked; each carries what was looked at."""
    with current.runtime().database.write() as rows:
        chosen = chosen_in(rows)
        ticked = [value.partition(":") for value in request.form.getlist("utskick")]
        if not ticked:
            return _all_page(rows, chosen, fault=_("Kryssa för det du har läst och vill godkänna")), 422
        for entry_id, _colon, content in ticked:
            number = number_in(entry_id)
            _approve(rows, entry_of(rows, number, Action.PLAN_ADVICE, to_change=True), content)
    return redirect(url_for("advice_calendar.index", kommun=chosen.code), 303)


def _all_page(rows: Session, chosen: Municipality, *, fault: str = "") -> str:
    cards = cards_of(rows, chosen.code)
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
        note(rows, entry.municipality_code, "advice.approved", entry.id or 0)


# -------------------------------------------------------------------------------------------- pause, skip and end


@pages.post(f"{_BY}/paus", may=Action.PLAN_ADVICE)
def pause(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        advice.pause(rows, entry, version=entry.version)
        note(rows, entry.municipality_code, "advice.paused", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/fortsatt", may=Action.PLAN_ADVICE)
def resume(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        advice.resume(rows, entry, version=entry.version, now=current.now())
        note(rows, entry.municipality_code, "advice.resumed", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/hoppa", may=Action.PLAN_ADVICE)
def skip(entry_id: int) -> ResponseReturnValue:
    """`dag` is the due time that is let pass."""
    with current.runtime().database.write() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        account_id = current.signed_in_actor().account_id
        if advice.skip_next(rows, entry, _due_at(), account_id=account_id, now=current.now()):
            note(rows, entry.municipality_code, "advice.skipped", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/hoppa-inte", may=Action.PLAN_ADVICE)
def unskip(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        if advice.unskip(rows, entry, _due_at(), now=current.now()):
            note(rows, entry.municipality_code, "advice.unskipped", entry_id)
    return redirect(url_for("advice_calendar.page", entry_id=entry_id), 303)


@pages.post(f"{_BY}/avsluta", may=Action.PLAN_ADVICE)
def end(entry_id: int) -> ResponseReturnValue:
    with current.runtime().database.write() as rows:
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE, to_change=True)
        code = entry.municipality_code
        if not is_confirmed():
            return ask(_end_question(rows, entry))
        advice.end(rows, entry, version=entry.version)
        note(rows, code, "advice.ended", entry_id)
    return redirect(url_for("advice_calendar.index", kommun=code), 303)


def _end_question(rows: Session, entry: PlanEntry) -> Question:
    title = title_in(rows, entry)
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
        entry = entry_of(rows, entry_id, Action.PLAN_ADVICE)
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
            *_budget_words(rows, looked),
            _("Det går inte att ångra när det har börjat."),
        ],
        _("Skicka rådet till %(num)d hushåll", num=number),
        url_for("advice_calendar.page", entry_id=entry.id),
        [("dag", due_at.isoformat()), ("innehall", looked.content)],
    )


def _budget_words(rows: Session, looked: Looked) -> list[str]:
    spent = deciding.spending_at(current.runtime(), rows, looked.entry.municipality_code, at=current.now())
    if spent is None or spent.holds(looked.cost_kronor):
        return []
    return [_("Det kostar mer än vad som är kvar av årets budget för sms.")]


# ---------------------------------------------------------------------------------------------------------- words


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


def _due_at() -> datetime:
    """`dag`; NotFound for what is no time."""
    try:
        found = datetime.fromisoformat(request.form.get("dag", ""))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):  # no time, or one that is outside the calendar in UTC
        raise NotFound from None
    raise NotFound
