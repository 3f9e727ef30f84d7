"""How the command line tells: rows as a table, CSV or JSON on standard output, everything else on standard error."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import typer

from .errors import BadParameter, LodeError, UnknownName
from .spreadsheet import neutralise

FORMATS = ("table", "csv", "json")
FORMATS_RDF = (*FORMATS, "turtle")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Ends the command with the error's own words: code 2 for wrong use, 1 for the rest."""
    try:
        yield
    except (UnknownName, BadParameter) as error:
        say(str(error))
        raise typer.Exit(2) from None
    except (LodeError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        say(str(error))
        raise typer.Exit(1) from None


def say(text: str) -> None:
    """A line on standard error."""
    print(text, file=sys.stderr, flush=True)


def options(words: list[str]) -> dict[str, str]:
    """``--name value`` and ``--name=value`` as parameters of a query. Raises BadParameter."""
    found: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not name or not (equals or rest):
            raise BadParameter(f"“{word}” is not a parameter with a value.", "Write --name value.", parameter=word)
        found[name.replace("-", "_")] = value if equals else rest.pop(0)
    return found


def print_rows(columns: list[str], rows: list[dict[str, Any]], format: str) -> None:
    """Rows as a table, CSV or JSON on standard output."""
    one_of("format", format, FORMATS)
    if format == "json":
        return print_json(rows)
    if format == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows([neutralise(row[c]) for c in columns] for row in rows)
        return None
    from rich.console import Console
    from rich.table import Table

    from .terms import Iri, slug_of

    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if row[c] is None else slug_of(row[c]) if isinstance(row[c], Iri) else str(row[c]) for c in columns))
    console = Console()
    if not console.is_terminal:
        console.width = 4000
    console.print(table)
    return None


def print_json(value: Any) -> None:
    """Anything as JSON on standard output; decimals become numbers, days become text."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return str(value)


def begin() -> None:
    """What comes before each command: the settings of the file ``.env`` hold for it."""
    from .settings import adopt

    with plain_errors():
        adopt()


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Ends the command with code 2 where a value is not among those allowed."""
    if value not in allowed:
        say(f"{name} is “{value}”. It must be one of {', '.join(allowed)}.")
        raise typer.Exit(2)


def setting(name: str, about: str) -> Any:
    """An option of ``serve`` that goes before the environment variable of the setting."""
    return typer.Option(help=f"{about} Else LODE_{name}.", show_default=False)
