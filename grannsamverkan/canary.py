"""A message to the operator by each provider, every hour: what it takes must come out at the other end.

    begin → call → note what it answered → the receipt, which is asked for when it does not come

An SMS is proved by the provider's word that the phone has it; an email by the relay that has taken it, as long as no
report says that it did not arrive. Each step is safe to run twice. Nobody else's messages know of it, and no figure
counts it.
"""

from datetime import timedelta

from grannsamverkan.domain import deliveries, notices
from grannsamverkan.domain.deliveries import Canary
from grannsamverkan.foundation.ports import (
    About,
    Accepted,
    ChannelKind,
    Copy,
    Here,
    NotHere,
    Provider,
    ProviderReceipt,
    Rejected,
    Result,
    Said,
    TryAgain,
    Wording,
)
from grannsamverkan.foundation.sms_text import prepare
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.runtime import Runtime

_SENDER_NAME, _MAIL_NAME = "Grannsamverkan", "prov"
_SUBJECT = "Prov från Grannsamverkan"
_VALID_FOR_S = 3600
_ASKED_FROM = timedelta(seconds=20)  # most receipts come by themselves before
_ASKED_UNTIL = timedelta(hours=2)
_TRY_AGAIN = timedelta(minutes=1)


def send_canaries(runtime: Runtime) -> int:
    """By each provider by itself, whoever else is behind its channel, when it is due; returns how many were tried."""
    return sum(_send(runtime, provider) for provider in runtime.providers if runtime.settings.canary.to(provider.kind))


def ask_about_canaries(runtime: Runtime) -> int:
    """Those without proof are asked for at their provider; returns how many."""
    ways = {str(one.name): one for one in runtime.providers if runtime.settings.canary.to(one.kind)}
    now = runtime.clock.now()
    if not ways:
        return 0
    with runtime.database.read() as session:
        found = deliveries.unproved_canaries(session, after=now - _ASKED_UNTIL, before=now - _ASKED_FROM)
    asked = [row for row in found if row.provider in ways]
    for row in asked:
        _ask(runtime, ways[row.provider], row)
    return len(asked)


def take_receipt(runtime: Runtime, receipt: ProviderReceipt) -> bool:
    """A provider or a mail system says what became of a canary."""
    if receipt.said is Said.ON_ITS_WAY:
        return False
    with runtime.database.write(durable=False) as session:
        if receipt.said is Said.DELIVERED:
            now = runtime.clock.now()
            return deliveries.canary_proved(session, receipt.delivery_id, every=_every(runtime), now=now)
        return deliveries.canary_refused(session, receipt.delivery_id, code=receipt.code or receipt.status)


def _send(runtime: Runtime, provider: Provider) -> bool:
    with runtime.database.write() as session:
        row = deliveries.begin_canary(session, provider.name, every=_every(runtime), now=runtime.clock.now())
    if row is None:
        return False
    _note(runtime, provider, row, provider.send(_wording(runtime, provider, row), [_copy(runtime, provider, row)])[0])
    return True


def _note(runtime: Runtime, provider: Provider, row: Canary, result: Result) -> None:
    now = runtime.clock.now()
    if isinstance(result, Accepted):
        _taken(runtime, provider, row, result.provider_id)
    elif isinstance(result, Rejected):
        with runtime.database.write() as session:
            deliveries.canary_refused(session, row.id or 0, code=result.code)
    elif isinstance(result, TryAgain):
        again_at = now + max(_TRY_AGAIN, timedelta(seconds=result.after_s))
        with runtime.database.write() as session:
            deliveries.canary_refused(session, row.id or 0, code=result.code, next_at=again_at)


def _taken(runtime: Runtime, provider: Provider, row: Canary, provider_id: str) -> None:
    """A relay's yes is all that most mailboxes ever say."""
    now = runtime.clock.now()
    with runtime.database.write() as session:
        deliveries.canary_taken(session, row.id or 0, provider_id=provider_id, now=now)
        if not provider.can_ask:
            deliveries.canary_proved(session, row.id or 0, every=_every(runtime), now=now)


def _ask(runtime: Runtime, provider: Provider, row: Canary) -> None:
    if row.provider_id is not None:
        said = provider.follow_up(row.provider_id, row.id or 0)
        if said is not None:
            take_receipt(runtime, said)
        return
    sms = runtime.settings.sms
    is_early = runtime.clock.now() - row.called_at < timedelta(seconds=sms.ask_after_s + sms.timeout_s)
    if is_early or not runtime.may_ask():
        return
    # Whoever called was killed in between, or got no answer.
    wording, copies = _wording(runtime, provider, row), [_copy(runtime, provider, row)]
    answer = provider.ask(wording, copies, row.called_at)[0] if provider.can_ask else NotHere()
    if isinstance(answer, Here):
        _taken(runtime, provider, row, answer.provider_id)
    elif isinstance(answer, NotHere):
        with runtime.database.write() as session:
            deliveries.canary_refused(session, row.id or 0, code="not_taken", next_at=runtime.clock.now())


def _every(runtime: Runtime) -> timedelta:
    return timedelta(minutes=runtime.settings.canary.every_min)


def _copy(runtime: Runtime, provider: Provider, row: Canary) -> Copy:
    return Copy(row.id or 0, runtime.settings.canary.to(provider.kind), f"{About.CANARY}{row.id}")


def _wording(runtime: Runtime, provider: Provider, row: Canary) -> Wording:
    """No two say the same, so that each can be asked for by its whole text."""
    begun = f"{in_sweden(row.called_at):%Y-%m-%d %H.%M}"
    text = f"Prov från Grannsamverkan {begun}. Du behöver inte göra något. Prov {row.id} ({row.provider})"
    if provider.kind is ChannelKind.SMS:
        return Wording(0, text=prepare(text).text, valid_for_s=_VALID_FOR_S, about=About.CANARY)
    sender = notices.NoticeSender(_SENDER_NAME, _MAIL_NAME, runtime.settings.email.domain)
    copy = _copy(runtime, provider, row)
    mail = notices.render(sender, key=copy.key, to=copy.address, subject=_SUBJECT, text=text, sent_at=row.called_at)
    return Wording(0, mail=mail, about=About.CANARY)
