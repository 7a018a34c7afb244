from pathlib import Path

import pytest

from tools import chromium


@pytest.fixture(autouse=True)
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No browser, no apt-get; a folder on PATH to put programs in."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return folder


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_browser_on_the_path_is_used(bare_machine: Path) -> None:
    browser = program(bare_machine / "google-chrome", "echo Chrome 1")
    assert chromium.installed() == str(browser)


def test_a_command_that_only_explains_itself_is_passed_over(bare_machine: Path) -> None:
    program(bare_machine / "chromium-browser", "echo install the snap >&2; exit 1")
    assert chromium.installed() is None
    downloaded = program(bare_machine.parent / "playwright/chromium-1200/chrome-linux64/chrome", "echo Chromium 1")
    assert chromium.installed() == str(downloaded)


def test_the_one_that_is_named_comes_first(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare_machine / "chromium", "echo Chromium 1")
    named = program(bare_machine / "other" / "my-browser", "echo Chromium 2")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert chromium.installed() == str(named)


def test_root_on_debian_installs_the_package(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = bare_machine / "chromium"
    make = f"printf '#!/bin/sh\\necho Chromium\\n' > {browser}; /bin/chmod +x {browser}"
    program(bare_machine / "apt-get", f'[ "$1" = install ] && {{ {make}; }}; exit 0')
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert chromium.from_debian() is None
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert chromium.from_debian() == str(browser)


def test_without_any_browser_it_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    with pytest.raises(SystemExit, match="apt-get install -y chromium"):
        chromium.main()


def test_a_download_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not chromium.runs(["/bin/sleep", "5"], limit_s=0.1)
