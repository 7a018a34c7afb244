"""Two hops on the pages: what the sender is told, one press by link or signed in, and who did it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan import flow
from grannsamverkan.domain import duties, networks, places, targeting
from grannsamverkan.domain.networks import ContactPerson, ContactRole
from grannsamverkan.domain.notices import Notice, NoticeKind
from grannsamverkan.domain.places import Rules
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown
from tests.support.web_town import token

__all__ = ["alert_town"]


@pytest.fixture
def town(alert_town: AlertTown) -> AlertTown:
    """In Nyby warnings go through the contact persons."""
    with alert_town.runtime.database.write() as session:
        places.set_rules(session, "1267", Rules(warning_hold_s=0, quiet_from=0, quiet_to=0, warnings_a_week=20))
        networks.network(session, alert_town.networks["Nyby"]).via_contact_person = True
    return alert_town


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.headers
    return answer.get_data(as_text=True)


def warned(town: AlertTown) -> int:
    return len([copy for copy in [*town.sms.sent, *town.email.sent] if copy.key.isdigit()])


def press(client: FlaskClient, alert_id: int, network_id: int) -> tuple[int, str]:
    answer = client.post(f"/varningar/{alert_id}/vidare/{network_id}", data={"csrf_token": token(client)})
    return answer.status_code, answer.headers.get("Location", "")


def role_of(town: AlertTown, role: ContactRole) -> ContactPerson:
    with town.runtime.database.read() as session:
        return next(one for one in networks.contact_persons(session, town.networks["Nyby"]) if one.role is role)


def test_the_sender_is_told_before_and_after_and_one_press_sends_it_on(town: AlertTown) -> None:
    police, contact, nyby = town.signed_in("polis"), town.signed_in("ombud"), town.networks["Nyby"]
    alert_id = town.write(police, "Nyby")
    checked = page(police, f"/varningar/{alert_id}/granska")
    waiting = int(re.findall(r"I Nyby väntar (\d+) hushåll på att ett kontaktombud skickar vidare", checked)[0])
    assert waiting > 5
    police.post(f"/varningar/{alert_id}/godkann", data=town.approval(police, alert_id))
    drain(town.runtime)
    before = warned(town)
    assert before > 0
    live = page(police, f"/varningar/{alert_id}")
    assert "Nyby väntar på kontaktombud." in live
    assert re.search(r"Går av sig själv (klockan |kl\.? )?\d\d\.\d\d", live)
    assert "Skicka vidare till mina grannar" not in live  # the police have let it go already
    assert press(police, alert_id, nyby)[0] == 403
    home = page(contact, "/hem")
    number = f"{town.alert(alert_id).number:04d}"
    assert f"Skicka vidare nr {number} till dina grannar" in home
    assert "Skicka vidare till mina grannar i Nyby" in page(contact, f"/varningar/{alert_id}")
    for _ in range(2):
        assert press(contact, alert_id, nyby) == (303, f"/varningar/{alert_id}#vidare")
    drain(town.runtime)
    assert warned(town) > before + 5
    for client in (police, contact):
        shown = page(client, f"/varningar/{alert_id}")
        assert "Nyby: skickad vidare" in shown
        assert "Skicka vidare till mina grannar" not in shown
    assert "Skicka vidare nr" not in page(contact, "/hem")


def test_others_contact_persons_cannot_and_nothing_else_can_be_passed_on(town: AlertTown) -> None:
    police, contact, other = town.signed_in("polis"), town.signed_in("ombud"), town.signed_in("huvudombud")
    alert_id = town.send(police, "Nyby", "Maglasäte")
    assert press(other, alert_id, town.networks["Nyby"])[0] == 404
    assert press(contact, alert_id, town.networks["Maglasäte"])[0] == 404
    assert press(contact, 9999, town.networks["Nyby"])[0] == 404
    draft = town.write(police, "Nyby")
    assert press(contact, draft, town.networks["Nyby"])[0] == 404


def test_by_link_one_press_sends_it_on_and_looking_does_not(town: AlertTown, clock: SetClock) -> None:
    alert_id = town.send(town.signed_in("polis"), "Nyby")
    before, role = warned(town), role_of(town, ContactRole.DEPUTY)
    day = clock.now().date()
    link = f"/uppgifter/{duties.duties_token(town.runtime.database.vault, role.id or 0, last_day=day)}"
    visitor = town.app.test_client()
    shown = page(visitor, link)
    assert "väntar på dig" in shown
    assert (town.alert(alert_id).sms_text or "") in shown
    drain(town.runtime)
    assert warned(town) == before
    for _ in range(2):
        answer = visitor.post(f"{link}/vidare/{alert_id}")
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{link}?vidare={alert_id}")
    drain(town.runtime)
    assert warned(town) > before + 5
    shown = page(visitor, f"{link}?vidare={alert_id}")
    assert "Skickad vidare" in shown
    assert "väntar på dig" not in shown
    with town.runtime.database.read() as session:
        [row] = targeting.forwardings(session, alert_id)
    assert (row.role_id, row.account_id) == (role.id, None)
    assert "Ersättare" in page(town.signed_in("polis"), f"/varningar/{alert_id}")
    assert visitor.post(f"{link}/vidare/9999").status_code == 404
    assert visitor.post(f"/uppgifter/nej/vidare/{alert_id}").status_code == 404


def test_the_mail_has_the_persons_own_link_and_the_sms_has_none(town: AlertTown) -> None:
    police = town.signed_in("polis")
    alert_id = town.write(police, "Nyby")
    police.post(f"/varningar/{alert_id}/godkann", data=town.approval(police, alert_id))
    flow.fan_out(town.runtime, alert_id=alert_id)
    with town.runtime.database.read() as session:
        rows = session.exec(select(Notice).where(Notice.kind == NoticeKind.FORWARD)).all()
    assert rows
    for row in rows:
        assert ("/uppgifter/" in row.body) == (row.channel == ChannelKind.EMAIL)
        assert "http" not in row.body or row.channel == ChannelKind.EMAIL
        assert "Nyby" in row.body


def test_a_network_says_how_its_warnings_go_and_its_coordinator_decides(town: AlertTown) -> None:
    coordinator, nyby = town.signed_in("samordnare"), town.networks["Nyby"]
    assert "Varningar går via kontaktombuden" in page(coordinator, f"/omraden/{nyby}")
    form = {"csrf_token": token(coordinator), "name": "Nyby", "dwellings": "40", "postcodes": ""}
    assert coordinator.post(f"/omraden/{nyby}/andra", data=form).status_code == 303
    assert "Varningar går via kontaktombuden" not in page(coordinator, f"/omraden/{nyby}")
    assert coordinator.post(f"/omraden/{nyby}/andra", data={**form, "via_contact_person": "y"}).status_code == 303
    with town.runtime.database.read() as session:
        assert networks.network(session, nyby).via_contact_person


def test_what_a_contact_person_writes_goes_straight_to_their_neighbours(town: AlertTown) -> None:
    contact = town.signed_in("ombud")
    alert_id = town.write(contact, "Nyby")
    assert "på att ett kontaktombud skickar vidare" not in page(contact, f"/varningar/{alert_id}/granska")
    contact.post(f"/varningar/{alert_id}/godkann", data=town.approval(contact, alert_id))
    drain(town.runtime)
    assert warned(town) > 5
    with town.runtime.database.read() as session:
        assert targeting.forwardings(session, alert_id) == []
