"""The commands that write files for others: ``lode export, dump``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from .output import plain_errors, say

Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]


def add_to(app: typer.Typer) -> None:
    """Give the commands to the app."""
    for command in (export, dump):
        app.command()(command)


def export(
    format: Annotated[str, typer.Argument(help="See `lode list formats`.")],
    center: Annotated[str | None, typer.Option(help="Slug, kind/slug or IRI; left out: everything.")] = None,
    depth: Annotated[int, typer.Option(help="Steps from the center.")] = 1,
    as_of: Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD.")] = None,
    kinds: Annotated[list[str] | None, typer.Option(help="Only this kind, and the center; may be given several times.")] = None,
    part: Annotated[str | None, typer.Option(help="nodes or edges: one file of a format that has two.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; left out: standard output.")] = None,
    lang: Annotated[str, typer.Option(help="Language of names and places: en or ja.")] = "en",
    facts: Facts = None,
) -> None:
    """Write the graph, or the neighbourhood of one thing, as a file for other programs.

    Example: lode export gexf --center dysprosium --depth 2 -o dysprosium.gexf
    """
    from kg.build.opening import open_graph
    from kg.export.registry import save
    from kg.network.paths import parse_as_of

    with plain_errors(), tempfile.TemporaryFile() as held:
        graph = open_graph(own=facts, say=say)
        save(graph, format, held, center=center, depth=depth, as_of=parse_as_of(as_of), kinds=kinds or (), lang=lang, part=part)
        held.seek(0)
        if output is None:
            shutil.copyfileobj(held, sys.stdout.buffer)
            return
        with output.open("wb") as file:
            shutil.copyfileobj(held, file)
        say(f"{output.stat().st_size:,} bytes in {output}")


def dump(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; it is made.")],
    address: Annotated[str | None, typer.Option(help="Where the folder will be found on the web, with a slash at the end.")] = None,
    facts: Facts = None,
) -> None:
    """Write the whole graph as N-Quads with its description in VoID and DCAT, and checksums.

    Example: lode dump lodegraph-dump --address https://example.org/lodegraph/
    """
    from kg.build.opening import open_graph
    from kg.publish.dump import write

    with plain_errors():
        for path in write(open_graph(own=facts, say=say), folder, address):
            say(f"{path.stat().st_size:,} bytes in {path}")
