"""The email channel against real SMTP servers: with CHUNKING, with PIPELINING, with neither, with STARTTLS and AUTH."""

import datetime as dt
import ipaddress
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grannsamverkan.channels.smtp import Smtp
from grannsamverkan.foundation.ports import Accepted, Copy, NoAnswer, Rejected, Result, TryAgain, Unsure, Wording
from grannsamverkan.settings import Email
from grannsamverkan.standins.launch import Standins, count
from tests.support.builders import a_mailbox

MAIL = (
    b"From: hoor@gs.hoor.example\r\nTo: %(to)b\r\nMessage-ID: <2314.%(key)b@gs.hoor.example>\r\nSubject: Varning\r\n"
    b"\r\nSluta: https://gs.hoor.example/avsluta/%(token)b\r\n..en punkt\r\n100 %%\r\nslut"
)
WORDING = Wording(2314, mail=MAIL)
Make = Callable[..., Smtp]


def copies(*numbers: int) -> list[Copy]:
    return [Copy(number + 1, a_mailbox(number), str(number + 1), f"token{number}") for number in numbers]


@pytest.fixture
def make(standins: Standins) -> Iterator[Make]:
    """Makes channels with one connection to the stand-in, or with other settings; closes them at the end."""
    made: list[Smtp] = []

    def channel(**changes: Any) -> Smtp:
        there = {"host": standins.smtp_host, "port": standins.smtp_port, "domain": "gs.hoor.example", "timeout_s": 2}
        made.append(Smtp(Email(**{**there, "connections": 1, **changes})))
        return made[-1]

    yield channel
    for channel_made in made:
        channel_made.close()


# ---------------------------------------------------------------------------- with CHUNKING, and with PIPELINING only


@pytest.fixture(params=[True, False], ids=["chunking", "pipelining"])
def chunking(request: pytest.FixtureRequest, standins: Standins) -> bool:
    """Whether the relay takes a group in one piece."""
    offers: bool = request.param
    standins.behave_mail({"chunking": offers})
    return offers


@pytest.mark.usefixtures("chunking")
def test_each_copy_is_the_recipients_own_mail(make: Make, standins: Standins) -> None:
    assert make().send(WORDING, copies(*range(20))) == [Accepted("")] * 20
    mails = standins.mail_messages()
    assert [mail["to"] for mail in mails] == [a_mailbox(number) for number in range(20)]
    assert [mail["message_id"] for mail in mails] == [f"<2314.{number + 1}@gs.hoor.example>" for number in range(20)]
    assert {mail["from"] for mail in mails} == {"bounce@gs.hoor.example"}
    for number, mail in enumerate(mails):
        text = mail["text"].replace("\r\n", "\n")
        assert text.rstrip("\n") == f"Sluta: https://gs.hoor.example/avsluta/token{number}\n.en punkt\n100 %\nslut"


@pytest.mark.parametrize(
    ("rule", "result"),
    [
        ({"rcpt": 550}, Rejected("5.1.1")),
        ({"rcpt": 451}, TryAgain("4.3.0")),
        ({"rcpt": 452}, TryAgain("4.2.2")),
        ({"data": 554}, Rejected("5.7.1")),
        ({"data": 451}, TryAgain("4.3.0")),
    ],
    ids=str,
)
@pytest.mark.usefixtures("chunking")
def test_one_refusal_does_not_touch_its_neighbours(
    make: Make, standins: Standins, rule: dict[str, int], result: Result
) -> None:
    standins.behave_mail({"addresses": {a_mailbox(1): rule, a_mailbox(4): rule}})
    channel = make()
    expected = [Accepted(""), result, Accepted(""), Accepted(""), result]
    assert channel.send(WORDING, copies(0, 1, 2, 3, 4)) == expected
    assert channel.send(WORDING, copies(5)) == [Accepted("")]  # the same connection goes on
    assert [mail["to"] for mail in standins.mail_messages()] == [a_mailbox(number) for number in (0, 2, 3, 5)]


