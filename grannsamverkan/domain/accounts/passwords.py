"""Passwords as Argon2id hashes (RFC 9106)."""

import base64
import os
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_SALT_BYTES = 16
_HASH_BYTES = 32


@dataclass(frozen=True)
class Passwords:
    """Makes and checks hashes at one cost. The standard cost is above ASVS 5.0 11.4.2 (19 MiB, 2 rounds)."""

    rounds: int = 3
    memory_kib: int = 65_536
    lanes: int = 4

    @property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(self.rounds, self.memory_kib, self.lanes, hash_len=_HASH_BYTES, salt_len=_SALT_BYTES)

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is the hash's. None costs the same time and never fits: the name is unknown."""
        try:
            return self._hasher.verify(password_hash or self._nobodys_hash(), password)
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made at another cost than this."""
        return self._hasher.check_needs_rehash(password_hash)

    def _nobodys_hash(self) -> str:
        """A well-formed hash at this cost that no password has, made without spending the cost."""
        salt, digest = (_unpadded(os.urandom(size)) for size in (_SALT_BYTES, _HASH_BYTES))
        return f"$argon2id$v=19$m={self.memory_kib},t={self.rounds},p={self.lanes}${salt}${digest}"


def _unpadded(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


STRONG = Passwords()
CHEAP = Passwords(rounds=1, memory_kib=8, lanes=1)  # for made-up accounts only: a demo, a test
