"""The places of a message that only needs to be told where: an invitation, or a drill. One municipality at a time."""

from dataclasses import dataclass, replace

from flask import request
from sqlmodel import Session

from grannsamverkan.domain import alerts
from grannsamverkan.domain.accounts import Action, Thing
from grannsamverkan.domain.alerts import Alert, Source, Target
from grannsamverkan.foundation.errors import NotFound
from grannsamverkan.web import access, current
from grannsamverkan.web.alert_places import Key, Places, key_of, map_of, most_likely, read_places, targets_of
from grannsamverkan.web.alert_preview import source_of
from grannsamverkan.web.ids import read_id


@dataclass(frozen=True)
class Chosen:
    """What is ticked, as the page with the lists asks for it. `faults`: (field, what is wrong there)."""

    municipality_code: str
    places: frozenset[Key]
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def municipality_codes(self) -> tuple[str, ...]:
        return (self.municipality_code,) if self.municipality_code else ()

    @property
    def targets(self) -> tuple[Target, ...]:
        return targets_of(self.places)

    def fault(self, field_id: str) -> str:
        """What is wrong at this field; empty when nothing is."""
        return next((words for at, words in self.faults if at == field_id), "")

    def refused(self, field_id: str, words: str) -> "Chosen":
        return replace(self, faults=(*self.faults, (field_id, words)))


@dataclass(frozen=True)
class Desk:
    """The choice with what it is about: a stored draft (None: not stored yet), and the places on offer."""

    chosen: Chosen
    alert: Alert | None
    offered: Places
    source: Source
    several: bool = False

    @property
    def version(self) -> int:
        return self.alert.version if self.alert is not None else 0

    @property
    def names(self) -> tuple[str, ...]:
        """What is ticked, by the names that the message will use."""
        return tuple(self.offered.names(self.chosen.places))

    @property
    def maps(self) -> dict[str, str]:
        return {code: map_of(code, self.offered.within(code)) for code, _name in self.offered.municipalities}

    def refused(self, field_id: str, words: str) -> "Desk":
        return replace(self, chosen=self.chosen.refused(field_id, words))


def new_desk(session: Session) -> Desk:
    """`?omrade=` ticks a network; the only one is ticked in any case."""
    actor = current.signed_in_actor()
    asked = request.args.get("omrade", type=read_id)
    offered = read_places(session, actor, _ticked() | {asked or 0})
    wanted = [one for one in offered.networks if one.id == asked]
    if not wanted and len(offered.networks) == 1:
        wanted = list(offered.networks)
    code = wanted[0].municipality_code if wanted else most_likely(session, actor, offered)
    return _filled_in(Desk(Chosen(code, frozenset((one.id, None) for one in wanted)), None, offered, source_of(actor)))


def stored_desk(session: Session, alert_id: int) -> Desk:
    """NotFound for a draft that is not the writer's to change."""
    alert = access.alert(session, alert_id, Action.WRITE_ALERT)
    places = frozenset((one.network_id, one.unit_id) for one in alerts.targets(session, alert_id))
    offered = read_places(session, current.signed_in_actor(), _ticked() | {network for network, _unit in places})
    return _filled_in(Desk(Chosen(alert.municipality_code, places), alert, offered, Source(alert.source)))


def refuse_out_of_reach(desk: Desk) -> None:
    """NotFound when something that is ticked is not the writer's to write to."""
    touched = frozenset(network for network, _unit in desk.chosen.places)
    if not current.may(Action.WRITE_ALERT, Thing(desk.chosen.municipality_code, touched)):
        raise NotFound


def _ticked() -> set[int]:
    return {key_of(value)[0] for value in request.form.getlist("var")}


def _filled_in(desk: Desk) -> Desk:
    """The choice as the form was sent; what is ticked in another municipality than the chosen one is let go."""
    if request.method != "POST":
        return desk
    asked = {key_of(value) for value in request.form.getlist("var")}
    if not asked <= desk.offered.keys():
        raise NotFound
    codes = [code for code, _name in desk.offered.municipalities]
    typed = request.form.get("kommun", "")
    code = typed if typed in codes else desk.chosen.municipality_code
    return replace(desk, chosen=Chosen(code, desk.offered.chosen_in(code, asked)))
