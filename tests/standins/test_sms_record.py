"""Parts of an SMS as the provider counts them."""

import pytest

from grannsamverkan.standins.sms_record import segments


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("å" * 160, 1), ("å" * 161, 2), ("å" * 306, 2), ("å" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3), ("č" * 70, 1), ("č" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2),
        ("a" * 66 + "😀" + "a" * 66, 3),
    ],
)  # fmt: skip
def test_parts(body: str, parts: int) -> None:
    assert segments(body) == parts
