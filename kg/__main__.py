"""The command ``lode``. Data go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed, 2 wrong use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from . import analysis_commands, export_commands
from .errors import BadFacts
from .loading import load
from .tell import begin, one_of, options, plain_errors, print_json, print_rows, say, setting
from .weighing import compare, policy, risks

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    help="Lodegraph: a knowledge graph of critical-mineral policy.",
    pretty_exceptions_enable=False,
)
Lang = Annotated[str, typer.Option(help="Language of names and places: en or ja.")]
Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD.")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]


def _open(facts: Path | None, at: str | None = None) -> Any:
    from .graph import open_graph

    return open_graph(own=facts, say=say, at=at)


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
    dataset: Annotated[list[Path] | None, typer.Option(help="Serve these RDF files instead, over SPARQL alone.")] = None,
    facts: Facts = None,
) -> None:
    """Serve the graph over HTTP. All settings and their defaults: docs/limits.md.

    Example: lode serve --port 8080
    """
    import os

    from service.server import run

    from .settings import read_settings

    with plain_errors():
        given: dict[str, object] = {"host": host, "port": port, "workers": workers, "connections": connections, "queries": queries}
        given |= {"facts": facts, "query_seconds": seconds, "query_rows": rows, "query_bytes": size, "query_memory_mb": memory}
        settings = read_settings(**given, dataset=os.pathsep.join(map(str, dataset)) if dataset else None)
        run(settings, say)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def ask(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of a query; see `lode list queries`.")],
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """Ask a named query. Its parameters are options of their own.

    Example: lode ask export-quotas --mineral rare-earths --since 2010 --lang ja
    """
    with plain_errors():
        graph = _open(facts)
        rows = graph.ask(name, **options(context.args))
        print_rows(rows.columns, rows, format)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Slug, kind/slug or IRI.")],
    lang: Lang = "en",
    as_of: AsOf = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text or json.")] = "text",
    facts: Facts = None,
) -> None:
    """Show one thing: its properties and everything said of it; for a mineral with --format json, its risks and responses.

    Example: lode show dysprosium --lang ja
    """
    from . import lookup
    from .graph import read_day
    from .terms import kind_of

    one_of("format", format, ("text", "json"))
    with plain_errors():
        graph = _open(facts)
        iri = graph.resolve(name)
        day = None if as_of is None else read_day("as_of", as_of)
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
    text: Annotated[str, typer.Argument(help="A name, part of one, or a symbol.")],
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """Search names in English and Japanese.

    Example: lode search ジスプロ
    """
    from . import lookup

    with plain_errors():
        graph = _open(facts)
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
    facts: Facts = None,
) -> None:
    """How one thing depends on another, each step with its place in the document.

    Example: lode paths automobile cn-rare-earth-export-quota --as-of 2012-12-31
    """
    from . import paths as dependency
    from .terms import slug_of

    with plain_errors():
        graph = _open(facts)
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


for _command in (load, risks, compare, policy):
    app.command()(_command)
analysis_commands.add_to(app)
export_commands.add_to(app)
app.callback()(begin)


@app.command()
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


@app.command()
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


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="queries, kinds, formats, or a kind such as mineral.")] = "queries",
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """List the named queries, the kinds of thing, the export formats, or all things of a kind.

    Example: lode list measure --lang ja
    """
    from . import lookup
    from .terms import KINDS

    with plain_errors():
        graph = _open(facts)
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
