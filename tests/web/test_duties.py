"""The fifteen minutes: on the page, by the link in the mail, newcomers with their paper, and the yearly check."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from grannsamverkan import rounds
from grannsamverkan.domain import audit, duties, membership, networks
from grannsamverkan.domain.audit import AuditEntry
from grannsamverkan.domain.duties import CheckOutcome, Task, TaskKind, YearlyCheck
from grannsamverkan.domain.networks import ContactPerson, ContactRole, NetworkState, UnitKind
from grannsamverkan.foundation.clock import SetClock
from tests.support.web_town import NOW, Town, token

DAY = timedelta(days=1)


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/kvarten"), **form})


def as_staff(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": token(client, "/utbildningar"), **form})


def role_in(town: Town, network_name: str) -> ContactPerson:
    with town.runtime.database.read() as rows:
        return networks.contact_persons(rows, town.network_ids[network_name])[0]


def link(town: Town, network_name: str = "Nyby", days: int = 30) -> str:
    last_day = town.clock.now().date() + days * DAY
    role = role_in(town, network_name)
    return f"/uppgifter/{duties.duties_token(town.runtime.database.vault, role.id or 0, last_day=last_day)}"


def tasks(town: Town) -> list[Task]:
    with town.runtime.database.read() as rows:
        return list(rows.exec(select(Task).order_by(col(Task.id))))


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def move(town: Town, days: int) -> None:
    assert isinstance(town.clock, SetClock)
    town.clock.advance(days * DAY)


# ------------------------------------------------------------------------------------------------ the page


def test_a_task_is_closed_with_one_press_and_opened_again(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    client = town.signed_in("kontakt")
    page = client.get("/kvarten").get_data(as_text=True)
    assert "0 av 3 är klara." in page
    path = re.findall(r"/kvarten/\d+", page)[0]
    for _ in range(2):  # a double click
        assert post(client, path, gor="klart").status_code == 303
        assert "1 av 3 är klara." in client.get("/kvarten").get_data(as_text=True)
    assert post(client, path, gor="angra").status_code == 303
    assert "0 av 3 är klara." in client.get("/kvarten").get_data(as_text=True)
    assert "0 av 3 är klara." in client.get("/hem").get_data(as_text=True)


def test_somebody_elses_task_is_not_there(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    theirs = next(task for task in tasks(town) if task.network_id == town.network_ids["Tjörnarp"])
    assert post(town.signed_in("kontakt"), f"/kvarten/{theirs.id}", gor="klart").status_code == 404
    assert not any(task.closed_at for task in tasks(town))


# ------------------------------------------------------------------------------------------------ by link


def test_the_link_shows_the_tasks_and_nothing_about_anybody(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    answer = town.visitor().get(link(town))
    assert answer.status_code == 200
    assert "Att göra i Nyby" in text_of(answer)
    assert answer.get_data(as_text=True).count('name="gor" value="klart"') == 3
    assert "Hus " not in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_looking_changes_nothing_and_one_press_closes(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    client, path = town.visitor(), link(town)
    ours = [task for task in tasks(town) if task.network_id == town.network_ids["Nyby"]]
    with town.runtime.database.read() as rows:
        acts = len(rows.exec(select(AuditEntry)).all())
    for method in (client.get, client.head):
        for target in (path, f"{path}/{ours[0].id}"):
            method(target)
    assert not any(task.closed_at for task in tasks(town))
    with town.runtime.database.read() as rows:
        assert len(rows.exec(select(AuditEntry)).all()) == acts
    assert client.post(f"{path}/{ours[0].id}", data={"gor": "klart"}).status_code == 303
    closed = [task for task in tasks(town) if task.closed_at]
    assert [(task.id, task.closed_by) for task in closed] == [(ours[0].id, None)]
    with town.runtime.database.read() as rows:
        act = audit.history(rows, "network", town.network_ids["Nyby"])[0]
    assert (act.act, act.account_id) == ("task.closed", None)
    assert act.facts == {"row": ours[0].id, "by_link_of": role_in(town, "Nyby").id}
    assert client.post(f"{path}/{ours[0].id}", data={"gor": "angra"}).status_code == 303
    assert not any(task.closed_at for task in tasks(town))


def test_the_link_reaches_no_other_tasks(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    client, path = town.visitor(), link(town)
    for task in tasks(town):
        if task.network_id != town.network_ids["Nyby"]:
            assert client.post(f"{path}/{task.id}", data={"gor": "klart"}).status_code == 404
    assert not any(task.closed_at for task in tasks(town))


def test_another_site_cannot_press_for_somebody(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    ours = next(task for task in tasks(town) if task.network_id == town.network_ids["Nyby"])
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = town.visitor().post(f"{link(town)}/{ours.id}", data={"gor": "klart"}, headers=foreign)
    assert answer.status_code == 403


def test_dead_links_all_say_the_same(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    path, old = link(town), link(town, days=-1)
    role = role_in(town, "Nyby")
    with town.runtime.database.write() as rows:
        kept = rows.get(ContactPerson, role.id)
        assert kept is not None
        networks.end_role(rows, kept, because="wish", now=NOW)
    client = town.visitor()
    answers = [client.get(one) for one in (path, old, path[:-1] + "A", "/uppgifter/nej")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({text_of(answer) for answer in answers}) == 1
    assert client.post(f"{path}/{tasks(town)[0].id}").status_code == 404
    assert client.post(f"{path}/arskontroll", data={"list_in_order": "ja"}).status_code == 404
    assert not any(task.closed_at for task in tasks(town))


def test_a_resting_network_has_nothing_to_do_by_link(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        networks.enter_state(rows, network, NetworkState.DORMANT, now=NOW)
    assert "Inget att göra just nu" in text_of(town.visitor().get(link(town)))


# ------------------------------------------------------------------------------------------------ newcomers


def a_stairwell(town: Town, name: str) -> int:
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Kvarteret Linden"])
        found = {unit.name: unit for unit in networks.units(rows, network.id or 0)}
        house = found.get("Hus 1") or networks.add_unit(rows, network, UnitKind.BUILDING, "Hus 1")
        return networks.add_unit(rows, network, UnitKind.STAIRWELL, name, parent=house).id or 0


def carries(town: Town, account: str, unit_id: int) -> None:
    """The account's person looks after a stairwell of Kvarteret Linden too."""
    person_id = {"kontakt": role_in(town, "Nyby").person_id, "huvud": role_in(town, "Tjörnarp").person_id}[account]
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Kvarteret Linden"])
        unit = networks.unit_of(rows, network.id or 0, unit_id)
        networks.add_contact_person(rows, network, person_id, ContactRole.CONTACT_PERSON, now=NOW, unit=unit)


