"""Check, approve and watch: what is shown is what is sent, once, and each sees no more than their part."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grannsamverkan import flow, upkeep
from grannsamverkan.demo.town.names import full_name
from grannsamverkan.domain import alerts, networks, people
from grannsamverkan.domain.alerts import Alert, AlertState
from grannsamverkan.domain.people import GivenBy
from grannsamverkan.foundation import swedish
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.foundation.ports import ChannelKind
from grannsamverkan.foundation.sms_text import parts_of
from grannsamverkan.jobs.inline import drain
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown, receive
from tests.support.builders import a_mailbox, a_phone
from tests.support.web_town import token

__all__ = ["alert_town"]


NUMBER = r'<td class="gs-r"[^>]*>(?:<strong>)?(\d+)(?:</strong>)?</td>'


def text(town: AlertTown, name: str, path: str) -> str:
    answer = town.signed_in(name).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def rows(page: str) -> dict[str, list[int]]:
    """The numbers of every table row, by its heading."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL):
        heading = re.search(r'<th scope="row">(.*?)</th>', row, re.DOTALL)
        if heading:
            name = re.sub(r"<span.*?</span>|<[^>]+>", "", heading[1], flags=re.DOTALL).strip()
            found[name] = [
                int(n) for n in re.findall(r'<td class="gs-r"[^>]*>(?:<strong>)?(\d+)(?:</strong>)?</td>', row)
            ]
    return found


# ------------------------------------------------------------------------------------------------------- check


def test_the_check_page_shows_the_message_whom_it_reaches_and_whom_not(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby", "Kvarteret Linden", fri="Altandörren var uppbruten.")
    page = client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)
    assert "Grannsamverkan Höör: Inbrott i villa, Kvarteret Linden, Nyby, natt till ons 4/3." in page
    assert f"Nr {alert_town.alert(alert_id).number}" in page
    assert "<b>1</b> sms per mottagare" in page
    assert "Altandörren var uppbruten." in page
    assert "Läs mejlet" in page
    assert "Har tagit paus" in page
    assert "Skicka varning till 39 hushåll" in page
    assert alert_town.sms.sent == []


def test_the_check_page_shows_what_readers_of_another_language_get(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby", fri="Altandörren var uppbruten.")
    page = client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)
    assert "På engelska: till 4 mottagare" in page
    assert "Grannsamverkan Höör: Break-in in house, Nyby, night to Wed 4 Mar." in page
    assert "Altandörren var uppbruten. (in Swedish)" in page


def test_asking_for_the_check_page_changes_nothing(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    before = alert_town.alert(alert_id)
    client.get(f"/varningar/{alert_id}/granska")
    assert alert_town.alert(alert_id) == before


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 200))])
def test_the_numbers_on_the_check_page_are_what_is_sent(alert_town: AlertTown, clock: SetClock, seed: int) -> None:
    """Shared phones, both channels, stops, pauses, dead numbers and parts of networks, at random."""
    chance = random.Random(seed)
    _stir(alert_town, clock, chance)
    client = alert_town.signed_in("polis")
    places = chance.sample(["Nyby", "Maglasäte", "Kvarteret Linden", "Nyby-1", "Nyby-2"], k=chance.randint(1, 3))
    alert_id = alert_town.write(client, *places)
    page = client.get(f"/varningar/{alert_id}/granska").get_data(as_text=True)
    shown = rows(page)
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    drain(alert_town.runtime)
    assert shown["Sms"][1] == len(alert_town.sms.sent) == len(set(alert_town.sms.addresses))
    assert shown["Mejl"][1] == len(alert_town.email.sent)
    parts = sum(parts_of(wording.text).parts * len(copies) for wording, copies in alert_town.sms.calls)
    kronor = parts * alert_town.runtime.settings.sms.kronor_per_part
    assert f'<td class="gs-r">{kronor:.2f}</td>'.replace(".", ",") in page
    after = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    told = f"Sms:en har kostat {kronor:.2f} kronor hittills, {parts} delar.".replace(".", ",", 1)
    assert (told in after) is (parts > 1)
    live = rows(after)
    reached = shown["Minst en kanal"][0]
    left_out = sum(shown.get(words, [0])[0] for words in LEFT_OUT)
    assert live["Alla"][-1] == reached + left_out
    assert live["Lämnad"][-1] == reached
    assert live["Lapp"][-1] + live["Vilar"][-1] == left_out
    assert int(re.findall(r"Skicka varning till (\d+) hushåll", page)[0]) == reached


