import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import bootstrap


@pytest.fixture
def pip_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip's configuration file, and nothing else set on this machine."""
    file = tmp_path / "pip.conf"
    file.write_text("")
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_CERT", "PIP_TIMEOUT", "SSL_CERT_FILE", *UV_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    return file


UV_VARIABLES = [name for name in bootstrap.UV_NAMES.values() if name.startswith("UV_")]


def test_what_pip_is_told_in_a_file_holds_for_uv(pip_says: Path) -> None:
    pip_says.write_text("[global]\nfind-links = /one /two\nindex-url = https://mirror.example/simple\ntimeout = 7\n")
    environment = bootstrap.uv_environment()
    assert environment["UV_FIND_LINKS"] == "/one,/two"
    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert environment["UV_HTTP_TIMEOUT"] == "7"


def test_pips_environment_is_stronger_than_its_file(pip_says: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_says.write_text("[global]\nindex-url = https://file.example/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.example/simple")
    assert bootstrap.uv_environment()["UV_DEFAULT_INDEX"] == "https://environment.example/simple"


def test_what_is_set_for_uv_stays(pip_says: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip_says.write_text("[global]\nindex-url = https://file.example/simple\n")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    assert bootstrap.uv_environment()["UV_DEFAULT_INDEX"] == "https://uv.example/simple"


def test_a_second_call_only_looks_at_the_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "make_venv", lambda: pytest.fail("made again"))
    (tmp_path / "stamp").write_text(bootstrap.fingerprint())
    before = time.perf_counter()
    bootstrap.main()
    assert time.perf_counter() - before < 0.3


def test_a_failed_install_leaves_no_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "stamp")
    monkeypatch.setattr(bootstrap, "LOCK", tmp_path / "lock")
    (tmp_path / "lock").write_text("nothing==1.0 --hash=sha256:" + "0" * 64)
    (tmp_path / "stamp").write_text("of an older lock")
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "works", lambda *command, **options: False)
    with pytest.raises(SystemExit, match="could not be installed"):
        bootstrap.main()
    assert not (tmp_path / "stamp").exists()


def test_a_command_that_fails_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert not bootstrap.works(sys.executable, "-c", "import sys; sys.exit('the reason')")
    assert "the reason" in capfd.readouterr().err
    assert not bootstrap.works("/nonexistent/program")
    assert bootstrap.works(sys.executable, "-c", "pass")


def test_make_names_every_command_it_has() -> None:
    shown = subprocess.run(["make", "help"], cwd=bootstrap.ROOT, capture_output=True, text=True, check=True).stdout
    assert {"setup", "demo", "test", "check", "release"} <= {line.split(":")[0] for line in shown.splitlines()}
