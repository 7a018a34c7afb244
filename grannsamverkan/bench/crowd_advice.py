"""What advice the made-up towns have planned and sent: a year's plan, tips that have reached everybody, a letter."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, text, update
from sqlmodel import Session, col

from grannsamverkan import advice_round
from grannsamverkan.bench.crowd import Life
from grannsamverkan.domain import advice, alerts, letters, networks, places
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.letters import AreaCounts
from grannsamverkan.domain.networks import NetworkState
from grannsamverkan.foundation.database import UtcDateTime
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime

_TIPS = 8  # that have gone to every household of an active network this year
_AREAS = 12
_GIVEN = text("""
    INSERT INTO advice_given (alert_id, household_id, card_key, given_at, network_id, by_sms, by_email)
    SELECT :alert_id, h.id, :card_key, :at, h.network_id, h.id % 3 <> 0, h.id % 3 = 0
    FROM household h JOIN alert_target t ON t.network_id = h.network_id AND t.alert_id = :alert_id
    WHERE h.left_at IS NULL
""").bindparams(bindparam("at", type_=UtcDateTime))


def fill_advice(runtime: Runtime, life: Life, desks: dict[str, int]) -> dict[str, dict[str, str]]:
    """Code → what stands for a line of its plan and for the month of its letter."""
    month = letters.month_key(letters.month_after(in_sweden(life.now).date().replace(day=1), -1))
    found = {}
    for code, account_id in desks.items():
        with runtime.database.write() as session:
            entry_id = _plan(session, code, account_id, life.now)
            _letter(session, code, month, account_id, life.now)
            for number, key in enumerate(list(advice.shipped())[:_TIPS]):
                _sent(runtime, session, code, key, account_id, life.now - timedelta(days=14 * (number + 1)))
        found[code] = {"entry_id": str(entry_id), "month": month}
    return found


def _plan(session: Session, code: str, account_id: int, now: datetime) -> int:
    advice.add_preset(session, code, account_id=account_id, now=now)
    entries = advice.entries(session, code)
    for row in entries:
        card = advice.card(session, code, row.card_key)
        content = advice.content_of(row, card)
        advice.approve_entry(session, row, card, content=content, account_id=account_id, now=now)
    return entries[0].id or 0


def _letter(session: Session, code: str, month: str, account_id: int, now: datetime) -> None:
    counts = [AreaCounts(f"Område {number:02d}", (number % 5, 0, number % 7, 0, number)) for number in range(_AREAS)]
    letters.keep_counts(session, code, month, counts, account_id=account_id, now=now)
    row = letters.draft(session, code, month, account_id=account_id, now=now)
    content = letters.content_hash(letters.content_of(session, row, smallest=3, now=now))
    letters.approve(session, row, content=content, smallest=3, account_id=account_id, now=now)


def _sent(runtime: Runtime, session: Session, code: str, key: str, account_id: int, at: datetime) -> None:
    """As if it had gone and all had come in: what is kept when its copies are forgotten."""
    active = [card.id for card in networks.cards(session, [code]) if card.state is NetworkState.ACTIVE]
    settings = runtime.settings
    alert = alerts.issue_advice(
        session,
        advice_round.draft_of(code, advice.card(session, code, key)),
        places.served_municipality(session, code),
        network_ids=active,
        approved_by=account_id,
        domain=settings.email.domain,
        base_url=settings.installation.base_url,
        now=at,
    )
    closed = {"state": AlertState.CLOSED, "fanned_out_at": at, "closed_at": at + timedelta(hours=12)}
    session.execute(update(Alert).where(col(Alert.id) == alert.id).values(**closed))
    session.connection().execute(_GIVEN, {"alert_id": alert.id, "card_key": key, "at": at})
