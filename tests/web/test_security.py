"""What every answer carries, whatever it is, and which requests are not taken in at all."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from grannsamverkan.web.assets import PACKAGES
from grannsamverkan.web.pages import declared
from tests.support.web_town import Town, build, token

DIRECTIVES = {
    "default-src 'none'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
}  # fmt: skip


def addresses(town: Town) -> list[str]:
    """Every page, a style sheet, and the errors."""
    page = town.visitor().get("/").get_data(as_text=True)
    static = re.findall(r'(?:href|src)="(/v/[^"]+)"', page)
    rules = [rule.rule.replace("<code>", "1267") for rule in town.app.url_map.iter_rules() if "<path" not in rule.rule]
    return [*rules, *static, "/finns-inte", "/v/own/0/x", "/n?nr=x", "/.git/config", "/.env", "/metrics"]


@pytest.mark.goal("S18")
def test_every_answer_is_dressed(town: Town) -> None:
    town.app.add_url_rule("/kraschar", view_func=_crash, endpoint="crash")
    for client in (town.visitor(), town.signed_in("samordnare")):
        for address in [*addresses(town), "/kraschar"]:
            headers = client.get(address).headers
            policy = headers["Content-Security-Policy"].split("; ")
            assert set(policy) >= DIRECTIVES, address
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "Strict-Transport-Security" not in headers
            assert headers["Cache-Control"], address


def _crash() -> str:
    raise RuntimeError("Anna Andersson 070-1740605")


_crash.declared = None  # type: ignore[attr-defined]


@pytest.mark.goal("S18")
def test_pages_of_those_who_have_signed_in_are_kept_nowhere(town: Town) -> None:
    client = town.signed_in("samordnare")
    assert {client.get(path).headers["Cache-Control"] for path in ("/", "/hem", "/kakor", "/nej")} == {"no-store"}


def test_public_pages_may_be_kept_for_a_short_while_and_files_for_a_year(town: Town) -> None:
    answer = town.visitor().get("/")
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)
    style = next(address for address in addresses(town) if address.endswith("theme.css") and "/0/" not in address)
    assert "max-age=31536000" in town.visitor().get(style).headers["Cache-Control"]


def test_the_nonce_is_new_for_every_answer(town: Town) -> None:
    found = {re.search("nonce-([^']+)'", town.visitor().get("/").headers["Content-Security-Policy"]) for _ in range(5)}
    assert len({match.group(1) for match in found if match and len(match.group(1)) >= 20}) == 5


@pytest.mark.goal("S18")
def test_over_https_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    town = build(tmp_path, base_url="https://gs.kommun.example")
    for path in ("/", "/nej"):
        headers = town.visitor().get(path, base_url="https://gs.kommun.example").headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    town.runtime.close()


@pytest.mark.goal("S30")
@pytest.mark.parametrize("host", ["ond.example", "localhost.ond.example", "gs.kommun.example.ond.example", "10.0.0.1"])
def test_an_unknown_host_is_refused(tmp_path: Path, host: str) -> None:
    town = build(tmp_path, base_url="https://gs.kommun.example")
    answer = town.visitor().get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.get_data(as_text=True)
    assert "Content-Security-Policy" in answer.headers
    town.runtime.close()


def test_in_production_only_the_public_name_is_known(tmp_path: Path) -> None:
    town = build(tmp_path, base_url="https://gs.kommun.example", mode="production")
    assert town.visitor().get("/", headers={"Host": "localhost"}).status_code == 400
    page = town.visitor().get("/", headers={"Host": "gs.kommun.example"}).get_data(as_text=True)
    assert "gs-demo" not in page
    assert not any("demo" in rule.rule for rule in town.app.url_map.iter_rules())
    town.runtime.close()


@pytest.mark.goal("S30")
def test_a_strangers_forwarded_headers_change_nothing(tmp_path: Path) -> None:
    town = build(tmp_path, visitor_tries=2)
    client, statuses = town.visitor(), []
    for number in range(3):
        forged = {"X-Forwarded-For": f"192.0.2.{number}", "X-Forwarded-Host": "ond.example"}
        form = {"name": f"n{number}", "password": "fel", "csrf_token": token(client)}
        statuses.append(client.post("/logga-in", data=form, headers=forged).status_code)
    assert statuses == [422, 422, 429]  # the address in the header changed, the visitor did not
    town.runtime.close()


def test_a_trusted_proxys_forwarded_headers_count(tmp_path: Path) -> None:
    town = build(tmp_path, trusted_proxies=1)
    assert town.visitor().get("/", headers={"X-Forwarded-Host": "ond.example"}).status_code == 400
    town.runtime.close()


@pytest.mark.goal("S26")
def test_too_large_a_body_is_refused(town: Town) -> None:
    answer = town.visitor().post("/logga-in", data={"name": "x" * 1_100_000})
    assert answer.status_code == 413


@pytest.mark.goal("S46")
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_methods_that_nothing_uses_are_off(town: Town, method: str) -> None:
    answer = town.visitor().open("/", method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.goal("S46")
def test_only_listed_files_of_packages_are_served(town: Town) -> None:
    page = town.visitor().get("/").get_data(as_text=True)
    folder = re.findall(r'"(/v/bootstrap/[0-9a-f]+)/', page)[0]
    assert town.visitor().get(f"{folder}/css/bootstrap.min.css").status_code == 200
    for file in ("css/bootstrap.css", "../__init__.py", "..%2f__init__.py", "js/bootstrap.js"):
        assert town.visitor().get(f"{folder}/{file}").status_code == 404
    assert "own" not in PACKAGES


def test_templates_carry_no_inline_style_or_handler() -> None:
    folder = Path(__file__).parents[2] / "templates"
    for file in folder.rglob("*.html"):
        if file.is_relative_to(folder / "messages"):
            continue  # emails, which know no style sheets
        found = re.findall(r"<[^>]*\s(?:style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)(?![^>]*nonce)", file.read_text())
        assert found == [], file.name


@pytest.mark.goal("S36")
def test_a_fault_shows_a_number_and_nothing_else(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    _crash.declared = declared(town.app, "statements.cookies")  # type: ignore[attr-defined]
    town.app.view_functions["statements.cookies"] = _crash
    answer = town.visitor().get("/kakor")
    page, logged = answer.get_data(as_text=True), "".join(capsys.readouterr())
    assert answer.status_code == 500
    assert "Anna" not in page
    assert "Traceback" not in page
    number = re.search(r'gs-num">([0-9a-f]{8})<', page)
    assert number
    assert number.group(1) in logged
    assert "Anna" not in logged
    assert "1740605" not in logged


@pytest.mark.goal("S36")
def test_pages_say_so_when_the_database_is_away(town: Town) -> None:
    client, stranger = town.signed_in("polis"), town.visitor()
    with town.runtime.database.engine.begin() as rows:
        for table in ("sign_in_session", "served_municipality", "account", "batch"):
            rows.execute(text(f"ALTER TABLE {table} RENAME TO gone_{table}"))
    home, start = client.get("/hem"), stranger.get("/")
    assert (home.status_code, start.status_code) == (503, 503)
    assert home.headers["Retry-After"]
    assert "114 14" in start.get_data(as_text=True)
    assert stranger.get("/halsa/live").status_code == 200
    assert "Svarar inte" in stranger.get("/driftlage").get_data(as_text=True)


@pytest.mark.goal("S36")
def test_a_broken_policy_answers_no(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    client = town.signed_in("polis")

    def broken(*_: object) -> bool:
        raise KeyError("role")

    monkeypatch.setattr("grannsamverkan.domain.accounts.may", broken)
    assert client.get("/hem").status_code >= 403
    assert b"Grannsamverkan i" not in client.get("/hem").data
