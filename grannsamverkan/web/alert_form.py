"""The form of a warning: what was filled in, what is wrong with it, and the draft it becomes.

Every kind of crime brings its own choices of dwelling, method and advice; all are in the page, and the style sheet
shows those of the kind that is ticked, so that the form needs no script.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from grannsamverkan.domain import alerts, police
from grannsamverkan.domain.alerts import (
    CHOICES,
    Advice,
    Alert,
    AlertClass,
    AlertDraft,
    AlertKind,
    AlertTarget,
    DayPart,
    Dwelling,
    Finding,
    Method,
)
from grannsamverkan.domain.police import PoliceEvent
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.web.alert_places import Key, Places, key_of, targets_of
from grannsamverkan.web.guarding import finding_words
from grannsamverkan.web.i18n import gettext as _

Choice = TypeVar("Choice", bound=StrEnum)

_KINDS = tuple(AlertKind)
_LAST_HOUR_OF_TONIGHT = 15  # until then, what is told has most likely happened in the night before

# Parts of a day by the hour they end, for an event whose time is known.
_PART_ENDS = (
    (5, DayPart.NIGHT_TO),
    (10, DayPart.MORNING),
    (14, DayPart.DAY),
    (18, DayPart.AFTERNOON),
    (24, DayPart.EVENING),
)


class When(StrEnum):
    """The quick choices of a day."""

    TONIGHT = "natt"
    TODAY = "idag"
    YESTERDAY = "igar"
    OTHER = "annan"


@dataclass(frozen=True)
class OfKind:
    """What is chosen among the choices of one kind of crime."""

    dwelling: Dwelling
    methods: tuple[Method, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class TypedShape:
    """A circle, or the corners of a surface, as typed or drawn: it ticks places and is not kept."""

    middle: str = ""
    radius: str = ""
    corners: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.middle and not self.corners


@dataclass(frozen=True)
class Filled:
    """The form as it stands. `day` is only looked at for When.OTHER, as it was typed; `version` 0: not stored yet.

    `municipality_codes` are those that are ticked; `versions` the other drafts that were written with this one.
    What is under way is now, and has succeeded: then neither the day nor `attempted` is looked at. `known_names` are
    the municipality's own, which the guard lets stand in the free text.
    """

    kind: AlertKind
    attempted: bool
    of_kind: Mapping[AlertKind, OfKind]
    municipality_codes: tuple[str, ...]
    places: frozenset[Key]
    when: When
    day: str
    day_part: DayPart
    free_text: str = ""
    police_event_id: int | None = None
    version: int = 0
    known_names: frozenset[str] = frozenset()
    alert_class: AlertClass = AlertClass.WARNING
    called_112: bool = False
    shape: TypedShape = TypedShape()
    shape_told: tuple[str, ...] = ()
    versions: tuple[tuple[int, int], ...] = ()
    faults: tuple[tuple[str, str], ...] = field(default=())

    @property
    def is_ongoing(self) -> bool:
        return self.alert_class is AlertClass.ONGOING

    @property
    def municipality_code(self) -> str:
        """The first of those that are ticked; "" for none."""
        return next(iter(self.municipality_codes), "")

    @property
    def chosen(self) -> OfKind:
        return self.of_kind[self.kind]

    @property
    def findings(self) -> list[Finding]:
        return alerts.guard_free_text(self.free_text, self.known_names)

    def fault(self, field_id: str) -> str:
        """What is wrong at this field; empty when nothing is."""
        return next((words for at, words in self.faults if at == field_id), "")

    def happened_on(self, today: date) -> date | None:
        """None for a date that cannot be read."""
        if self.is_ongoing:
            return today
        if self.when is When.OTHER:
            try:
                return date.fromisoformat(self.day.strip())
            except ValueError:
                return None
        return today - timedelta(days=1) if self.when is When.YESTERDAY else today

    def part_of_day(self) -> DayPart:
        if self.is_ongoing:
            return DayPart.UNKNOWN
        return DayPart.NIGHT_TO if self.when is When.TONIGHT else self.day_part

    def draft(self, today: date) -> AlertDraft:
        """The draft, not yet checked. Refused when the date cannot be read."""
        happened_on = self.happened_on(today)
        if happened_on is None:
            raise Refused("date_unreadable")
        return AlertDraft(
            alert_class=self.alert_class,
            called_112=self.called_112,
            kind=self.kind,
            attempted=self.attempted and not self.is_ongoing,
            dwelling=self.chosen.dwelling,
            happened_on=happened_on,
            day_part=self.part_of_day(),
            methods=() if self.is_ongoing else self.chosen.methods,
            advice=self.chosen.advice,
            free_text=self.free_text,
            targets=targets_of(self.places),
            police_event_id=self.police_event_id,
        )


def preset(
    now: datetime,
    code: str,
    places: frozenset[Key] = frozenset(),
    alert_class: AlertClass = AlertClass.WARNING,
    *,
    called_112: bool = False,
) -> Filled:
    """What is right most often."""
    is_early = in_sweden(now).hour < _LAST_HOUR_OF_TONIGHT
    return Filled(
        kind=AlertKind.BURGLARY_HOME,
        attempted=False,
        of_kind={kind: _preset_of(kind, alert_class) for kind in _KINDS},
        municipality_codes=(code,) if code else (),
        places=places,
        alert_class=alert_class,
        called_112=called_112,
        when=When.TONIGHT if is_early else When.TODAY,
        day="",
        day_part=DayPart.UNKNOWN,
    )


def _preset_of(kind: AlertKind, alert_class: AlertClass) -> OfKind:
    choices = CHOICES[kind]
    advice = choices.preset_while_ongoing if alert_class is AlertClass.ONGOING else choices.preset_advice
    return OfKind(choices.preset_dwelling, (), advice)


def from_alert(alert: Alert, targets: list[AlertTarget], today: date) -> Filled:
    """A stored draft in the form again."""
    assert alert.happened_on is not None
    kind = AlertKind(alert.kind or "")
    stored = OfKind(
        Dwelling(alert.dwelling or ""),
        tuple(Method(method) for method in alert.methods),
        tuple(Advice(advice) for advice in alert.advice),
    )
    when, day, part = _when(alert.happened_on, DayPart(alert.day_part or ""), today)
    return Filled(
        kind=kind,
        attempted=alert.attempted,
        of_kind={one: _preset_of(one, alert.alert_class) for one in _KINDS} | {kind: stored},
        municipality_codes=(alert.municipality_code,),
        places=frozenset((target.network_id, target.unit_id) for target in targets),
        when=when,
        day=day,
        day_part=part,
        free_text=alert.free_text,
        police_event_id=alert.police_event_id,
        version=alert.version,
        alert_class=alert.alert_class,
        called_112=alert.alert_class is AlertClass.ONGOING,
    )


def from_event(event: PoliceEvent, filled: Filled, now: datetime) -> Filled:
    """What an open police event can fill in: the kind where that is beyond doubt, and when it happened."""
    named = police.alert_kind(event)
    happened = in_sweden(event.happened_at or event.published_at)
    part = next(part for end, part in _PART_ENDS if happened.hour < end) if event.happened_at else DayPart.UNKNOWN
    when, day, part = _when(happened.date(), part, in_sweden(now).date())
    return replace(
        filled,
        kind=AlertKind(named) if named else filled.kind,
        attempted=police.attempted(event),
        when=when,
        day=day,
        day_part=part,
        police_event_id=event.id,
    )


def _when(day: date, part: DayPart, today: date) -> tuple[When, str, DayPart]:
    if day == today and part is DayPart.NIGHT_TO:
        return When.TONIGHT, "", DayPart.UNKNOWN
    quick = {today: When.TODAY, today - timedelta(days=1): When.YESTERDAY}.get(day, When.OTHER)
    return quick, day.isoformat() if quick is When.OTHER else "", part


def read(form: MultiDict[str, str], before: Filled, offered: Places, *, several: bool = False) -> Filled:
    """The form as it was sent; a choice that is not in the lists falls back on `before`.

    `several`: more than one municipality may be ticked. NotFound for a place that is not the writer's to warn.
    """
    ticked = _municipalities(form, before, offered, several=several)
    kind = _one(AlertKind, form.get("vad"), before.kind)
    of_kind = {one: _of_kind(form, one, before.of_kind[one]) for one in _KINDS}
    asked = {key_of(value) for value in form.getlist("var")}
    if not asked <= offered.keys():
        raise NotFound
    within = {one.id for code in ticked for one in offered.within(code)}
    return replace(
        before,
        kind=kind,
        attempted=form.get("forsok") == "ja",
        of_kind=of_kind,
        municipality_codes=ticked,
        places=frozenset(key for key in asked if key[0] in within),
        when=_one(When, form.get("nar"), before.when),
        day=form.get("datum", ""),
        day_part=_one(DayPart, form.get("del"), before.day_part),
        free_text=form.get("fri", "").replace("\r\n", "\n").strip(),
        version=form.get("version", 0, type=int),
        versions=tuple(_versions(form.getlist("med"))),
    )


def _municipalities(form: MultiDict[str, str], before: Filled, offered: Places, *, several: bool) -> tuple[str, ...]:
    """In the order of the list. Where several may be ticked, `kommuner` says that they were there to be ticked."""
    codes = [code for code, _name in offered.municipalities]
    asked = set(form.getlist("kommun"))
    ticked = tuple(code for code in codes if code in asked)
    if several and "kommuner" in form:
        return ticked
    return ticked[:1] or before.municipality_codes


def _versions(sent: list[str]) -> Iterator[tuple[int, int]]:
    """`12-3`: draft 12 was shown in its version 3."""
    for value in sent:
        draft, _dash, version = value.partition("-")
        if draft.isdecimal() and version.isdecimal():
            yield int(draft), int(version)


def _of_kind(form: MultiDict[str, str], kind: AlertKind, before: OfKind) -> OfKind:
    return OfKind(
        _one(Dwelling, form.get(f"bostad-{kind}"), before.dwelling, CHOICES[kind].dwellings),
        tuple(_known(Method, form.getlist(f"hur-{kind}"), CHOICES[kind].methods)),
        tuple(_known(Advice, form.getlist(f"rad-{kind}"), CHOICES[kind].advice)),
    )


def _one(
    choices: type[Choice], value: str | None, otherwise: Choice, among: tuple[Choice, ...] | None = None
) -> Choice:
    return next(_known(choices, [value or ""], among or tuple(choices)), otherwise)


def _known(choices: type[Choice], values: list[str], among: tuple[Choice, ...]) -> Iterator[Choice]:
    """In the order of the list, whatever order they were sent in."""
    sent = set(values)
    return (choices(one) for one in among if one.value in sent)


def mended(filled: Filled, which: str) -> Filled:
    """The free text with one finding taken away, named as `mend_key` names it; unchanged when it has gone already."""
    found = next((one for one in filled.findings if mend_key(one) == which), None)
    return filled if found is None else replace(filled, free_text=alerts.mended(filled.free_text, found))


def mend_key(finding: Finding) -> str:
    """Which finding a button is about: where it stands and by which rule, so that a late press takes no other away."""
    return f"{finding.start}-{finding.code}"


def checked(filled: Filled, today: date) -> Filled:
    """The form with everything that is wrong with it, each at its field."""
    return replace(filled, faults=tuple(_faults(filled, today)))


def _faults(filled: Filled, today: date) -> Iterator[tuple[str, str]]:
    if not filled.places:
        yield "var", _("Välj minst ett område")
    happened_on = filled.happened_on(today)
    if happened_on is None:
        yield "datum", _("Välj ett datum")
    elif happened_on > today:
        yield "datum", _("Datumet har inte varit än")
    elif happened_on < today - timedelta(days=alerts.OLDEST_DAYS):
        yield "datum", _("Datumet får vara högst %(days)d dagar tillbaka", days=alerts.OLDEST_DAYS)
    if not filled.chosen.advice:
        yield "rad", _("Välj minst ett råd")
    elif len(filled.chosen.advice) > alerts.MOST_ADVICE:
        yield "rad", _("Välj högst %(most)d råd", most=alerts.MOST_ADVICE)
    if filled.findings:
        yield "fri", finding_words(filled.findings[0])
