"""Each neighbour gets a message in the language they have chosen, on both databases: what was looked at, once, and
nothing of it twice for a phone that two people have."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import select

from grannsamverkan import flow, invariants
from grannsamverkan.domain import alerts, people
from grannsamverkan.domain.alerts import AlertClass, Told
from grannsamverkan.domain.people import Person
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import (
    NOW,
    a_household,
    a_neighbour,
    a_network,
    a_person,
    a_phone,
    a_sequel,
    a_started_alert,
    an_approved_alert,
    deliveries_of,
)
from tests.support.recording_channel import RecordingChannel


def a_street_of_two_languages(runtime: Runtime) -> int:
    """Nine phones and three mailboxes; every third phone and one mailbox belong to somebody who reads English."""
    with runtime.database.write() as session:
        street = a_network(session)
        for number in range(9):
            person = a_person(session, sms=a_phone(number), email=f"granne{number}@x.example" if number < 3 else "")
            person.language = "en" if number % 3 == 0 else "sv"
            a_household(session, street, person)
        return street.id or 0


def said_to(channel: RecordingChannel) -> dict[str, str]:
    """Address → the last text it was sent."""
    return {copy.address: wording.text for wording, copies in channel.calls for copy in copies}


def test_everybody_gets_what_was_looked_at_in_their_language(
    runtime: Runtime, sms: RecordingChannel, email: RecordingChannel
) -> None:
    street = a_street_of_two_languages(runtime)
    alert_id = an_approved_alert(runtime, street)
    drain(runtime)
    with runtime.database.read() as session:
        swedish = alerts.alert(session, alert_id).sms_text
        (english,) = alerts.translations(session, alert_id)
    assert "Break-in in house" in english.sms_text
    got = said_to(sms)
    assert len(sms.sent) == len(got) == 9
    assert {got[a_phone(number)] for number in (0, 3, 6)} == {english.sms_text}
    assert {got[a_phone(number)] for number in (1, 2, 4, 5, 7, 8)} == {swedish}
    assert sorted(b"Content-Language: en" in one.mail for one in email.wordings) == [False, True]
    assert [row.language for row in deliveries_of(runtime, alert_id)].count("en") == 4
    assert {name for name, number in invariants.offences(runtime).items() if number} == set()


def test_what_is_looked_at_is_counted_in_each_language(runtime: Runtime) -> None:
    street = a_street_of_two_languages(runtime)
    with runtime.database.write() as session:
        alert_id = a_started_alert(session, street).id or 0
    checked = flow.check_alert(runtime, alert_id=alert_id)
    reach = checked.reach
    assert reach.in_language == {"en": {ChannelKind.SMS: 3, ChannelKind.EMAIL: 1}}
    assert [reach.copies_in(one, ChannelKind.SMS) for one in ("sv", "en", "fi")] == [6, 3, 0]
    parts = 6 * checked.worded.sms.parts + 3 * checked.worded.others["en"].sms.parts
    assert checked.cost_kronor == parts * runtime.settings.sms.kronor_per_part


def test_an_approval_holds_every_language(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street_of_two_languages(runtime))
    with runtime.database.write() as session:
        alert = alerts.alert(session, alert_id)
        assert alerts.stored_hash(session, alert) == alert.approval_hash
        session.execute(text("UPDATE alert_translation SET sms_text = 'Something else.'"))
        session.expire_all()
        assert alerts.stored_hash(session, alert) != alert.approval_hash


def test_what_follows_is_in_their_language_too(runtime: Runtime, sms: RecordingChannel, clock: SetClock) -> None:
    first_id = an_approved_alert(runtime, a_street_of_two_languages(runtime))
    drain(runtime)
    a_sequel(runtime, first_id, AlertClass.CORRECTION, Told.NOT_TRUE)
    clock.advance(timedelta(minutes=3))  # it does not overtake the mistake
    drain(runtime)
    got = said_to(sms)
    assert "CORRECTION of nr" in got[a_phone(0)]
    assert "RÄTTELSE av nr" in got[a_phone(1)]


def test_a_phone_that_two_have_is_spoken_to_by_whoever_has_proven_it(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        street = a_network(session)
        for number, languages in enumerate((("en", "sv"), ("en", "en"), ("en", "sv"))):
            rows = [a_person(session, sms=a_phone(number)) for _ in languages]
            for person, language in zip(rows, languages, strict=True):
                person.language = language
                a_household(session, street, person)
            if number == 2:
                (address,) = people.confirmed_of(session, rows[0].id or 0)
                people.prove_address(address, now=NOW)
        alert_id = a_started_alert(session, street.id or 0).id or 0
    assert flow.check_alert(runtime, alert_id=alert_id).reach.in_language == {"en": {ChannelKind.SMS: 2}}


def test_a_lost_answer_is_asked_for_by_a_number_that_every_language_ends_with(runtime: Runtime) -> None:
    alert_id = an_approved_alert(runtime, a_street_of_two_languages(runtime))
    with runtime.database.read() as session:
        alert = alerts.alert(session, alert_id)
        texts = [alert.sms_text or "", *(one.sms_text for one in alerts.translations(session, alert_id))]
    assert len(texts) == 2
    assert all(one.endswith(f" Nr {alert.number}") for one in texts)


def test_somebody_who_moves_to_english_gets_the_next_one_so(runtime: Runtime, sms: RecordingChannel) -> None:
    with runtime.database.write() as session:
        street = a_network(session)
        a_neighbour(session, street, sms=a_phone(0))
        street_id = street.id or 0
    an_approved_alert(runtime, street_id)
    drain(runtime)
    with runtime.database.write() as session:
        people.choose_language(session, session.exec(select(Person.id)).one() or 0, "en")
    an_approved_alert(runtime, street_id)
    drain(runtime)
    assert ["Pågår:" in wording.text for wording in sms.wordings] == [True, False]
