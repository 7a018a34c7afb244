"""Behaviour on request: the switches that make a stand-in slow, forgetful or unwilling."""

from collections.abc import Mapping
from typing import Any

Rule = dict[str, Any]


class Behaviour:
    """The switches in force.

    `settings` are the plain switches with their defaults, `rules_name` names the table of rules per address,
    `rule_names` what such a rule may say, `turn_names` the switches for each k-th message. A rule may carry `times`.
    """

    def __init__(
        self, settings: Mapping[str, Any], rules_name: str, rule_names: frozenset[str], turn_names: frozenset[str]
    ) -> None:
        self._defaults = dict(settings)
        self._rules_name = rules_name
        self._rule_names = rule_names | {"times"}
        self._turn_names = turn_names
        self.reset()

    def reset(self) -> None:
        """Back to the defaults: no rules, no turns."""
        self.settings: dict[str, Any] = dict(self._defaults)
        self._rules: dict[str, Rule] = {}
        self._every: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def keep(self, *names: str) -> None:
        """Let the present values of these switches outlive a reset."""
        self._defaults.update({name: self.settings[name] for name in names})

    def seconds(self, name: str) -> float:
        """A switch given in milliseconds, in seconds."""
        return float(self.settings[name]) / 1000

    def merge(self, changes: Mapping[str, Any]) -> None:
        """Lay changes over what is in force; null takes a rule or a turn away. ValueError for an unknown name."""
        rules, every = changes.get(self._rules_name) or {}, changes.get("every") or {}
        plain = {name: value for name, value in changes.items() if name not in (self._rules_name, "every")}
        self._refuse_unknown(plain, self._defaults.keys())
        self._refuse_unknown(every, self._turn_names)
        for rule in rules.values():
            self._refuse_unknown(rule or {}, self._rule_names)
        self.settings.update(plain)
        for address, rule in rules.items():
            self._rules[address.lower()] = dict(rule or {})
        for name, each in every.items():
            self._every[name], self._seen[name] = int(each or 0), 0

    def take(self, address: str, *names: str) -> Rule | None:
        """The rule of an address if it says one of `names`; uses up one of its `times`."""
        if not self._rules:
            return None
        rule = self._rules.get(address.lower())
        if not rule or not any(name in rule for name in names):
            return None
        return rule if use_up(rule) else None

    @property
    def has_turns(self) -> bool:
        """Whether any switch for each k-th message is set."""
        return bool(self._every)

    def is_turn(self, name: str) -> bool:
        """Count one more message; true for each k-th when the switch is set."""
        each = self._every.get(name, 0)
        if not each:
            return False
        self._seen[name] += 1
        return self._seen[name] % each == 0

    @staticmethod
    def _refuse_unknown(given: Mapping[str, Any], known: Any) -> None:
        if unknown := sorted(set(given) - set(known)):
            raise ValueError(f"unknown switch: {', '.join(unknown)}")


def use_up(rule: Rule) -> bool:
    """Take one of the rule's `times`; false when none is left. Without `times` a rule holds for good."""
    left = rule.get("times")
    if left is None:
        return True
    rule["times"] = left - 1
    return bool(left > 0)
