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


def apt_get(folder: Path, *has: str) -> None:
    """An apt-get that installs these packages and no others: each is a program of its name."""
    make = "printf '#!/bin/sh\\necho Chromium\\n' > {0}; /bin/chmod +x {0}"
    cases = "".join(f"install*{name}) {make.format(folder / name)};; " for name in has)
    program(folder / "apt-get", f'case "$*" in {cases} update*) ;; *) exit 100;; esac')


def test_root_on_debian_installs_the_package(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apt_get(bare_machine, "chromium")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert chromium.from_debian("chromium") is None
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert chromium.from_debian("chromium") == str(bare_machine / "chromium")


@pytest.mark.parametrize(
    ("has", "installed", "used"),
    [
        (["chromium-headless-shell"], ["chromium"], "chromium"),  # what is there will do
        ([], ["chromium", "chromium-headless-shell"], "chromium-headless-shell"),
        (["chromium-headless-shell", "chromium"], [], "chromium-headless-shell"),
        (["chromium"], [], "chromium"),  # an older release has no shell
    ],
)
def test_the_shell_comes_first_and_any_other_will_do(
    bare_machine: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    has: list[str],
    installed: list[str],
    used: str,
) -> None:
    apt_get(bare_machine, *has)
    for name in installed:
        program(bare_machine / name, "echo Chromium 1")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    chromium.main()
    assert capsys.readouterr().out == f"{bare_machine / used}\n"


def test_without_any_browser_it_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    with pytest.raises(SystemExit, match="apt-get install -y chromium-headless-shell"):
        chromium.main()


def test_a_download_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not chromium.runs(["/bin/sleep", "5"], limit_s=0.1)
