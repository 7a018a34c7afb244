"""Invitations with their news, and drills: whom they reach, what they say, and that they count as no warning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from grannsamverkan import flow
from grannsamverkan.domain import alerts, networks, places, receipts
from grannsamverkan.domain.alerts import (
    AlertClass,
    AlertState,
    DrillDraft,
    DrillFacts,
    InvitationDraft,
    InvitationFacts,
    Need,
    News,
    NewsDraft,
    Occasion,
    Source,
    Target,
)
from grannsamverkan.domain.alerts.drill_words import word_drill_email, word_drill_sms
from grannsamverkan.domain.alerts.invitation_words import (
    invitation_headline,
    word_invitation_email,
    word_invitation_sms,
)
from grannsamverkan.domain.alerts.lint import lint_sms
from grannsamverkan.domain.people import ContactAddress, Level, Person
from grannsamverkan.foundation.catalogues import LANGUAGES
from grannsamverkan.foundation.errors import Refused
from grannsamverkan.jobs.inline import drain
from grannsamverkan.runtime import Runtime
from tests.support.builders import (
    HOOR,
    NOW,
    a_mailbox,
    a_neighbour,
    a_phone,
    a_street,
    an_account,
    an_approved_alert,
    copies_by_address,
    set_rules,
)
from tests.support.recording_channel import RecordingChannel

STARTS = datetime(2026, 3, 20, 17, tzinfo=UTC)  # Friday, 18.00 in Sweden
AROUND: dict[str, Any] = {
    "sender_address": "hoor@gs.hoor.example",
    "list_domain": "gs.hoor.example",
    "sent_on": NOW.date(),
    "unsubscribe_url": "https://gs.hoor.example/avsluta/x",
    "network_name": "Nyby",
    "privacy_url": "https://gs.hoor.example/dina-uppgifter",
}
FACTS = InvitationFacts(
    number=2314,
    municipality_name="Höör",
    source=Source.MUNICIPALITY,
    occasion=Occasion.YEARLY_MEETING,
    starts_at=STARTS,
    minutes=90,
    place="Församlingshemmet",
    areas=("Nyby",),
    free_text="",
    base_url="https://gs.hoor.example",
)
DRILL = DrillFacts(2315, "Höör", Source.MUNICIPALITY, ("Nyby",), "https://gs.hoor.example")


def invited(runtime: Runtime, street: int, **changes: Any) -> int:
    """The id of an invitation that has been let go."""
    with runtime.database.write() as session:
        author = an_account(session, f"inbjudare{street}")
        filled = {"occasion": Occasion.SAFETY_WALK, "starts_at": STARTS, "place": "Torget", **changes}
        draft = InvitationDraft(targets=(Target(network_id=street),), **filled)
        row = alerts.start(session, draft, author_account_id=author.id or 0, source=Source.POLICE, now=NOW)
        alert_id = row.id or 0
    return let_go(runtime, alert_id)


def told(runtime: Runtime, about_id: int, draft: NewsDraft) -> int:
    with runtime.database.write() as session:
        about = alerts.alert(session, about_id)
        now, author_id = runtime.clock.now(), about.author_account_id
        row = alerts.start_news(session, about, draft, author_account_id=author_id, source=Source.POLICE, now=now)
        alert_id = row.id or 0
    return let_go(runtime, alert_id)


def let_go(runtime: Runtime, alert_id: int, approver: int | None = None) -> int:
    checked = flow.check_alert(runtime, alert_id=alert_id)
    by = approver or checked.alert.author_account_id
    flow.approve_alert(runtime, alert_id=alert_id, approver_account_id=by, content=checked.content)
    return alert_id


def a_drill(runtime: Runtime, street: int) -> int:
    """The id of a drill that somebody has written."""
    with runtime.database.write() as session:
        author = an_account(session, f"provare{street}")
        draft = DrillDraft(targets=(Target(network_id=street),)).checked()
        row = alerts.start(session, draft, author_account_id=author.id or 0, source=Source.POLICE, now=NOW)
        return row.id or 0


def wants_only_what_is_under_way(runtime: Runtime, value: str) -> None:
    with runtime.database.write() as session:
        rows = session.exec(select(Person, ContactAddress).where(col(ContactAddress.person_id) == col(Person.id)))
        (person,) = [person for person, address in rows if address.value == value]
        person.level = Level.ONGOING


# --------------------------------------------------------------------------------------------------- the words


def test_the_words_of_an_invitation() -> None:
    assert word_invitation_sms(FACTS).text == (
        "Grannsamverkan Höör: Inbjudan: årsmöte, Nyby, fre 20/3 kl. 18.00, Församlingshemmet. Välkommen! Nr 2314"
    )
    assert invitation_headline(FACTS) == "Inbjudan: årsmöte i Nyby, fredag 20 mars kl. 18.00"
    off = replace(FACTS, news=News.CALLED_OFF, about_number=2314, number=2320)
    assert word_invitation_sms(off).text == (
        "Grannsamverkan Höör: Inställt (nr 2314): årsmöte, Nyby, fre 20/3 kl. 18.00. Kom inte dit. Nr 2320"
    )
    assert word_invitation_sms(FACTS.in_language("en")).text == (
        "Grannsamverkan Höör: Invitation: annual meeting, Nyby, Fri 20 Mar at 18.00, Församlingshemmet. "
        "Welcome! Nr 2314"
    )


def test_the_words_of_a_drill() -> None:
    assert word_drill_sms(DRILL).text == (
        "TEST från Grannsamverkan Höör: Det här är ett prov till Nyby. Inget har hänt. Du behöver inte göra något. "
        "Pågår: 112. Tips: 114 14. Nr 2315"
    )
    assert word_drill_sms(DRILL).parts == 1
    mail = word_drill_email(DRILL, **AROUND)
    assert mail.subject == "TEST: det här är ett prov, inget har hänt (nr 2315)"
    assert "Det här är ett prov. Inget har hänt" in mail.text


def test_a_drill_that_does_not_say_so_is_found() -> None:
    warning = "Grannsamverkan Höör: Inbrott i villa, Nyby, 4/3. Lås. Pågår: 112. Tips: 114 14. Nr 2314"
    assert "not_as_trial" in lint_sms(warning, AlertClass.DRILL)
    assert "not_as_trial" in lint_sms(word_drill_sms(DRILL).text, AlertClass.WARNING)


AREAS = st.lists(st.sampled_from(["Nyby", "Sätofta", "Norra Rörum", "Ljungstorp"]), min_size=1, unique=True)


@given(st.sampled_from(Occasion), st.sampled_from([None, *News]), AREAS, st.sampled_from(Source), st.integers(0, 600))
@settings(max_examples=100, deadline=None)
def test_every_invitation_keeps_the_rules_in_every_language(
    occasion: Occasion, news: News | None, areas: list[str], source: Source, hours: int
) -> None:
    facts = replace(FACTS, occasion=occasion, news=news, areas=tuple(areas), source=source, about_number=2314)
    for language in LANGUAGES:
        said = replace(facts, starts_at=STARTS + timedelta(hours=hours), language=language)
        sms, mail = word_invitation_sms(said), word_invitation_email(said, **AROUND)
        assert lint_sms(sms.text, AlertClass.INVITATION, language) == []
        assert sms.encoding == "GSM-7"
        assert len(mail.subject) <= 60
        assert "114 14" in mail.text


@given(AREAS)
@settings(max_examples=30, deadline=None)
def test_every_drill_keeps_the_rules_in_every_language(areas: list[str]) -> None:
    for language in LANGUAGES:
        sms = word_drill_sms(replace(DRILL, areas=tuple(areas), language=language))
        assert lint_sms(sms.text, AlertClass.DRILL, language) == []
        assert sms.encoding == "GSM-7"


# ---------------------------------------------------------------------------------------------------- the draft


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_at": NOW - timedelta(minutes=1)}, "in_the_past"),
        ({"starts_at": NOW + timedelta(days=400)}, "too_far_ahead"),
        ({"minutes": 5}, "minutes"),
        ({"place": "  "}, "place_missing"),
        ({"place": "Ring 070-174 06 05"}, "place_points_out"),
        ({"free_text": "Ring 070-174 06 05"}, "free_text_points_out"),
        ({"targets": ()}, "no_target"),
    ],
)
def test_what_no_invitation_may_say(changes: dict[str, Any], code: str) -> None:
    filled: dict[str, Any] = {
        "targets": (Target(network_id=1),),
        "occasion": Occasion.GATHERING,
        "starts_at": STARTS,
        "place": "Torget",
        **changes,
    }
    with pytest.raises(Refused) as refused:
        InvitationDraft(**filled).checked_at(NOW)
    assert refused.value.code == code


# ------------------------------------------------------------------------------------------------------ the way


def test_an_invitation_leaves_those_in_peace_who_want_only_what_is_under_way_and_a_drill_does_not(
    runtime: Runtime, sms: RecordingChannel
) -> None:
    street = a_street(runtime, phones=3)
    wants_only_what_is_under_way(runtime, a_phone(0))
    set_rules(runtime, drill_needs_two="no")
    invitation = invited(runtime, street)
    drill = let_go(runtime, a_drill(runtime, street))
    drain(runtime)
    assert copies_by_address(runtime, invitation).keys() == {a_phone(1), a_phone(2)}
    assert copies_by_address(runtime, drill).keys() == {a_phone(0), a_phone(1), a_phone(2)}


def test_a_drill_waits_for_a_second_person(runtime: Runtime) -> None:
    street = a_street(runtime, phones=1)
    drill = a_drill(runtime, street)
    checked = flow.check_alert(runtime, alert_id=drill)
    assert checked.weighed.needs == (Need.DRILL,)
    with pytest.raises(Refused, match="second_person_needed"):
        let_go(runtime, drill)
    with runtime.database.write() as session:
        colleague = an_account(session, "kollega").id or 0
    let_go(runtime, drill, colleague)
    with runtime.database.read() as session:
        assert alerts.alert(session, drill).state is AlertState.APPROVED


def test_who_may_drill_is_the_municipalitys_to_say(runtime: Runtime) -> None:
    street = a_street(runtime, phones=1)
    draft = DrillDraft(targets=(Target(network_id=street),))
    with runtime.database.write() as session:
        author = an_account(session).id or 0
        with pytest.raises(Refused, match="drill_not_allowed"):
            alerts.start(session, draft, author_account_id=author, source=Source.CONTACT_PERSON, now=NOW)
    set_rules(runtime, drill_by="everybody")
    with runtime.database.write() as session:
        alerts.start(session, draft, author_account_id=author, source=Source.CONTACT_PERSON, now=NOW)


def test_that_it_is_moved_reaches_exactly_those_who_were_invited(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=2)
    invitation = invited(runtime, street)
    drain(runtime)
    with runtime.database.write() as session:
        a_neighbour(session, networks.network(session, street), sms=a_phone(9))
    moved = told(runtime, invitation, NewsDraft(News.MOVED, STARTS + timedelta(days=7), 60, "Skolan"))
    drain(runtime)
    assert copies_by_address(runtime, moved).keys() == {a_phone(0), a_phone(1)}
    with runtime.database.read() as session:
        first, news = alerts.alert(session, invitation), alerts.alert(session, moved)
        assert f"Ny tid eller plats (nr {first.number})" in (news.sms_text or "")
        assert "fre 27/3 kl. 18.00, Skolan" in (news.sms_text or "")
        story = alerts.story(session, first.number or 0, base_url="", now=runtime.clock.now())
    assert story.occasion is not None
    assert (story.occasion.place, story.current.number) == ("Skolan", news.number)
    assert story.status(runtime.clock.now()) is alerts.Status.CORRECTED
    assert story.first.wrong_until is not None


def test_what_is_called_off_stops_what_is_not_sent_and_ends_the_story(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=2)
    invitation = invited(runtime, street)
    flow.fan_out(runtime, alert_id=invitation)  # copies are made, and none is handed over
    off = told(runtime, invitation, NewsDraft(News.CALLED_OFF))
    drain(runtime)
    assert copies_by_address(runtime, off) == {}
    assert sms.addresses == []
    with runtime.database.read() as session:
        assert alerts.alert(session, invitation).stopped_at is not None
    with pytest.raises(Refused, match="called_off"):
        told(runtime, invitation, NewsDraft(News.REMINDER))


def test_nobody_is_invited_to_what_has_begun(runtime: Runtime) -> None:
    street = a_street(runtime, phones=1)
    set_rules(runtime, warning_hold_s=60)
    with pytest.raises(Refused, match="over_by_then"):
        invited(runtime, street, starts_at=NOW + timedelta(seconds=20))  # the hold is longer


def test_neither_is_a_warning_in_any_figure(runtime: Runtime, sms: RecordingChannel) -> None:
    street = a_street(runtime, phones=1)
    set_rules(runtime, drill_needs_two="no", warnings_a_week=1)
    invited(runtime, street)
    let_go(runtime, a_drill(runtime, street))
    drain(runtime)
    now = runtime.clock.now()
    with runtime.database.read() as session:
        assert alerts.latest(session, [HOOR]) == []
        assert len(alerts.latest(session, [HOOR], with_all=True)) == 2
        assert alerts.last_warned(session, [street]) == {}
        assert alerts.count_to(session, street, since=NOW - timedelta(days=1)) == 0
        assert alerts.sent_between(session, HOOR, NOW - timedelta(days=1), now + timedelta(days=1)).warnings == 0
        assert sum(month.warnings for month in receipts.months(session, HOOR, now=now)) == 0
        late = now + timedelta(days=30)
        assert alerts.without_follow_up(session, [HOOR], sent_before=late, sent_after=NOW - timedelta(days=9)) == []
    warning = an_approved_alert(runtime, street)  # the week's budget is whole
    with runtime.database.read() as session:
        assert alerts.alert(session, warning).state is AlertState.APPROVED
        assert places.rules(session, HOOR).warnings_a_week == 1


def test_a_mailbox_gets_it_too(runtime: Runtime, email: RecordingChannel) -> None:
    street = a_street(runtime, mailboxes=1)
    invitation = invited(runtime, street)
    drain(runtime)
    assert copies_by_address(runtime, invitation).keys() == {a_mailbox(0)}
    with runtime.database.read() as session:
        row = session.exec(select(alerts.Alert).where(col(alerts.Alert.id) == invitation)).one()
        assert "/n/" in (row.mail_text or "")
        assert "kalender.ics" in (row.mail_text or "")
