"""What is told to one person comes in the language that is read at the address; every fragment is translated."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from sqlmodel import col, select

from grannsamverkan import notify, replies
from grannsamverkan.domain import notices, people
from grannsamverkan.domain.networks import WatchNetwork
from grannsamverkan.domain.notices import Notice, NoticeKind, words
from grannsamverkan.domain.people import ContactAddress, Person
from grannsamverkan.domain.receipts import Reply, answer
from grannsamverkan.foundation.catalogues import CATALOGUES, OTHER_LANGUAGES
from grannsamverkan.foundation.resources import PACKAGE, resource_folder
from grannsamverkan.runtime import Runtime
from tests.support.builders import HOOR, NOW, a_mailbox, a_network, a_person, a_phone
from tests.support.recording_channel import RecordingChannel

METHODS = [("**.html", "jinja2.ext.babel_extract"), ("**.txt", "jinja2.ext.babel_extract"), ("**.py", "python")]
ROOM = PACKAGE / "domain" / "notices"


def written() -> Iterator[str]:
    """Every fragment that is said to one person."""
    for folder in (ROOM, resource_folder("templates") / "messages" / "sms"):
        for _, _, said, _, _ in extract_from_dir(str(folder), METHODS, {}, {"say": None}):
            yield str(said)


def translated(language: str) -> dict[str, str]:
    with (CATALOGUES / language / "LC_MESSAGES" / "notices.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale=language) if one.id}


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_fragment_is_translated_with_the_same_facts_and_none_is_left_over(language: str) -> None:
    known, facts_of = translated(language), re.compile(r"\{(\w+)\}")
    assert sorted(one for one in set(written()) if not known.get(one)) == []
    assert [one for one, said in known.items() if set(facts_of.findall(one)) != set(facts_of.findall(said))] == []
    sources = "".join(path.read_text() for path in (*ROOM.glob("*.py"), PACKAGE / "web" / "meetings.py"))
    assert [one for one in known.keys() - set(written()) if f'"{one}"' not in sources] == []


def a_reader(runtime: Runtime, number: int, language: str, *, is_mailbox: bool = False) -> int:
    with runtime.database.write() as session:
        if not session.exec(select(WatchNetwork)).all():
            a_network(session)
        sms, email = ("", a_mailbox(number)) if is_mailbox else (a_phone(number), "")
        person = a_person(session, sms=sms, email=email)
        person.language = language
        return person.id or 0


def welcomed(runtime: Runtime, person_id: int) -> Notice:
    """What somebody is told when they have joined."""
    with runtime.database.write() as session:
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == person_id)).one()
        row = notices.queue(
            session,
            address,
            NoticeKind.WELCOME,
            words.welcome("Grannsamverkan Höör", "Nyby"),
            municipality_code=HOOR,
            about="welcome",
            key=str(person_id),
            now=NOW,
            valid_for=NOW - NOW.replace(hour=1),
        )
        assert row is not None
        return row


def test_a_welcome_is_in_the_readers_language(runtime: Runtime, sms: RecordingChannel) -> None:
    swedish, english = (welcomed(runtime, a_reader(runtime, n, one)) for n, one in enumerate(("sv", "en")))
    assert "Svara STOPP för att sluta" in swedish.body
    assert "You get texts for Nyby." in english.body


def test_a_mail_says_which_language_it_is_in(runtime: Runtime, email: RecordingChannel) -> None:
    row = welcomed(runtime, a_reader(runtime, 1, "en", is_mailbox=True))
    assert row.subject == "Welcome to the neighbourhood watch in Nyby"
    notify.send_notices(runtime)
    (wording,) = email.wordings
    assert b"Content-Language: en" in wording.mail
    assert b'<html lang=3D"en">' in wording.mail
    assert b"Want to stop getting emails?" in wording.mail


def test_where_two_who_share_a_phone_differ_whoever_has_proven_it_decides(runtime: Runtime) -> None:
    first, second = a_reader(runtime, 1, "sv"), a_reader(runtime, 1, "en")
    with runtime.database.read() as session:
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == first)).one()
        assert people.language_at(session, address) == "sv"
    with runtime.database.write() as session:
        theirs = session.exec(select(ContactAddress).where(ContactAddress.person_id == second)).one()
        theirs.proven_at = NOW
    with runtime.database.read() as session:
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == first)).one()
        assert people.language_at(session, address) == "en"


def test_an_address_that_nobody_has_confirmed_is_spoken_to_as_whoever_gave_it_reads(runtime: Runtime) -> None:
    person_id = a_reader(runtime, 1, "en")
    with runtime.database.write() as session:
        address = session.exec(select(ContactAddress).where(ContactAddress.person_id == person_id)).one()
        address.confirmed_at = None
        session.flush()
        assert people.language_at(session, address) == "en"


@pytest.mark.parametrize("reply", list(Reply))
def test_every_answer_to_a_reply_is_one_sms_in_every_language(reply: Reply) -> None:
    for language in ("sv", *OTHER_LANGUAGES):
        said = answer(reply, "Grannsamverkan Upplands Väsby", language)
        assert (said.encoding, said.parts) == ("GSM-7", 1)
    assert answer(reply, "Grannsamverkan Höör", "en") != answer(reply, "Grannsamverkan Höör")


def test_whoever_reads_english_is_answered_in_english(runtime: Runtime) -> None:
    a_reader(runtime, 1, "en")
    a_reader(runtime, 2, "sv")
    said = [
        replies.take_reply(runtime, provider_id=f"MO{number}", sender=a_phone(number), body="STOPP")
        for number in (1, 2, 3)
    ]
    assert "You get no more texts from us." in said[0]
    assert [one.partition(": ")[2][:3] for one in said[1:]] == ["Nu ", "Nu "]
    with runtime.database.read() as session:
        assert len(session.exec(select(Person).where(col(Person.language) == "en")).all()) == 1
