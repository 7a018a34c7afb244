"""What waits for the one who asks: the lines of "this waits for you" on the first page."""

from collections.abc import Iterator
from datetime import timedelta

from flask import url_for
from sqlmodel import Session

from grannsamverkan.domain import accounts, advice, alerts, lifecycle, places, signs, targeting, webhooks
from grannsamverkan.domain.accounts import Action, Actor, Role, Thing
from grannsamverkan.domain.alerts import Alert, Source
from grannsamverkan.domain.lifecycle import Addressee
from grannsamverkan.domain.networks import NetworkCard
from grannsamverkan.domain.places import MUNICIPALITY, POLICE
from grannsamverkan.web import current
from grannsamverkan.web.covering import covered
from grannsamverkan.web.i18n import gettext as _
from grannsamverkan.web.i18n import ngettext
from grannsamverkan.web.network_hints import Hints
from grannsamverkan.web.reach import cards_of, is_neighbour
from grannsamverkan.web.waiting import unanswered
from grannsamverkan.web.words import day_words

_REVIEWED_IN = timedelta(days=7)
_MOST_NAMED = 5  # of one kind; a list that fills the page is read by nobody

Line = tuple[str, str]  # what waits, and where to do it


def for_staff(session: Session, actor: Actor, cards: list[NetworkCard], hinted: Hints) -> Iterator[Line]:
    """In order of haste, for those who may."""
    if current.may(Action.WRITE_ALERT):
        yield from to_answer(session, actor)
        yield from _posted(session, actor)
        yield from _sent_alone(session, actor)
        yield from to_follow_up(session, actor)
    if current.may(Action.PLAN_ADVICE):
        yield from _proposed(session, actor)
    ids = [card.id for card in cards]
    if current.may(Action.SEE_INTERESTS):
        number = len(lifecycle.interests(session, actor.municipality_codes, only_waiting=True))
        if number:
            yield (
                ngettext("En intresserad väntar på svar", "%(num)d intresserade väntar på svar", number),
                url_for("interests.index"),
            )
    if current.may(Action.MANAGE_CONTACTS):
        number = sum(len(one.request_ids) for one in unanswered(session, ids))
        if number:
            words = ngettext(
                "Ett hushåll väntar där inget kontaktombud kan svara",
                "%(num)d hushåll väntar där inget kontaktombud kan svara",
                number,
            )
            yield words, url_for("waiting.index")
        yield from _uncovered(session, cards)
    if current.may(Action.MANAGE_NETWORK):
        yield from _hinted(hinted)
    if current.may(Action.MANAGE_API_KEYS):
        for key in accounts.ending_keys(session, actor.municipality_codes, now=current.now())[:_MOST_NAMED]:
            words = _("Nyckeln ”%(name)s” går ut %(day)s", name=key.name, day=day_words(key.expires_at))
            yield words, url_for("api_keys.index", kommun=key.municipality_code)
        for row in webhooks.paused_by_itself(session, actor.municipality_codes)[:_MOST_NAMED]:
            words = _("Anropen till ”%(name)s” är pausade: systemet tar inte emot dem", name=row.name)
            yield words, url_for("webhooks.show", webhook_id=row.id)
    if current.may(Action.SEE_MEETINGS):
        addressee = Addressee.POLICE if actor.role is Role.POLICE else Addressee.MUNICIPALITY
        number = len(lifecycle.points(session, ids, addressee=addressee, only_open=True))
        if number:
            yield (
                ngettext("Ett möte har bett om en sak", "Möten har bett om %(num)d saker", number),
                url_for("action_points.page"),
            )
    ours = POLICE if actor.role is Role.POLICE else MUNICIPALITY
    orders = signs.waiting(session, ids, ordered_from=ours) if current.may(Action.ORDER_SIGNS) else 0
    if orders:
        yield (
            ngettext("En beställning av skyltar väntar", "%(num)d beställningar av skyltar väntar", orders),
            url_for("sign_orders.index"),
        )


def _posted(session: Session, actor: Actor) -> Iterator[Line]:
    """Drafts from other systems, which nobody but a person can let go."""
    number = len(alerts.posted_drafts(session, actor.municipality_codes))
    if number:
        words = ngettext("Ett utkast från ett annat system väntar", "%(num)d utkast från andra system väntar", number)
        yield words, url_for("live.index")


