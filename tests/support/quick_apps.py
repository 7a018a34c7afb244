"""What the applications of a run have in common is made once: compiled templates, and what builds their addresses.

Most tests of pages have an application of their own, and more than half of their time went into these two.
"""

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class _InMemory(BytecodeCache):
    """Compiled templates by name and content, for as long as the process lives."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


def make_applications_quick() -> None:
    """Call it once in a process, before the first application."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _InMemory()}
    _remember_builders()


def _remember_builders() -> None:
    """A rule's builders depend on its text and defaults only, and take a millisecond to compile."""
    compile_builder = Rule._compile_builder
    made: dict[tuple[Any, ...], Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        defaults = sorted((rule.defaults or {}).items())
        key = (rule.rule, tuple(rule._trace), repr(defaults), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign,assignment]
