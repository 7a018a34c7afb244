"""The operator's door: `grannsamverkan …`. Each command is loaded when it is asked for, so that a short one starts
quickly. JSON goes to standard output as one object, words about it to standard error; exit 0 only when all is well.
"""

import importlib
import sys
from typing import Any

import click

from grannsamverkan import __version__
from grannsamverkan.foundation.errors import GrannsamverkanError
from grannsamverkan.foundation.resources import MissingResource
from grannsamverkan.settings import SettingsError

# name of the command → (module, attribute)
COMMANDS = {
    "account": ("grannsamverkan.cli.account", "account_group"),
    "bench": ("grannsamverkan.cli.bench", "bench_group"),
    "check": ("grannsamverkan.cli.check", "check_group"),
    "db": ("grannsamverkan.cli.db", "db_group"),
    "demo": ("grannsamverkan.cli.demo", "demo"),
    "doctor": ("grannsamverkan.cli.doctor", "doctor"),
    "init": ("grannsamverkan.cli.init", "init"),
    "mail": ("grannsamverkan.cli.mail", "mail_group"),
    "police": ("grannsamverkan.cli.police", "police_group"),
    "send-test": ("grannsamverkan.cli.send_test", "send_test"),
    "serve": ("grannsamverkan.cli.serve", "serve"),
    "sms": ("grannsamverkan.cli.sms", "sms_group"),
}


class Door(click.Group):
    """The commands, loaded one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """What the product refuses is told in one line, without a trace of the inside."""
        try:
            return super().invoke(ctx)
        except (SettingsError, MissingResource) as error:
            raise click.ClickException(str(error)) from None
        except GrannsamverkanError as error:
            raise click.ClickException(f"refused: {error}" if str(error) else "not found") from None


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grannsamverkan")
def main() -> None:
    """Grannsamverkan: a warning reaches every neighbour once, with proof."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
