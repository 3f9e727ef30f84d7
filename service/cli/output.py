"""How the command line tells: rows as a table, CSV or JSON on standard output, everything else on standard error."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import typer

from kg.errors import BadParameter, LodeError, UnknownName
from kg.export.csv_injection import neutralise

FORMATS = ("table", "csv", "json")
FORMATS_RDF = (*FORMATS, "turtle")


def open_streams() -> None:
    """Make standard output and standard error take any text, whatever the locale is.

    What is not a terminal gets UTF-8, unless ``PYTHONIOENCODING`` names another encoding. What an encoding cannot say is written as
    ``\\u30b8``. Where a stream is closed, what goes there is dropped.
    """
    _fill_handles()
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  # as the others
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # it stays open as long as the process
            continue
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.isatty() or os.environ.get("PYTHONIOENCODING"):
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _fill_handles() -> None:
    """Have no file or socket opened later get the number of a standard stream that is closed."""
    while True:
        handle = os.open(os.devnull, os.O_RDWR)
        if handle > 2:
            os.close(handle)
            return


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


class Progress:
    """Stages of something that takes time, on standard error: a bar on a terminal, else one line each."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Progress:
        """Begin; nothing is shown yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def say(self, text: str) -> None:
        """Begin a stage, or tell something: a line, which on a terminal stays above the bar."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=text, completed=0)
        say(text)

    def advance(self, fraction: float) -> None:
        """How much of the stage is done, 0 to 1."""
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.add_task("", total=1.0)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=fraction)
        if fraction >= 1:
            self.__exit__()


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

    from kg.namespaces import Iri, slug_of

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
    plain = codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8"
    print(json.dumps(value, ensure_ascii=plain, indent=1, default=_plain))


def print_bytes(data: bytes) -> None:
    """RDF on standard output as it is: UTF-8, whatever the locale is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return str(value)


def begin() -> None:
    """What comes before each command: the settings of the file ``.env`` hold for it."""
    from kg.settings import adopt

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
