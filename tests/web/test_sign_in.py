"""The sign-in page: one answer for all that fails, the pattern of errors, the wait, and the buttons of a demo."""

import pytest

from tests.support.web_town import PASSWORD, Town, token


def sign_in(town: Town, **form: str):  # type: ignore[no-untyped-def]
    client = town.visitor()
    return client.post("/logga-in", data={"csrf_token": token(client), **form})


def masked(page: str) -> str:
    """The page without what differs from answer to answer."""
    return "\n".join(line for line in page.splitlines() if "csrf_token" not in line and 'id="name"' not in line)


def test_wrong_password_and_unknown_name_get_the_same_page(town: Town) -> None:
    known, unknown = sign_in(town, name="polis", password="fel"), sign_in(town, name="ingen", password="fel")
    assert known.status_code == unknown.status_code == 422
    assert masked(known.get_data(as_text=True)) == masked(unknown.get_data(as_text=True))
    assert "Användarnamnet eller lösenordet stämmer inte" in known.get_data(as_text=True)


def test_a_refused_form_says_so_first_and_keeps_the_name_but_not_the_password(town: Town) -> None:
    page = sign_in(town, name="polis", password="").get_data(as_text=True)
    assert "<title>Fel: Logga in" in page
    assert page.count("Skriv ditt lösenord") == 2
    assert 'href="#password"' in page
    assert 'value="polis"' in page
    assert 'aria-describedby="password-error"' in page
    assert "hemligt-ord" not in sign_in(town, name="x", password="hemligt-ord").get_data(as_text=True)


@pytest.mark.goal("S44")
def test_after_too_many_tries_the_page_says_how_long_to_wait(town: Town) -> None:
    answers = [sign_in(town, name="polis", password="fel") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "900"
    assert "Vänta 15 minuter" in answers[-1].get_data(as_text=True)
    assert sign_in(town, name="polis", password=PASSWORD).status_code == 429


def test_whoever_signs_in_lands_at_home(town: Town) -> None:
    answer = sign_in(town, name=" Polis ", password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/hem")


def test_a_demo_lists_its_people_as_buttons_that_sign_in(town: Town) -> None:
    client = town.visitor()
    page = client.get("/logga-in").get_data(as_text=True)
    assert "Kontaktombud i Nyby" in page
    assert PASSWORD not in page
    answer = client.post("/logga-in/demo/1", data={"csrf_token": token(client)})
    assert answer.status_code == 303
    assert "Du är kontaktombud i Nyby" in client.get("/hem").get_data(as_text=True)
