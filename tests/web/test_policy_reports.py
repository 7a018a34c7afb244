"""What browsers report of the policy of contents, what is written down of it, and to whom weaknesses are reported."""

import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from grannsamverkan.web import policy_reports
from grannsamverkan.web.policy_reports import _Lines
from tests.support.web_town import Town, build

PATH = "/policy-rapport"
PRIVATE = "070-1740605"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_reports, "_lines", _Lines())


def a_report(**more: Any) -> dict[str, Any]:
    return {
        "csp-report": {
            "document-uri": f"http://localhost/omraden/1?q={PRIVATE}",
            "effective-directive": "script-src-elem",
            "blocked-uri": f"https://ond.example/{PRIVATE}",
            "script-sample": PRIVATE,
            **more,
        }
    }


def send(town: Town, body: Any) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return int(town.visitor().post(PATH, data=raw, content_type="application/csp-report").status_code)


@pytest.mark.goal("S18")
def test_each_answer_asks_for_reports_and_they_become_lines_without_addresses(town: Town) -> None:
    assert f"report-uri {PATH}" in town.visitor().get("/").headers["Content-Security-Policy"].split("; ")
    other = {"csp-report": {"document-uri": "http://localhost/", "blocked-uri": "inline"}}
    with capture_logs() as lines:
        assert (send(town, a_report()), send(town, other)) == (204, 204)
    assert [(line["directive"], line["stopped"], line["page"]) for line in lines] == [
        ("script-src-elem", "elsewhere", "networks.one"),
        ("unknown", "inline", "public.start"),
    ]
    assert PRIVATE not in str(lines)


def test_a_flood_writes_thirty_lines_a_minute_and_nothing_else(town: Town) -> None:
    with capture_logs() as lines:
        statuses = {send(town, a_report()) for _ in range(40)}
    assert (len(lines), statuses) == (30, {204, 429})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 9000, 400),
        (b"x" * 17_000, 413),
        ([], 400),
        ({"csp-report": [1]}, 400),
        ({"csp-report": {"document-uri": 7, "blocked-uri": ["http://["], "effective-directive": "a b"}}, 204),
        ({"csp-report": {"document-uri": "http://[", "blocked-uri": "http://["}}, 204),
    ],
)
def test_whatever_comes_is_no_fault_of_ours(town: Town, body: Any, status: int) -> None:
    assert send(town, body) == status


@pytest.mark.goal("S47")
def test_security_txt_says_whom_to_tell_until_its_day(tmp_path: Path) -> None:
    town = build(tmp_path)
    path, chosen = "/.well-known/security.txt", town.runtime.settings.installation
    assert town.visitor().get(path).status_code == 404
    for day, status in (("2026-03-03", 404), ("2026-12-31", 200)):
        named = {"security_contact": "mailto:sakerhet@kommun.example", "security_until": day}
        object.__setattr__(town.runtime.settings, "installation", chosen.model_copy(update=named))
        assert town.visitor().get(path).status_code == status
    answer = town.visitor().get(path)
    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True).splitlines() == [
        "Contact: mailto:sakerhet@kommun.example",
        "Expires: 2026-12-31T23:59:59Z",
        "Preferred-Languages: sv, en",
        "Canonical: http://localhost:8000/.well-known/security.txt",
    ]
    town.runtime.close()


@pytest.mark.goal("S35")
def test_refusals_are_written_down_by_account_and_page_only(town: Town) -> None:
    contact, elsewhere = town.signed_in("kontakt"), town.signed_in("samordnare-eslov")
    with capture_logs() as lines:
        assert contact.get("/lofte").status_code == 403
        assert elsewhere.get(f"/omraden/{town.network_ids['Nyby']}/andra").status_code == 404
        assert elsewhere.post("/sprak", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert elsewhere.post("/logga-ut").status_code == 403
        assert town.visitor().post("/logga-ut").status_code == 401
    assert [(line["why"], line["account"]) for line in lines] == [
        ("not_allowed", town.account_ids["kontakt"]),
        ("not_yours", town.account_ids["samordnare-eslov"]),
        ("foreign_form", town.account_ids["samordnare-eslov"]),
        ("form_token", town.account_ids["samordnare-eslov"]),
        ("signed_out", None),
    ]
    assert set(lines[0]) == {
        "event",
        "log_level",
        "why",
        "endpoint",
        "method",
        "role",
        "account",
    }