def test_a_newcomer_is_written_up_seen_by_whom_it_concerns_visited_and_forgotten(town: Town) -> None:
    a, b = a_stairwell(town, "A"), a_stairwell(town, "B")
    carries(town, "kontakt", a)
    carries(town, "huvud", b)
    path = f"/omraden/{town.network_ids['Kvarteret Linden']}/nyinflyttade"
    mine, other = town.signed_in("kontakt"), town.signed_in("huvud")
    page = mine.get(path).get_data(as_text=True)
    key = re.findall(r'name="key"[^>]*value="([0-9a-f]{20})"', page)[0]
    assert post(mine, path, unit=str(a), label="").status_code == 422
    for _ in range(2):  # a double click
        assert post(mine, path, unit=str(a), label="lägenhet 1203", key=key).status_code == 303
    (task,) = tasks(town)
    assert (task.kind, task.unit_id, task.label, task.contact_person_id) == (
        TaskKind.NEWCOMER,
        a,
        "lägenhet 1203",
        None,
    )
    assert "lägenhet 1203" in mine.get(path).get_data(as_text=True)
    assert "lägenhet 1203" in mine.get("/kvarten").get_data(as_text=True)
    for page in (path, "/kvarten"):
        assert "lägenhet 1203" not in other.get(page).get_data(as_text=True)
    assert post(other, f"{path}/{task.id}").status_code == 404
    assert post(other, f"{path}/{task.id}/valkommen").status_code == 404
    assert post(mine, f"{path}/{task.id}").status_code == 303
    (task,) = tasks(town)
    assert (task.label, task.closed_because) == (None, "done")
    assert post(mine, f"{path}/{task.id}").status_code == 404


