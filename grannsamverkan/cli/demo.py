"""`grannsamverkan demo`"""

import sys
from pathlib import Path

import click

from grannsamverkan.bench.people import MUNICIPALITY as CROWD_MUNICIPALITY
from grannsamverkan.bench.people import add_crowd
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.cli.serve import stop_on_signals
from grannsamverkan.demo.around import around
from grannsamverkan.demo.once import run_once
from grannsamverkan.demo.run import run, sign_in_lines, wait_for_ctrl_c
from grannsamverkan.demo.stage import default_folder
from grannsamverkan.runtime import Runtime


@click.command()
@click.option("--port", type=int, default=8000, show_default=True, help="The web pages' port on this machine.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the demo's database.  [default: data/demo]")
@click.option("--once", is_flag=True, help="Build a fresh town, send one warning, count, and end.")
@click.option("--around", "only_around", is_flag=True, help="Only town and stand-ins, and a config.toml: to practise.")
@click.option("--households", type=click.IntRange(2, 1_000_000), help="So many more in Höör, with --around.")
@as_json
def demo(port: int, data: Path | None, once: bool, only_around: bool, households: int | None, as_json: bool) -> None:
    """The demo town of Höör: everything works, and nothing leaves this machine."""
    stop_on_signals()
    if only_around:
        _stand_around(data or default_folder(), port, households or 0)
        return
    if households:
        raise click.UsageError("--households goes with --around")
    if once:
        result, is_settled = run_once()
        tell(result, json_wanted=as_json)
        sys.exit(0 if is_settled and not (result["lost"] or result["doubled"] or result["unknown"]) else 1)
    try:
        run(data or default_folder(), port)
    except OSError as error:
        if error.errno is None or "in use" not in str(error):
            raise
        raise click.ClickException(f"port {port} is taken; choose another with --port (make demo PORT=…)") from None


AROUND = """
Stand-ins for the SMS provider and the mail relay are running; nothing leaves this machine.

  Settings   {folder}/config.toml  (go there to type commands)
  Accepted   {folder}/standins/sms-accepted.jsonl, mail-accepted.jsonl

{sign_ins}

Ctrl-C ends them; the same command starts them again.
"""


def _stand_around(folder: Path, port: int, households: int) -> None:
    def populate(runtime: Runtime) -> None:
        if households:
            add_crowd(runtime, CROWD_MUNICIPALITY, households)

    with around(folder, port, populate):
        click.echo(AROUND.format(folder=folder, sign_ins=sign_in_lines()))
        wait_for_ctrl_c()
