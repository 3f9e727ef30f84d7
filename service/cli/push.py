"""The commands that send the graph elsewhere or check it: ``lode push, check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kg.errors import BadParameter

from .output import plain_errors, say

Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]


def add_to(app: typer.Typer) -> None:
    """Give the commands to the app."""
    for command in (push, check):
        app.command()(command)


def _open(facts: Path | None, at: str | None = None) -> Any:
    from kg.build.opening import open_graph

    return open_graph(own=facts, say=say, at=at)


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
    from kg.publish import push as pushing

    with plain_errors():
        pushing.push(_open(facts, at=""), query, pushing.writer_for(address, by, chunk), say)


def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder that holds ontology/ and queries/; left out: our own.")] = None,
    facts: Facts = None,
    record: Annotated[
        bool, typer.Option("--record", help="Put the result on record: text on record as clean is not checked at the first start.")
    ] = False,
) -> None:
    """Check the text: shapes and rules, each finding with its file and subject.

    Example: lode check
    """
    from kg.build.checks import check as find
    from kg.build.opening import write_record
    from kg.source import files

    with plain_errors():
        theirs = files.own_folder(facts)
        if record and theirs:
            raise BadParameter("--record is given with a folder of your own.", "A record is of the text alone.", parameter="record")
        say("Checking ...")
        found = find(folder, own=theirs)
        if record:
            say(f"On record in {write_record(folder or files.root(), len(found))}")
    for finding in found:
        print(finding)
    say(f"{len(found)} findings" if found else "Clean.")
    if found:
        raise typer.Exit(1)
