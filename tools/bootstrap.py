"""Make .venv with exactly what requirements.lock says, hashes checked. Standard library only.

    python3 tools/bootstrap.py

A pinned uv does the work, since it is many times faster; where it cannot, pip does it from the same lock.
What is set for pip (PIP_* and pip's own configuration files) holds for uv too. A second call with an
unchanged lock returns at once.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed.sha256"
UV = "uv==0.13.9"
OLDEST_PYTHON = (3, 11)

# pip's option -> the environment variable in which uv wants the same value; both split lists at blanks,
# except for the place of ready-made packages, which uv splits at commas
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
}


def main() -> None:
    require_python()
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    STAMP.unlink(missing_ok=True)
    make_venv()
    if not install_with_uv():
        print("uv could not install the packages; pip does it now, which takes longer", flush=True)
        install_with_pip()
    STAMP.write_text(wanted)


def require_python() -> None:
    """Go on with a newer Python where this one is too old and another is at hand."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(19, OLDEST_PYTHON[1] - 1, -1):
        if newer := shutil.which(f"python3.{minor}"):
            os.execv(newer, [newer, *sys.argv])
    sys.exit("Python 3.11 or newer is needed, with venv (on Debian and Ubuntu: apt-get install python3 python3-venv)")


def fingerprint() -> str:
    """What the environment was made from; the folder counts, since an environment cannot be moved."""
    digest = hashlib.sha256(str(ROOT).encode())
    for file in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    if works(PYTHON, "-m", "pip", "--version"):
        return
    try:
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    except subprocess.CalledProcessError:
        sys.exit("this Python cannot make virtual environments (on Debian and Ubuntu: apt-get install python3-venv)")


def install_with_uv() -> bool:
    if not works(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV):
        return False
    environment = uv_environment()
    uv = (BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON)
    return works(*uv, "--require-hashes", "-r", LOCK, environment=environment) and works(
        *uv, "--no-deps", "--no-build-isolation", "-e", ROOT, environment=environment
    )


def install_with_pip() -> None:
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    for arguments in (("--require-hashes", "-r", LOCK), ("--no-deps", "--no-build-isolation", "-e", ROOT)):
        if not works(*pip, *arguments):
            sys.exit("the packages of requirements.lock could not be installed; the lines above say why")


def uv_environment() -> dict[str, str]:
    """The environment, with pip's settings in uv's names; what is already set for uv stays."""
    environment = dict(os.environ)
    for option, value in pip_settings().items():
        name = UV_NAMES.get(option)
        if name and not environment.get(name):
            environment[name] = ",".join(value.split()) if name == "UV_FIND_LINKS" else value
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # as pip: all indexes count; the hashes decide
    return environment


def pip_settings() -> dict[str, str]:
    """pip's options as it would use them: lines such as `global.timeout='60'`, the strongest source last."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in found:
            found[section][option] = " ".join(str(ast.literal_eval(value)).split())
    return {**found["global"], **found["install"], **found[":env:"]}


def works(*command: "str | Path", environment: "dict[str, str] | None" = None) -> bool:
    """Run a command to its end; its own words go to the screen when it fails."""
    try:
        done = subprocess.run([str(c) for c in command], cwd=ROOT, env=environment, capture_output=True, text=True)
    except OSError:  # the program is not there
        return False
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr, end="", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
