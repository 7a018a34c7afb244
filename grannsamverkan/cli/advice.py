"""`grannsamverkan advice …`"""

import sys
from dataclasses import asdict

import click

from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain import advice
from grannsamverkan.domain.advice import Fault


@click.group()
def advice_group() -> None:
    """The catalogue of tips."""


@advice_group.command()
@as_json
def lint(as_json: bool) -> None:
    """Whether every shipped card keeps the rules in both languages; exit 0 only then."""
    found = {card.key: faults for card in advice.shipped().values() if (faults := advice.lint(card))}
    result = {
        "ok": not found,
        "cards": len(advice.shipped()),
        "languages": list(advice.LANGUAGES),
        "faults": [{"card": key, **asdict(fault)} for key, faults in found.items() for fault in faults],
    }
    if as_json:
        tell(result, json_wanted=True)
    else:
        _for_people(found)
    sys.exit(0 if result["ok"] else 1)


def _for_people(found: dict[str, list[Fault]]) -> None:
    for key, faults in found.items():
        for fault in faults:
            click.echo(" ".join(filter(None, (key, fault.language, fault.form, fault.code, fault.words))))
    click.echo(f"{len(advice.shipped())} cards, {len(found)} with faults")