def test_a_relay_that_hangs_up_after_the_message_leaves_it_unsure(make: Make, standins: Standins) -> None:
    standins.behave_mail({"chunking": False, "addresses": {a_mailbox(2): {"drop_after_data": True, "times": 1}}})
    channel = make()
    results = channel.send(WORDING, copies(0, 1, 2, 3, 4))
    lost = TryAgain("connection_lost")
    assert results == [Accepted(""), Accepted(""), Unsure("connection_lost"), lost, lost]
    assert channel.send(WORDING, copies(3, 4)) == [Accepted("")] * 2  # over a new connection
    assert len(standins.mail_messages()) == 5


def test_a_group_that_is_cut_off_is_unsure_and_the_next_go_one_by_one(make: Make, standins: Standins) -> None:
    standins.behave_mail({"addresses": {a_mailbox(2): {"drop_after_data": True, "times": 2}}})
    channel = make()
    unsure = Unsure("connection_lost")
    assert channel.send(WORDING, copies(0, 1, 2, 3, 4)) == [Accepted(""), Accepted(""), unsure, unsure, unsure]
    assert len(standins.mail_messages()) == 3
    lost = TryAgain("connection_lost")
    assert channel.send(WORDING, copies(2, 3, 4)) == [unsure, lost, lost]  # of these at most one has been taken
    assert channel.send(WORDING, copies(3, 4)) == [Accepted("")] * 2


@pytest.mark.usefixtures("chunking")
def test_a_relay_that_has_had_enough_is_come_back_to(make: Make, standins: Standins) -> None:
    standins.behave_mail({"disconnect_after": 3})
    channel = make()
    results = channel.send(WORDING, copies(*range(5)))
    assert results[:3] == [Accepted("")] * 3
    assert all(isinstance(result, TryAgain) for result in results[3:])
    assert channel.send(WORDING, copies(3, 4)) == [Accepted("")] * 2
    assert [mail["to"] for mail in standins.mail_messages()] == [a_mailbox(number) for number in range(5)]


def test_a_relay_that_is_not_there(make: Make) -> None:
    assert make(port=1).send(WORDING, copies(0, 1)) == [TryAgain("no_connection")] * 2


