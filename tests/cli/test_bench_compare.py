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
    tool = tmp_path / "smtp-source"
    tool.write_text(SOURCE.format(python=sys.executable), "utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    words = ("--recipients", "200", "--rounds", "1", "--grown", "300", "--no-postgresql", "--json")
    result = door("bench", "compare", *words)
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    (only,) = told["rounds"]
    assert only["postgresql"] is None
    for name, messages in (("sqlite", 200), ("sms", 100), ("sms_with_latency", 100)):
        assert (only[name]["messages"], only[name]["lost"], only[name]["doubled"]) == (messages, 0, 0)
    assert only["limit"]["lost"] == only["email_naive"]["lost"] == only["sms_naive"]["lost"] == 0
    assert told["grown"]["messages"] == 300
    ratios = told["ratios"]
    assert ratios["postgresql_vs_limit"] is None
    assert ratios["sqlite_vs_limit"] == round(only["sqlite"]["messages_per_s"] / only["limit"]["messages_per_s"], 3)
    assert isinstance(ratios["cost_growth"], float)


def test_the_sink_says_who_got_what_and_when(tmp_path: Path) -> None:
    with running_sink(tmp_path, "smtp", delay_ms=1) as sink:
        channel = Smtp(Email(host="127.0.0.1", port=sink.port, domain="gs.hoor.example"))
        copies = [Copy(number, a_mailbox(number % 30), str(number)) for number in range(40)]
        assert channel.send(Wording(1001, mail=beside.made_up_mail()), copies) == [Accepted("")] * 40
        channel.close()
        got = sink.accepted()
    assert (got.messages, got.doubled) == (40, 10)
    assert got.times == sorted(got.times)
