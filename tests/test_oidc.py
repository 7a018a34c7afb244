"""The municipality's own sign-in: what is asked of it, and twenty answers that are not to be believed."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from grannsamverkan.foundation.errors import Refused, Unavailable
from grannsamverkan.oidc import Identity, Provider
from tests.support.fake_provider import ISSUER, NOW, STRONG, US, FakeProvider

BACK = "https://gs.hoor.example/logga-in/kommun/tillbaka"


@pytest.fixture
def fake() -> FakeProvider:
    return FakeProvider()


def a_provider(fake: FakeProvider, issuer: str = ISSUER) -> Provider:
    return Provider(issuer, US, "hemligt", acr=(STRONG,), adapter=fake)


def come_back(fake: FakeProvider, provider: Provider | None = None, **answer: str) -> Identity:
    provider = provider or a_provider(fake)
    kept = provider.attempt(BACK)
    fake.nonce = fake.nonce or kept.nonce
    return provider.answered(kept, {"state": kept.state, "code": "c", **answer}, BACK, NOW)


def test_who_signed_in_there(fake: FakeProvider) -> None:
    assert come_back(fake) == Identity(ISSUER, "åsa")


def test_what_is_asked_for(fake: FakeProvider) -> None:
    provider = a_provider(fake)
    kept = provider.attempt(BACK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(kept.url).query).items()}
    assert asked.pop("code_challenge") == base64.urlsafe_b64encode(
        hashlib.sha256(kept.verifier.encode()).digest()
    ).decode().rstrip("=")
    assert asked == {
        "response_type": "code",
        "client_id": US,
        "redirect_uri": BACK,
        "scope": "openid",
        "state": kept.state,
        "nonce": kept.nonce,
        "code_challenge_method": "S256",
        "acr_values": STRONG,
    }
    fake.nonce = kept.nonce
    provider.answered(kept, {"state": kept.state, "code": "c"}, BACK, NOW)
    (sent,) = [parse_qs(str(one.body)) for one in fake.asked if urlsplit(str(one.url)).path == "/token"]
    assert (sent["code_verifier"], sent["redirect_uri"]) == ([kept.verifier], [BACK])
    again = parse_qs(urlsplit(provider.attempt(BACK, is_again=True).url).query)
    assert (again["prompt"], again["max_age"]) == (["login"], ["0"])
    assert len({provider.attempt(BACK).state for _ in range(50)}) == 50


AT = int(NOW.timestamp())
Spoil = Callable[[FakeProvider], None]


def claiming(**claims: Any) -> Spoil:
    return lambda fake: fake.claims.update(claims)


def giving(token: Any) -> Spoil:
    return lambda fake: setattr(fake, "token", token)


def signing(alg: str, with_key: Any = None) -> Spoil:
    def spoil(fake: FakeProvider) -> None:
        fake.header["alg"], fake.signing = alg, with_key

    return spoil


BAD: dict[str, Spoil] = {
    "another issuer": claiming(iss="https://id.evil.example"),
    "an issuer with a slash more": claiming(iss=f"{ISSUER}/"),
    "no issuer": claiming(iss=None),
    "for somebody else": claiming(aud="another"),
    "for nobody": claiming(aud=None),
    "for two, and made for the other": claiming(aud=[US, "another"], azp="another"),
    "for two, and not said for whom": claiming(aud=[US, "another"]),
    "for us, but made for another": claiming(azp="another"),
    "too old": claiming(exp=AT - 61),
    "without an end": claiming(exp=None),
    "with an end in words": claiming(exp="tomorrow"),
    "made long ago": claiming(iat=AT - 601),
    "made in the future": claiming(iat=AT + 601),
    "another attempt's nonce": claiming(nonce="n"),
    "no nonce": claiming(nonce=None),
    "about nobody": claiming(sub=None),
    "about an empty name": claiming(sub=""),
    "about a number": claiming(sub=7),
    "not signed": signing("none"),
    "signed with what everybody knows": signing("HS256"),
    "signed by another": lambda fake: signing("RS256", RSAKey.generate_key(2048, {"kid": "one"}))(fake),
    "no token of who": giving({"access_token": "a", "token_type": "Bearer"}),
    "a token that is none": giving({"access_token": "a", "token_type": "Bearer", "id_token": "a.b.c"}),
    "a refused code": giving({"error": "invalid_grant"}),
    "a list": giving([]),
}


@pytest.mark.goal("S10")
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("why", BAD)
def test_an_answer_that_is_not_to_be_believed(fake: FakeProvider, why: str) -> None:
    BAD[why](fake)
    with pytest.raises(Refused, match="oidc_wrong"):
        come_back(fake)


@pytest.mark.goal("S10")
@pytest.mark.parametrize("acr", [None, "", "loa1", f"{STRONG} ", [STRONG]])
def test_a_way_of_signing_in_that_is_too_weak(fake: FakeProvider, acr: object) -> None:
    fake.claims["acr"] = acr
    with pytest.raises(Refused, match="oidc_weak"):
        come_back(fake)


@pytest.mark.goal("S10")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"state": "another"}, "oidc_wrong"),
        ({"state": ""}, "oidc_wrong"),
        ({"code": ""}, "oidc_wrong"),
        ({"iss": "https://id.evil.example"}, "oidc_wrong"),  # mixed up with another provider
        ({"error": "server_error"}, "oidc_wrong"),
        ({"error": "access_denied"}, "oidc_cancelled"),
    ],
)
def test_what_comes_by_the_browser(fake: FakeProvider, answer: dict[str, str], code: str) -> None:
    with pytest.raises(Refused, match=code):
        come_back(fake, None, **answer)


def test_whoever_is_to_sign_in_again_has_done_so(fake: FakeProvider) -> None:
    provider = a_provider(fake)
    for since, is_right in ((None, False), (AT - 10, False), (AT, True), (True, False)):
        kept = provider.attempt(BACK, is_again=True)
        fake.nonce, fake.claims["auth_time"] = kept.nonce, since
        answer = {"state": kept.state, "code": "c"}
        if is_right:
            assert provider.answered(kept, answer, BACK, NOW, signed_in_after=NOW).subject == "åsa"
        else:
            with pytest.raises(Refused, match="oidc_wrong"):
                provider.answered(kept, answer, BACK, NOW, signed_in_after=NOW)


@pytest.mark.parametrize(
    "facts",
    [
        {"issuer": "https://id.evil.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_says_something_else_of_itself_is_not_used(
    fake: FakeProvider, facts: dict[str, object]
) -> None:
    fake.facts.update(facts)
    with pytest.raises(Unavailable):
        a_provider(fake).attempt(BACK)


def test_a_provider_in_the_clear_is_used_on_this_machine_only(fake: FakeProvider) -> None:
    with pytest.raises(Unavailable):
        a_provider(fake, "http://id.hoor.example").attempt(BACK)
    assert fake.asked == []


def test_a_provider_that_is_away_is_not_asked_at_each_press(fake: FakeProvider) -> None:
    provider = a_provider(fake)
    fake.is_away = True
    for _ in range(5):
        with pytest.raises(Unavailable):
            provider.attempt(BACK)
    assert len(fake.asked) == 1
    assert provider.sign_out_url is None


def test_its_keys_may_change(fake: FakeProvider) -> None:
    provider = a_provider(fake)
    come_back(fake, provider)
    fake.nonce = ""
    come_back(fake, provider)
    assert [urlsplit(str(one.url)).path for one in fake.asked].count("/keys") == 1
    kept = provider.attempt(BACK)
    fake.nonce, fake.header["kid"] = kept.nonce, "two"
    with pytest.raises(Refused):
        provider.answered(kept, {"state": kept.state, "code": "c"}, BACK, NOW)
    assert [urlsplit(str(one.url)).path for one in fake.asked].count("/keys") == 2
