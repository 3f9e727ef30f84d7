"""The commands that write or check: ``lode export, push, check``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .tell import plain_errors, say

Lang = Annotated[str, typer.Option(help="Language of names and places: en or ja.")]
Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD.")]


def add_to(app: typer.Typer) -> None:
    """Give the commands to the app."""
    for command in (export, push, check):
        app.command()(command)


def _open(facts: Path | None, at: str | None = None) -> Any:
    from .graph import open_graph

    return open_graph(own=facts, say=say, at=at)


def export(
    format: Annotated[str, typer.Argument(help="graphml, gexf, dot, cyjs, json, mmd; or turtle, ntriples, nquads, trig, rdfxml, jsonld.")],
    center: Annotated[str | None, typer.Option(help="Slug, kind/slug or IRI; left out: everything.")] = None,
    depth: Annotated[int, typer.Option(help="Steps from the center.")] = 1,
    as_of: AsOf = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; left out: standard output.")] = None,
    lang: Lang = "en",
    facts: Facts = None,
) -> None:
    """Write the graph, or the neighbourhood of one thing, as a file for other programs.

    Example: lode export gexf --center dysprosium --depth 2 -o dysprosium.gexf
    """
    from .store import RDF_FORMATS

    with plain_errors():
        graph = _open(facts)
        if format in RDF_FORMATS:
            body = graph.rdf(format, center)
        else:
            from .export import write
            from .paths import parse_as_of

            body = write(graph, format, center=center, depth=depth, as_of=parse_as_of(as_of), lang=lang)
        if output:
            output.write_bytes(body)
            say(f"{len(body):,} bytes in {output}")
        else:
            sys.stdout.buffer.write(body)


def push(
    address: Annotated[str, typer.Argument(help="Where to write: of a graph store, or with --by update of an update endpoint.")],
    query: Annotated[str, typer.Option(envvar="LODE_STORE", help="The same store's query endpoint.")],
    by: Annotated[str, typer.Option(help="gsp (Graph Store Protocol) or update (SPARQL Update).")] = "gsp",
    chunk: Annotated[int | None, typer.Option(min=1, help="Triples a request; left out: 20,000, by update 1,000.")] = None,
    facts: Facts = None,
) -> None:
    """Load the whole graph into a remote store; run again, it goes on. LODE_STORE_USER and LODE_STORE_PASSWORD log in.

    Example: lode push http://127.0.0.1:7878/store --query http://127.0.0.1:7878/query
    """
    from . import push as pushing

    with plain_errors():
        pushing.push(_open(facts, at=""), query, pushing.writer_for(address, by, chunk), say)


def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder that holds ontology/ and queries/; left out: our own.")] = None,
    facts: Facts = None,
) -> None:
    """Check the text: shapes and rules, each finding with its file and subject.

    Example: lode check
    """
    from . import files
    from .checks import check as find

    with plain_errors():
        say("Checking ...")
        found = find(folder, own=files.own_folder(facts))
    for finding in found:
        print(finding)
    say(f"{len(found)} findings" if found else "Clean.")
    if found:
        raise typer.Exit(1)
