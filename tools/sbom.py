"""Write dist/sbom.cdx.json: what the product is made of (CycloneDX 1.6), from requirements.lock and what is installed.

    .venv/bin/python tools/sbom.py

Each package of the lock stands in it with its version, its hashes, its licence and what it needs; packages that only
developers have are `excluded`. The same lock gives the same file. It fails on a licence that `LICENCES` does not have:
then a person reads it, and adds it or takes another package.
"""

import json
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "dist" / "sbom.cdx.json"

# As packages call their licences, and the SPDX name: all of them may be used and passed on beside Apache-2.0.
LICENCES = {
    "0BSD": "0BSD",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL OFL 1.1": "OFL-1.1",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "The Unlicense (Unlicense)": "Unlicense",
    "ZPL 2.1": "ZPL-2.1",
    "Zero-Clause BSD (0BSD)": "0BSD",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
} | {
    name: name
    for name in (
        *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0"),
        *("PSF-2.0", "OFL-1.1", "Unlicense", "Zlib", "ZPL-2.1"),
    )
}
READ_BY_A_PERSON = {  # packages whose metadata name no licence, and what stands in their files
    "axe-playwright-python": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
}


@dataclass(frozen=True)
class Locked:
    """One package of the lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def is_here(self) -> bool:
        """Whether this machine wants it: some packages stand there twice, for different versions of Python."""
        return not self.marker or Marker(self.marker).evaluate()

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> list[Locked]:
    """Every package of a lock."""
    found = []
    for block in re.split(r"\n(?=\S)", text.strip()):
        head = re.match(r"([\w.\-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+?))?\s*(?:\\|$)", block)
        if head is None:
            sys.exit(f"not a line of a lock: {block[:60]!r}")
        hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        found.append(Locked(canonicalize_name(head[1]), head[2], head[3] or "", hashes))
    return found


def licence_of(name: str, installed: Distribution) -> str:
    """The package's licence as an SPDX expression; empty where nobody has looked at what it says."""
    if name in READ_BY_A_PERSON:
        return READ_BY_A_PERSON[name]
    said = installed.metadata
    if expression := said.get("License-Expression"):
        parts = re.split(r" (?:AND|OR|WITH) |[()]", expression)
        return expression if all(part.strip() in LICENCES for part in parts if part.strip()) else ""
    classes = [one.rsplit("::", 1)[1].strip() for one in said.get_all("Classifier", []) if one.startswith("License ::")]
    named = [LICENCES[one] for one in (said.get("License", ""), *classes) if one in LICENCES]
    return named[0] if named else ""


def needs(installed: Distribution, extras: frozenset[str] = frozenset()) -> dict[str, frozenset[str]]:
    """What the package needs here, and with which extras."""
    found: dict[str, frozenset[str]] = {}
    for line in installed.requires or []:
        wanted = Requirement(line)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            name = canonicalize_name(wanted.name)
            found[name] = found.get(name, frozenset()) | frozenset(wanted.extras)
    return found


def needed(name: str, seen: dict[str, frozenset[str]], extras: frozenset[str] = frozenset()) -> None:
    """Add the package and all below it to `seen`, with the extras it is wanted with."""
    if name in seen and extras <= seen[name]:
        return
    seen[name] = seen.get(name, frozenset()) | extras
    installed = _installed(name)
    for below, below_extras in needs(installed, seen[name]).items() if installed else ():
        needed(below, seen, below_extras)


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def sbom() -> dict[str, Any]:
    """The whole list."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    packages = locked(lock)
    ours: dict[str, frozenset[str]] = {}
    needed(project["name"], ours)
    purls = {one.name: one.purl for one in sorted(packages, key=lambda one: one.is_here)}
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, root + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"expression": project["license"]}],
                "purl": root,
            }
        },
        "components": [_component(one, is_ours=one.name in ours) for one in packages],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(purls[below] for below in _below(name, ours) if below in purls)}
            for name, ref in [(project["name"], root), *((one.name, one.purl) for one in packages)]
        ],
    }


def _below(name: str, ours: dict[str, frozenset[str]]) -> list[str]:
    installed = _installed(name)
    return sorted(needs(installed, ours.get(name, frozenset()))) if installed else []


def _component(one: Locked, *, is_ours: bool) -> dict[str, Any]:
    """A package that this machine has not (its marker excludes it) has no licence here."""
    installed = _installed(one.name)
    licence = licence_of(one.name, installed) if installed else ""
    if installed and not licence:
        sys.exit(f"{one.name}: nobody has read its licence yet; see LICENCES in tools/sbom.py")
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "scope": "required" if is_ours else "excluded",
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.hashes],
        "purl": one.purl,
    }
    if licence:
        made["licenses"] = [{"expression": licence}]
    if one.marker:
        made["properties"] = [{"name": "grannsamverkan:only-where", "value": one.marker}]
    return made


if __name__ == "__main__":
    made = sbom()
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    by_licence: dict[str, int] = {}
    for one in made["components"]:
        if one["scope"] == "required":
            name = one["licenses"][0]["expression"] if "licenses" in one else "not installed here"
            by_licence[name] = by_licence.get(name, 0) + 1
    print(f"{FILE.relative_to(ROOT)}: {len(made['components'])} packages, {sum(by_licence.values())} of them shipped")
    for name, count in sorted(by_licence.items(), key=lambda pair: -pair[1]):
        print(f"{count:4}  {name}")
