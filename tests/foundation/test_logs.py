import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from grannsamverkan.foundation.logs import configure_logs, strike_out, where_it_failed


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to standard error, with the logs of before put back afterwards."""
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", stream)
    configure_logs("INFO")
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.goal("S34")
@pytest.mark.parametrize(
    "text",
    [
        "070-174 06 05",
        "0701740605",
        "+46701740605",
        "0046 70 174 06 05",
        "(070) 174 06 05",
        "till 0701740605, nu",
        "To=%2B46701740605&From=x",
        "granne1@post.example",
        "Granne <granne1@post.example>",
        "granne1%40post.example",
        "åsa.öberg@post.example",
    ],
)
def test_numbers_and_addresses_are_struck_out(text: str) -> None:
    struck = strike_out(f"before {text} after")
    assert "174" not in struck
    assert "post.example" not in struck
    assert struck.startswith("before")
    assert struck.endswith("after")


@pytest.mark.parametrize("text", ["alert 2314", "batch 17", "30005", "http_500", "5.1.1", "sms-0", "127.0.0.1:8000"])
def test_codes_and_ids_stay(text: str) -> None:
    assert strike_out(text) == text


def test_a_line_is_one_object_without_personal_data(written: io.StringIO) -> None:
    log = structlog.get_logger("x")
    log.info("sent", alert_id=2314, to="+46701740605", more=["070-174 06 05", {"mail": "granne1@post.example"}])
    log.debug("not at this level")
    (line,) = lines(written)
    assert (line["event"], line["alert_id"], line["level"]) == ("sent", 2314, "info")
    assert line["timestamp"].endswith("Z")
    assert "174" not in written.getvalue().replace(line["timestamp"], "")
    assert "granne1" not in written.getvalue()


def test_an_object_in_a_line_is_struck_out_too(written: io.StringIO) -> None:
    structlog.get_logger().warning("odd", error=ValueError("070-174 06 05"), pair=("a", b"granne1@post.example"))
    assert "174 06" not in written.getvalue()
    assert "granne1" not in written.getvalue()


def test_libraries_log_in_the_same_form(written: io.StringIO) -> None:
    try:
        raise ValueError("call 070-174 06 05")
    except ValueError:
        logging.getLogger("library").exception("failed for granne1@post.example")
    logging.getLogger("library").info("chatter")
    (line,) = lines(written)
    assert line["exception"] == "ValueError"
    assert "granne1" not in written.getvalue()
    assert "174 06" not in written.getvalue()


@pytest.mark.goal("S34")
def test_where_it_failed_tells_the_place_and_not_the_message() -> None:
    def fail() -> None:
        raise ValueError("070-174 06 05")

    with pytest.raises(ValueError, match="174") as failure:
        fail()
    told = where_it_failed(failure.value)
    assert told.startswith("ValueError at fail:")
    assert "174" not in told
    assert where_it_failed(KeyError("x")) == "KeyError"
