"""No regular expression of the product can be made slow: each of them reads 100,000 hostile characters in 100 ms."""

import ast
import importlib
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "grannsamverkan"
CHARS = 100_000
MOST_S = 0.1
CALLS = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
ANYWAY = (
    "a",
    "1",
    " ",
    "a ",
    "1 ",
    "0 ",
    ".",
    "a.",
    "1.",
    "-",
    "a-",
    "@",
    "a@",
    ",",
    "(",
    "\n",
    "å",
    "_",
    "A",
    "/",
    "A1 ",
)
MOST_PIECES = 8


def modules() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if "re." in path.read_text("utf-8")]


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


# Put together while it runs, of nothing but a number.
IN_A_CALL = frozenset({"grannsamverkan.channels.twilio_sms"})


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in CALLS:
            yield node


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern by where it stands: those of a module's own names, and those written in a call."""
    found: dict[str, re.Pattern[str]] = {}
    for path in modules():
        name = name_of(path)
        for held, value in vars(importlib.import_module(name)).items():
            for number, one in enumerate(held_in(value)):
                found[f"{name}.{held}[{number}]"] = one
        for call in calls(ast.parse(path.read_text("utf-8"))):
            text = text_of(call.args[0], name)
            if text is not None:
                found[f"{name}:{call.lineno}"] = re.compile(text, flags(call))
    return {place: one for place, one in found.items() if place == first_place(found, one)}


def text_of(pattern: ast.expr, module: str) -> str | None:
    """A pattern written in the call, or by the name of a text of the module's."""
    if isinstance(pattern, ast.Name):
        held = getattr(importlib.import_module(module), pattern.id, None)
        return held if isinstance(held, str) else None
    return pattern.value if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str) else None


def first_place(found: dict[str, re.Pattern[str]], pattern: re.Pattern[str]) -> str:
    """The same pattern is tried once."""
    return next(place for place, one in found.items() if (one.pattern, one.flags) == (pattern.pattern, pattern.flags))


def flags(call: ast.Call) -> int:
    written = [ast.unparse(one) for one in (*call.args[1:], *(word.value for word in call.keywords))]
    return re.IGNORECASE if any("IGNORECASE" in one for one in written) else 0


def held_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from held_in(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from held_in(one)


def test_every_pattern_is_found() -> None:
    """One that is put together in a call could not be tried here: it is made at the top of its module instead."""
    hidden = []
    for path in modules():
        if name_of(path) in IN_A_CALL:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        at_top = {
            id(node) for top in tree.body if isinstance(top, ast.Assign | ast.AnnAssign) for node in ast.walk(top)
        }
        hidden += [
            f"{path.relative_to(PACKAGE)}:{call.lineno}"
            for call in calls(tree)
            if id(call) not in at_top and text_of(call.args[0], name_of(path)) is None
        ]
    assert hidden == []


def hostile(pattern: re.Pattern[str]) -> Iterator[str]:
    """Long runs of what the pattern itself looks for, ended so that it does not come to an end there."""
    own = sorted(set(re.findall(r"[^\W\d_]{2,}", pattern.pattern)), key=len, reverse=True)
    pieces = [*ANYWAY, *own[:MOST_PIECES], " ".join(own[:4]) + " "]
    for piece in pieces:
        yield (piece * (CHARS // len(piece) + 1))[:CHARS] + "\0"
    for piece in own[: MOST_PIECES // 2]:
        yield (f"{piece} 1" * (CHARS // (len(piece) + 2)))[:CHARS] + "\0"


def seconds(pattern: re.Pattern[str], text: str) -> float:
    began = time.process_time()
    for _found in pattern.finditer(text):
        pass
    return time.process_time() - began


@pytest.mark.goal("S27")
@pytest.mark.slow
def test_no_pattern_can_be_made_slow() -> None:
    slow = {}
    for place, pattern in patterns().items():
        for text in hostile(pattern):
            for length in (CHARS // 100, CHARS // 10, CHARS):  # a slow one is seen while that takes seconds, not hours
                taken = seconds(pattern, text[:length])
                if taken > MOST_S:
                    taken = min(taken, *(seconds(pattern, text[:length]) for _ in range(2)))
                if taken > MOST_S:
                    slow[f"{place} on {length} of {text[:12]!r}"] = round(taken, 3)
                    break
                if length == CHARS // 10 and taken < MOST_S / 100:
                    break  # ten times the text takes a hundred times as long at most, or a tenth would be slow already
    assert slow == {}
    assert len(patterns()) > 60


def test_a_slow_one_would_be_seen() -> None:
    pattern = re.compile(r"(?:a+)+b")
    assert seconds(pattern, "a" * 24) > seconds(pattern, "a" * 20) * 4
