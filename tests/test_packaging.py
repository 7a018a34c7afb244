"""The wheel, built from this tree and tried where no checkout is near."""

import contextlib
import sqlite3
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from grannsamverkan.foundation.vault import new_key

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 120

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Installed:
    """The wheel in an environment of its own: the dependencies are borrowed, the checkout is not on the path."""

    bin: Path
    home: Path

    def run(self, *command: str | Path, settings: Mapping[str, str] | None = None) -> str:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C.UTF-8", **(settings or {})}
        return run(*command, cwd=self.home, env=environment)


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=env, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("elsewhere")
    venv.create(place / "venv", with_pip=False, symlinks=True)
    python = place / "venv" / "bin" / "python"
    options = ("install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", "--no-cache-dir")
    run(sys.executable, "-m", "pip", "--python", python, *options, wheel, cwd=place)
    borrow_packages(place / "venv")
    return Installed(python.parent, place)


def borrow_packages(environment: Path) -> None:
    """Put this environment's packages last on the other's path; a .pth named in a .pth is not followed,
    so the editable install that points at the checkout stays behind."""
    (site_packages,) = environment.glob("lib/python3.*/site-packages")
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def kept_files(folder: str) -> set[str]:
    """The folder's files as they lie in the checkout, without what Python leaves there."""
    found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts and path.suffix != ".mo"}


def test_every_template_and_migration_is_in_the_wheel(wheel: Path) -> None:
    carried = kept_files("templates") | kept_files("migrations") | {"config.example.toml"}
    assert any(name.endswith(".html") for name in carried)
    assert any(name.startswith("migrations/versions/") for name in carried)
    assert {f"grannsamverkan/{name}" for name in carried} <= names_in(wheel)


def test_everything_in_the_package_is_in_the_wheel(wheel: Path) -> None:
    package = kept_files("grannsamverkan")
    assert any("/static/" in name for name in package)
    assert "grannsamverkan/domain/places/reference/outlines.json" in package
    assert package <= names_in(wheel)


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names_in(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"grannsamverkan"}
    assert not [name for name in names_in(wheel) if "__pycache__" in name or name.endswith((".db", ".pyc"))]


def test_the_source_archive_can_build_the_wheel_again(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    run("tar", "xf", archive, cwd=tmp_path)
    (source,) = (path for path in tmp_path.iterdir() if path.is_dir())
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=source)
    (again,) = tmp_path.glob("*.whl")
    assert names_in(again) == names_in(wheel)


def test_the_installed_package_is_the_wheels_own(installed: Installed) -> None:
    code = "import grannsamverkan.foundation.resources as r; print(r.__file__, r.resource_folder('templates'))"
    for path in installed.run(installed.bin / "python", "-c", code).split():
        assert path.startswith(str(installed.home)), path


def test_the_installed_program_tells_its_version(installed: Installed) -> None:
    from grannsamverkan import __version__

    assert __version__ in installed.run(installed.bin / "python", "-m", "grannsamverkan", "--version")
    assert __version__ in installed.run(installed.bin / "grannsamverkan", "--version")


def test_the_installed_program_lays_a_new_database(installed: Installed) -> None:
    database = installed.home / "new.db"
    keys = {f"GRANNSAMVERKAN_KEYS_{name}": new_key() for name in ("DATA", "LOOKUP", "WEB")}
    settings = {"GRANNSAMVERKAN_DATABASE_URL": str(database), **keys}
    installed.run(installed.bin / "grannsamverkan", "db", "upgrade", settings=settings)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM municipality").fetchone() is not None
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
