"""What waits for the one who asks: the lines of "this waits for you" on the first page."""

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for
from sqlmodel import Session

from grannsamverkan.domain import alerts, lifecycle, places, signs
from grannsamverkan.domain.accounts import Action, Actor, Role
from grannsamverkan.domain.alerts import Alert
from grannsamverkan.domain.lifecycle import Addressee
from grannsamverkan.domain.networks import NetworkCard, NetworkState
from grannsamverkan.web import current
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.reach import cards_of, is_neighbour

Line = tuple[str, str]  # what waits, and where to do it


def for_staff(session: Session, actor: Actor, cards: list[NetworkCard]) -> Iterator[Line]:
    """In order of haste, for those who may."""
    if current.may(Action.WRITE_ALERT):
        yield from _to_follow_up(session, actor)
    ids = [card.id for card in cards]
    if current.may(Action.SEE_INTERESTS):
        number = len(lifecycle.interests(session, actor.municipality_codes, only_waiting=True))
        if number:
            yield (
                ngettext("En intresserad väntar på svar", "%(num)d intresserade väntar på svar", number),
                url_for("interests.index"),
            )
    vacant = sum(card.contact_persons == 0 and card.state is NetworkState.ACTIVE for card in cards)
    if vacant and current.may(Action.MANAGE_CONTACTS):
        yield (
            ngettext("Ett område saknar kontaktombud", "%(num)d områden saknar kontaktombud", vacant),
            url_for("networks.index", vakant=1),
        )
    if current.may(Action.SEE_MEETINGS):
        addressee = Addressee.POLICE if actor.role is Role.POLICE else Addressee.MUNICIPALITY
        number = len(lifecycle.points(session, ids, addressee=addressee, only_open=True))
        if number:
            yield (
                ngettext("Ett möte har bett om en sak", "Möten har bett om %(num)d saker", number),
                url_for("meetings.points"),
            )
    orders = signs.waiting(session, ids) if current.may(Action.ORDER_SIGNS) else 0
    if orders:
        yield (
            ngettext("En beställning av skyltar väntar", "%(num)d beställningar av skyltar väntar", orders),
            url_for("signs.index"),
        )


def for_contact_person(session: Session, actor: Actor) -> Iterator[Line]:
    """Their own warnings only."""
    yield from _to_follow_up(session, actor)


def _to_follow_up(session: Session, actor: Actor) -> Iterator[Line]:
    for row in without_follow_up(session, actor):
        words = _("Följ upp nr %(number)s: %(headline)s", number=f"{row.number or 0:04d}", headline=row.headline or "")
        yield words, url_for("sequels.follow_up", alert_id=row.id)


def without_follow_up(session: Session, actor: Actor) -> list[Alert]:
    """Warnings whose time has passed with nothing after them, while it is still known whom they were for. Staff see
    those of their municipalities, contact persons their own."""
    now = current.now()
    forgotten = now - timedelta(days=current.runtime().settings.retention.deliveries_days)
    codes = actor.municipality_codes or {card.municipality_code for card in cards_of(session, actor)}
    found: list[Alert] = []
    for code in sorted(codes):
        due = now - timedelta(days=places.rules(session, code).follow_up_days)
        found += alerts.without_follow_up(session, [code], sent_before=due, sent_after=forgotten)
    return [row for row in found if not is_neighbour(actor) or row.author_account_id == actor.account_id]
