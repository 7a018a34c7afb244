"""Why a provider is not reached is told in a word, and an untrusted certificate is as sure as no connection at all."""

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grannsamverkan.channels.causes import cause_of
from grannsamverkan.channels.elks_sms import ElksSms
from grannsamverkan.channels.smtp import Smtp
from grannsamverkan.channels.twilio_sms import TwilioSms
from grannsamverkan.channels.watched import Watched
from grannsamverkan.foundation.ports import Cause, Channel, ChannelKind, Copy, ProviderName, TryAgain, Wording
from grannsamverkan.settings import Email, Sms
from tests.support.builders import a_mailbox, a_phone
from tests.support.recording_channel import RecordingChannel

WORDING = Wording(1000, text="x", mail=b"x")


def sms_channels(url: str) -> list[Channel]:
    chosen = Sms(
        account_sid="AC" + "0" * 32,
        auth_token="x",
        sender="+46701740699",
        base_url=url,
        second_base_url=url,
        second_username="u",
        second_password="p",
        timeout_s=5,
    )
    return [TwilioSms(chosen), ElksSms(chosen)]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name leads anywhere."""

    def getaddrinfo(*_args: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.usefixtures("nowhere")
def test_a_name_that_leads_nowhere() -> None:
    copies = [Copy(1, a_phone(0), "1")]
    for channel in sms_channels("https://api.example"):
        assert channel.send(WORDING, copies) == [TryAgain(Cause.NAME_NOT_FOUND)]
    relay = Smtp(Email(host="relay.example", domain="gs.hoor.example"))
    assert relay.send(WORDING, [Copy(1, a_mailbox(0), "1")]) == [TryAgain(Cause.NAME_NOT_FOUND)]


@pytest.fixture
def run_out(tmp_path: Path) -> Iterator[str]:
    """A server whose certificate ran out yesterday; its address."""
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            try:
                context.wrap_socket(peer, server_side=True).close()
            except OSError:  # whoever called did not believe it
                peer.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://localhost:{listener.getsockname()[1]}"
    listener.close()


def test_a_certificate_that_is_not_believed_has_carried_nothing(run_out: str) -> None:
    """Without this the SMS would be asked about, and sent twice when nobody could say."""
    for channel in sms_channels(run_out):
        assert channel.send(WORDING, [Copy(1, a_phone(0), "1")]) == [TryAgain(Cause.CERTIFICATE)]


def test_what_else_keeps_a_connection_from_being_made() -> None:
    assert cause_of(ConnectionRefusedError()) is Cause.NO_CONNECTION
    assert cause_of(TimeoutError()) is Cause.NO_CONNECTION
    assert cause_of(ssl.SSLCertVerificationError()) is Cause.CERTIFICATE  # as smtplib raises it


def test_the_cause_is_told_until_it_is_another_or_none() -> None:
    channel = RecordingChannel(ChannelKind.SMS, can_ask=True)
    watched = Watched(ProviderName.TWILIO, channel)

    def told() -> Cause | None:
        watched.send(WORDING, [Copy(1, "a", "1")])
        news = watched.news()
        assert news is not None
        return news.cause

    channel.results["a"] = [TryAgain(Cause.CERTIFICATE), TryAgain(Cause.NAME_NOT_FOUND), TryAgain("20003")]
    assert [told() for _ in range(4)] == [Cause.CERTIFICATE, Cause.NAME_NOT_FOUND, None, None]
