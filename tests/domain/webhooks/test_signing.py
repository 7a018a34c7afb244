"""Signatures of calls: as Standard Webhooks publishes them, and none that another secret or another body would have."""

import base64
from datetime import UTC, datetime

import pytest

from grannsamverkan.domain.webhooks.signing import new_message_id, new_secret, signed_headers

# The examples that its specification and its libraries are published with: secret, id, time, body, signature.
PUBLISHED = [
    (
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        "msg_loFOjxBNrRLzqYUf",
        1731705121,
        '{"event_type":"ping","data":{"success":true}}',
        "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    ),
    (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ),
]


@pytest.mark.parametrize(("secret", "message_id", "at", "body", "signature"), PUBLISHED)
def test_the_published_examples(secret: str, message_id: str, at: int, body: str, signature: str) -> None:
    assert signed_headers(message_id, datetime.fromtimestamp(at, UTC), body, [secret]) == {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature,
    }


def test_each_secret_has_a_signature_of_its_own() -> None:
    at, secrets = datetime.fromtimestamp(1614265330, UTC), [new_secret(), PUBLISHED[1][0]]
    both = signed_headers(PUBLISHED[1][1], at, PUBLISHED[1][3], secrets)["webhook-signature"].split(" ")
    assert (len(set(both)), both[1]) == (2, PUBLISHED[1][4])
    others = signed_headers(PUBLISHED[1][1], at, PUBLISHED[1][3] + " ", secrets)["webhook-signature"].split(" ")
    assert not set(both) & set(others)


def test_secrets_and_names_are_new_each_time_and_of_the_right_form() -> None:
    secrets, names = {new_secret() for _ in range(50)}, {new_message_id() for _ in range(50)}
    assert (len(secrets), len(names)) == (50, 50)
    assert {len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) for one in secrets} == {32}
    assert not any("." in name or len(name) > 40 for name in names)  # a dot parts what is signed
