"""A config.toml made of the example: every setting with its sentence, some with values of their own."""

import json
import re
from collections.abc import Mapping

from grannsamverkan.foundation.resources import resource_file

_SECTION = re.compile(r"^\[(\w+)\]")


def filled_example(values: Mapping[tuple[str, str], str | float]) -> str:
    """The example with these values, by section and key; all of them have to be keys of the example."""
    left, text, section = dict(values), [], ""
    for line in resource_file("config.example.toml").read_text("utf-8").splitlines():
        if match := _SECTION.match(line):
            section = match[1]
        name = line.partition(" = ")[0]
        value = left.pop((section, name), None)
        # JSON's words, numbers and truths are TOML's too.
        text.append(line if value is None else f"{name} = {json.dumps(value, ensure_ascii=False)}")
    assert not left, "the example settings lack a key"
    return "\n".join(text) + "\n"
