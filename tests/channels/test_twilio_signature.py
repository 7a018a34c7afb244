"""Signatures of the provider's calls, against vectors from its own documentation and libraries."""

import json
import os
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from grannsamverkan.channels.twilio_sms import TwilioSignature


def test_vectors() -> None:
    folder = os.environ.get("GRANNSAMVERKAN_TEST_DATA")
    if not folder:
        pytest.skip("GRANNSAMVERKAN_TEST_DATA is not set")
    vectors = json.loads(Path(folder, "sms", "twilio_signature_vectors.json").read_text("utf-8"))
    checks = TwilioSignature(vectors["auth_token"])
    forms = [case for case in vectors["cases"] if "body" not in case]  # its SMS calls are forms, never JSON
    assert len(forms) >= 8
    for case in forms:
        form = MultiDict([(name, value) for name, value in case["params"]])
        assert checks.holds(case["url"], form, case["signature"]) is case["valid"], case["name"]
        assert not checks.holds(case["url"], form, case["signature"][:-4]), case["name"]
        assert not checks.holds(case["url"], form, ""), case["name"]
