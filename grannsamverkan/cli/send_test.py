"""`grannsamverkan send-test`: one SMS or email to oneself, through the real channels."""

import click
from email_validator import EmailNotValidError, validate_email

from grannsamverkan.channels.fallback_sms import FallbackSms
from grannsamverkan.domain.alerts import MailHeaders, render_mail
from grannsamverkan.foundation.phone import read_phone
from grannsamverkan.foundation.ports import Accepted, Channel, ChannelKind, Copy, Wording
from grannsamverkan.foundation.sms_text import prepare
from grannsamverkan.runtime import Runtime
from grannsamverkan.wiring import ensure_let_go, open_runtime

NUMBER = 7  # no warning has it: their numbers begin higher
SUBJECT = "TEST från Grannsamverkan"
TEXT = "TEST från Grannsamverkan. Detta är ett prov, du behöver inte göra något. räksmörgås RÄKSMÖRGÅS. Nr 0007"


@click.command("send-test")
@click.option("--sms", "phone", metavar="NUMBER", help="Send a test SMS to this number.")
@click.option("--second", is_flag=True, help="By the second SMS provider.")
@click.option("--email", "mailbox", metavar="ADDRESS", help="Send a test email to this address.")
def send_test(phone: str | None, mailbox: str | None, second: bool) -> None:
    """Send a test to yourself. It says TEST, and reaches nobody else."""
    if not phone and not mailbox:
        raise click.UsageError("say --sms NUMBER or --email ADDRESS")
    number = read_phone(phone).e164 if phone else ""
    address = _read_mailbox(mailbox) if mailbox else ""
    with open_runtime() as runtime:
        ensure_let_go(runtime)
        if number:
            channel = _second(runtime) if second else runtime.channels.get(ChannelKind.SMS)
            _send(runtime, ChannelKind.SMS, channel, Wording(NUMBER, text=prepare(TEXT).text), number)
        if address:
            mail = runtime.channels.get(ChannelKind.EMAIL)
            _send(runtime, ChannelKind.EMAIL, mail, Wording(NUMBER, mail=_mail(runtime)), address)


def _read_mailbox(typed: str) -> str:
    try:
        return validate_email(typed, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise click.BadParameter("this is no email address", param_hint="--email") from None


def _mail(runtime: Runtime) -> bytes:
    headers = MailHeaders(
        number=NUMBER,
        sender_name="Grannsamverkan",
        mail_name="test",
        domain=runtime.settings.email.domain,
        base_url=runtime.settings.installation.base_url,
        sent_at=runtime.clock.now(),
    )
    return render_mail(headers, SUBJECT, TEXT, f"<p>{TEXT}</p>")


def _second(runtime: Runtime) -> Channel:
    channel = runtime.channels.get(ChannelKind.SMS)
    if not isinstance(channel, FallbackSms):
        raise click.ClickException("[sms] has no second provider in the config file")
    return channel.second


def _send(runtime: Runtime, kind: ChannelKind, channel: Channel | None, wording: Wording, address: str) -> None:
    name = kind.name.lower()
    if channel is None:
        raise click.ClickException(f"[{name}] is not set in the config file")
    copy = Copy(0, address, f"test{int(runtime.clock.now().timestamp())}")
    result = channel.send(wording, [copy])[0]
    if not isinstance(result, Accepted):
        raise click.ClickException(f"the {name} provider did not take it: {result.code}")
    click.echo(f"{name}: handed over" + (f" as {result.provider_id}" if result.provider_id else ""))
