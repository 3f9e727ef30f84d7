"""The command ``lode``. Data go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from kg.errors import BadFacts, BadParameter
from kg.source.files import how_to_install

from . import analysis, ask, export, push
from .load import load
from .output import FORMATS, Progress, begin, one_of, open_streams, plain_errors, print_rows, say, setting
from .risk import compare, policy, risks

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    help="Lodegraph: a knowledge graph of critical-mineral policy.",
    pretty_exceptions_enable=False,
)
Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]


@app.command()
def serve(
    host: Annotated[str | None, setting("HOST", "Address to listen on.")] = None,
    port: Annotated[int | None, setting("PORT", "Port to listen on.")] = None,
    workers: Annotated[int | None, setting("WORKERS", "Server processes.")] = None,
    connections: Annotated[int | None, setting("CONNECTIONS", "Connections of each process.")] = None,
    queries: Annotated[int | None, setting("QUERIES", "SPARQL queries that run at once.")] = None,
    seconds: Annotated[float | None, setting("QUERY_SECONDS", "Time limit of a SPARQL query, in seconds.")] = None,
    rows: Annotated[int | None, setting("QUERY_ROWS", "Row limit of a SPARQL answer.")] = None,
    size: Annotated[int | None, setting("QUERY_BYTES", "Limit of the bytes of a SPARQL answer.")] = None,
    memory: Annotated[int | None, setting("QUERY_MEMORY_MB", "Limit of the memory of a SPARQL query, in MB.")] = None,
    hosts: Annotated[str | None, setting("HOSTS", "Names under which /mcp may be addressed beside localhost.")] = None,
    dataset: Annotated[list[Path] | None, typer.Option(help="Serve these RDF files instead, over SPARQL alone.")] = None,
    facts: Facts = None,
) -> None:
    """Serve the graph over HTTP. All settings and their defaults: docs/limits.md.

    Example: lode serve --port 8080
    """
    from kg.settings import read_settings
    from service.startup import run

    with plain_errors(), Progress() as progress:
        given: dict[str, object] = {"host": host, "port": port, "workers": workers, "connections": connections, "queries": queries}
        given |= {"facts": facts, "hosts": hosts, "query_seconds": seconds, "query_rows": rows, "query_bytes": size}
        given["query_memory_mb"] = memory
        settings = read_settings(**given, dataset=os.pathsep.join(map(str, dataset)) if dataset else None)
        run(settings, progress.say, progress.advance)


@app.command()
def mcp(facts: Facts = None) -> None:
    """Serve the graph to a language model over standard input and output (Model Context Protocol); over HTTP, `lode serve` does at /mcp.

    Example: claude mcp add lodegraph -- lode mcp
    """
    from kg.settings import read_settings

    with plain_errors():
        try:
            from service.mcp.stdio import run
        except ModuleNotFoundError as error:
            if error.name != "mcp":
                raise
            raise BadParameter("The package “mcp” is not installed.", how_to_install("mcp")) from None
        run(read_settings(facts=facts), say)


@app.command()
def settings(format: Format = "table") -> None:
    """All settings with their values and where each comes from. An option of a command goes first, then LODE_... in the environment,
    then the file .env, then the default.

    Example: LODE_PORT=8080 lode settings
    """
    from kg.settings import origins

    one_of("format", format, FORMATS)
    with plain_errors():
        rows = origins()
    print_rows(["setting", "value", "from", "about"], rows, format)


for _command in (load, risks, compare, policy):
    app.command()(_command)
for _module in (ask, analysis, export, push):
    _module.add_to(app)
app.callback()(begin)


def main() -> None:
    """Entry point of the command."""
    open_streams()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # here, where what goes wrong can still be told
    except BadFacts as error:
        say(str(error))
        sys.exit(1)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # then whoever read our output has had enough
            say(f"Standard output: {error.strerror or error}.")
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
