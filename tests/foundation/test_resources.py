from pathlib import Path

import pytest

from grannsamverkan.foundation import resources
from grannsamverkan.foundation.resources import MissingResource, resource_file, resource_folder


def lay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    package = folder / "grannsamverkan"
    package.mkdir()
    monkeypatch.setattr(resources, "_PLACES", (package, folder))
    return package, folder


def test_a_checkout_has_its_folders_beside_the_package() -> None:
    assert resource_folder("templates").is_dir()
    assert resource_folder("migrations").is_dir()


def test_the_wheels_own_folder_wins_over_one_that_happens_to_lie_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, beside = lay(tmp_path, monkeypatch)
    (beside / "templates").mkdir()
    assert resource_folder("templates") == beside / "templates"
    (package / "templates").mkdir()
    assert resource_folder("templates") == package / "templates"


def test_a_file_is_found_in_either_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, beside = lay(tmp_path, monkeypatch)
    (beside / "config.example.toml").write_text("# beside")
    assert resource_file("config.example.toml").read_text() == "# beside"
    (package / "config.example.toml").write_text("# inside")
    assert resource_file("config.example.toml").read_text() == "# inside"


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, monkeypatch)
    (tmp_path / "templates").write_text("a file, not a folder")
    with pytest.raises(MissingResource, match="templates is missing"):
        resource_folder("templates")
    with pytest.raises(MissingResource, match=r"config\.example\.toml"):
        resource_file("config.example.toml")
