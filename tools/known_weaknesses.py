"""Look up the known weaknesses of every package in requirements.lock, with pip-audit.

    .venv/bin/python tools/known_weaknesses.py

Part of every release, on a machine that reaches an advisory service. Exit 0: every package was looked up, and nothing
is known. 1: something is known, with where it is mended. 2: not every package could be looked up. pip-audit itself
calls that "no known vulnerabilities"; here it never passes for an answer.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PIP_AUDIT = "pip-audit==2.10.1"  # not in the lock: it is wanted at a release only
LONGEST_S = 600


def command(uv: Path) -> list[str]:
    asked = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    return [str(uv), "tool", "run", "--from", PIP_AUDIT, "pip-audit", "-r", str(LOCK), *asked]


def judged(answer: str) -> tuple[int, list[str]]:
    """Exit code and lines for what pip-audit has answered."""
    try:
        told: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 2, ["pip-audit gave no answer that can be read: look at what it says above"]
    skipped = [one["name"] for one in told if "skip_reason" in one]
    known = [
        f"{one['name']} {one['version']}: {weak['id']}, mended in {', '.join(weak['fix_versions']) or 'no version yet'}"
        for one in told
        for weak in one.get("vulns", ())
    ]
    lines = list(known)
    if skipped or not told:
        lines.append(f"not looked up: {len(skipped)} of {len(told)} packages, such as {', '.join(skipped[:3])}")
        lines.append("this machine does not reach the advisories: release from one that does")
    if known:
        return 1, lines
    return (2, lines) if skipped or not told else (0, [f"{len(told)} packages looked up, nothing known"])


def main(arguments: Sequence[str] = ()) -> int:
    done = subprocess.run(
        list(arguments) or command(Path(sys.executable).with_name("uv")),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST_S,
    )
    code, lines = judged(done.stdout)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
