"""The command ``lode load``: a publisher's file into the user's own folder, with a bar while it reads and a summary of what came in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import BadParameter, LodeError
from kg.source import files

from .output import plain_errors, say

if TYPE_CHECKING:
    from kg.readers.model import Summary, Tell


def load(
    file: Annotated[list[Path], typer.Argument(help="Publishers' files, as downloaded.")],
    to: Annotated[Path | None, typer.Option(help="Your own folder; left out: the setting LODE_FACTS.")] = None,
) -> None:
    """Read publishers' files into tables of your own folder, each whole or not at all. Then give the folder to the other commands.

    Example: lode load mcs2024-raree_world.csv --to my-facts && lode ask documents --facts my-facts
    """
    from kg import readers

    with plain_errors():
        own = _destination(to)
        ontology = files.root() / "ontology"
        names = readers.read_names(ontology)
        ours = own.resolve() == ontology.resolve()
        shipped = set() if ours else {source.path.parent.name for source in files.figures(ontology)}
        failed = 0
        for path in file:
            try:
                with _bar(path) as tell:
                    folder, summary = readers.load(path, own / "tables", names, tell, shipped)
                _report(path, folder, summary)
            except LodeError as error:
                if len(file) == 1:
                    raise
                say(f"{path}: {error}")
                failed += 1
    if failed:
        say(f"{failed} of {len(file)} files were not loaded; the folder holds the others.")
        raise typer.Exit(1)


def _destination(named: Path | None) -> Path:
    if named is None:
        named = files.own_folder()
    if named is None:
        raise BadParameter("No folder to write to.", "Name one with --to, or set LODE_FACTS.", parameter="to")
    if named.exists() and not named.is_dir():
        raise BadParameter(f"{named} is a file.", "Name a folder.", parameter="to")
    return named


@contextmanager
def _bar(path: Path) -> Iterator[Tell]:
    """A bar on a terminal's standard error; elsewhere nothing."""
    if not sys.stderr.isatty() or not path.is_file():
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(path.name, total=path.stat().st_size)
        yield lambda count: progress.advance(task, count)


def _report(path: Path, folder: Path, summary: Summary) -> None:
    say(f"{path.name} -> {folder}")
    if summary.deposits:
        say(f"  deposits    {summary.deposits:,}")
    if summary.measures:
        say(f"  measures    {summary.measures:,}")
    if summary.figures:
        say(f"  series      {summary.series:,}")
        say(f"  figures     {summary.figures:,}: {summary.absent:,} absent, {summary.estimated:,} estimated, {summary.bounds:,} bounds")
    say(f"  countries   {len(summary.countries):,}")
    if summary.years:
        first, last = min(summary.years), max(summary.years)
        say(f"  years       {first} to {last}" if last > first else f"  years       {first}")
    for told in summary.told():
        say(f"  left        {told}")
    say("  skipped     none")