def test_what_the_sms_cost_is_told_afterwards_to_whom_it_was_told_before(
    alert_town: AlertTown, clock: SetClock
) -> None:
    """On the page of the warning, also when its copies are forgotten; and of the year, in the list."""
    town, client = alert_town, alert_town.signed_in("samordnare")
    before = _kronor_of_the_year(client)
    alert_id = town.send(client, "Nyby")
    parts = sum(parts_of(wording.text).parts * len(copies) for wording, copies in town.sms.calls)
    kronor = parts * town.runtime.settings.sms.kronor_per_part
    assert parts > 1
    assert _kronor_of_the_year(client) == pytest.approx(before + kronor)
    receive(town)
    clock.advance(timedelta(days=1))
    flow.close_alerts(town.runtime)
    clock.advance(timedelta(days=60))
    assert upkeep.forget(town.runtime)["copies"]
    client = town.signed_in("samordnare")
    told = f"Sms:en kostade {kronor:.2f}".replace(".", ",") + f" kronor, {parts} delar."
    assert told in client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    assert _kronor_of_the_year(client) == pytest.approx(before + kronor)
    neighbour = town.signed_in("ombud")
    assert 'id="kostnad"' not in neighbour.get("/varningar").get_data(as_text=True)
    assert 'id="kostnad"' not in neighbour.get(f"/varningar/{alert_id}").get_data(as_text=True)


def _kronor_of_the_year(client: FlaskClient) -> float:
    page = client.get("/varningar").get_data(as_text=True)
    found = re.search(r"År 2026: sms:en har kostat ([\d\s\xa0]+,\d\d) kronor", page)
    return float(re.sub(r"\s", "", found[1]).replace(",", ".")) if found else 0.0


LEFT_OUT = ("Har tagit paus", "Har sagt stopp", "Numret eller adressen används inte", "Har inte valt sms eller mejl")


def _stir(town: AlertTown, clock: SetClock, chance: random.Random) -> None:
    """Neighbours move in who share phones and mailboxes, and some say stop."""
    now = clock.now()
    with town.runtime.database.write() as session:
        for name in ("Nyby", "Maglasäte", "Kvarteret Linden"):
            network = networks.network(session, town.networks[name])
            units = networks.units(session, network.id or 0)
            for place in range(chance.randint(2, 9)):
                home = networks.add_household(session, network, now=now, unit=chance.choice(units), label=f"Ny {place}")
                for _ in range(chance.randint(0, 2)):
                    person = people.add_person(session, network.municipality_code, now=now)
                    person.language = chance.choice(["sv", "sv", "en"])
                    networks.join(session, home, person.id or 0, now=now)
                    for channel, address in (
                        (ChannelKind.SMS, a_phone(chance.randint(80, 90))),
                        (ChannelKind.EMAIL, a_mailbox(chance.randint(800, 805))),
                    ):
                        if chance.random() < 0.6:
                            people.add_address(session, person, channel, address, now=now)
                            people.consent(session, person, channel, given_by=GivenBy.SELF, now=now)
        for number in chance.sample(range(80, 91), 3):
            lookup = people.lookup_of(session, ChannelKind.SMS, a_phone(number))
            people.stop(session, ChannelKind.SMS, lookup, source="reply", now=now)


# ----------------------------------------------------------------------------------------------------- approve


