"""Signing in where staff sign in already: the municipality's or the police's own provider, by OpenID Connect.

The code flow with PKCE, a state and a nonce. What comes back counts only when it is signed by the provider, for us, for
this attempt, is fresh, and was made as strongly as is asked for. Whom it is about is told by issuer and subject
together, never by a name or a mail address.
"""

import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException
from requests.adapters import BaseAdapter

from grannsamverkan.foundation.errors import Refused, Unavailable

_ALGORITHMS = ("RS256", "PS256", "ES256")
_SECRET_BYTES = 32
_CLOCKS_APART = timedelta(seconds=60)
_LONGEST_ANSWER = 200_000  # bytes
_ASK_AGAIN_S = 15.0
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_log = structlog.get_logger("grannsamverkan.oidc")


@dataclass(frozen=True)
class Attempt:
    """What the browser keeps while somebody is away to sign in, and the address to send it to."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Whom the provider says it was."""

    issuer: str
    subject: str


class Provider:
    """One provider.

    Args:
        acr: the ways of signing in that count, as the provider names them; empty where all of its ways do.
        adapter: what carries the requests, in tests.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        acr: tuple[str, ...] = (),
        timeout_s: float = 10.0,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self._issuer, self._client, self._acr = issuer, (client_id, client_secret), acr
        self._timeout_s, self._adapter = timeout_s, adapter
        self._keys: KeySet | None = None
        self._found: dict[str, Any] | None = None
        self._not_before = 0.0

    def attempt(self, return_to: str, *, is_again: bool = False) -> Attempt:
        """A new attempt. `is_again`: by somebody who is signed in and is to show anew who they are.

        Raises:
            Unavailable: the provider does not answer.
        """
        nonce, verifier = secrets.token_urlsafe(_SECRET_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
        more: dict[str, str] = {"acr_values": " ".join(self._acr)} if self._acr else {}
        if is_again:
            more |= {"prompt": "login", "max_age": "0"}
        with self._session(return_to) as session:
            url, state = session.create_authorization_url(
                self._facts["authorization_endpoint"],
                state=secrets.token_urlsafe(_SECRET_BYTES),
                nonce=nonce,
                code_verifier=verifier,
                **more,
            )
        return Attempt(url, state, nonce, verifier)

    def answered(
        self,
        kept: Attempt,
        answer: Mapping[str, str],
        return_to: str,
        now: datetime,
        *,
        signed_in_after: datetime | None = None,
    ) -> Identity:
        """Who came back with this answer to the attempt; `signed_in_after`: who has to have signed in since then.

        Raises:
            Refused: oidc_cancelled (they did not want to); oidc_weak (not strongly enough); oidc_wrong (anything else).
            Unavailable: the provider does not answer.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), kept.state.encode()):
            raise _wrong("state")
        if answer.get("iss", self._issuer) != self._issuer:  # RFC 9207, where the provider says it
            raise _wrong("iss_of_answer")
        if answer.get("error") == "access_denied":
            raise Refused("oidc_cancelled")
        if "error" in answer or not answer.get("code"):
            raise _wrong("error")
        claims = self._claims(self._token(kept, answer["code"], return_to))
        self._check(claims, kept.nonce, now)
        if signed_in_after is not None and not _number(claims.get("auth_time")) >= int(signed_in_after.timestamp()):
            raise _wrong("auth_time")
        return Identity(claims["iss"], claims["sub"])

    @property
    def sign_out_url(self) -> str | None:
        """Where somebody signs out of the provider too; None where it has no such place or does not answer."""
        try:
            return self._facts.get("end_session_endpoint")
        except Unavailable:
            return None

    @property
    def _facts(self) -> dict[str, Any]:
        """What the provider says of itself, read once. While it is away it is asked now and then, not at each press."""
        if self._found is None:
            if time.monotonic() < self._not_before:
                raise Unavailable("oidc")
            self._not_before = time.monotonic() + _ASK_AGAIN_S
            self._found = self._read_facts()
        return self._found

    def _read_facts(self) -> dict[str, Any]:
        """An issuer that is not the one that was asked is not believed."""
        if not self._issuer.startswith("https://") and urlsplit(self._issuer).hostname not in _THIS_MACHINE:
            _log.error("oidc_provider_unusable")
            raise Unavailable("oidc")
        found = self._read(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if found.get("issuer") != self._issuer or not all(self._is_safe(found.get(name)) for name in needed):
            _log.error("oidc_provider_unusable")
            raise Unavailable("oidc")
        return found

    def _is_safe(self, address: object) -> bool:
        """HTTPS, but for a provider on this machine."""
        return isinstance(address, str) and (
            address.startswith("https://") or urlsplit(address)[:2] == urlsplit(self._issuer)[:2]
        )

    def _read(self, url: str) -> dict[str, Any]:
        with self._session("") as session:
            try:
                answer = session.request(
                    "GET", url, withhold_token=True, timeout=self._timeout_s, allow_redirects=False
                )
                answer.raise_for_status()
                found = answer.json() if len(answer.content) <= _LONGEST_ANSWER else None
            except (RequestException, ValueError, RecursionError):
                _log.warning("oidc_provider_away")
                raise Unavailable("oidc") from None
        if not isinstance(found, dict):
            raise Unavailable("oidc")
        return found

    def _token(self, kept: Attempt, code: str, return_to: str) -> str:
        with self._session(return_to) as session:
            try:
                found = session.fetch_token(
                    self._facts["token_endpoint"],
                    code=code,
                    code_verifier=kept.verifier,
                    timeout=self._timeout_s,
                    allow_redirects=False,
                )
            except OAuthError:
                raise _wrong("code") from None
            except RequestException:
                _log.warning("oidc_provider_away")
                raise Unavailable("oidc") from None
            except (ValueError, TypeError, RecursionError):
                raise _wrong("token") from None
        if not isinstance(found.get("id_token"), str):
            raise _wrong("token")
        return str(found["id_token"])

    def _claims(self, token: str) -> dict[str, Any]:
        """What the token says, when the provider has signed it. Its keys are read anew once when none fits: it may have
        changed them."""
        for is_last in (False, True):
            try:
                if self._keys is None:
                    self._keys = KeySet.import_key_set(self._read(self._facts["jwks_uri"]))  # type: ignore[arg-type]
                return dict(jwt.decode(token, self._keys, algorithms=_ALGORITHMS).claims)
            except (JoseError, ValueError, TypeError, KeyError, RecursionError):
                self._keys = None
                if is_last:
                    raise _wrong("signature") from None
        raise _wrong("signature")

    def _check(self, claims: dict[str, Any], nonce: str, now: datetime) -> None:
        """OpenID Connect Core, 3.1.3.7."""
        at, apart = now.timestamp(), _CLOCKS_APART.total_seconds()
        meant_for = claims.get("aud")
        audience = meant_for if isinstance(meant_for, list) else [meant_for]
        is_for_us = self._client[0] in audience and (len(audience) == 1 or claims.get("azp") == self._client[0])
        subject = claims.get("sub")
        rules = {
            "iss": claims.get("iss") == self._issuer,
            "aud": is_for_us and claims.get("azp", self._client[0]) == self._client[0],
            "exp": _number(claims.get("exp")) > at - apart,
            "iat": abs(_number(claims.get("iat")) - at) <= 10 * apart,
            "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
            "sub": isinstance(subject, str) and 0 < len(subject) <= 255,
        }
        for rule, holds in rules.items():
            if not holds:
                raise _wrong(rule)
        if self._acr and claims.get("acr") not in self._acr:
            _log.warning("oidc_refused", because="acr")
            raise Refused("oidc_weak")

    def _session(self, return_to: str) -> OAuth2Session:
        session = OAuth2Session(
            *self._client, scope="openid", redirect_uri=return_to or None, code_challenge_method="S256"
        )
        if self._adapter is not None:
            session.mount("https://", self._adapter)
        return session


def _wrong(because: str) -> Refused:
    """The answer is not to be believed. Why stands in the log alone, as one of a few words of ours."""
    _log.warning("oidc_refused", because=because)
    return Refused("oidc_wrong")


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("-inf")