def _proposed(session: Session, actor: Actor) -> Iterator[Line]:
    """Tips after a burglary that wait for a yes."""
    found = advice.proposals(session, sorted(actor.municipality_codes))
    numbers = alerts.numbers_of(session, [row.about_alert_id or 0 for row in found])
    for row in found[:_MOST_NAMED]:
        number = f"{numbers.get(row.about_alert_id or 0, 0):04d}"
        words = _("Läs ett råd efter varning nr %(number)s och godkänn det", number=number)
        yield words, url_for("advice_calendar.page", entry_id=row.id)


def _uncovered(session: Session, cards: list[NetworkCard]) -> Iterator[Line]:
    """Active networks in which somebody is missing, has too much or has fallen silent."""
    found = covered(session, cards)
    vacant, silent, crowded = (sum(name in one.lacks for one in found) for name in ("vakant", "tyst", "for-manga"))
    if vacant:
        words = ngettext("Ett område saknar kontaktombud", "%(num)d områden saknar kontaktombud", vacant)
        yield words, url_for("covering.page", visa="vakant")
    if silent:
        words = ngettext("Ett område har ett tyst kontaktombud", "%(num)d områden har tysta kontaktombud", silent)
        yield words, url_for("covering.page", visa="tyst")
    if crowded:
        words = ngettext(
            "I ett område har någon för många hushåll", "I %(num)d områden har någon för många hushåll", crowded
        )
        yield words, url_for("covering.page", visa="for-manga")


def _hinted(found: Hints) -> Iterator[Line]:
    """Active networks that would do better as two, or that reach too few."""
    if found.large:
        words = ngettext("Ett område har vuxit, se om det bör delas", "%(num)d områden har vuxit", len(found.large))
        yield words, url_for("networks.index", stora=1)
    if found.hard_to_reach:
        words = ngettext(
            "Ett område når färre hushåll än riktmärket",
            "%(num)d områden når färre hushåll än riktmärket",
            len(found.hard_to_reach),
        )
        yield words, url_for("networks.index", racker=1)


def to_answer(session: Session, actor: Actor) -> Iterator[Line]:
    """Messages that wait for this one's yes or no."""
    for row in awaiting(session, actor):
        words = _("Säg ja eller nej till nr %(number)s", number=f"{row.number or 0:04d}")
        yield words, url_for("approval.page", alert_id=row.id)


def to_pass_on(session: Session, actor: Actor) -> Iterator[Line]:
    """Warnings that wait for this contact person to pass them on."""
    for one in targeting.waiting_in(session, actor.network_ids, now=current.now()):
        alert = alerts.alert(session, one.alert_id)
        if alert.stopped_at is None:
            words = _("Skicka vidare nr %(number)s till dina grannar", number=f"{alert.number or 0:04d}")
            yield words, url_for("live.page", alert_id=one.alert_id)


def _sent_alone(session: Session, actor: Actor) -> Iterator[Line]:
    """What one person let go alone lately though two were needed: everybody else who answers for it reads why."""
    since = current.now() - _REVIEWED_IN
    for row in alerts.emergencies(session, sorted(actor.municipality_codes), since=since):
        if row.approved_by != actor.account_id:
            words = _("Nr %(number)s skickades av en person ensam. Läs varför.", number=f"{row.number or 0:04d}")
            yield words, url_for("live.page", alert_id=row.id)


def awaiting(session: Session, actor: Actor) -> list[Alert]:
    """What this one may be the second person for: staff in their municipalities; a lead for a contact person's own."""
    codes = sorted(actor.municipality_codes or {card.municipality_code for card in cards_of(session, actor)})
    found = []
    for row, _asked in alerts.open_requests(session, codes):
        thing = Thing(
            row.municipality_code,
            alerts.networks_of(session, row.id or 0),
            row.author_account_id,
            asks_lead=row.source == Source.CONTACT_PERSON,
        )
        is_mine = alerts.is_own(session, row, actor.account_id)
        if not is_mine and current.may(Action.APPROVE_ALERT, thing):
            found.append(row)
    return found


def to_follow_up(session: Session, actor: Actor) -> Iterator[Line]:
    """Warnings that wait for a word about how it went, those that have waited longest; a contact person's own only."""
    found = without_follow_up(session, actor)
    for row in found[:_MOST_NAMED]:
        words = _("Följ upp nr %(number)s: %(headline)s", number=f"{row.number or 0:04d}", headline=row.headline or "")
        yield words, url_for("sequels.follow_up", alert_id=row.id)
    more = len(found) - _MOST_NAMED
    if more > 0:
        words = ngettext("En varning till att följa upp", "%(num)d varningar till att följa upp", more)
        yield words, url_for("live.index")


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
