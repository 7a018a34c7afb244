"""See to it that a Chromium is there for the browser tests; prints its path. Standard library only.

    .venv/bin/python tools/chromium.py

An installed one is used: the one that CHROMIUM names, else Chromium's headless shell, which draws no windows and takes
two thirds of the processor time, else any Chromium or Chrome. Without one it is installed: from Debian's packages as
root, else with Playwright's own download. Without a browser this fails and says what to do: tests are never left out.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DOWNLOAD_LIMIT_S = 60
INSTALL_LIMIT_S = 600
START_LIMIT_S = 60  # the first start on a cold disk is slow
ADVICE = """The browser tests need Chromium, and it could not be installed here. Do one of these:
  - as root on Debian: apt-get update && apt-get install -y chromium-headless-shell
  - install Chromium or Google Chrome in your system's way, so that it is on PATH
  - set CHROMIUM to the path of one that you have"""


def main() -> None:
    path = installed() or from_debian(SHELL) or from_debian("chromium") or from_playwright()
    if not path:
        sys.exit(ADVICE)
    print(path)


def installed() -> "str | None":
    """Any browser that is there."""
    return started(os.environ.get("CHROMIUM", ""), SHELL, *NAMES, *downloaded())


def started(*names: str) -> "str | None":
    """The first of these that really starts: some systems have a command of that name that only explains itself."""
    for name in names:
        path = shutil.which(name) if name else None
        if path and runs([path, "--version"], START_LIMIT_S):
            return path
    return None


def downloaded() -> "list[str]":
    """Where Playwright keeps what it downloads, the newest first."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    folder = Path(chosen) if chosen not in ("", "0") else Path.home() / ".cache" / "ms-playwright"
    return [str(path) for path in sorted(folder.glob("chromium-*/chrome-linux*/chrome"), reverse=True)]


def from_debian(package: str) -> "str | None":
    """An older release has no shell. Nothing that is there is removed for it."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    print(f"installing {package} with apt-get", file=sys.stderr, flush=True)
    runs(["apt-get", "update", "-qq"], INSTALL_LIMIT_S)
    runs(["apt-get", "install", "-y", "-qq", "--no-remove", "--no-install-recommends", package], INSTALL_LIMIT_S)
    return started(package)


def from_playwright() -> "str | None":
    print("downloading Chromium with Playwright", file=sys.stderr, flush=True)
    runs([sys.executable, "-m", "playwright", "install", "chromium"], DOWNLOAD_LIMIT_S)
    return installed()


def runs(command: "list[str]", limit_s: float) -> bool:
    """Whether the command ended well within its time; its own words are shown when it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=limit_s, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(f"{command[0]}: {type(problem).__name__}", file=sys.stderr)
        return False
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr, end="", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