def test_newcomers_count_among_what_is_to_be_done_on_every_page(town: Town) -> None:
    rounds.plan_duties(town.runtime)
    client = town.signed_in("kontakt")
    post(client, f"/omraden/{town.network_ids['Nyby']}/nyinflyttade", unit="0", label="Hus 77")
    for page in ("/hem", "/kvarten"):
        assert "0 av 4 är klara." in client.get(page).get_data(as_text=True)


def test_the_welcome_on_paper_has_a_code_of_the_newcomers_part(town: Town) -> None:
    a = a_stairwell(town, "A")
    carries(town, "kontakt", a)
    area = town.network_ids["Kvarteret Linden"]
    client = town.signed_in("kontakt")
    for label in ("lägenhet 1101", "lägenhet 1102"):
        post(client, f"/omraden/{area}/nyinflyttade", unit=str(a), label=label)
    papers = {
        post(client, f"/omraden/{area}/nyinflyttade/{task.id}/valkommen").headers["Location"] for task in tasks(town)
    }
    assert len(papers) == 1  # the second uses the code that is there
    with town.runtime.database.read() as rows:
        (batch,) = membership.batches(rows, area)
        assert batch.unit_id == a
    (paper,) = papers
    answer = client.get(paper)
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")


def test_by_link_a_newcomer_has_no_dwelling(town: Town) -> None:
    client = town.signed_in("kontakt")
    post(client, f"/omraden/{town.network_ids['Nyby']}/nyinflyttade", unit="0", label="Hus 77")
    visitor, path = town.visitor(), link(town)
    shown = text_of(visitor.get(path))
    assert "Hälsa på en nyinflyttad" in shown
    assert "Hus 77" not in shown
    assert visitor.post(f"{path}/{tasks(town)[0].id}", data={"gor": "klart"}).status_code == 303
    assert tasks(town)[0].label is None


# ------------------------------------------------------------------------------------------------ the yearly check

FINE = {"list_in_order": "ja", "contacts_in_order": "ja", "signs_in_order": "ja", "meeting_held": "ja"}


def asked(town: Town, after: int = 0) -> str:
    """Nyby and the others have been asked in April, and `after` days have gone; the page of Nyby's check."""
    move(town, 40)
    rounds.keep_checks(town.runtime)
    for _ in range(after):
        move(town, 1)
        rounds.keep_checks(town.runtime)
    return f"/omraden/{town.network_ids['Nyby']}/arskontroll"


def check_in(town: Town, network_name: str = "Nyby") -> YearlyCheck:
    with town.runtime.database.read() as rows:
        return duties.checks_of(rows, town.network_ids[network_name])[0]


def test_four_questions_are_answered_on_one_page(town: Town) -> None:
    path = asked(town)
    client = town.signed_in("kontakt")
    assert path in client.get("/hem").get_data(as_text=True)
    assert path in client.get("/kvarten").get_data(as_text=True)
    assert client.get(path).get_data(as_text=True).count('type="radio"') == 8
    refused = post(client, path, **{**FINE, "signs_in_order": ""})
    assert refused.status_code == 422
    assert "<title>Fel:" in refused.get_data(as_text=True)
    assert 'value="ja" checked' in refused.get_data(as_text=True)
    assert post(client, path, **FINE).status_code == 303
    assert "Allt är i ordning. Svar" in text_of(client.get(path))
    assert path not in client.get("/hem").get_data(as_text=True)
    assert post(client, path, **FINE).status_code == 404
    assert check_in(town).answered_by == town.account_ids["kontakt"]


def test_the_same_link_answers_the_check(town: Town) -> None:
    asked(town)
    client, path = town.visitor(), link(town)
    assert client.get(path).get_data(as_text=True).count('type="radio"') == 8
    assert client.post(f"{path}/arskontroll", data={"list_in_order": "ja"}).status_code == 422
    answers = {**FINE, "meeting_held": "nej"}
    for _ in range(2):
        assert client.post(f"{path}/arskontroll", data=answers).status_code == 303
    check = check_in(town)
    assert (check.answered_by, check.answered_by_role) == (None, role_in(town, "Nyby").id)
    assert (check.meeting_held, check.list_in_order, check.outcome) == (False, True, None)
    assert "Planera årsmötet, efter årskontrollen" in text_of(client.get(path))
    assert "Tack, svaret är sparat" in text_of(client.get(f"{path}?svarat=1"))


