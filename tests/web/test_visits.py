"""Knocking where a warning did not arrive: one press each, by those who may see the household, and on paper."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from grannsamverkan import flow
from grannsamverkan.domain import accounts, audit, membership, networks
from grannsamverkan.domain.accounts import Account
from grannsamverkan.domain.audit import ViewEntry
from grannsamverkan.domain.networks import Household, Shows
from grannsamverkan.foundation.clock import SetClock
from grannsamverkan.jobs.inline import drain
from tests.support import papers
from tests.support.alert_fixtures import alert_town
from tests.support.alert_town import AlertTown, receive
from tests.support.web_town import token

__all__ = ["alert_town"]


def lost(town: AlertTown) -> int:
    """A warning to Nyby whose every SMS was to a number that nobody has."""
    alert_id = town.send(town.signed_in("polis"), "Nyby")
    receive(town, lost=99)
    return alert_id


def page(client: FlaskClient, alert_id: int) -> str:
    answer = client.get(f"/varningar/{alert_id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def lines(shown: str) -> dict[int, str]:
    """The lines that can be pressed, by household."""
    return {int(one[0]): one[1] for one in re.findall(r'<tr id="hushall-(\d+)">(.*?)</tr>', shown, re.DOTALL)}


def press(client: FlaskClient, alert_id: int, household_id: int, what: str) -> tuple[int, str]:
    form = {"csrf_token": token(client), "besok": what}
    answer = client.post(f"/varningar/{alert_id}/hushall/{household_id}", data=form)
    return answer.status_code, answer.headers.get("Location", "")


def counts(shown: str) -> dict[str, int]:
    """The households of each outcome, as the table says."""
    found = re.findall(r'<tr><th scope="row"><svg.*?</svg>(.*?)<span.*?<strong>(\d+)</strong>', shown, re.DOTALL)
    return {words: int(number) for words, number in found}


def test_a_line_is_closed_with_one_press_and_opened_again(alert_town: AlertTown) -> None:
    alert_id, client = lost(alert_town), alert_town.signed_in("ombud")
    before = page(client, alert_id)
    home, line = next(iter(lines(before).items()))
    assert ("Jag har berättat" in line, "Ingen öppnade, jag lade en lapp" in line, "Ångra" in line) == (
        True,
        True,
        False,
    )
    was = counts(before)
    back = (303, f"/varningar/{alert_id}#hushall-{home}")

    assert press(client, alert_id, home, "lapp") == back
    shown = page(client, alert_id)
    assert "Har fått en lapp" in lines(shown)[home]
    assert "Jag har berättat" in lines(shown)[home]  # somebody may come home later
    assert (counts(shown)["Lapp lagd"], counts(shown)["Berättat"]) == (1, 0)

    for _ in range(2):
        assert press(client, alert_id, home, "berattat") == back
    shown = page(client, alert_id)
    assert "Har fått veta av kontaktombudet" in lines(shown)[home]
    assert "Jag har berättat" not in lines(shown)[home]
    assert (counts(shown)["Lapp lagd"], counts(shown)["Berättat"]) == (0, 1)
    assert sum(counts(shown).values()) == sum(was.values()) == 24
    assert "Har fått veta av kontaktombudet" in page(alert_town.signed_in("polis"), alert_id)

    for _ in range(2):
        assert press(client, alert_id, home, "angra") == back
    assert counts(page(client, alert_id)) == was
    with alert_town.runtime.database.read() as rows:
        acts = [act.act for act in audit.history(rows, "alert", alert_id) if act.act.startswith("visit.")]
        assert acts == ["visit.undone", "visit.told", "visit.slip"]
        assert all(not act.facts for act in audit.history(rows, "alert", alert_id) if act.act.startswith("visit."))


def test_what_was_told_counts_as_reached_everywhere(alert_town: AlertTown) -> None:
    alert_id, client = lost(alert_town), alert_town.signed_in("ombud")
    homes = list(lines(page(client, alert_id)))
    reached = int(re.findall(r"<h1>(\d+) av 24 hushåll har fått varningen", page(client, alert_id))[0])
    for number, home in enumerate(homes, 1):
        assert f"{len(homes) - number + 1} hushåll att knacka på" in client.get("/hem").text or number == len(homes)
        press(client, alert_id, home, "berattat")
        assert f"<h1>{reached + number} av 24 hushåll" in page(client, alert_id)
    home_page = client.get("/hem").text
    assert "att knacka på" not in home_page
    assert f"{reached + len(homes)} av 24 hushåll i Nyby har fått senaste varningen" in home_page
    assert f"{reached + len(homes)} av 24" in client.get("/varningar").text
    assert "Skriv ut lappar" not in page(client, alert_id)


def test_only_who_may_see_the_household_says_so(alert_town: AlertTown) -> None:
    alert_id, contact = lost(alert_town), alert_town.signed_in("ombud")
    shown = page(contact, alert_id)
    home = next(iter(lines(shown)))
    with alert_town.runtime.database.read() as rows:
        account = accounts.account_named(rows, "ombud")
        assert isinstance(account, Account)
        nyby = networks.network(rows, alert_town.networks["Nyby"])
        seen = membership.visible_ids(rows, account.person_id, nyby)
        other = next(one.id or 0 for one in networks.living_households(rows, nyby.id or 0) if one.id not in seen)
    assert set(lines(shown)) <= seen
    for household_id in (other, 99999):
        assert press(contact, alert_id, household_id, "berattat")[0] == 404
    assert press(contact, alert_id, home, "nej")[0] == 400
    for name, status in (("huvudombud", 404), ("polis", 403), ("samordnare", 403), ("admin", 403)):
        client = alert_town.signed_in(name)
        assert press(client, alert_id, home, "berattat")[0] == status, name
        for paper in ("knacka", "lappar"):
            assert client.get(f"/varningar/{alert_id}/{paper}.pdf").status_code == status, name
    assert lines(page(alert_town.signed_in("polis"), alert_id)) == {}
    draft = alert_town.write(contact, "Nyby")
    assert press(contact, draft, home, "berattat")[0] == 404
    assert contact.get(f"/varningar/{draft}/knacka.pdf").status_code == 404


def test_after_closing_visits_are_counted_until_the_list_is_forgotten(alert_town: AlertTown, clock: SetClock) -> None:
    alert_id = lost(alert_town)
    clock.advance(timedelta(hours=12))
    drain(alert_town.runtime)
    assert flow.close_alerts(alert_town.runtime) == 1
    client = alert_town.signed_in("ombud")
    home = next(iter(lines(page(client, alert_id))))
    assert press(client, alert_id, home, "berattat")[0] == 303
    shown = page(client, alert_id)
    assert (counts(shown)["Berättat"], sum(counts(shown).values())) == (1, 24)
    assert "Nu ändras siffrorna bara när någon knackar på." in shown


def test_the_list_on_paper_is_in_walking_order_and_is_written_down(alert_town: AlertTown) -> None:
    alert_id, client = lost(alert_town), alert_town.signed_in("ombud")
    homes = list(lines(page(client, alert_id)))
    press(client, alert_id, homes[0], "berattat")
    with alert_town.runtime.database.write() as rows:
        labels = {one.id or 0: one.label or "" for one in rows.exec(select(Household)) if one.id in homes}
        hidden = rows.get(Household, next(home for home in homes[1:] if labels[home]))
        assert hidden is not None
        hidden.shows = Shows.NOTHING
    named = [home for home in homes[1:] if labels[home] and home != hidden.id]
    answer = client.get(f"/varningar/{alert_id}/knacka.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = " ".join(papers.text_of(answer.data).split())
    assert f"{len(homes) - 1} hushåll har inte nåtts." in text
    assert "Hushåll utan namn" in text
    places = [re.search(rf"{labels[home]}(?!\d)", text) for home in named]
    assert None not in places
    assert len(named) > 3
    assert [one.start() for one in places if one] == sorted(one.start() for one in places if one)
    assert f"Nr {alert_town.alert(alert_id).number}".lower() in text
    assert len(papers.pages_of(answer.data, dpi=30)) == 1
    with alert_town.runtime.database.read() as rows:
        (view,) = rows.exec(select(ViewEntry).where(ViewEntry.what == "route")).all()
        assert view.household_ids == sorted(named)
    assert "skrev ut vilka en varning inte nådde" in alert_town.signed_in("samordnare").get("/visningar").text


def test_slips_say_only_what_is_public(alert_town: AlertTown) -> None:
    alert_id, client = lost(alert_town), alert_town.signed_in("ombud")
    homes = list(lines(page(client, alert_id)))
    answer = client.get(f"/varningar/{alert_id}/lappar.pdf")
    text = " ".join(papers.text_of(answer.data).split())
    assert (alert_town.alert(alert_id).headline or "") in text
    assert f"/n/{alert_town.alert(alert_id).number}" in text
    assert len(papers.pages_of(answer.data, dpi=30)) == -(-len(homes) // 2)
    public = client.get(f"/n/{alert_town.alert(alert_id).number}").text
    press(client, alert_id, homes[0], "berattat")
    assert _same_for_all(client.get(f"/n/{alert_town.alert(alert_id).number}").text) == _same_for_all(public)


def _same_for_all(page: str) -> str:
    """The page without what is new in every answer."""
    return re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"', "", page)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_buttons_name_their_household_to_those_who_hear_the_page(alert_town: AlertTown, language: str) -> None:
    alert_id, client = lost(alert_town), alert_town.signed_in("ombud")
    shown = client.get(f"/varningar/{alert_id}", headers={"Accept-Language": language}).text
    for line in lines(shown).values():
        where = re.findall(r'<th scope="row">(.*?)</th>', line)[0]
        assert line.count(f'<span class="visually-hidden"> {where}</span>') == 2
