"""Joining by slip and by area, at the door, being let in or not; and that contact persons see what they are shown."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from grannsamverkan import succession
from grannsamverkan.domain import audit, lifecycle, membership, networks, people
from grannsamverkan.domain.alerts import AlertState
from grannsamverkan.domain.lifecycle import EndReason
from grannsamverkan.domain.membership import JoinRequest, RequestState
from grannsamverkan.domain.networks import Household, JoinedBy, NetworkKind, Shows, UnitKind
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.people import Consent, ContactAddress, Person
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from tests.support.builders import a_started_alert
from tests.support.web_town import HOOR, NOW, Town, token

PHONE = "070-174 06 05"


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/ga-med"), **form})


def last_code(town: Town) -> str:
    with town.runtime.database.read() as rows:
        notice = rows.exec(select(Notice).where(Notice.kind == NoticeKind.CODE).order_by(col(Notice.id).desc())).first()
        assert notice is not None
        found = re.match(r"\d{6}", notice.body)
        assert found is not None
        return found[0]


def a_slip(town: Town, network: str = "Nyby") -> str:
    with town.runtime.database.write() as rows:
        row = networks.network(rows, town.network_ids[network])
        unit = networks.add_unit(rows, row, UnitKind.STREET, "Nybyvägen")
        return membership.make_batch(rows, row, unit, slips=2, days=90, account_id=1, now=NOW).code


def prove(town: Town, client: FlaskClient, phone: str = PHONE) -> None:
    """From the address to the choices."""
    assert post(client, "/ga-med/hur", phone=phone).status_code == 303
    assert post(client, "/ga-med/kod", code=last_code(town)).status_code == 303


def choose(client: FlaskClient, **more: str) -> Any:
    return post(client, "/ga-med/val", wants="y", **{"shows": "name", "label": "Nybyvägen 3", **more})


def joined(town: Town) -> list[Household]:
    with town.runtime.database.read() as rows:
        return list(rows.exec(select(Household).where(col(Household.joined_by).is_not(None))))


@pytest.mark.goal("P14")
def test_a_slip_lets_in_at_once(town: Town) -> None:
    client, code = town.visitor(), a_slip(town)
    assert post(client, "/ga-med", code=code.lower()).headers["Location"] == "/ga-med/hur"
    prove(town, client)
    assert choose(client).headers["Location"] == "/ga-med/klart"
    page = client.get("/ga-med/klart").get_data(as_text=True)
    assert "Nu är du med i Nyby" in page
    household = joined(town)[0]
    assert (household.label, household.shows, household.joined_by) == ("Nybyvägen 3", Shows.NAME, JoinedBy.SLIP)
    with town.runtime.database.read() as rows:
        assert rows.exec(select(Consent)).one().source == "slip"
        assert [n.kind for n in rows.exec(select(Notice).order_by(col(Notice.id)))] == [
            NoticeKind.CODE,
            NoticeKind.WELCOME,
        ]


def test_the_area_page_asks_the_contact_person(town: Town) -> None:
    client = town.visitor()
    area = town.network_ids["Nyby"]
    assert post(client, f"/ga-med?omrade={area}").status_code == 303
    prove(town, client)
    choose(client)
    assert "svarar dig" in client.get("/ga-med/klart").get_data(as_text=True)
    assert joined(town) == []
    contact = town.signed_in("kontakt")
    page = contact.get(f"/omraden/{area}/hushall").get_data(as_text=True)
    assert "Nybyvägen 3" in page
    with town.runtime.database.read() as rows:
        asked = rows.exec(select(JoinRequest)).one()
    path = f"/omraden/{area}/hushall/forfragan/{asked.id}"
    for _ in range(2):
        contact.post(path, data={"csrf_token": token(contact, f"/omraden/{area}/hushall"), "svar": "ja"})
    assert len(joined(town)) == 1


def test_whoever_is_not_let_in_is_told_and_forgotten(town: Town) -> None:
    client, area = town.visitor(), town.network_ids["Nyby"]
    post(client, f"/ga-med?omrade={area}")
    prove(town, client)
    choose(client)
    contact = town.signed_in("kontakt")
    with town.runtime.database.read() as rows:
        asked = rows.exec(select(JoinRequest)).one()
    contact.post(
        f"/omraden/{area}/hushall/forfragan/{asked.id}",
        data={"csrf_token": token(contact, f"/omraden/{area}/hushall"), "svar": "nej", "ja": "1"},
    )
    with town.runtime.database.read() as rows:
        asked = rows.exec(select(JoinRequest)).one()
        assert (asked.state, asked.label) == (RequestState.DECLINED, None)
        assert NoticeKind.JOIN_ANSWER in {row.kind for row in rows.exec(select(Notice))}


def test_no_just_after_yes_says_what_was_decided_and_tells_the_neighbour_nothing(town: Town) -> None:
    client, area = town.visitor(), town.network_ids["Nyby"]
    post(client, f"/ga-med?omrade={area}")
    prove(town, client)
    choose(client)
    contact = town.signed_in("kontakt")
    with town.runtime.database.read() as rows:
        asked = rows.exec(select(JoinRequest)).one()
    path, page = f"/omraden/{area}/hushall/forfragan/{asked.id}", f"/omraden/{area}/hushall"
    for answer, said in (("ja", "Hushållet är insläppt."), ("nej", "redan besvarad. Hushållet är insläppt.")):
        contact.post(path, data={"csrf_token": token(contact, page), "svar": answer})
        assert said in contact.get(page).get_data(as_text=True)
    assert "besvarad" not in contact.get(page).get_data(as_text=True)
    with town.runtime.database.read() as rows:
        assert [row.kind for row in rows.exec(select(Notice))] == [NoticeKind.CODE, NoticeKind.WELCOME]


def test_the_choice_sent_twice_joins_once_and_shows_the_same(town: Town) -> None:
    client, code = town.visitor(), a_slip(town)
    post(client, "/ga-med", code=code)
    prove(town, client)
    cookie = client.get_cookie("formular")
    assert cookie is not None
    assert choose(client).headers["Location"] == "/ga-med/klart"
    client.set_cookie("formular", cookie.value)  # a second press, sent before the first was answered
    assert choose(client).headers["Location"] == "/ga-med/klart"
    assert "Nu är du med i Nyby" in client.get("/ga-med/klart").get_data(as_text=True)
    assert len(joined(town)) == 1
    with town.runtime.database.read() as rows:
        assert [row.kind for row in rows.exec(select(Notice))] == [NoticeKind.CODE, NoticeKind.WELCOME]


def end(town: Town, name: str, into: str = "") -> None:
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids[name])
        if into:
            other = networks.network(rows, town.network_ids[into])
            succession.merge(town.runtime, rows, network, other, account_id=1)
        else:
            succession.end(town.runtime, rows, network, EndReason.WISH, account_id=1)


def test_an_ended_network_says_so_at_every_step_and_shows_another_way(town: Town) -> None:
    code, area = a_slip(town), town.network_ids["Nyby"]
    half_way, at_the_choice = town.visitor(), town.visitor()
    post(half_way, "/ga-med", code=code)
    post(at_the_choice, "/ga-med", code=code)
    prove(town, at_the_choice)
    end(town, "Nyby")
    fresh = town.visitor()
    answers = [
        fresh.get(f"/ga-med?omrade={area}"),
        fresh.get(f"/omrade/{area}"),
        post(fresh, f"/ga-med?omrade={area}"),
        post(fresh, "/ga-med", code=code),
        half_way.get("/ga-med/hur"),
        choose(at_the_choice),
    ]
    for answer in answers:
        page = answer.get_data(as_text=True)
        assert answer.status_code == 410
        assert "Området är avslutat" in page
        assert "/anmal-intresse/1267" in page
    assert joined(town) == []


def test_a_merged_network_leads_on_at_every_step(town: Town) -> None:
    code, area, into = a_slip(town), town.network_ids["Nyby"], town.network_ids["Tjörnarp"]
    half_way, at_the_choice = town.visitor(), town.visitor()
    post(half_way, f"/ga-med?omrade={area}")
    post(at_the_choice, "/ga-med", code=code)
    prove(town, at_the_choice)
    end(town, "Nyby", "Tjörnarp")
    fresh = town.visitor()
    assert fresh.get(f"/ga-med?omrade={area}").headers["Location"] == f"/ga-med?omrade={into}"
    assert fresh.get(f"/omrade/{area}").headers["Location"] == f"/omrade/{into}"
    assert post(fresh, "/ga-med", code=code).headers["Location"] == "/ga-med/hur"
    assert "Tjörnarp" in half_way.get("/ga-med/var", follow_redirects=True).get_data(as_text=True)
    choose(at_the_choice)
    assert "Nu är du med i Tjörnarp" in at_the_choice.get("/ga-med/klart").get_data(as_text=True)
    assert [row.network_id for row in joined(town)] == [into]


def test_a_resting_network_may_be_joined_and_says_that_nothing_is_sent_yet(town: Town) -> None:
    client, area = town.visitor(), town.network_ids["Norra Rörum"]
    assert "varningar kommer först" in client.get(f"/ga-med?omrade={area}").get_data(as_text=True)
    post(client, f"/ga-med?omrade={area}")
    prove(town, client)
    choose(client)
    page = client.get("/ga-med/klart").get_data(as_text=True)
    assert "Varningar kommer först när den är igång igen" in page
    assert "söker ett kontaktombud" in page  # there is none who could answer


def test_nobody_is_put_to_a_network_that_has_ended(town: Town) -> None:
    with town.runtime.database.write() as rows:
        person = people.add_person(rows, HOOR, now=NOW)
        row = lifecycle.tell_interest(
            rows, HOOR, person.id or 0, NetworkKind.VILLA, "Ekvägen", wants_to_help=False, now=NOW
        )
        row.confirmed_at = NOW
        interest_id = row.id
    end(town, "Nyby")
    client = town.signed_in("samordnare")
    form = {"csrf_token": token(client), "val": interest_id, "gor": "existing", "omrade": town.network_ids["Nyby"]}
    answer = client.post("/intressen", data=form)
    assert answer.status_code == 422
    assert "Området är avslutat" in answer.get_data(as_text=True)


@pytest.mark.goal("P10")
def test_a_household_that_shows_nothing_is_only_counted(town: Town) -> None:
    client, code = town.visitor(), a_slip(town)
    post(client, "/ga-med", code=code)
    prove(town, client)
    choose(client, shows="nothing", label="Nybyvägen 3")
    assert joined(town)[0].label is None


def test_the_same_number_twice_is_one_household(town: Town) -> None:
    code, first, again = a_slip(town), town.visitor(), town.visitor()
    for client in (first, again):
        post(client, "/ga-med", code=code)
        prove(town, client, "+46 (0)70 1740605")
        choose(client)
    assert "Du är redan med" in again.get("/ga-med/klart").get_data(as_text=True)
    assert len(joined(town)) == 1
    with town.runtime.database.read() as rows:
        assert len(rows.exec(select(ContactAddress).where(ContactAddress.channel == 1)).all()) == 1


def test_a_mailbox_is_proved_before_anything_goes_there(town: Town) -> None:
    client, code = town.visitor(), a_slip(town)
    post(client, "/ga-med", code=code)
    assert post(client, "/ga-med/hur", email="Granne.Ek@post.example").status_code == 303
    with town.runtime.database.read() as rows:
        (only,) = rows.exec(select(Notice)).all()
        assert only.kind is NoticeKind.CODE
        assert rows.exec(select(Consent)).all() == []
        mailbox = people.lookup_of(rows, ChannelKind.EMAIL, "granne.ek@post.example")
        assert not people.is_wanted(rows, ChannelKind.EMAIL, mailbox)
    assert client.get("/ga-med/val").status_code == 404
    assert post(client, "/ga-med/kod", code=last_code(town)).status_code == 303
    with town.runtime.database.read() as rows:
        assert rows.exec(select(Consent)).all() == []  # the code proves the mailbox, and chooses nothing
    choose(client)
    with town.runtime.database.read() as rows:
        (address,), (consent,) = rows.exec(select(ContactAddress)).all(), rows.exec(select(Consent)).all()
        assert address.confirmed_at == NOW
        assert people.is_wanted(rows, ChannelKind.EMAIL, mailbox)
        assert (consent.channel, consent.text_version, consent.given_at, consent.source) == (
            ChannelKind.EMAIL,
            people.CONSENT_TEXT_VERSION,
            NOW,
            "slip",
        )
        assert [row.kind for row in rows.exec(select(Notice).order_by(col(Notice.id)))] == [
            NoticeKind.CODE,
            NoticeKind.WELCOME,
        ]


def test_how_often_a_network_writes_is_said_before_one_joins(town: Town) -> None:
    area = town.network_ids["Nyby"]
    pages = (f"/omrade/{area}", f"/ga-med?omrade={area}")
    for page in pages:
        assert "Området är nytt" in town.visitor().get(page).get_data(as_text=True)
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(days=182))
    for page in pages:
        assert "Ingen varning har gått ut här" in town.visitor().get(page).get_data(as_text=True)
    with town.runtime.database.write() as rows:
        for days in (10, 20, 30):
            alert = a_started_alert(rows, area)
            alert.state, alert.sms_text, alert.approved_at = AlertState.CLOSED, "x", NOW + timedelta(days=days)
    for page in pages:
        assert "Ungefär 6 varningar om året här." in town.visitor().get(page).get_data(as_text=True)


@pytest.mark.parametrize(
    ("phone", "said"),
    [
        ("040-10 00 00", "fast nummer"),
        ("070-174 06 0", "för kort"),
        ("+44 7911 123456", "svenska mobilnummer"),
        ("", "Skriv ditt mobilnummer"),
        ("hej", "ser inte rätt ut"),
    ],
)
def test_a_number_that_gets_no_sms_is_refused_kindly(town: Town, phone: str, said: str) -> None:
    client = town.visitor()
    post(client, f"/ga-med?omrade={town.network_ids['Nyby']}")
    answer = post(client, "/ga-med/hur", phone=phone)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel:" in page
    assert page.count(said) == 2


def test_nobody_gets_further_without_the_code(town: Town) -> None:
    client = town.visitor()
    post(client, f"/ga-med?omrade={town.network_ids['Nyby']}")
    post(client, "/ga-med/hur", phone=PHONE)
    assert client.get("/ga-med/val").status_code == 404
    assert choose(client).status_code == 404
    wrong = f"{(int(last_code(town)) + 1) % 1_000_000:06}"
    answer = post(client, "/ga-med/kod", code=wrong)
    assert answer.status_code == 422
    assert "4 gånger till" in answer.get_data(as_text=True)
    other = town.visitor()
    post(other, f"/ga-med?omrade={town.network_ids['Nyby']}")
    assert post(other, "/ga-med/kod", code=last_code(town)).status_code == 422


def test_a_slip_that_is_used_up_or_revoked_lets_nobody_in(town: Town) -> None:
    client, code = town.visitor(), a_slip(town)
    with town.runtime.database.write() as rows:
        batch = membership.batch_with_code(rows, code)
        assert batch is not None
        membership.revoke(batch, now=NOW)
    answer = post(client, "/ga-med", code=code)
    assert answer.status_code == 422
    assert "gått ut" in answer.get_data(as_text=True)


def at_the_door(town: Town, **form: str) -> Any:
    contact, area = town.signed_in("kontakt"), town.network_ids["Nyby"]
    path = f"/omraden/{area}/hushall/nytt"
    filled = {"unit": "0", "shows": "name", "label": "Hus 7", "paper_on": "2026-03-01", "signed": "y", **form}
    return contact.post(path, data={"csrf_token": token(contact, path), **filled})


def test_a_neighbour_on_paper_only_is_a_full_member(town: Town) -> None:
    assert at_the_door(town, landline="0413-123 45").status_code == 303
    household = joined(town)[0]
    assert household.joined_by is JoinedBy.DOORSTEP
    assert household.landline == "+4641312345"
    with town.runtime.database.read() as rows:
        assert rows.exec(select(ContactAddress)).all() == []
    page = town.signed_in("kontakt").get(f"/omraden/{town.network_ids['Nyby']}/hushall").get_data(as_text=True)
    assert "Hus 7" in page
    assert "Lapp" in page


def test_the_paper_is_asked_for(town: Town) -> None:
    answer = at_the_door(town, signed="", paper_on="2026-03-09", phone="070-174 06 05")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "underskrivet" in page
    assert joined(town) == []


def test_a_household_leaves_and_what_it_told_us_goes(town: Town) -> None:
    at_the_door(town, phone=PHONE)
    contact, area = town.signed_in("kontakt"), town.network_ids["Nyby"]
    household = joined(town)[0]
    path = f"/omraden/{area}/hushall/{household.id}/lamnar"
    assert contact.post(path, data={"csrf_token": token(contact, path)}).status_code == 422
    assert contact.post(path, data={"csrf_token": token(contact, path), "because": "moved"}).status_code == 303
    gone = joined(town)[0]
    assert gone.left_at is not None
    assert gone.label is None
    with town.runtime.database.read() as rows:
        assert all(row.withdrawn_at is not None for row in rows.exec(select(Consent)))
        assert {row.kind for row in rows.exec(select(Notice))} == {NoticeKind.WELCOME, NoticeKind.CHANGED}
        assert rows.exec(select(Person).where(col(Person.name).is_not(None))).all() == []
        (removed,) = [act for act in audit.history(rows, "network", area) if act.act.startswith("household.left")]
        assert (removed.act, removed.account_id, removed.facts) == (
            "household.left.moved",
            town.account_ids["kontakt"],
            {"row": household.id},
        )


def test_a_contact_person_reaches_nobody_elses_households(town: Town) -> None:
    at_the_door(town)
    household, other = joined(town)[0], town.signed_in("huvud")
    area = town.network_ids["Nyby"]
    for path in (f"/omraden/{area}/hushall", f"/omraden/{area}/hushall/{household.id}/lamnar"):
        assert other.get(path).status_code == 404
    own = town.network_ids["Tjörnarp"]
    assert other.get(f"/omraden/{own}/hushall/{household.id}/lamnar").status_code == 404


def test_a_batch_is_printed_and_called_back(town: Town) -> None:
    contact, area = town.signed_in("kontakt"), town.network_ids["Nyby"]
    path = f"/omraden/{area}/lappar"
    assert contact.post(path, data={"csrf_token": token(contact, path), "unit": "0", "number": "8"}).status_code == 303
    with town.runtime.database.read() as rows:
        batch = membership.batches(rows, area)[0]
    for paper in ("lappar", "lappar-stora", "anslag", "valkommen"):
        answer = contact.get(f"{path}/{batch.id}/{paper}.pdf")
        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF")
    assert contact.get(f"{path}/{batch.id}/annat.pdf").status_code == 404
    contact.post(f"{path}/{batch.id}/dra-tillbaka", data={"csrf_token": token(contact, path), "ja": "1"})
    with town.runtime.database.read() as rows:
        called_back = membership.batch_with_code(rows, batch.code)
        assert called_back is not None
        assert not membership.is_usable(called_back, NOW)


def test_the_list_on_paper_is_written_down(town: Town) -> None:
    at_the_door(town)
    answer = town.signed_in("kontakt").get(f"/omraden/{town.network_ids['Nyby']}/hushall/lista.pdf")
    assert answer.data.startswith(b"%PDF")
    with town.runtime.database.read() as rows:
        assert [row.what for row in audit.views_of_network(rows, town.network_ids["Nyby"])] == ["print"]


@pytest.mark.goal("S44")
def test_a_machine_that_tries_codes_of_slips_is_slowed_down_on_both_ways(town: Town) -> None:
    code, client = a_slip(town), town.visitor()
    asked = [client.get(f"/ga-med?kod=ACDE{number:04}").status_code for number in range(10)]
    sent = [post(client, "/ga-med", code=f"ACDE{number:04}").status_code for number in range(15)]
    assert (asked, sent) == ([200] * 10, [422] * 10 + [429] * 5)
    assert client.get("/ga-med?kod=ACDE9999").status_code == 429
    assert client.get("/ga-med").status_code == 200  # whoever tries nothing is not held up
    assert post(client, "/ga-med", code=code).status_code == 303  # nor who has a slip
    assert isinstance(town.clock, SetClock)
    town.clock.advance(timedelta(minutes=5, seconds=1))
    assert post(client, "/ga-med", code="ACDE9999").status_code == 422
