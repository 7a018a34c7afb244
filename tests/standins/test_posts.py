"""Where posts may go."""

import pytest

from grannsamverkan.standins.posts import target_of


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "http://192.0.2.7/", "http://grannar.example/", "ftp://127.0.0.1/", "http://[", ""]
)
def test_only_loopback_is_a_target(url: str) -> None:
    assert target_of(url) is None


def test_a_target_is_taken_apart() -> None:
    target = target_of("http://localhost:5000/sms?x=1")
    assert target == ("127.0.0.1", 5000, b"localhost:5000", b"/sms?x=1")
