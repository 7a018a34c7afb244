"""Which addresses may be called: HTTPS at a named host, written in one way, and nothing that can be read in two."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grannsamverkan.domain.webhooks import check_address
from grannsamverkan.domain.webhooks.addresses import Address
from grannsamverkan.foundation.errors import Refused

HOSTS = frozenset({"karta.hoor.example", "intern.hoor.example:8443", "localhost:4711"})


@pytest.mark.parametrize(
    ("typed", "url", "host"),
    [
        ("https://karta.hoor.example", "https://karta.hoor.example/", "karta.hoor.example"),
        (" https://karta.hoor.example/in?b&c=%20d ", "https://karta.hoor.example/in?b&c=%20d", "karta.hoor.example"),
        ("HTTPS://Karta.Hoor.Example:443/In", "https://karta.hoor.example/In", "karta.hoor.example"),
        ("https://karta.hoor.example?a", "https://karta.hoor.example/?a", "karta.hoor.example"),
        ("https://intern.hoor.example:8443/x", "https://intern.hoor.example:8443/x", "intern.hoor.example:8443"),
        ("https://karta.hoor.example/@evil.example", "https://karta.hoor.example/@evil.example", "karta.hoor.example"),
    ],
)
def test_a_named_host_is_taken_in_one_spelling(typed: str, url: str, host: str) -> None:
    assert check_address(typed, HOSTS) == Address(url, host)


@pytest.mark.goal("S24")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://karta.hoor.example/", "webhook_not_https"),
        ("ftp://karta.hoor.example/", "webhook_not_https"),
        ("https://annan.example/", "webhook_host"),
        ("https://karta.hoor.example.evil.example/", "webhook_host"),
        ("https://karta.hoor.example./", "webhook_host"),
        ("https://karta.hoor.example:8443/", "webhook_host"),
        ("https://intern.hoor.example/", "webhook_host"),
        ("https://127.0.0.1/", "webhook_host"),
        ("https://2130706433/", "webhook_host"),
        ("https://0x7f.1/", "webhook_host"),
        ("https://169.254.169.254/latest/meta-data", "webhook_host"),
        ("https://localhost/", "webhook_host"),
        ("https://[::1]/", "webhook_address"),
        ("https://[::ffff:127.0.0.1]/", "webhook_address"),
        ("https://anna:hemligt@karta.hoor.example/", "webhook_address"),
        ("https://karta.hoor.example@evil.example/", "webhook_address"),
        ("https://evil.example\\@karta.hoor.example/", "webhook_address"),
        ("https://karta.hoor.example#@evil.example/", "webhook_address"),
        ("https://karta.hoor.example/a b", "webhook_address"),
        ("https://karta.hoor.example/\r\nHost: evil.example", "webhook_address"),
        ("https://karta.hoor.example/\tx", "webhook_address"),
        ("https://kårta.hoor.example/", "webhook_address"),
        ("https:///karta.hoor.example/", "webhook_address"),
        ("https:karta.hoor.example/", "webhook_address"),
        ("//karta.hoor.example/", "webhook_address"),
        ("javascript:alert(1)", "webhook_address"),
        ("", "webhook_address"),
        ("https://karta.hoor.example/" + "x" * 500, "webhook_address"),
    ],
)
def test_everything_else_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_address(typed, HOSTS)
    assert refused.value.code == code


@pytest.mark.goal("S24")
@given(st.one_of(st.text(max_size=60), st.builds("https://karta.hoor.example{}".format, st.text(max_size=40))))
def test_whatever_is_taken_leads_to_a_named_host_for_whoever_reads_it(typed: str) -> None:
    try:
        address = check_address(typed, HOSTS)
    except Refused:
        return
    parts = urlsplit(address.url)
    assert (parts.scheme, parts.netloc, parts.fragment, parts.username) == ("https", address.host, "", None)
    assert address.host in HOSTS
    assert check_address(address.url, HOSTS) == address