def test_each_thread_has_a_connection_of_its_own(make: Make, standins: Standins) -> None:
    channel, before = make(), count(standins.mail_log).accepted
    failures: list[Result] = []

    def send(numbers: range) -> None:
        failures.extend(r for r in channel.send(WORDING, copies(*numbers)) if r != Accepted(""))

    threads = [threading.Thread(target=send, args=(range(part, 40, 4),), daemon=True) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert count(standins.mail_log).accepted - before == 40


def test_a_relay_cannot_be_asked(make: Make) -> None:
    channel = make()
    assert channel.ask(WORDING, copies(0), dt.datetime.now(dt.UTC)) == [NoAnswer("smtp_cannot_be_asked")]
    assert channel.follow_up("x", 1) is None
    assert not channel.can_ask


# ---------------------------------------------------------------------------------------- odd replies, word for word


@contextmanager
def dialogue(*replies: bytes) -> Iterator[int]:
    """A relay without PIPELINING that gives these replies in turn after its greeting and EHLO, then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            connection.settimeout(5)
            connection.sendall(b"220 relay.example\r\n")
            lines.readline()
            connection.sendall(b"250 relay.example\r\n")
            for reply in replies:
                while (line := lines.readline()).rstrip() not in {b".", b"DATA", b"RSET"} and line:
                    if line.startswith((b"MAIL", b"RCPT")):
                        break
                connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


OK, GO = b"250 2.0.0 Ok\r\n", b"354 go on\r\n"


@pytest.mark.parametrize(
    ("last", "result"),
    [
        (b"250 Ok\r\n", Accepted("")),
        (b"250-queued\r\n250 as 77\r\n", Accepted("")),
        (b"421 4.3.2 going down\r\n", TryAgain("4.3.2")),
        (b"452 no room\r\n", TryAgain("452")),
        (b"552 5.3.4 too big\r\n", Rejected("5.3.4")),
        (b"554 granne0@post.example is unknown\r\n", Rejected("554")),
        (b"what?\r\n", Unsure("no_reply")),
        (b"354 and then?\r\n", Unsure("no_reply")),
        (b"", Unsure("connection_lost")),
    ],
    ids=str,
)
def test_the_final_reply_decides(make: Make, last: bytes, result: Result) -> None:
    with dialogue(OK, OK, GO, last) as port:
        assert make(port=port).send(WORDING, copies(0)) == [result]


@pytest.mark.parametrize(
    ("replies", "result"),
    [
        ((b"421 4.3.2 going down\r\n",), TryAgain("421")),
        ((b"451 4.7.1 greylisted\r\n", OK), TryAgain("4.7.1")),
        ((b"550 5.7.1 not as this sender\r\n", b"503 no\r\n", b"503 no\r\n", OK), TryAgain("5.7.1", 60.0)),
        ((OK, b"550 5.1.1 nobody\r\n", OK), Rejected("5.1.1")),
        ((OK, OK, b"554 no\r\n", OK), Rejected("554")),
        ((OK, OK, b"421 bye\r\n"), TryAgain("421")),
        ((OK,), TryAgain("connection_lost")),
    ],
    ids=str,
)
def test_a_refused_envelope_is_surely_not_taken(make: Make, replies: tuple[bytes, ...], result: Result) -> None:
    with dialogue(*replies) as port:
        assert make(port=port).send(WORDING, copies(0)) == [result]


# --------------------------------------------------------------------------------------------- several connections


@pytest.mark.parametrize(("number", "opened"), [(5, 1), (6, 2), (12, 3), (24, 4), (32, 4)])
def test_copies_are_spread_over_the_connections(
    make: Make, standins: Standins, monkeypatch: pytest.MonkeyPatch, number: int, opened: int
) -> None:
    standins.behave_mail({"latency_ms": 30})  # else one that is done may take the next part too
    open_one, connections = smtplib.SMTP, list[smtplib.SMTP]()

    def counted(*args: Any, **words: Any) -> smtplib.SMTP:
        connections.append(open_one(*args, **words))
        return connections[-1]

    monkeypatch.setattr(smtplib, "SMTP", counted)
    channel = make(connections=4, step=8)
    assert channel.group == 32
    assert channel.send(WORDING, copies(*range(number))) == [Accepted("")] * number
    assert len(connections) == opened
    assert sorted(mail["to"] for mail in standins.mail_messages()) == sorted(a_mailbox(n) for n in range(number))


def test_a_cut_connection_leaves_what_goes_by_the_others(make: Make, standins: Standins) -> None:
    standins.behave_mail({"addresses": {a_mailbox(7): {"drop_after_data": True, "times": 1}}})
    found = make(connections=3, step=5).send(WORDING, copies(*range(15)))
    assert found == [*[Accepted("")] * 7, *[Unsure("connection_lost")] * 3, *[Accepted("")] * 5]


def test_no_more_than_a_step_goes_by_a_connection_at_once(make: Make, standins: Standins) -> None:
    """Whatever it is asked for: what a cut connection may repeat is bounded by it."""
    standins.behave_mail({"addresses": {a_mailbox(0): {"drop_after_data": True, "times": 1}}})
    found = make(connections=2, step=3).send(WORDING, copies(*range(12)))
    assert found == [*[Unsure("connection_lost")] * 3, *[Accepted("")] * 9]


def test_connections_wait_for_their_relay_at_the_same_time(make: Make, standins: Standins) -> None:
    standins.behave_mail({"latency_ms": 300})
    channel = make(connections=4, step=5, timeout_s=10)
    channel.send(WORDING, copies(*range(20)))  # opens them
    began = time.monotonic()
    assert channel.send(WORDING, copies(*range(20, 40))) == [Accepted("")] * 20
    everything_in_turn = 20 * 0.3
    assert time.monotonic() - began < everything_in_turn / 2


# ---------------------------------------------------------------------------- odd replies to a group sent as one


@contextmanager
def pipelined(
    answers: Mapping[str, Sequence[bytes]], *, ends: Mapping[str, bytes] = MappingProxyType({})
) -> Iterator[Any]:
    """A relay with PIPELINING that answers MAIL, RCPT and DATA for a recipient as `answers` says, and its message as
    `ends` says, all that has come in one write. Yields (port, messages taken)."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken: list[str] = []

    def converse(connection: socket.socket, lines: Any) -> None:
        to, said = "", [OK, OK, GO]
        for line in lines:
            if line.upper().startswith(b"EHLO"):
                connection.sendall(b"250-relay.example\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n")
            elif line.startswith(b"RSET"):
                connection.sendall(OK)
            elif line.startswith(b"RCPT"):
                to = line.decode().partition("<")[2].partition(">")[0]
                said = list(answers.get(to, (OK, OK, GO)))
            elif line.startswith(b"DATA"):
                connection.sendall(b"".join(said))
                if said[-1] != GO:
                    continue
                body = b"".join(iter(partial(next, lines, b".\r\n"), b".\r\n"))
                if body:
                    taken.append(to)
                connection.sendall(ends.get(to, OK) if body else b"554 5.5.1 no recipients\r\n")

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            connection.settimeout(5)
            connection.sendall(b"220 relay.example\r\n")
            converse(connection, iter(lines))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], taken
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


