"""What else the town has sent: one warning to two municipalities, one that contact persons passed on, an invitation
that was moved, one to what is to come, and a trial to a whole area."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from grannsamverkan.demo.town.ground import Ground, Grown
from grannsamverkan.demo.town.warnings import KEPT_DAYS, deliver, note_approval
from grannsamverkan.domain import alerts, places, receipts
from grannsamverkan.domain.alerts import (
    Advice,
    Alert,
    AlertDraft,
    AlertKind,
    DayPart,
    DrillDraft,
    Dwelling,
    InvitationDraft,
    Method,
    News,
    NewsDraft,
    Occasion,
    Source,
    Target,
)
from grannsamverkan.domain.networks import ContactRole
from grannsamverkan.domain.targeting import Forwarding
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.settings import Settings

_TOGETHER, _IN_TWO_HOPS, _DRILL, _WALK, _MEETING = 34, 46, 81, 58, 10  # days ago
_NEIGHBOURS = ("Maglasäte", "Marieholm")  # in two municipalities
_VIA = "Fogdarp"  # where contact persons pass warnings on
_PASSED_ON = timedelta(minutes=6)


def build_other_ways(ground: Ground, settings: Settings, grown: Sequence[Grown]) -> None:
    """Each at its own day, let go by the verbs that do so today."""
    by_name = {one.plan.name: one for one in grown}
    _drill(ground, settings, by_name["Nyby"])
    _walk(ground, settings, by_name["Nyby"])
    _in_two_hops(ground, settings, by_name[_VIA])
    _together(ground, settings, [by_name[name] for name in _NEIGHBOURS])
    _to_what_comes(ground, settings, by_name["Enebacken"])
    receipts.forget_copies(ground.session, closed_before=ground.days_ago(KEPT_DAYS))


def _together(ground: Ground, settings: Settings, where: Sequence[Grown]) -> None:
    at = ground.evening(_TOGETHER)
    rows = alerts.write_together(
        ground.session,
        _burglary(at, where),
        drafts={},
        author_account_id=ground.police_id,
        source=Source.POLICE,
        now=at,
    )
    for row in rows:
        _let_go(ground, settings, row, ground.police_id, at)


def _in_two_hops(ground: Ground, settings: Settings, where: Grown) -> None:
    at = ground.evening(_IN_TWO_HOPS)
    row = alerts.start(
        ground.session, _burglary(at, [where]), author_account_id=ground.police_id, source=Source.POLICE, now=at
    )
    where.network.via_contact_person = True
    _let_go(ground, settings, row, ground.police_id, at)
    role = next((one for one in where.open_roles if one.role is ContactRole.CONTACT_PERSON), None)
    ground.session.add(
        Forwarding(
            alert_id=row.id or 0,
            network_id=where.id,
            asked_at=at,
            direct_at=at + timedelta(hours=1),
            forwarded_at=at + _PASSED_ON,
            role_id=role.id if role is not None else None,
        )
    )
    ground.session.flush()


def _drill(ground: Ground, settings: Settings, where: Grown) -> None:
    at, desk = ground.evening(_DRILL), ground.desks[where.municipality.code]
    draft = DrillDraft(targets=(Target(network_id=where.id),))
    row = alerts.start(ground.session, draft, author_account_id=desk, source=Source.MUNICIPALITY, now=at)
    _let_go(ground, settings, row, ground.police_id, at)  # two have looked


def _walk(ground: Ground, settings: Settings, where: Grown) -> None:
    at, desk = ground.evening(_WALK), ground.desks[where.municipality.code]
    draft = InvitationDraft(
        targets=(Target(network_id=where.id),),
        occasion=Occasion.SAFETY_WALK,
        starts_at=ground.evening(_WALK - 14),
        place="Parkeringen vid skolan",
        free_text="Ta gärna med en ficklampa.",
    )
    row = alerts.start(ground.session, draft, author_account_id=desk, source=Source.MUNICIPALITY, now=at)
    _let_go(ground, settings, row, desk, at)
    later = at + timedelta(days=5)
    moved = NewsDraft(News.MOVED, ground.evening(_WALK - 21), 90, "Torget")
    told = alerts.start_news(ground.session, row, moved, author_account_id=desk, source=Source.MUNICIPALITY, now=later)
    _let_go(ground, settings, told, desk, later)


def _to_what_comes(ground: Ground, settings: Settings, where: Grown) -> None:
    at, desk = ground.evening(_MEETING), ground.desks[where.municipality.code]
    draft = InvitationDraft(
        targets=(Target(network_id=where.id),),
        occasion=Occasion.INFORMATION,
        starts_at=ground.evening(-13),
        place="Biblioteket",
    )
    row = alerts.start(ground.session, draft, author_account_id=desk, source=Source.MUNICIPALITY, now=at)
    _let_go(ground, settings, row, desk, at)


def _burglary(at: datetime, where: Sequence[Grown]) -> AlertDraft:
    return AlertDraft(
        kind=AlertKind.BURGLARY_HOME,
        dwelling=Dwelling.VILLA,
        happened_on=in_sweden(at).date(),
        day_part=DayPart.NIGHT_TO,
        methods=(Method.WINDOW_FORCED,),
        advice=(Advice.LOCK, Advice.LIGHT_OUTSIDE, Advice.SEE_TO_NEIGHBOURS),
        targets=tuple(Target(network_id=one.id) for one in where),
    ).checked_on(in_sweden(at).date())


def _let_go(ground: Ground, settings: Settings, row: Alert, by: int, at: datetime) -> None:
    """Looked at, approved and delivered then."""
    session = ground.session
    alerts.check(session, row, now=at)
    worded = alerts.word_in(
        session,
        row,
        places.served_municipality(session, row.municipality_code),
        domain=settings.email.domain,
        base_url=settings.installation.base_url,
        now=at,
    )
    rule = alerts.rule_of(row.alert_class, places.rules(session, row.municipality_code))
    alerts.approve(
        session,
        row,
        worded,
        approver_account_id=by,
        version=row.version,
        now=at,
        release_at=at,
        valid_until=at + rule.validity,
    )
    note_approval(ground, row, by, at)
    deliver(ground, settings, row, at)
