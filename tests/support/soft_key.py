"""A security key in Python: makes keys and signs challenges as a browser would hand them over. It can lie."""

import hashlib
import json
import os
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_PRESENT, _VERIFIED, _HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """One key for one address. `counts` is whether it counts its signatures; `is_verified`, whether it has asked its
    owner for a finger or a code."""

    origin: str = "http://localhost:8000"
    host: str = "localhost"
    counts: bool = False
    is_verified: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    _private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def but(self, **changed: Any) -> "SoftKey":
        """The same key in other circumstances."""
        return replace(self, **changed)

    def made(self, options: str) -> str:
        """What `navigator.credentials.create` gives, as JSON."""
        numbers = self._private.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public
        data = self._data(_HAS_KEY) + attested
        response = {
            "clientDataJSON": self._said("webauthn.create", options),
            "attestationObject": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}),
        }
        return self._answer(response)

    def signed(self, options: str) -> str:
        """What `navigator.credentials.get` gives, as JSON."""
        if self.counts:
            self.count += 1
        data, said = self._data(), self._said("webauthn.get", options)
        signature = self._private.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer({"clientDataJSON": said, "authenticatorData": data, "signature": signature})

    def _data(self, more: int = 0) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.is_verified else 0) | more
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _said(self, kind: str, options: str) -> bytes:
        challenge = bytes_to_base64url(base64url_to_bytes(json.loads(options)["challenge"]))
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        named = bytes_to_base64url(self.credential_id)
        encoded = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": encoded})