NOBODY, LATER, CLOSING = b"550 5.1.1 nobody\r\n", b"451 4.7.1 later\r\n", b"421 4.3.2 bye\r\n"


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ((OK, NOBODY, GO), Rejected("5.1.1")),  # it waits for a message that nobody would get: a lone dot ends it
        ((OK, NOBODY, b"503 5.5.1 no recipients\r\n"), Rejected("5.1.1")),
        ((OK, LATER, b"503 5.5.1 no recipients\r\n"), TryAgain("4.7.1")),
        ((b"550 5.7.1 not as this sender\r\n", b"503 no\r\n", b"503 no\r\n"), TryAgain("5.7.1", 60.0)),
        ((OK, b"250-2.1.5 in\r\n250 2.1.5 parts\r\n", GO), Accepted("")),
    ],
    ids=str,
)
def test_one_refusal_in_a_group_leaves_its_neighbours(make: Make, said: Sequence[bytes], result: Result) -> None:
    with pipelined({a_mailbox(1): said}) as (port, taken):
        channel = make(port=port)
        assert channel.send(WORDING, copies(0, 1, 2)) == [Accepted(""), result, Accepted("")]
        assert channel.send(WORDING, copies(3)) == [Accepted("")]  # the connection is good for more
        mine = [a_mailbox(1)] if result == Accepted("") else []
        assert taken == [a_mailbox(0), *mine, a_mailbox(2), a_mailbox(3)]


def test_a_relay_that_closes_in_a_group_has_surely_not_taken_the_rest(make: Make) -> None:
    with pipelined({a_mailbox(1): (OK, CLOSING)}) as (port, taken):
        found = make(port=port).send(WORDING, copies(0, 1, 2))
        assert found == [Accepted(""), TryAgain("421"), TryAgain("connection_lost")]
        assert taken == [a_mailbox(0)]


def test_the_last_reply_alone_is_ambiguous_when_it_does_not_come(make: Make) -> None:
    with pipelined({}, ends={a_mailbox(1): b"what?\r\n"}) as (port, _taken):
        found = make(port=port).send(WORDING, copies(0, 1, 2))
    assert found == [Accepted(""), Unsure("no_reply"), TryAgain("connection_lost")]


def test_an_address_with_letters_beyond_ascii_goes_as_such(make: Make) -> None:
    with pipelined({}) as (port, taken):
        assert make(port=port).send(WORDING, [Copy(1, "åsa@post.example", "1")]) == [Accepted("")]
        assert taken == ["åsa@post.example"]


# ----------------------------------------------------------------------- odd replies to messages whose length is told


@contextmanager
def chunked(*replies: bytes) -> Iterator[Any]:
    """A relay with CHUNKING that gives these replies to what comes after EHLO, one for each command, then hangs up.
    Yields (port, messages that came whole)."""
    listener = socket.create_server(("127.0.0.1", 0))
    came: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as stream, suppress(OSError):
            connection.settimeout(5)
            connection.sendall(b"220 relay.example\r\n")
            stream.readline()
            connection.sendall(b"250-relay.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n")
            for reply in replies:
                line = stream.readline()
                if line.startswith(b"BDAT"):
                    came.append(stream.read(int(line.split()[1])))
                connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], came
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


WHOLE, NO_SEQUENCE = (OK, OK, OK, OK), b"503 5.5.1 no\r\n"
MAYBE = Unsure("connection_lost")


