"""What may stand in the project's files: Swedish only where neighbours read it, no telephone of anybody's, no place
of one machine, no package registry."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "grannsamverkan"

# Swedish words are written in templates; in code only where they are the matter itself.
SWEDISH_HERE = (
    "bench/",  # made-up names of a benchmark's town
    "chaos/town.py",  # the same
    "domain/places/actions.py",  # letters to write without their rings
    "cli/handing_out.py",  # the head of a file for a Swedish authority
    "handing_out.py",  # proposals by a Swedish law
    "cli/send_test.py",  # what the test message says
    "canary.py",  # what the operator's own phone gets
    "demo/",
    "privacy/",  # papers of a Swedish law
    "domain/accounts/easy_passwords.py",  # words that are guessed first
    "domain/accounts/words",
    "domain/advice/calendar",  # rules in words, as people write them
    "domain/advice/plan.py",
    "domain/alerts/advising.py",
    "domain/alerts/catalogue.py",
    "domain/alerts/guard/",
    "domain/alerts/in_one.py",  # what a message of several tips says
    "domain/alerts/drill_words.py",
    "domain/alerts/invitation_words.py",
    "domain/alerts/invitations.py",
    "domain/alerts/lint.py",
    "domain/alerts/sequel_words.py",
    "domain/alerts/wording.py",
    "domain/letters/",  # what a letter says
    "domain/notices/mail.py",
    "domain/notices/words.py",
    "domain/police/",
    "domain/receipts/replies.py",
    "domain/receipts/returned/",  # what mail systems say, as they say it
    "domain/membership/lists/",  # what headings, marks and places are called in lists
    "domain/networks/search.py",  # words of house kinds people search by
    "foundation/phone.py",
    "foundation/sms_text.py",
    "foundation/swedish.py",
    "printing/advice.py",  # what the papers say
    "printing/doors.py",
    "printing/forms.py",
    "printing/joining.py",
    "printing/meetings.py",
    "printing/parts.py",
    "printing/letters.py",
    "printing/registers.py",
    "printing/warnings.py",
    "sheets/delimited.py",  # the letters by which an encoding is known
    "standins/",
    "web/",
)
SWEDISH = re.compile("[åäöÅÄÖ]")
NOT_OURS = ("requirements.lock", "LICENSE")


def tracked() -> list[Path]:
    """Every text file of the project that is under version control, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a checkout: which files are the project's is not known")
    paths = (ROOT / name for name in listed.stdout.splitlines())
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


def test_code_speaks_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in PACKAGE.rglob("*.py")
        if not str(path.relative_to(PACKAGE)).startswith(SWEDISH_HERE)
        for line, text in strings(path)
        if SWEDISH.search(without_examples(text))
    ]
    assert found == []


def strings(path: Path) -> list[tuple[int, str]]:
    """String literals that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [(node.lineno, str(node.value)) for node in constants if id(node) not in prose]


def without_examples(text: str) -> str:
    """Names of places are no sentences."""
    return re.sub(r"\b(?:Höör|Skåne)\b", "", text)


# A telephone number in E.164 with Sweden's code, or as it is written at home, long enough to be somebody's.
PHONE = re.compile(r"(?<![\w.+-])(?:(?:\+|00)46|0)[ -]?7[02369](?:[ -]?\d){7}(?![ -]?\d)")
FICTION = re.compile(r"(?:46|0)701740(?:60[5-9]|6[1-9]\d)$")
# 070-174 06 05 and on are kept for fiction by the regulator; these beside them test the edges of that range, or the
# reading of numbers, and belong to nobody either.
EDGES = re.compile(r"(?:46|0)7017406(?:04|00)$|(?:46|0)70174070\d$")


@pytest.mark.goal("P21")
def test_no_telephone_number_of_anybodys_stands_in_the_project() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        if path.name not in NOT_OURS
        for match in PHONE.finditer(path.read_text("utf-8"))
        if not FICTION.search(digits := re.sub(r"\D", "", match[0])) and not EDGES.search(digits)
    }
    assert sorted(found) == []


def test_a_strangers_number_would_be_seen() -> None:
    strange = ["0" + "70-123 45 67", "+46" + "731234567", "0046 " + "76 123 45 67"]
    for number in strange:
        match = PHONE.search(f"ring {number}!")
        assert match is not None
        assert not FICTION.search(re.sub(r"\D", "", match[0]))
    ours = PHONE.search("ring 070-174 06 05!")
    assert ours is not None
    assert FICTION.search(re.sub(r"\D", "", ours[0]))


# Put together here so that this file does not hold them itself.
HOSTS = re.compile("|".join(["py" + r"pi\.org", "pythonhosted" + r"\.", "npm" + r"js\.", "deb" + r"ian\.org"]))
PLACES = re.compile(r"(?<![\w.~])/(?:work|root|home|tmp)/[\w.]")


def test_no_registry_and_no_place_of_one_machine() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked()
        for pattern in (HOSTS, PLACES)
        for match in pattern.finditer(path.read_text("utf-8"))
    }
    assert sorted(found) == []


@pytest.mark.goal("P21")
def test_mail_addresses_in_tests_and_demo_belong_to_nobody() -> None:
    address = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+([a-zA-Z]{2,})\b")
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in (ROOT / "tests", PACKAGE / "demo", PACKAGE / "bench")
        for path in folder.rglob("*.py")
        for match in address.finditer(path.read_text("utf-8"))
        if match[1] not in {"example", "invalid"}
    }
    assert sorted(found) == []
