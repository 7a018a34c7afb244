"""A sealed file opens for its key, whole, and for nobody else and in no other state."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grannsamverkan.foundation.sealed_file import (
    MAGIC,
    PIECE,
    SealedFileError,
    SealedWriter,
    new_pair,
    opened,
    public_of,
)


def a_file(folder: Path, public: str, content: bytes) -> tuple[Path, bytes]:
    """The file and the key of it alone."""
    path = folder / "sealed"
    with path.open("wb") as file:
        sealed = SealedWriter(file, public)
        for first in range(0, len(content), 300_000):
            sealed.write(content[first : first + 300_000])
        sealed.close()
    return path, sealed.content_key


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 17])
def test_what_is_sealed_opens_with_its_private_key(tmp_path: Path, size: int) -> None:
    public, private = new_pair()
    content = bytes(number % 251 for number in range(size))
    path, content_key = a_file(tmp_path, public, content)
    assert public_of(private) == public
    assert b"".join(opened(path, private_key=private)) == content
    assert b"".join(opened(path, content_key=content_key)) == content


HARM: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _sealed: b"",
    "another beginning": lambda sealed: b"x" + sealed[1:],
    "another head": lambda sealed: sealed[: len(MAGIC)] + bytes([sealed[len(MAGIC)] ^ 1]) + sealed[len(MAGIC) + 1 :],
    "altered": lambda sealed: sealed[:-20] + bytes([sealed[-20] ^ 1]) + sealed[-19:],
    "cut in a piece": lambda sealed: sealed[:-1],
    "cut between two": lambda sealed: sealed[: len(MAGIC) + 32 + PIECE + 16],
    "a piece twice": lambda sealed: sealed + sealed[len(MAGIC) + 32 :],
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_a_harmed_file_does_not_open(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    public, private = new_pair()
    path, _ = a_file(tmp_path, public, b"x" * (PIECE + 100))
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(SealedFileError):
        list(opened(path, private_key=private))


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    path, _ = a_file(tmp_path, new_pair()[0], b"x")
    with pytest.raises(SealedFileError):
        list(opened(path, private_key=new_pair()[1]))
    with pytest.raises(ValueError, match="32 bytes"):
        list(opened(path, private_key="none"))