@pytest.mark.parametrize(
    ("replies", "results"),
    [
        ((*WHOLE, OK, OK, NOBODY, NO_SEQUENCE, *WHOLE), [Accepted(""), Rejected("5.1.1"), Accepted("")]),
        ((*WHOLE, OK, LATER, NO_SEQUENCE, NO_SEQUENCE, *WHOLE), [Accepted(""), TryAgain("4.7.1"), Accepted("")]),
        (
            (*WHOLE, OK, b"550 5.7.1 not you\r\n", NO_SEQUENCE, NO_SEQUENCE, *WHOLE),
            [Accepted(""), TryAgain("5.7.1", 60.0), Accepted("")],
        ),
        ((*WHOLE, OK, OK, OK, b"554 5.7.1 no\r\n", *WHOLE), [Accepted(""), Rejected("5.7.1"), Accepted("")]),
        # It closes: what came after is not looked at.
        ((*WHOLE, CLOSING), [Accepted(""), TryAgain("421"), TryAgain("421")]),
        ((*WHOLE, OK, OK, OK, CLOSING), [Accepted(""), TryAgain("421"), TryAgain("421")]),
        # It goes without a word, or with a strange one: all that has left may have been taken.
        ((*WHOLE, OK, OK), [Accepted(""), MAYBE, MAYBE]),
        ((*WHOLE, OK, OK, OK, b"what?\r\n"), [Accepted(""), MAYBE, MAYBE]),
        ((), [MAYBE, MAYBE, MAYBE]),
    ],
    ids=str,
)
def test_each_message_of_a_group_has_its_own_replies(
    make: Make, replies: Sequence[bytes], results: list[Result]
) -> None:
    with chunked(*replies) as (port, came):
        assert make(port=port).send(WORDING, copies(0, 1, 2)) == results
    for body in came:
        assert body.endswith(b"\r\n.en punkt\r\n100 %\r\nslut\r\n")  # no dot is stuffed where the length is told


# ---------------------------------------------------------------------------------------------- STARTTLS and sign-in


class Inbox:
    """Keeps what the real server was given."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        assert session.ssl is not None
        self.mails.append((list(envelope.rcpt_tos), bytes(envelope.original_content)))
        return "250 2.0.0 Ok"


class AnyPort(Controller):
    """aiosmtpd probes the port it was told, which port 0 would break: it is told the one it got."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "relay.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "relay.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return folder / "relay.crt", folder / "relay.key"


@pytest.fixture
def secured(certificate: tuple[Path, Path]) -> Iterator[Inbox]:
    """A relay that takes mail only after STARTTLS and sign-in."""
    inbox = Inbox()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and (given.login, given.password) == (b"hoor", b"en lampa")
        return AuthResult(success=good, handled=good)

    server = AnyPort(
        inbox,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
        decode_data=False,
    )
    server.start()
    inbox.port = server.port
    yield inbox
    server.stop()


def test_mail_goes_encrypted_and_signed_in(
    make: Make, secured: Inbox, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))  # the machine's own list of authorities
    channel = make(host="localhost", port=secured.port, security="starttls", username="hoor", password="en lampa")
    assert channel.send(WORDING, copies(0, 1, 2)) == [Accepted("")] * 3
    assert [to for to, _ in secured.mails] == [[a_mailbox(number)] for number in range(3)]
    assert secured.mails[0][1].rstrip().endswith(b"\r\n.en punkt\r\n100 %\r\nslut")


def test_a_wrong_password_is_worth_another_try(
    make: Make, secured: Inbox, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    channel = make(host="localhost", port=secured.port, security="starttls", username="hoor", password="fel")
    (result,) = channel.send(WORDING, copies(0))
    assert isinstance(result, TryAgain)
    assert "hoor" not in result.code
    assert secured.mails == []


def test_a_relay_that_nobody_vouches_for_gets_nothing(make: Make, secured: Inbox) -> None:
    channel = make(host="localhost", port=secured.port, security="starttls", username="hoor", password="en lampa")
    (result,) = channel.send(WORDING, copies(0))
    assert isinstance(result, TryAgain)
    assert secured.mails == []


def test_without_starttls_such_a_relay_takes_nothing(make: Make, secured: Inbox) -> None:
    (result,) = make(host="localhost", port=secured.port).send(WORDING, copies(0))
    assert not isinstance(result, Accepted)
    assert secured.mails == []
