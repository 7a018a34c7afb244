"""What the applications of a run have in common is made once: compiled templates and addresses.

Most tests of pages have an application of their own, and more than half of their time went into these two.
"""

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

_COMPILED = ("_parts", "_trace", "_converters", "arguments")  # read only once it is there
_BUILDERS = ("_build", "_build_unknown")


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
    _remember_rules()


def _remember_rules() -> None:
    """What a rule is compiled to depends on its text and defaults only, and takes a millisecond."""
    compile_rule = Rule.compile
    made: dict[tuple[Any, ...], dict[str, Any]] = {}

    def remembered(rule: Rule) -> None:
        defaults = sorted((rule.defaults or {}).items())
        key = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, repr(defaults))
        if key not in made:
            compile_rule(rule)
            builders = {name: vars(rule)[name].__func__ for name in _BUILDERS}
            made[key] = {name: vars(rule)[name] for name in _COMPILED} | {"builders": builders}
            return
        known = made[key]
        vars(rule).update({name: known[name] for name in _COMPILED})
        vars(rule).update({name: build.__get__(rule, None) for name, build in known["builders"].items()})

    Rule.compile = remembered  # type: ignore[method-assign,assignment]
