"""A file that only the holder of a private key can open, however large: what writes it cannot read it back.

X25519 agrees on a key that is used for this file alone; AES-256-GCM seals it piece by piece. A piece that is missing,
moved, altered or cut off does not open, and neither does a file whose last piece is not marked as the last.
"""

import base64
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"GSKOPIA1"
PIECE = 1 << 20
_COUNTER = struct.Struct(">QI")  # a nonce: the number of the piece, and whether it is the last
_KEY_BYTES, _TAG_BYTES = 32, 16


class SealedFileError(Exception):
    """It cannot be opened: another key, or not the file that was written. Says nothing about what is in it."""


def new_pair() -> tuple[str, str]:
    """(public key, private key) as text."""
    private = X25519PrivateKey.generate()
    return _text(private.public_key().public_bytes_raw()), _text(private.private_bytes_raw())


def public_of(private_key: str) -> str:
    return _text(_private(private_key).public_key().public_bytes_raw())


class SealedWriter:
    """Takes bytes and writes them sealed; only `close` makes the file whole. `content_key` opens this file alone."""

    def __init__(self, file: BinaryIO, public_key: str) -> None:
        ours, theirs = X25519PrivateKey.generate(), X25519PublicKey.from_public_bytes(_bytes(public_key))
        head = MAGIC + ours.public_key().public_bytes_raw()
        self.content_key = _content_key(ours.exchange(theirs), head, theirs.public_bytes_raw())
        self._file, self._cipher, self._head = file, AESGCM(self.content_key), head
        self._number, self._waiting = 0, bytearray()
        file.write(head)

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def close(self) -> None:
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_COUNTER.pack(self._number, is_last), piece, self._head))
        self._number += 1


def opened(path: Path, *, private_key: str = "", content_key: bytes = b"") -> Iterator[bytes]:
    """What is in the file, piece by piece, each of them proven. SealedFileError at the first that is not."""
    with path.open("rb") as file:
        head = file.read(len(MAGIC) + _KEY_BYTES)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + _KEY_BYTES:
            raise SealedFileError("this is no copy of ours")
        cipher = AESGCM(content_key or _agreed(head, private_key))
        number, piece = 0, file.read(PIECE + _TAG_BYTES)
        while True:
            following = file.read(PIECE + _TAG_BYTES)
            try:
                yield cipher.decrypt(_COUNTER.pack(number, not following), piece, head)
            except InvalidTag:
                raise SealedFileError("it does not open: another key, or it was altered or cut off") from None
            if not following:
                return
            number, piece = number + 1, following


def _agreed(head: bytes, private_key: str) -> bytes:
    ours = _private(private_key)
    theirs = X25519PublicKey.from_public_bytes(head[len(MAGIC) :])
    return _content_key(ours.exchange(theirs), head, ours.public_key().public_bytes_raw())


def _content_key(shared: bytes, head: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=head, info=b"grannsamverkan copy" + recipient).derive(shared)


def _private(text: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_bytes(text))


def _bytes(text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError("a key is 32 bytes as URL-safe base64")
    return key


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()