def test_only_those_who_are_asked_may_answer(town: Town) -> None:
    path = asked(town)
    with town.runtime.database.write() as rows:
        network = networks.network(rows, town.network_ids["Nyby"])
        lead = role_in(town, "Tjörnarp").person_id
        networks.add_contact_person(rows, network, lead, ContactRole.LEAD, now=NOW)
    client = town.signed_in("kontakt")
    assert 'type="radio"' not in client.get(path).get_data(as_text=True)
    assert post(client, path, **FINE).status_code == 404
    by_link = town.visitor().post(f"{link(town)}/arskontroll", data=FINE)
    assert by_link.status_code == 303
    assert check_in(town).answered_at is None


@pytest.mark.parametrize(("pressed", "outcome"), [("vila", CheckOutcome.DORMANT), ("behall", CheckOutcome.KEPT)])
def test_the_coordinator_decides_with_one_press_on_the_first_page(
    town: Town, pressed: str, outcome: CheckOutcome
) -> None:
    path = asked(town, after=50)
    client = town.signed_in("samordnare")
    page = client.get("/hem").get_data(as_text=True)
    assert "Låt Nyby vila" in page
    assert "Låt Tjörnarp vara igång" in page
    answer = as_staff(client, f"{path}/beslut", beslut=pressed, fran="hem")
    assert answer.headers["Location"] == "/hem"
    assert "Låt Nyby vila" not in client.get("/hem").get_data(as_text=True)
    assert check_in(town).outcome is outcome
    state = NetworkState.DORMANT if pressed == "vila" else NetworkState.ACTIVE
    with town.runtime.database.read() as rows:
        assert networks.state_of(rows, town.network_ids["Nyby"]) is state
        assert networks.state_of(rows, town.network_ids["Tjörnarp"]) is NetworkState.ACTIVE


def test_the_police_may_overrule(town: Town) -> None:
    path = asked(town, after=50)
    as_staff(town.signed_in("samordnare"), f"{path}/beslut", beslut="vila")
    police = town.signed_in("polis")
    assert "Låt Nyby vara igång" in police.get(path).get_data(as_text=True)
    assert as_staff(police, f"{path}/beslut", beslut="behall").status_code == 303
    assert as_staff(police, f"{path}/beslut", beslut="nonsens").status_code == 400
    with town.runtime.database.read() as rows:
        assert networks.state_of(rows, town.network_ids["Nyby"]) is NetworkState.ACTIVE
        acts = [row.act for row in audit.history(rows, "network", town.network_ids["Nyby"])]
    assert acts[:2] == ["check.kept", "check.dormant"]


def test_a_network_that_is_laid_to_rest_otherwise_needs_no_decision(town: Town) -> None:
    asked(town, after=50)
    client, area = town.signed_in("samordnare"), town.network_ids["Nyby"]
    assert as_staff(client, f"/omraden/{area}/vila", because="low_activity").status_code == 303
    assert "Låt Nyby vila" not in client.get("/hem").get_data(as_text=True)


def test_a_missing_contact_person_is_the_coordinators_to_settle(town: Town) -> None:
    asked(town)
    town.visitor().post(f"{link(town)}/arskontroll", data={**FINE, "contacts_in_order": "nej"})
    client = town.signed_in("samordnare")
    page = client.get("/hem").get_data(as_text=True)
    assert "Det är löst i Nyby" in page
    (task,) = [task for task in tasks(town) if task.network_id == town.network_ids["Nyby"]]
    path = f"/omraden/{task.network_id}/uppgifter/{task.id}"
    assert as_staff(client, path).status_code == 303
    page = client.get("/hem").get_data(as_text=True)
    assert ("Det är löst i Nyby" in page, "Ångra, Nyby" in page) == (False, True)
    assert as_staff(client, path, gor="angra").status_code == 303
    page = client.get("/hem").get_data(as_text=True)
    assert ("Det är löst i Nyby" in page, "Ångra, Nyby" in page) == (True, False)
    as_staff(client, path)
    move(town, 2)
    assert "Ångra, Nyby" not in town.signed_in("samordnare").get("/hem").get_data(as_text=True)
