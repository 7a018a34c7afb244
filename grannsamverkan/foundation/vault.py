"""Keeps personal data unreadable in the database and its backups: AES-256-GCM for values, HMAC-SHA256 for look-up.

The keys live in the configuration, never in the database. A look-up hash is keyed because an unkeyed hash of a phone
number is no protection: every Swedish mobile number can be tried in a minute.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

LOOKUP_BYTES = 16
_NONCE_BYTES = 12
_VERSION = b"\x01"  # which form and cipher


class VaultError(Exception):
    """A value cannot be opened: wrong key, or a cell moved or altered. Says nothing about the value."""


def new_key() -> str:
    """A fresh 256-bit key as text for the configuration."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


class Vault:
    """Seals values with one key, opens them with that or an earlier one, and makes look-up hashes with another.

    Args:
        data_key, lookup_key, also: 32 bytes each as URL-safe base64. ValueError when they are not. `also` opens only.
    """

    def __init__(self, data_key: str, lookup_key: str, also: Iterable[str] = ()) -> None:
        self._cipher = AESGCM(_key_bytes(data_key))
        self._opening = [self._cipher, *(AESGCM(_key_bytes(key)) for key in also)]
        self._lookup = _key_bytes(lookup_key)

    def seal(self, text: str, purpose: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), purpose)

    def open(self, sealed: bytes, purpose: bytes) -> str:
        """The text again. VaultError when the key is another, or the cell was sealed for another column."""
        if sealed[:1] != _VERSION:
            raise VaultError("unknown version")
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        for cipher in self._opening:  # a handful: no cell says which, so that what an earlier version reads stays so
            try:
                return cipher.decrypt(nonce, body, purpose).decode()
            except InvalidTag:
                continue
        raise VaultError("cannot be opened with this key")

    def is_current(self, sealed: bytes, purpose: bytes) -> bool:
        """Whether the key that seals now has sealed it."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            self._cipher.decrypt(nonce, body, purpose)
        except InvalidTag:
            return False
        return True

    def lookup(self, kind: str, value: str) -> bytes:
        """16 bytes by which equal values of one kind are found again without being readable."""
        return hmac.digest(self._lookup, f"{kind}\0{value}".encode(), hashlib.sha256)[:LOOKUP_BYTES]


class SealedText(TypeDecorator[str]):
    """A text column that only the vault's key can read. Not sortable or searchable in SQL, on purpose.

    The vault is found on the engine's dialect, where `Database` puts it: one for each database, none global.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).seal(value, self.purpose.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).open(bytes(value), self.purpose.encode())


def vault_of(dialect: Dialect) -> Vault:
    vault = getattr(dialect, "vault", None)
    if not isinstance(vault, Vault):
        raise VaultError("this database was opened without its keys")
    return vault


def _key_bytes(text: str) -> bytes:
    key = base64.urlsafe_b64decode(text)
    if len(key) != 32:
        raise ValueError("a key is 32 bytes as URL-safe base64")
    return key
