"""Where the files that ship beside the code lie: templates, migrations, the example settings.

The wheel carries them inside the package; a checkout keeps them at its top level, beside the package.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
_PLACES = (PACKAGE, PACKAGE.parent)  # installed from the wheel first, then a checkout


class MissingResource(RuntimeError):
    """A file or folder of the product is not where the installation should have put it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is missing from this installation of grannsamverkan: install it again")
        self.name = name


def resource_folder(name: str) -> Path:
    """The product's folder called `name`, such as "templates" or "migrations"; MissingResource if there is none."""
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise MissingResource(name)


def resource_file(name: str) -> Path:
    """The product's file called `name`, such as "config.example.toml"; MissingResource if there is none."""
    for place in _PLACES:
        if (place / name).is_file():
            return place / name
    raise MissingResource(name)
