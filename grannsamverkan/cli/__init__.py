"""The operator's door: `grannsamverkan …`. Each command is loaded when it is asked for, so that a short one starts
quickly. JSON goes to standard output as one object, words about it to standard error; exit 0 only when all is well.
"""

import importlib
import sys
from typing import Any

import click

from grannsamverkan import __version__
from grannsamverkan.foundation.errors import GrannsamverkanError, SettingsError
from grannsamverkan.foundation.garbage import loading
from grannsamverkan.foundation.resources import MissingResource

# name of the command → (module, attribute, what it is for)
COMMANDS = {
    "account": ("grannsamverkan.cli.account", "account_group", "Who may sign in."),
    "advice": ("grannsamverkan.cli.advice", "advice_group", "The catalogue of tips."),
    "api-key": ("grannsamverkan.cli.api_key", "api_key_group", "Keys with which other systems read."),
    "backup": ("grannsamverkan.cli.backup", "backup", "A sealed copy of everything, taken while it runs."),
    "bench": ("grannsamverkan.cli.bench", "bench_group", "Measure this installation on this machine."),
    "bounces": ("grannsamverkan.cli.bounces", "bounces_group", "Email that comes back: read it, take it in."),
    "breach": ("grannsamverkan.cli.breach", "breach_group", "When somebody had what they should not have had."),
    "chaos": ("grannsamverkan.cli.chaos", "chaos", "Break what sends, on purpose, and count what came of it."),
    "check": ("grannsamverkan.cli.check", "check_group", "Check what must always hold."),
    "clock": ("grannsamverkan.cli.background", "clock", "Keep the timetable, where there are many workers."),
    "db": ("grannsamverkan.cli.db", "db_group", "The database."),
    "demo": ("grannsamverkan.cli.demo", "demo", "The demo town of Höör: nothing leaves this machine."),
    "doctor": ("grannsamverkan.cli.doctor", "doctor", "Is this installation well, and what is missing?"),
    "drill": ("grannsamverkan.cli.drill", "drill", "Back up and restore with a stopwatch."),
    "guard": ("grannsamverkan.cli.guard", "guard_group", "The guard on free text."),
    "init": ("grannsamverkan.cli.init", "init", "A first installation: config, database, municipality, administrator."),
    "keys": ("grannsamverkan.cli.keys", "keys_group", "The installation's keys."),
    "let-go": ("grannsamverkan.cli.backup", "let_go", "Let a restored copy be used."),
    "mail": ("grannsamverkan.cli.mail", "mail_group", "Email that comes back."),
    "members": ("grannsamverkan.cli.members", "members_group", "Lists of members kept elsewhere."),
    "municipality": (
        "grannsamverkan.cli.municipality",
        "municipality_group",
        "The municipalities that this installation serves.",
    ),
    "police": ("grannsamverkan.cli.police", "police_group", "The police's open events."),
    "privacy": ("grannsamverkan.cli.privacy", "privacy_group", "Papers of the data protection law, and holds."),
    "restore": ("grannsamverkan.cli.backup", "restore", "Put a copy into an empty database."),
    "send-test": ("grannsamverkan.cli.send_test", "send_test", "Send a test to yourself."),
    "serve": ("grannsamverkan.cli.serve", "serve", "Serve the pages, keep the timetable and send."),
    "simulate": ("grannsamverkan.cli.simulate", "simulate_group", "Live through a year on a clock that is set."),
    "sms": ("grannsamverkan.cli.sms", "sms_group", "SMS: texts, and addresses for the providers."),
    "status": ("grannsamverkan.cli.status", "status", "Does what is due go out?"),
    "web": ("grannsamverkan.cli.serve", "web", "Serve the pages alone."),
    "webhook": ("grannsamverkan.cli.webhook", "webhook_group", "Other systems that are called."),
    "worker": ("grannsamverkan.cli.background", "worker", "Send, where there are many workers."),
}


class Door(click.Group):
    """The commands, loaded one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        if module not in sys.modules:
            with loading():
                importlib.import_module(module)
        command: click.Command = getattr(sys.modules[module], attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, _, words) in sorted(COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> Any:
        """What the product refuses is told in one line, without a trace of the inside."""
        try:
            return super().invoke(ctx)
        except (SettingsError, MissingResource) as error:
            raise click.ClickException(str(error)) from None
        except GrannsamverkanError as error:
            raise click.ClickException(f"refused: {error}" if str(error) else "not found") from None
        except Exception as error:
            if not type(error).__module__.startswith("sqlalchemy"):
                raise
            # Its message and trace may quote rows.
            raise click.ClickException(f"the database cannot be used ({type(error).__name__})") from None


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grannsamverkan")
def main() -> None:
    """Grannsamverkan: a warning reaches every neighbour once, with proof."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
