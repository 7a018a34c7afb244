"""The comparison's command, its sink, and its ratios."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grannsamverkan.bench import beside
from grannsamverkan.bench.sink import running_sink
from grannsamverkan.channels.smtp import Smtp
from grannsamverkan.foundation.ports import Accepted, Copy, Wording
from grannsamverkan.settings import Email
from tests.support.builders import a_mailbox

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")]
# As postfix's tool is called: messages one after the other, of the wanted length.
SOURCE = """#!{python}
import smtplib, sys
words = sys.argv[1:]
value = lambda name: words[words.index(name) + 1]
host, _, port = words[-1].partition(":")
with smtplib.SMTP(host, int(port)) as relay:
    for number in range(int(value("-m"))):
        relay.sendmail(value("-f"), [value("-t")], "Subject: x\\r\\n\\r\\n" + "x" * int(value("-l")))
"""

# As the peer's program is called, by its Python: a file of its own, a relay's port, how many, and a line to begin.
PEER = """#!{python}
import smtplib, sys
if sys.argv[1] == "-c":
    sys.exit({lacks})
print("ready", flush=True)
sys.stdin.readline()
with smtplib.SMTP("127.0.0.1", int(sys.argv[3])) as relay:
    for number in range(int(sys.argv[4])):
        relay.sendmail("a@gs.hoor.example", [f"granne{{number}}@post.example"], "Subject: x\\r\\n\\r\\nx")
"""


def a_program(path: Path, text: str, **words: object) -> Path:
    path.write_text(text.format(python=sys.executable, **words), "utf-8")
    path.chmod(0o755)
    return path


def test_without_the_tool_its_package_is_named(door: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grannsamverkan.bench.sink.shutil.which", lambda _name, path: None)
    result = door("bench", "compare", "--json")
    assert result.exit_code == 1
    assert "smtp-source" in result.stderr
    assert "package postfix" in result.stderr
    assert result.stdout == ""


def test_a_round_is_told_with_its_ratios(
    door: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_program(tmp_path / "smtp-source", SOURCE)
    peer = a_program(tmp_path / "peer", PEER, lacks=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    words = ("--recipients", "200", "--rounds", "1", "--grown", "300", "--no-postgresql", "--json")
    result = door("bench", "compare", *words, "--peer-python", peer)
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    (only,) = told["rounds"]
    assert only["postgresql"] is None
    for name, messages in (("sqlite", 200), ("sms", 100), ("sms_with_latency", 100)):
        assert (only[name]["messages"], only[name]["lost"], only[name]["doubled"]) == (messages, 0, 0)
    assert only["limit"]["lost"] == only["email_naive"]["lost"] == only["sms_naive"]["lost"] == 0
    for name, messages in (("peer", 50), ("peer_with_latency", 100), ("email_with_latency", 50)):
        assert (only[name]["messages"], only[name]["lost"]) == (messages, 0)
    assert told["grown"]["messages"] == 300
    ratios = told["ratios"]
    assert ratios["postgresql_vs_limit"] is None
    assert ratios["sqlite_vs_limit"] == round(only["sqlite"]["messages_per_s"] / only["limit"]["messages_per_s"], 3)
    assert ratios["email_vs_peer"] == round(only["sqlite"]["messages_per_s"] / only["peer"]["messages_per_s"], 3)
    assert ratios["email_vs_peer_with_latency"] > 0
    assert isinstance(ratios["cost_growth"], float)


def test_a_peer_that_is_not_there_is_told_of_first(
    door: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_program(tmp_path / "smtp-source", SOURCE)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    lacking = a_program(tmp_path / "lacking", PEER, lacks=True)
    for python, words in ((lacking, "has no django-post_office"), (tmp_path / "none", "is no Python that can be run")):
        result = door("bench", "compare", "--no-postgresql", "--peer-python", python)
        assert result.exit_code == 1
        assert words in result.stderr
        assert result.stdout == ""


def test_the_sink_says_who_got_what_and_when(tmp_path: Path) -> None:
    with running_sink(tmp_path, "smtp", delay_ms=1) as sink:
        channel = Smtp(Email(host="127.0.0.1", port=sink.port, domain="gs.hoor.example"))
        copies = [Copy(number, a_mailbox(number % 30), str(number)) for number in range(40)]
        assert channel.send(Wording(1001, mail=beside.made_up_mail()), copies) == [Accepted("")] * 40
        channel.close()
        got = sink.accepted()
    assert (got.messages, got.doubled) == (40, 10)
    assert got.times == sorted(got.times)