@pytest.mark.goal("S45")
def test_an_approval_without_the_tick_is_refused_and_nothing_is_sent(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    form = alert_town.approval(client, alert_id)
    del form["sant"]
    answer = client.post(f"/varningar/{alert_id}/godkann", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Fel: " in page
    assert page.count("Kryssa i rutan om uppgiften stämmer") == 2
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []
    assert alert_town.alert(alert_id).state is AlertState.CHECKED


@pytest.mark.goal("S16")
def test_an_approval_of_a_text_that_has_been_changed_is_shown_the_new_one(alert_town: AlertTown) -> None:
    client, other = alert_town.signed_in("polis"), alert_town.signed_in("samordnare")
    alert_id = alert_town.write(client, "Nyby")
    form = alert_town.approval(client, alert_id)
    changed = alert_town.form("Maglasäte", version=str(alert_town.alert(alert_id).version))
    changed["csrf_token"] = token(other)
    assert other.post(f"/varningar/{alert_id}/andra", data=changed).status_code == 303
    answer = client.post(f"/varningar/{alert_id}/godkann", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Varningen har ändrats sedan du läste den." in page
    assert "Maglasäte" in page
    drain(alert_town.runtime)
    assert alert_town.sms.sent == []


def test_of_two_who_edit_the_second_is_told_and_keeps_the_text(alert_town: AlertTown) -> None:
    client, other = alert_town.signed_in("polis"), alert_town.signed_in("samordnare")
    alert_id = alert_town.write(client, "Nyby")
    version = str(alert_town.alert(alert_id).version)

    def change(who: FlaskClient, words: str) -> TestResponse:
        form = alert_town.form("Nyby", version=version, fri=words)
        form["csrf_token"] = token(who)
        return who.post(f"/varningar/{alert_id}/andra", data=form)

    assert change(other, "").status_code == 303
    answer = change(client, "Två personer sprang mot ån.")
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Någon annan har ändrat varningen." in page
    assert "Två personer sprang mot ån." in page
    again = re.search(r'name="version" value="(\d+)"', page)
    assert again
    assert int(again[1]) == alert_town.alert(alert_id).version


@pytest.mark.goal("S16", "S41")
def test_fifty_approvals_at_once_send_once_and_all_see_the_same_page(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    with alert_town.runtime.database.read() as session:
        before = len(alerts.latest(session, ["1267"]))
    form = alert_town.approval(client, alert_id)
    cookie = client.get_cookie("grannsamverkan")
    assert cookie

    def press(_: int) -> tuple[int, str]:
        tab = alert_town.app.test_client()
        tab.set_cookie(cookie.key, cookie.value)
        answer = tab.post(f"/varningar/{alert_id}/godkann", data=form)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(press, range(50)))
    assert answers == {(303, f"/varningar/{alert_id}")}
    drain(alert_town.runtime)
    assert len(alert_town.sms.sent) == len(set(alert_town.sms.addresses)) > 0
    drain(alert_town.runtime)
    with alert_town.runtime.database.read() as session:
        assert len(alerts.latest(session, ["1267"])) == before + 1
    sent = len(alert_town.sms.sent)
    assert press(0) == (303, f"/varningar/{alert_id}")
    drain(alert_town.runtime)
    assert len(alert_town.sms.sent) == sent


def test_after_approval_every_way_back_leads_to_the_live_page(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    live = f"/varningar/{alert_id}"
    for path in (f"{live}/granska", f"{live}/andra"):
        assert client.get(path).headers["Location"] == live
    for path in (f"{live}/granska", f"{live}/slang", f"{live}/andra"):
        assert client.post(path, data={"csrf_token": token(client)}).headers["Location"] == live
    assert alert_town.alert(alert_id).state is AlertState.SENDING


def test_a_draft_can_be_thrown_away_twice_and_is_then_gone(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby")
    for _ in range(2):
        answer = client.post(f"/varningar/{alert_id}/slang", data={"csrf_token": token(client), "ja": "1"})
        assert answer.headers["Location"] == "/varningar"
    for path in ("", "/granska", "/andra"):
        assert client.get(f"/varningar/{alert_id}{path}").status_code == 404
    assert client.post(f"/varningar/{alert_id}/godkann", data={"csrf_token": token(client)}).status_code == 404


# -------------------------------------------------------------------------------------------- who may do what


def test_each_role_reaches_its_own_warnings_only(alert_town: AlertTown) -> None:
    police = alert_town.signed_in("polis")
    both = alert_town.send(police, "Nyby", "Maglasäte")
    draft = alert_town.write(police, "Nyby")
    theirs = alert_town.write(alert_town.signed_in("ombud"), "Nyby")
    expected = {
        "samordnare": (200, 200, 200, 200),
        "ombud": (200, 404, 404, 200),  # a part of the first is theirs; the police's draft is not
        "huvudombud": (404, 404, 404, 404),
        "admin": (403, 403, 403, 403),
    }
    ways = (f"{both}", f"{draft}/granska", f"{draft}/andra", f"{theirs}/granska")
    for name, statuses in expected.items():
        client = alert_town.signed_in(name)
        assert tuple(client.get(f"/varningar/{way}").status_code for way in ways) == statuses, name


def test_a_contact_persons_warning_says_that_the_police_have_not_confirmed_it(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("ombud")
    page = client.get("/varningar/ny").get_data(as_text=True)
    assert f'id="var-{alert_town.networks["Nyby"]}" checked' in page
    assert "Maglasäte" not in page
    alert_id = alert_town.send(client, "Nyby")
    sent = alert_town.alert(alert_id).sms_text or ""
    assert sent.startswith("Grannsamverkan Höör, från ditt kontaktombud, ej bekräftat av polisen:")
    form = alert_town.form("Maglasäte")
    form["csrf_token"] = token(client)
    assert client.post("/varningar/ny", data=form).status_code == 404


# -------------------------------------------------------------------------------------------------------- live


def test_the_live_page_counts_and_stops_asking_when_all_is_in(alert_town: AlertTown, clock: SetClock) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.write(client, "Nyby", "Kvarteret Linden")
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    assert "Varningen skickas strax" in client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    drain(alert_town.runtime)
    receive(alert_town, lost=3)
    page = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    counted = rows(page)
    assert f"<h1>{counted['Framme'][-1]} av 44 hushåll har fått varningen</h1>" in page
    assert sum(counted[words][-1] for words in OUTCOMES) == 44
    assert f'hx-get="/varningar/{alert_id}/lage"' in page
    assert "Första utskicket lämnades efter 0 sekunder." in page
    clock.advance(timedelta(hours=6))
    assert flow.close_alerts(alert_town.runtime) == 1
    client = alert_town.signed_in("polis")  # the session has been idle too long
    part = client.get(f"/varningar/{alert_id}/lage", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "hx-get" not in part
    assert "<html" not in part
    assert "Alla svar är inne." in part
    assert rows(part) == counted


def test_the_live_page_says_that_there_will_be_more_while_the_list_is_made(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    drain(alert_town.runtime)
    more = "Listan över hushåll görs fortfarande. Det blir fler."
    assert more not in text(alert_town, "polis", f"/varningar/{alert_id}")
    with alert_town.runtime.database.write() as session:  # as between two slices
        session.get_one(Alert, alert_id).fanned_out_at = None
    assert more in text(alert_town, "polis", f"/varningar/{alert_id}")


def test_the_live_page_tells_how_soon_and_still_does_when_the_copies_are_gone(
    alert_town: AlertTown, clock: SetClock
) -> None:
    alert_id = alert_town.write(alert_town.signed_in("polis"), "Nyby")
    client = alert_town.signed_in("polis")
    client.post(f"/varningar/{alert_id}/godkann", data=alert_town.approval(client, alert_id))
    assert "Så snabbt gick det" not in client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    clock.advance(timedelta(seconds=12))
    drain(alert_town.runtime)
    clock.advance(timedelta(seconds=130))
    receive(alert_town, lost=2)
    page = client.get(f"/varningar/{alert_id}").get_data(as_text=True)
    assert took(page, "Sms") == ["12 s", "12 s", "3 min", "3 min"]
    assert took(page, "Mejl") == ["12 s", "12 s", "–", "–"]
    assert f'href="/n/{alert_town.alert(alert_id).number}/lapp.pdf"' in page
    clock.advance(timedelta(hours=6))
    assert flow.close_alerts(alert_town.runtime) == 1
    clock.advance(timedelta(days=40))
    upkeep.forget(alert_town.runtime)
    page = alert_town.signed_in("polis").get(f"/varningar/{alert_id}").get_data(as_text=True)
    assert took(page, "Sms") == ["12 s", "12 s", "3 min", "3 min"]


def took(page: str, channel: str) -> list[str]:
    """Half and 95 of a hundred to hand-over, and to proof."""
    table = page.split("Så snabbt gick det", 1)[1].split("</table>")[0]
    row = table.split(f'<th scope="row">{channel}</th>', 1)[1].split("</tr>")[0]
    return re.findall(r"<td[^>]*>([^<]*)</td>", row)


OUTCOMES = ("Framme", "Berättat", "Lämnad", "Lapp lagd", "Okänt", "Nådde inte fram", "På kö", "Lapp", "Vilar")


@pytest.mark.goal("S3")
def test_labels_of_those_not_reached_are_for_their_contact_persons_only(alert_town: AlertTown) -> None:
    alert_id = alert_town.send(alert_town.signed_in("polis"), "Nyby", "Kvarteret Linden")
    receive(alert_town, lost=30)
    path = f"/varningar/{alert_id}"
    staff = text(alert_town, "polis", path)
    assert "Numret används inte" in staff
    assert "Kontaktombudet knackar på" in staff
    assert not re.search(r"Nybyvägen \d|lägenhet \d", staff)
    contact = text(alert_town, "ombud", path)
    assert re.search(r"(Nybyvägen|Rönnbärsgatan|Körsbärsgatan) \d", contact)
    assert "lägenhet" not in contact
    assert "Linden" not in rows(contact)
    assert "av 24 hushåll har fått varningen" in contact
    assert "Rönnbärsgatan" not in text(alert_town, "huvudombud", path)


def test_the_part_for_the_page_itself_sends_others_to_the_whole_page(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")
    alert_id = alert_town.send(client, "Nyby")
    assert client.get(f"/varningar/{alert_id}/lage").headers["Location"] == f"/varningar/{alert_id}"


def test_home_and_lists_lead_to_what_was_sent(alert_town: AlertTown) -> None:
    alert_id = alert_town.send(alert_town.signed_in("polis"), "Nyby")
    receive(alert_town, lost=1)
    for name in ("polis", "samordnare", "ombud"):
        assert f'href="/varningar/{alert_id}"' in text(alert_town, name, "/varningar")
        assert f"/varningar/{alert_id}" in text(alert_town, name, "/hem")
    home = text(alert_town, "ombud", "/hem")
    assert "Dina 12 hushåll" in home
    assert "av 24 hushåll i Nyby har fått senaste varningen" in home
    assert f'href="/varningar/{alert_id}#inte-nadda"' in home
    assert f"/varningar/{alert_id}" not in text(alert_town, "huvudombud", "/varningar")


# ---------------------------------------------------------------------------------------------------- networks


def test_households_are_listed_for_their_contact_persons_in_swedish_order(alert_town: AlertTown) -> None:
    path = f"/omraden/{alert_town.networks['Nyby']}"
    page = text(alert_town, "ombud", f"{path}/hushall")
    listed = re.findall(r'<th scope="row">((?:Nybyv|Rönnb|Körsb)\S+ \d+)</th>', page)
    assert listed
    assert full_name(0) in text(alert_town, "ombud", path)
    assert list(dict.fromkeys(label.split()[0] for label in listed)) == sorted(
        {label.split()[0] for label in listed}, key=swedish.sort_key
    )
    numbers = [int(label.split()[1]) for label in listed if label.startswith(listed[0].split()[0])]
    assert numbers == sorted(numbers)
    for name in ("polis", "samordnare", "admin"):
        page = text(alert_town, name, path)
        assert not re.search(r"Nybyvägen \d", page)
        assert full_name(0) not in page
        assert "riktmärke 10–12 hushåll var" in page
        refused = alert_town.signed_in(name).get(f"{path}/hushall")
        assert refused.status_code in {403, 404}


def test_networks_are_found_by_name_state_and_kind(alert_town: AlertTown) -> None:
    client = alert_town.signed_in("polis")

    def found(query: str) -> list[str]:
        page = client.get(f"/omraden?{query}").get_data(as_text=True)
        return re.findall(r'<th scope="row"><a href="/omraden/\d+">([^<]+)</a>', page)

    assert found("q=MAGLAS%C3%84") == ["Maglasäte"]
    assert found("lage=dormant") == ["Frostavallen", "Långaröd", "Norra Rörum", "Svensköp", "Örtofta"]
    assert found("sort=apartment&lage=active&q=kvarteret+s") == ["Kvarteret Sippan", "Kvarteret Svalan"]
    assert found("q=finns-inte") == []
    assert (len(found("")), len(found("sida=2"))) == (50, 10)
