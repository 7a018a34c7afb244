"""More municipalities in one installation."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from grannsamverkan.domain import places
from grannsamverkan.wiring import open_runtime


def test_another_municipality_is_served_beside_the_first(door: Callable[..., Result], installed: Path) -> None:
    done = door("municipality", "add", "1266")
    assert done.exit_code == 0
    assert done.stdout.startswith("serving 1266: messages are signed Grannsamverkan Hörby")
    assert door("municipality", "add", "1266").exit_code == 0  # again changes nothing
    with open_runtime() as runtime, runtime.database.read() as session:
        assert [row.code for row in places.served(session)] == ["1266", "1267"]


def test_names_that_look_alike_in_mail_get_their_code(door: Callable[..., Result], installed: Path) -> None:
    assert door("municipality", "add", "0643").exit_code == 0  # Habo
    assert door("municipality", "add", "0305").exit_code == 0  # Håbo
    with open_runtime() as runtime, runtime.database.read() as session:
        names = [places.served_municipality(session, code).mail_name for code in ("0643", "0305")]
    assert names == ["habo", "habo-0305"]


def test_an_unknown_code_is_told_in_one_line(door: Callable[..., Result], installed: Path) -> None:
    done = door("municipality", "add", "9999")
    assert done.exit_code == 1
    assert "no municipality has the code 9999" in done.output
