"""The command ``lode``. Data go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from .errors import BadFacts, BadParameter, LodeError, UnknownName
from .tell import one_of, options, print_json, print_rows, say

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    help="Lodegraph: a knowledge graph of critical-mineral policy.",
    pretty_exceptions_enable=False,
)
Lang = Annotated[str, typer.Option(help="Language of names and places: en or ja.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD.")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except (UnknownName, BadParameter) as error:
        say(str(error))
        raise typer.Exit(2) from None
    except LodeError as error:
        say(str(error))
        raise typer.Exit(1) from None


def _open(validate: bool = True) -> Any:
    from .graph import open_graph

    return open_graph(say=say, validate=validate)


def _set(name: str, about: str) -> Any:
    """An option of ``serve`` that goes before the environment variable of the setting."""
    return typer.Option(help=f"{about} Else LODE_{name}.", show_default=False)


@app.command()
def serve(
    host: Annotated[str | None, _set("HOST", "Address to listen on.")] = None,
    port: Annotated[int | None, _set("PORT", "Port to listen on.")] = None,
    workers: Annotated[int | None, _set("WORKERS", "Server processes.")] = None,
    connections: Annotated[int | None, _set("CONNECTIONS", "Connections of each process.")] = None,
    queries: Annotated[int | None, _set("QUERIES", "SPARQL queries that run at once.")] = None,
    seconds: Annotated[float | None, _set("QUERY_SECONDS", "Time limit of a SPARQL query, in seconds.")] = None,
    rows: Annotated[int | None, _set("QUERY_ROWS", "Row limit of a SPARQL answer.")] = None,
    size: Annotated[int | None, _set("QUERY_BYTES", "Limit of the bytes of a SPARQL answer.")] = None,
    memory: Annotated[int | None, _set("QUERY_MEMORY_MB", "Limit of the memory of a SPARQL query, in MB.")] = None,
    dataset: Annotated[list[Path] | None, typer.Option(help="Serve these RDF files instead, over SPARQL alone.")] = None,
) -> None:
    """Serve the graph over HTTP. All settings and their defaults: docs/limits.md.

    Example: lode serve --port 8080
    """
    import os

    from service.server import run

    from .settings import read_settings

    with _plain_errors():
        settings = read_settings(
            host=host,
            port=port,
            workers=workers,
            connections=connections,
            queries=queries,
            query_seconds=seconds,
            query_rows=rows,
            query_bytes=size,
            query_memory_mb=memory,
            dataset=os.pathsep.join(map(str, dataset)) if dataset else None,
        )
        run(settings, say)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def ask(
    context: typer.Context, name: Annotated[str, typer.Argument(help="Name of a query; see `lode list queries`.")], format: Format = "table"
) -> None:
    """Ask a named query. Its parameters are options of their own.

    Example: lode ask export-quotas --mineral rare-earths --since 2010 --lang ja
    """
    with _plain_errors():
        graph = _open()
        rows = graph.ask(name, **options(context.args))
        print_rows(rows.columns, rows, format)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Slug, kind/slug or IRI.")],
    lang: Lang = "en",
    as_of: AsOf = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
) -> None:
    """Show one thing: its properties and everything said of it; for a mineral with --format json, its risks and responses.

    Example: lode show dysprosium --lang ja
    """
    from . import lookup
    from .graph import read_day
    from .terms import kind_of

    one_of("format", format, ("text", "json"))
    with _plain_errors():
        graph = _open()
        iri = graph.resolve(name)
        day = read_day("as_of", as_of) if as_of else None
        found = lookup.mineral(graph, iri, lang, day) if kind_of(iri) == "mineral" and format == "json" else lookup.thing(graph, iri, lang)
    if format == "json":
        return print_json(found)
    print(f"{found['label']} ({found['other_label']})  {found['iri']}")
    for item in found["properties"]:
        print(f"  {item['label']}: {item['value_label'] or item['value']}")
    for item in found["statements"]:
        print(f"- {item['says']}  [{item['certainty']}; {item['when'] or '-'}; {item['place']}]")


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="A name, part of one, or a symbol.")], lang: Lang = "en", format: Format = "table"
) -> None:
    """Search names in English and Japanese.

    Example: lode search ジスプロ
    """
    from . import lookup

    with _plain_errors():
        graph = _open()
        found = lookup.search(graph, text, lang)
    print_rows(["kind", "slug", "label", "other_label"], found, format)


@app.command()
def paths(
    source: str,
    target: str,
    as_of: AsOf = None,
    length: Annotated[int, typer.Option(help="Most steps in a path.")] = 6,
    most: Annotated[int, typer.Option(help="Most paths.")] = 20,
    lang: Lang = "en",
) -> None:
    """How one thing depends on another, each step with its place in the document.

    Example: lode paths automobile cn-rare-earth-export-quota --as-of 2012-12-31
    """
    from . import paths as dependency
    from .terms import slug_of

    with _plain_errors():
        graph = _open()
        found = dependency.between(graph, source, target, as_of=dependency.parse_as_of(as_of), length=length, most=most, lang=lang)
    if not found.paths:
        say("No path is recorded.")
    if found.backward:
        say("The second depends on the first: paths run from it.")
    for number, path in enumerate(found.paths, 1):
        print(f"{number}. {graph.label(path[0].source, lang)}")
        for step in path:
            print(
                f"   -> {graph.label(step.target, lang)}  "
                f"[{step.relation}{'' if step.forward else ', read backwards'}; "
                f"{step.certainty or 'reference'}; {step.place or slug_of(step.document)}]"
            )
    if not found.complete:
        say("There are more paths: raise --most, or shorten --length.")


@app.command()
def export(
    format: Annotated[str, typer.Argument(help="graphml, gexf, dot, cyjs, json, mmd; or turtle, ntriples, nquads, trig, rdfxml, jsonld.")],
    center: Annotated[str | None, typer.Option(help="Slug, kind/slug or IRI; left out: everything.")] = None,
    depth: Annotated[int, typer.Option(help="Steps from the center.")] = 1,
    as_of: AsOf = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; left out: standard output.")] = None,
    lang: Lang = "en",
) -> None:
    """Write the graph, or the neighbourhood of one thing, as a file for other programs.

    Example: lode export gexf --center dysprosium --depth 2 -o dysprosium.gexf
    """
    from .store import RDF_FORMATS

    with _plain_errors():
        graph = _open()
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


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder that holds ontology/ and queries/; left out: our own.")] = None,
) -> None:
    """Check the text: shapes and rules, each finding with its file and subject.

    Example: lode check
    """
    from .checks import check as find

    with _plain_errors():
        say("Checking ...")
        found = find(folder)
    for finding in found:
        print(finding)
    say(f"{len(found)} findings" if found else "Clean.")
    if found:
        raise typer.Exit(1)


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="queries, kinds, formats, or a kind such as mineral.")] = "queries",
    lang: Lang = "en",
    format: Format = "table",
) -> None:
    """List the named queries, the kinds of thing, the export formats, or all things of a kind.

    Example: lode list measure --lang ja
    """
    from . import lookup
    from .terms import KINDS

    with _plain_errors():
        graph = _open()
        if what == "queries":
            rows: list[dict[str, Any]] = [
                {
                    "name": q.name,
                    "answers": (q.answers_ja if lang == "ja" else "") or q.answers,
                    "parameters": " ".join(p.name for p in q.params),
                }
                for q in graph.queries.values()
            ]
        elif what == "kinds":
            rows = [
                {"kind": kind, "label": graph.label(f"https://w3id.org/lodegraph/ontology#{name}", lang)} for kind, name in KINDS.items()
            ]
        elif what == "formats":
            from .export import FORMATS

            rows = [{"format": name, "media_type": kept.media_type, "about": kept.description} for name, kept in FORMATS.items()]
        else:
            rows = [{key: item[key] for key in ("slug", "label", "other_label")} for item in lookup.things(graph, what, lang=lang)]
    print_rows(list(rows[0]) if rows else [], rows, format)


def main() -> None:
    """Entry point of the command."""
    try:
        app()
    except BadFacts as error:
        say(str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
