"""What the product is made of: every package of the lock, with hashes and a licence that somebody has looked at."""

import pytest

from tools import known_weaknesses, sbom

LOCK = """\
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{}
flask==3.1.2 \\
    --hash=sha256:{} \\
    --hash=sha256:{}
""".format(*("abc"[at] * 64 for at in range(3)))


def test_a_lock_is_read() -> None:
    only_there, everywhere = sbom.locked(LOCK)
    assert (only_there.name, only_there.marker, everywhere.marker) == ("colorama", "sys_platform == 'win32'", "")
    assert (everywhere.purl, [one[0] for one in everywhere.hashes]) == ("pkg:pypi/flask@3.1.2", ["b", "c"])


@pytest.mark.goal("S39")
def test_every_package_is_listed_with_its_hashes_and_its_licence() -> None:
    made = sbom.sbom()
    assert made == sbom.sbom()  # the same lock, the same list
    components = {one["name"]: one for one in made["components"]}
    lock = (sbom.ROOT / "requirements.lock").read_text("utf-8")
    assert len(made["components"]) == sum("==" in line for line in lock.splitlines())
    assert all(one["hashes"] for one in components.values())
    here = [one for one in components.values() if "properties" not in one]
    assert all(one["licenses"] for one in here)
    assert {components[name]["scope"] for name in ("flask", "cryptography", "psycopg-binary")} == {"required"}
    assert {components[name]["scope"] for name in ("pytest", "ruff", "playwright")} == {"excluded"}


@pytest.mark.goal("S39")
def test_what_each_needs_is_in_the_list() -> None:
    made = sbom.sbom()
    refs = {one["bom-ref"] for one in made["components"]}
    below = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    assert set().union(*below.values()) <= refs
    assert made["metadata"]["component"]["bom-ref"] in below
    flask = next(ref for ref in refs if ref.startswith("pkg:pypi/flask@"))
    assert any(ref.startswith("pkg:pypi/werkzeug@") for ref in below[flask])


@pytest.mark.goal("S39")
@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ('{"dependencies": [{"name": "flask", "version": "3.1", "vulns": []}]}', 0, "1 packages looked up"),
        ('{"dependencies": [{"name": "flask", "skip_reason": "not found"}]}', 2, "1 of 1 packages, such as flask"),
        ('{"dependencies": []}', 2, "does not reach the advisories"),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}]}',
            1,
            "X-1",
        ),
        ("Traceback", 2, "no answer"),
        ("", 2, "no answer"),
    ],
)
def test_what_could_not_be_looked_up_is_never_called_well(answer: str, code: int, says: str) -> None:
    found, lines = known_weaknesses.judged(answer)
    assert (found, says in "\n".join(lines)) == (code, True)
