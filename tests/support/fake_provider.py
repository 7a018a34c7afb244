"""A sign-in of a municipality's own that a test can make lie, answering where requests would go out."""

import base64
import hmac
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError as Unreachable

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ISSUER, US = "https://id.hoor.example", "grannsamverkan"
STRONG = "http://id.elegnamnden.se/loa/1.0/loa3"


@cache
def provider_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})


class FakeProvider(BaseAdapter):
    """Answers as a provider does, but for what a test has put in: `claims`, `header`, `token`, `facts`, `status`."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.facts: dict[str, Any] = {}
        self.signing: Any = None
        self.token: Any = None
        self.status: dict[str, int] = {}
        self.asked: list[PreparedRequest] = []
        self.nonce = ""
        self.now = NOW
        self.is_away = False

    def send(self, request: PreparedRequest, *_args: Any, **_options: Any) -> Response:
        self.asked.append(request)
        if self.is_away:
            raise Unreachable
        path = urlsplit(str(request.url)).path
        answer = Response()
        answer.status_code = self.status.get(path, 200)
        answer.request, answer.url = request, str(request.url)
        answer.headers["Content-Type"] = "application/json"
        answer._content = json.dumps(self._found(path)).encode()
        return answer

    def close(self) -> None:
        """Nothing is open."""

    def _found(self, path: str) -> Any:
        if path == "/.well-known/openid-configuration":
            facts = {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
                "end_session_endpoint": f"{ISSUER}/logout",
            }
            return facts | self.facts
        if path == "/keys":
            return {"keys": [provider_key().as_dict(private=False)]}
        if self.token is not None:
            return self.token
        return {"access_token": "a", "token_type": "Bearer", "id_token": self._signed()}

    def _signed(self) -> str:
        at = int(self.now.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": US,
            "sub": "åsa",
            "iat": at,
            "exp": at + 300,
            "nonce": self.nonce,
            "acr": STRONG,
        }
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header = {"alg": "RS256", "kid": "one"} | self.header
        if header["alg"] in ("none", "HS256"):
            return _by_hand(header, claims)
        return jwt.encode(header, claims, self.signing or provider_key())


def _by_hand(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """What no library of today makes: no signature, or one with the public key for a secret that both have."""
    said = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    shared = provider_key().as_pem(private=False)
    return f"{said}.{'' if header['alg'] == 'none' else _encoded(hmac.digest(shared, said.encode(), 'sha256'))}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
