"""`grannsamverkan demo`"""

import sys
from pathlib import Path

import click

from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.cli.serve import stop_on_signals
from grannsamverkan.demo.once import run_once
from grannsamverkan.demo.run import run
from grannsamverkan.demo.stage import default_folder


@click.command()
@click.option("--port", type=int, default=8000, show_default=True, help="The web pages' port on this machine.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the demo's database.  [default: data/demo]")
@click.option("--once", is_flag=True, help="Build a fresh town, send one warning, count, and end.")
@as_json
def demo(port: int, data: Path | None, once: bool, as_json: bool) -> None:
    """The demo town of Höör: everything works, and nothing leaves this machine."""
    stop_on_signals()
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
