"""`grannsamverkan send-test`: one SMS or email to oneself, through the real channels."""

import click

from grannsamverkan.domain.alerts.mail import MailHeaders, render_mail
from grannsamverkan.foundation.phone import read_phone
from grannsamverkan.foundation.ports import Accepted, ChannelKind, Copy, Wording
from grannsamverkan.foundation.sms_text import prepare
from grannsamverkan.wiring import open_runtime

TEXT = (
    "TEST från Grannsamverkan. Detta är ett prov, du behöver inte göra något. räksmörgås RÄKSMÖRGÅS. Nr 0007"
)


@click.command("send-test")
@click.option("--sms", "phone", metavar="NUMBER", help="Send a test SMS to this number.")
@click.option("--email", "mailbox", metavar="ADDRESS", help="Send a test email to this address.")
def send_test(phone: str | None, mailbox: str | None) -> None:
    """Send a test to yourself. It says TEST, and reaches nobody else."""
    if not phone and not mailbox:
        raise click.UsageError("say --sms NUMBER or --email ADDRESS")
    with open_runtime() as runtime:
        if phone:
            copy = Copy(0, read_phone(phone).e164, "test")
            _send(runtime.channels.get(ChannelKind.SMS), Wording(7, text=prepare(TEXT).text), copy, "sms")
        if mailbox:
            settings = runtime.settings
            headers = MailHeaders(
                number=7,
                sender_name="Grannsamverkan",
                mail_name="test",
                domain=settings.email.domain,
                base_url=settings.installation.base_url,
                sent_at=runtime.clock.now(),
            )
            mail = render_mail(headers, "TEST från Grannsamverkan", TEXT, f"<p>{TEXT}</p>")
            copy = Copy(0, mailbox, f"test{int(runtime.clock.now().timestamp())}")
            _send(runtime.channels.get(ChannelKind.EMAIL), Wording(7, mail=mail), copy, "email")


def _send(channel: object, wording: Wording, copy: Copy, name: str) -> None:
    if channel is None:
        raise click.ClickException(f"[{name}] is not set in the config file")
    result = channel.send(wording, [copy])[0]  # type: ignore[attr-defined]
    if not isinstance(result, Accepted):
        raise click.ClickException(f"the {name} provider did not take it: {result.code}")
    click.echo(f"{name}: handed over" + (f" as {result.provider_id}" if result.provider_id else ""))
