"""`grannsamverkan members …`: lists of members kept elsewhere."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from grannsamverkan import sheets
from grannsamverkan.cli.out import as_json, tell
from grannsamverkan.domain.membership import lists
from grannsamverkan.foundation.errors import Refused, Unavailable
from grannsamverkan.foundation.swedish import in_sweden
from grannsamverkan.sheets import Sheet

_REFUSED = 2
_FIRST_ROWS = 10
_WHY_DROPPED = {
    lists.Meaning.PERSONAL_NUMBER: "personal_number",
    lists.Meaning.NOTE: "note",
    lists.Meaning.PROTECTION: "protection",
    lists.Meaning.NOTHING: "not_needed",
}


@click.group("members")
def members_group() -> None:
    """Lists of members kept elsewhere."""


@members_group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def preview(file: Path, as_json: bool) -> None:
    """Show what the page would show of FILE before it is taken in, or why it is refused (exit 2).

    Needs no installation and stores nothing. It prints cells of the list, as the page does: the first ten rows and
    those with faults, without personal numbers, notes and rows marked as protected. Whether a street or a household is
    known to a network cannot be told here. Mind who reads the output: it names people.
    """
    try:
        sheet = _read(file)
        screened = lists.screen([(row.number, row.cells) for row in sheet.rows])
    except (Refused, Unavailable) as error:
        _refuse(error, json_wanted=as_json)
        raise SystemExit(_REFUSED) from None
    told = _told(sheet, screened)
    if as_json:
        tell(told, json_wanted=True)
    else:
        _print(told)


def _read(file: Path) -> Sheet:
    try:
        if file.stat().st_size > sheets.LARGEST_BYTES:
            raise Refused("sheet_too_large")
        return sheets.read(file.read_bytes())
    except OSError as error:
        raise click.UsageError(f"cannot read {file}: {error.strerror}") from None


def _refuse(error: Refused | Unavailable, *, json_wanted: bool) -> None:
    code = error.code if isinstance(error, Refused) else "sheet_wait"
    facts = error.facts if isinstance(error, Refused) else {}
    if json_wanted:
        tell({"refused": code, "words": refusal_words(code), **facts}, json_wanted=True)
    else:
        click.echo(f"refused: {refusal_words(code)} ({code})", err=True)


def refusal_words(code: str) -> str:
    """Why a file is not taken in, and what to do."""
    return {
        "sheet_empty": "the file holds nothing",
        "list_empty": "no row is left that could be taken in",
        "sheet_too_large": "the file is too large: 10 MB at most, and no sheet that fills the memory",
        "sheet_too_many_rows": f"more than {sheets.MOST_ROWS} rows: divide the list",
        "sheet_too_many_columns": f"more than {sheets.MOST_COLUMNS} columns: remove some",
        "sheet_archive": "an archive: unpack it and give the list in it",
        "sheet_markup": "a web page or XML: open it in a spreadsheet and save it as XLSX",
        "sheet_binary": "no list: save it as XLSX, ODS or CSV",
        "sheet_kind": "no list: save it as XLSX, ODS or CSV",
        "sheet_encoding": "its characters cannot be read: save it as XLSX, or as CSV in UTF-8",
        "sheet_bomb": "it unpacks to too much: save it anew as XLSX",
        "sheet_macros": "it has macros: save it as XLSX without them",
        "sheet_password": "it has a password: remove that and save it again",
        "sheet_dtd": "it has an XML part with a DTD, which is never opened: save it anew as XLSX",
        "sheet_wait": "too many workbooks are being opened: try again",
    }.get(code, "it cannot be read: save it anew as XLSX")


def _told(sheet: Sheet, screened: lists.Screened) -> dict[str, Any]:
    taken = {
        at: one.meaning
        for at, one in enumerate(screened.guesses)
        if not one.is_one_of_several and one.meaning not in _WHY_DROPPED
    }
    asks = [at for at, one in enumerate(screened.guesses) if one.is_one_of_several]
    reader = lists.RowReader(taken, None, today=in_sweden(datetime.now(UTC)).date())
    plan = lists.make_plan(
        (reader.read(number, cells) for number, cells in screened.rows),
        taken,
        known=lists.Known(),
        kind=None,
        asks=asks,
    )
    return {
        "kind": sheet.kind.value,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "heading_row": screened.heading_number,
        "columns": _columns(screened),
        "rows": _first_rows(screened, plan, taken),
        "errors": _errors(screened, plan) if not plan.needs else [],
        "dropped": _dropped(screened),
        "needs": list(plan.needs),
        "counts": {
            "rows": len(screened.rows),
            "households": plan.households,
            "letters": plan.letters,
            "duplicates": plan.count(lists.Outcome.DUPLICATE),
            "rows_with_errors": 0 if plan.needs else plan.count(lists.Outcome.PROBLEM),
            "other_sheets": sheet.other_sheets,
        },
    }


def _columns(screened: lists.Screened) -> list[dict[str, Any]]:
    return [
        {
            "column": at + 1,
            "heading": heading,
            "meaning": one.meaning.value,
            "guessed_by": "content" if one.by_content else "heading",
            "must_be_chosen": one.is_one_of_several,
        }
        for at, (heading, one) in enumerate(zip(screened.headings, screened.guesses, strict=True))
    ]


def _first_rows(screened: lists.Screened, plan: lists.Plan, taken: dict[int, lists.Meaning]) -> list[dict[str, Any]]:
    shown = sorted(taken) or range(len(screened.headings))
    return [
        {
            "row": number,
            "cells": [cells[at] for at in shown],
            "becomes": None if plan.needs else row.outcome.value,
        }
        for (number, cells), row in list(zip(screened.rows, plan.rows, strict=True))[:_FIRST_ROWS]
    ]


def _errors(screened: lists.Screened, plan: lists.Plan) -> list[dict[str, Any]]:
    cells = dict(screened.rows)
    return [
        {
            "row": row.reading.number,
            "column": None if problem.column is None else problem.column + 1,
            "code": problem.code,
            "cell": "" if problem.column is None else cells[row.reading.number][problem.column],
        }
        for row in plan.rows
        for problem in row.reading.problems
    ]


def _dropped(screened: lists.Screened) -> list[dict[str, Any]]:
    """Columns that are not taken in and why, rows of protected people, and personal numbers in other cells."""
    found: list[dict[str, Any]] = [
        {"column": at + 1, "heading": screened.headings[at], "why": _WHY_DROPPED[one.meaning]}
        for at, one in enumerate(screened.guesses)
        if one.meaning in _WHY_DROPPED
    ]
    if screened.protected:
        found.append({"rows": screened.protected, "why": "protected_identity"})
    if screened.personal_numbers:
        found.append({"cells": screened.personal_numbers, "why": "personal_number"})
    return found


def _print(told: dict[str, Any]) -> None:
    counts = told["counts"]
    click.echo(f"{told['kind']}, {counts['rows']} rows")
    for column in told["columns"]:
        choose = ", to be chosen" if column["must_be_chosen"] else ""
        click.echo(f"  column {column['column']}: {column['heading'] or '-'} = {column['meaning']}{choose}")
    for row in told["rows"]:
        click.echo(f"  row {row['row']}: {' | '.join(row['cells'])} -> {row['becomes'] or '?'}")
    for one in told["dropped"]:
        what = f"column {one['column']}" if "column" in one else f"{one.get('rows') or one.get('cells')} in rows"
        click.echo(f"  dropped: {what} ({one['why']})")
    for error in told["errors"]:
        where = f", column {error['column']}" if error["column"] else ""
        click.echo(f"  wrong: row {error['row']}{where}: {error['code']}")
    if told["needs"]:
        click.echo("what the columns mean has to be chosen first, on the page")
        return
    click.echo(
        f"{counts['households']} households would become members, {counts['letters']} be asked by letter; "
        f"{counts['duplicates']} stand twice, {counts['rows_with_errors']} rows are wrong"
    )
