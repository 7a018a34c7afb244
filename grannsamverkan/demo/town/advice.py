"""The town's year of tips: approved lines of the preset, one that has gone out, tips for newcomers, and last month's
letter."""

from datetime import datetime

from grannsamverkan import advice_round
from grannsamverkan.demo.town.ground import Ground
from grannsamverkan.demo.town.warnings import deliver, note_approval
from grannsamverkan.domain import advice, alerts, letters, places
from grannsamverkan.domain.advice import PlanEntry, Rule, RuleKind, RunState
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.settings import Settings

_PLANNED, _GONE = 60, 9  # days ago
_KEY = "fraga-114-14"
_UNREAD = 2  # of the year, those that are due last, still wait for somebody's approval
_COUNTS = "Sätofta; 4; 0; 3; 0; 2\nNyby; 2; 0; 0; 0; 1\nHöör centrum; 0; 5; 7; 0; 4\nJularp; 1; 0; 0; 3; 0"


def build_advice(ground: Ground, settings: Settings, code: str) -> None:
    """The year that lies ahead of one municipality, as its coordinator has planned it by now."""
    session, account_id = ground.session, ground.desks[code]
    advice.add_preset(session, code, account_id=account_id, now=ground.now)
    advice.add_welcome(session, code, account_id=account_id, now=ground.now)
    for row in advice.entries(session, code)[:-_UNREAD]:
        _approve(ground, row, ground.now)
    _send_one(ground, settings, code)
    _write_letter(ground, code)


def _approve(ground: Ground, row: PlanEntry, at: datetime) -> None:
    card = advice.card(ground.session, row.municipality_code, row.card_key)
    content = advice.content_of(row, card)
    advice.approve_entry(ground.session, row, card, content=content, account_id=row.created_by, now=at)


def _send_one(ground: Ground, settings: Settings, code: str) -> None:
    """A tip of last week, delivered."""
    session, at = ground.session, ground.evening(_GONE)
    rule = Rule(RuleKind.ONCE, hour=in_sweden(at).hour, on=in_sweden(at).date(), past_red_days=False)
    planned_at = ground.days_ago(_PLANNED)
    row = advice.add_entry(session, code, _KEY, rule, account_id=ground.desks[code], now=planned_at)
    _approve(ground, row, planned_at)
    alert = alerts.issue_advice(
        session,
        advice_round.draft_of(code, advice.card(session, code, _KEY)),
        places.served_municipality(session, code),
        network_ids=advice_round.networks_for(session, row),
        approved_by=row.created_by,
        domain=settings.email.domain,
        base_url=settings.installation.base_url,
        now=at,
    )
    advice.decide(session, row, RunState.ISSUED, now=at)
    advice.note_issued(session, row.id or 0, at, alert.id or 0)
    advice.advance(row)
    note_approval(ground, alert, row.created_by, at)
    deliver(ground, settings, alert, at)


def _write_letter(ground: Ground, code: str) -> None:
    """The letter about last month has its numbers, and waits to be read."""
    session, account_id = ground.session, ground.desks[code]
    month = letters.month_key(letters.month_after(in_sweden(ground.now).date().replace(day=1), -1))
    letters.keep_counts(session, code, month, letters.read_counts(_COUNTS), account_id=ground.police_id, now=ground.now)
    letters.draft(session, code, month, account_id=account_id, now=ground.now)
