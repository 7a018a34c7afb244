"""Knocking at the doors that a warning has not reached: what came of it, with one press, and papers to bring along."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from grannsamverkan import printing
from grannsamverkan.domain import alerts, audit, networks, places, receipts
from grannsamverkan.domain.accounts import Action
from grannsamverkan.domain.alerts import PUBLISHED, Alert, AlertClass, Story
from grannsamverkan.domain.receipts import VisitKind
from grannsamverkan.foundation.errors import NotFound, Refused
from grannsamverkan.foundation.swedish import day_in_words, in_sweden
from grannsamverkan.printing import DoorWords, KnockingRow
from grannsamverkan.web import access, current
from grannsamverkan.web.alert_words import reason_words
from grannsamverkan.web.pages import Pages
from grannsamverkan.web.pdf import pdf
from grannsamverkan.web.reach import own_networks
from grannsamverkan.web.standing import not_reached, theirs, theirs_by_network

pages = Pages("visits")

_UNDO = "angra"
_KINDS = {"berattat": VisitKind.TOLD, "lapp": VisitKind.SLIP}


@pages.post("/varningar/<int:alert_id>/hushall/<int:household_id>", may=Action.VISIT_NOT_REACHED)
def note(alert_id: int, household_id: int) -> ResponseReturnValue:
    """`besok` berattat, lapp or angra. Pressed twice it stays as it was wanted; back to the same line."""
    with current.runtime().database.write() as rows:
        alert = _published(rows, alert_id)
        actor = current.signed_in_actor()
        if household_id not in theirs(rows, alert, actor):
            raise NotFound
        pressed = request.form.get("besok", "")
        if pressed == _UNDO:
            has_changed = receipts.undo_visit(rows, alert_id, household_id)
        else:
            kind = _kind(pressed)
            has_changed = receipts.visit(
                rows, alert_id, household_id, kind, account_id=actor.account_id, now=current.now()
            )
        if has_changed:
            _note_act(rows, alert, pressed)
    return redirect(url_for("live.page", alert_id=alert_id, _anchor=f"hushall-{household_id}"), 303)


@pages.get("/varningar/<int:alert_id>/knacka.pdf", may=Action.VISIT_NOT_REACHED)
def route_list(alert_id: int) -> ResponseReturnValue:
    """Whom to knock at, on paper, in the order one walks; that it was printed is written down."""
    with current.runtime().database.write() as rows:
        alert = _published(rows, alert_id)
        actor = current.signed_in_actor()
        mine = theirs(rows, alert, actor)
        listed = not_reached(rows, alert_id, own_networks(rows, actor, alert), mine)
        left = [row for row in listed if row.household_id in mine and row.visited is None]
        _note_shown(rows, alert, {row.household_id for row in left if row.label})
        sender = places.served_municipality(rows, alert.municipality_code).sender_name
        words = _door_words(rows, alert)
    rows_on_paper = [KnockingRow(row.network_name, row.unit_name, row.label, reason_words(row)) for row in left]
    today = day_in_words(in_sweden(current.now()).date())
    return pdf(printing.knocking_list(sender, words, rows_on_paper, printed_on=today), "knacka-pa.pdf")


@pages.get("/varningar/<int:alert_id>/lappar.pdf", may=Action.VISIT_NOT_REACHED)
def slips(alert_id: int) -> ResponseReturnValue:
    """Slips for letter boxes, as many whole pages as there are households left; nothing on them but what is public."""
    with current.runtime().database.read() as rows:
        alert = _published(rows, alert_id)
        left = receipts.left_to_visit(rows, alert_id, theirs(rows, alert, current.signed_in_actor()))
        sender = places.served_municipality(rows, alert.municipality_code).sender_name
        words = _door_words(rows, alert)
    return pdf(printing.door_slips(sender, words, number=max(left, 1)), "lappar.pdf")


def _published(rows: Session, alert_id: int) -> Alert:
    alert = access.alert(rows, alert_id, Action.SEE_ALERT)
    if (
        alert.state not in PUBLISHED or alert.alert_class in alerts.NOTHING_HAPPENED
    ):  # nobody knocks at a door with a tip
        raise NotFound
    return alert


def _kind(pressed: str) -> VisitKind:
    if pressed not in _KINDS:
        raise Refused("unknown_choice")
    return _KINDS[pressed]


def _door_words(rows: Session, alert: Alert) -> DoorWords:
    """What may be said at any door: what the public page says. NotFound before the alert has gone."""
    base_url = current.runtime().settings.installation.base_url
    story = alerts.story(rows, alert.number or 0, base_url=base_url, now=current.now())
    number = story.first.number
    return DoorWords(
        number=number,
        headline=story.headline,
        news=_news(story),
        text=_text(story),
        advice=() if _is_over(story) else tuple(story.acts),
        is_confirmed=story.is_confirmed,
        url=f"{base_url}{url_for('numbers.look_up')}/{number}",
        until=day_in_words(in_sweden(story.ends_at).date()),
    )


def _news(story: Story) -> str:
    """What has been said since the first message, and counts most."""
    newest = story.newest(AlertClass.CORRECTION, AlertClass.ALL_CLEAR, AlertClass.FOLLOW_UP)
    return " ".join(newest.sentences) if newest is not None else ""


def _text(story: Story) -> str:
    """How it was done and what the writer added, while nothing of it has been put right."""
    if _is_over(story) or story.newest(AlertClass.CORRECTION) is not None:
        return ""
    return " ".join(filter(None, (*story.methods, story.first.free_text)))


def _is_over(story: Story) -> bool:
    """Whether there is nothing left to do."""
    return story.is_untrue or story.newest(AlertClass.ALL_CLEAR) is not None


def _note_shown(rows: Session, alert: Alert, shown: set[int]) -> None:
    """The households with a name on the list can read that it was printed."""
    actor = current.signed_in_actor()
    for network_id, ids in theirs_by_network(rows, alert, actor).items():
        audit.note_view(
            rows,
            now=current.now(),
            account_id=actor.account_id,
            role=actor.role.value,
            what="route",
            municipality_code=networks.network(rows, network_id).municipality_code,
            network_id=network_id,
            household_ids=shown & ids,
        )


def _note_act(rows: Session, alert: Alert, pressed: str) -> None:
    """That somebody was at a door, and never at whose: the log outlives the visit."""
    acts = {"berattat": "visit.told", "lapp": "visit.slip", _UNDO: "visit.undone"}
    audit.record(
        rows,
        now=current.now(),
        account_id=current.signed_in_actor().account_id,
        act=acts[pressed],
        thing="alert",
        thing_id=alert.id or 0,
        municipality_code=alert.municipality_code,
    )
