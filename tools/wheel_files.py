"""What the wheel carries from outside the package. An editable install reads these files where they lie."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = ("templates", "migrations", "config.example.toml")


class WheelFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Lays the files at the checkout's top level inside the package; see grannsamverkan/foundation/resources.py."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update({name: f"grannsamverkan/{name}" for name in CARRIED})
