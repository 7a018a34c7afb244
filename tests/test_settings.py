import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from grannsamverkan.settings import CONFIG_VARIABLE, Settings, SettingsError, load

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.toml"
SECRET = "a-secret-that-must-not-be-told"
INSIDE: dict[str, dict[str, Any]] = {
    "installation": {"mode": "demo"},
    "sms": {"base_url": "http://127.0.0.1:4010"},
    "email": {"host": "127.0.0.1"},
}


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(CONFIG_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


# -------------------------------------------------------------------------------------------------------- the example


def test_the_example_holds_every_setting_with_its_default() -> None:
    example = tomllib.loads(EXAMPLE.read_text("utf-8"))
    defaults = Settings().model_dump()
    assert example == defaults
    assert [type(value) for section in example.values() for value in section.values()] == [
        type(value) for section in defaults.values() for value in section.values()
    ]
    assert load(EXAMPLE) == Settings()


def test_the_example_follows_the_order_of_the_code() -> None:
    example = tomllib.loads(EXAMPLE.read_text("utf-8"))
    assert [(name, list(keys)) for name, keys in example.items()] == [
        (name, list(keys)) for name, keys in Settings().model_dump().items()
    ]


def test_each_key_of_the_example_has_a_sentence_and_its_default_said() -> None:
    units = {"_s": "seconds", "_min": "minutes", "_h": "hours", "_days": "days"}
    described, comment = 0, ""
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            comment += f" {line[1:].strip()}"
            continue
        key, sets, value = line.partition(" = ")
        if sets:
            described += 1
            assert f"Default {value}" in comment, key
            unit = next((words for end, words in units.items() if key.endswith(end) and not key.endswith("per_s")), "")
            assert unit in comment, key
        comment = ""
    assert described == sum(len(section) for section in Settings().model_dump().values())


def test_every_setting_is_used() -> None:
    """A setting that nothing reads would be a promise that is not kept."""
    read = {
        node.attr
        for path in (ROOT / "grannsamverkan").rglob("*.py")
        if path.name != "settings.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    keys = {key for section in Settings().model_dump().values() for key in section}
    # Read as `is_demo`, `named` and `canary.to`.
    assert keys - read <= {"mode", "hosts", "sms_to", "email_to"}


# ------------------------------------------------------------------------------------------------ file and environment


def test_without_a_file_the_defaults_hold() -> None:
    assert load() == Settings()


def test_a_file_in_the_working_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[web]\nport = 9000\n", "utf-8")
    assert load().web.port == 9000


def test_a_named_file_is_read_and_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = tmp_path / "other.toml"
    monkeypatch.setenv(CONFIG_VARIABLE, str(named))
    with pytest.raises(SettingsError, match="there is no file"):
        load()
    named.write_text("[web]\nport = 9001\n", "utf-8")
    assert load().web.port == 9001
    named.write_text("[web\n", "utf-8")
    with pytest.raises(SettingsError, match="is not TOML"):
        load()


def test_the_environment_replaces_one_value_and_leaves_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_WEB_SIGN_IN_TRIES", "3")
    monkeypatch.setenv("GRANNSAMVERKAN_DATABASE_URL", "postgresql://localhost/g")
    monkeypatch.setenv("GRANNSAMVERKAN_POLICE_ENABLED", "true")
    settings = load(web={"sign_in_tries": 9, "port": 9000})
    assert (settings.web.sign_in_tries, settings.web.port) == (3, 9000)
    assert settings.database.url == "postgresql://localhost/g"
    assert settings.police.enabled


_CHOICES = {
    "mode": "production",
    "security": "starttls",
    "level": "ERROR",
    "form": "text",
    "second_step": "off",
    "kind": "embedded",
    "sms_to": "+46701740605",
    "email_to": "drift@kommun.example",
    "security_contact": "mailto:sakerhet@kommun.example",
    "security_until": "2027-01-31",
    "url": "https://vakt.hoor.example/x",
}


@pytest.mark.parametrize(
    ("section", "key"), [(name, key) for name, keys in Settings().model_dump().items() for key in keys]
)
def test_each_key_can_be_set_from_the_environment(section: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value = getattr(getattr(Settings(), section), key)
    other = {
        bool: str(not value),
        int: str({"life_min": 5}.get(key, value + 1)) if isinstance(value, int) else "",  # that one has a ceiling
        float: "31.5",
        str: _CHOICES.get(key, "x"),
    }[type(value)]
    monkeypatch.setenv(f"GRANNSAMVERKAN_{section}_{key}".upper(), other)
    found = str(getattr(getattr(load(), section), key))
    assert found.removesuffix(".0") == other


# ---------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("variable", ["GRANNSAMVERKAN_WEB_COLOUR", "GRANNSAMVERKAN_PORT", "GRANNSAMVERKAN_WEB"])
def test_an_unknown_variable_is_refused(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, SECRET)
    with pytest.raises(SettingsError, match=variable) as refused:
        load()
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("sections", "named"),
    [
        ({"web": {"colour": SECRET}}, "web.colour"),
        ({"colours": {"red": SECRET}}, "colours"),
        ({"web": {"port": SECRET}}, "web.port"),
        ({"web": {"port": 70000}}, "web.port"),
        ({"email": {"security": SECRET}}, "email.security"),
        ({"engine": {"lease_s": 9.9}}, "engine.lease_s"),
        ({"retention": {"deliveries_days": 2}}, "retention.deliveries_days"),
        ({"sms": {"auth_token": [SECRET]}}, "sms.auth_token"),
    ],
)
def test_a_wrong_key_is_named_and_its_value_never_told(sections: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(named)) as refused:
        load(**sections)
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value.__cause__)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().web.port = 1


# ------------------------------------------------------------------------------------------- the hosts that are named

EVERYTHING: dict[str, Any] = {
    "sms": {"account_sid": "AC1", "second_username": "u1"},
    "email": {"host": "relay.hoor.example"},
    "oidc": {"issuer": "https://id.hoor.example/x"},
    "police": {"enabled": True},
    "database": {"url": "postgresql://gs:hemligt@rader.hoor.example/gs"},
    "webhooks": {"hosts": "Karta.hoor.example:443 intern.hoor.example:8443"},
    "heartbeat": {"url": "https://vakt.hoor.example/hemligt"},
}
HOSTS = {
    "webhooks.hosts karta.hoor.example": "karta.hoor.example",
    "webhooks.hosts intern.hoor.example:8443": "intern.hoor.example",
    "heartbeat.url": "vakt.hoor.example",
    "sms.base_url": "api.twilio.com",
    "sms.second_base_url": "api.46elks.com",
    "oidc.issuer": "id.hoor.example",
    "police.url": "polisen.se",
    "database.url": "rader.hoor.example",
    "email.host": "relay.hoor.example",
}


def test_every_host_outside_is_known() -> None:
    assert load(None, **EVERYTHING).hosts_outside() == HOSTS
    assert load(None, email={"port": 26}).hosts_outside() == {"email.host": "localhost"}
    named = {"outside_hosts": " ".join(HOSTS.values()).upper()}
    assert load(None, **EVERYTHING, installation=named).hosts_outside() == HOSTS


@pytest.mark.goal("P15")
@pytest.mark.parametrize("setting", HOSTS)
def test_a_host_that_is_not_named_is_refused(setting: str) -> None:
    named = {"outside_hosts": " ".join(host for name, host in HOSTS.items() if name != setting)}
    with pytest.raises(SettingsError, match=re.escape(f"{setting} leads to a host that is not in")) as refused:
        load(None, **EVERYTHING, installation=named)
    assert "hemligt" not in str(refused.value)


def test_this_machine_needs_no_name() -> None:
    inside: dict[str, Any] = {
        "sms": {"account_sid": "AC1", "base_url": "http://127.0.0.1:1"},
        "email": {"host": "localhost"},
    }
    assert load(None, **inside, installation={"outside_hosts": "relay.hoor.example"})


@pytest.mark.goal("S24")
@pytest.mark.parametrize(
    "host",
    [
        "192.0.2.1",
        "[::1]",
        "https://karta.hoor.example",
        "karta.hoor.example/in",
        "a@b",
        "a:65536",
        "*.hoor.se",
        "å.se",
    ],
)
def test_a_system_to_be_called_is_named_by_name(host: str) -> None:
    with pytest.raises(SettingsError, match=re.escape("webhooks")):
        load(None, webhooks={"hosts": f"karta.hoor.example {host}"})


@pytest.mark.parametrize(
    "url",
    [
        "http://vakt.hoor.example/hemligt",
        "vakt.hoor.example/hemligt",
        "https://hemligt@vakt.hoor.example/",
        "https://192.0.2.1/hemligt",
        "https://vakt.hoor.example:65536/hemligt",
        "https://vakt.hoor.example/hem ligt",
        "https://vakt.hoor.example/hemligtå",
    ],
)
def test_who_watches_us_is_called_by_https_and_by_name(url: str) -> None:
    with pytest.raises(SettingsError, match=re.escape("heartbeat")) as refused:
        load(None, heartbeat={"url": url})
    assert "hemligt" not in str(refused.value)


# -------------------------------------------------------------------------------------------------- a demo stays inside


def test_a_demo_may_use_this_machine() -> None:
    assert load(None, **INSIDE).is_demo
    for url in ("http://localhost:1", "http://[::1]:1/x", "http://127.0.0.1"):
        assert load(None, **{**INSIDE, "sms": {"base_url": url}}).is_demo


@pytest.mark.parametrize(
    "outside",
    [
        {"sms": {"base_url": ""}},  # Twilio itself
        {"sms": {"base_url": "https://api.twilio.example"}},
        {"sms": {"base_url": "http://127.0.0.1.elsewhere.example"}},
        {"sms": {"base_url": "http://127.0.0.1:80@elsewhere.example/"}},
        {"sms": {"base_url": "http://localhost@elsewhere.example"}},
        {"sms": {"base_url": "http://elsewhere.example#127.0.0.1"}},
        {"sms": {"base_url": "127.0.0.1"}},
        {"sms": {"base_url": "http://[::1"}},
        {"email": {"host": "mail.elsewhere.example"}},
        {"email": {"host": "0.0.0.0"}},
        {"webhooks": {"hosts": "localhost karta.hoor.example"}},
        {"heartbeat": {"url": "https://vakt.hoor.example/"}},
    ],
)
def test_a_demo_cannot_reach_anybody(outside: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="on this machine"):
        load(None, **{**INSIDE, **outside})


def test_not_even_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRANNSAMVERKAN_EMAIL_HOST", "mail.elsewhere.example")
    with pytest.raises(SettingsError, match="on this machine"):
        load(None, **INSIDE)
