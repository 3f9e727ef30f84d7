"""The commands that ask the graph: ``lode ask, show, search, paths, list, stats``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .output import FORMATS, FORMATS_RDF, one_of, options, plain_errors, print_bytes, print_json, print_rows, say

Lang = Annotated[str, typer.Option(help="Language of names and places: en or ja.")]
Facts = Annotated[Path | None, typer.Option(help="Your own folder of facts and tables; left out: the setting LODE_FACTS.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="A day, YYYY-MM-DD.")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, csv or json.")]
FormatRdf = Annotated[str, typer.Option("--format", "-f", help="table, csv, json or turtle.")]
STEP = ("path", "step", "source", "relation", "target", "certainty", "place", "document")


def add_to(app: typer.Typer) -> None:
    """Give the commands to the app."""
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(ask)
    for command in (show, search, paths, stats):
        app.command()(command)
    app.command("list")(list_)


def _open(facts: Path | None) -> Any:
    from kg.build.opening import open_graph

    return open_graph(own=facts, say=say)


def ask(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of a query; see `lode list queries`.")],
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """Ask a named query. Its parameters are options of their own.

    Example: lode ask export-quotas --mineral rare-earths --since 2010 --lang ja
    """
    one_of("format", format, FORMATS)
    with plain_errors():
        graph = _open(facts)
        rows = graph.ask(name, **options(context.args))
        print_rows(rows.columns, rows, format)


def show(
    name: Annotated[str, typer.Argument(help="Slug, kind/slug or IRI.")],
    lang: Lang = "en",
    as_of: AsOf = None,
    format: FormatRdf = "table",
    facts: Facts = None,
) -> None:
    """Show one thing: its properties and everything said of it; for a mineral with --format json, its risks and responses.

    Example: lode show dysprosium --lang ja
    """
    from kg.graph.graph import read_day
    from kg.namespaces import kind_of
    from kg.views import lookup

    one_of("format", format, FORMATS_RDF)
    with plain_errors():
        graph = _open(facts)
        iri = graph.resolve(name)
        if format == "turtle":
            return print_bytes(graph.rdf("turtle", name))
        day = None if as_of is None else read_day("as_of", as_of)
        found = lookup.mineral(graph, iri, lang, day) if kind_of(iri) == "mineral" and format == "json" else lookup.thing(graph, iri, lang)
    if format == "json":
        return print_json(found)
    if format == "csv":
        return print_rows(["says", "certainty", "when", "place", "statement", "document"], found["statements"], format)
    print(f"{found['label']} ({found['other_label']})  {found['iri']}")
    for item in found["properties"]:
        print(f"  {item['label']}: {item['value_label'] or item['value']}")
    for item in found["statements"]:
        print(f"- {item['says']}  [{item['certainty']}; {item['when'] or '-'}; {item['place']}]")
    return None


def search(
    text: Annotated[str, typer.Argument(help="A name, part of one, or a symbol.")],
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """Search names in English and Japanese.

    Example: lode search ジスプロ
    """
    from kg.views import lookup

    one_of("format", format, FORMATS)
    with plain_errors():
        graph = _open(facts)
        found = lookup.search(graph, text, lang)
    if not found:
        say("Nothing has that name.")
    print_rows(["kind", "slug", "label", "other_label"], found, format)


def paths(
    source: str,
    target: str,
    as_of: AsOf = None,
    length: Annotated[int, typer.Option(help="Most steps in a path.")] = 6,
    most: Annotated[int, typer.Option(help="Most paths.")] = 20,
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """How one thing depends on another, each step with its place in the document.

    Example: lode paths automobile cn-rare-earth-export-quota --as-of 2012-12-31
    """
    from kg.namespaces import slug_of
    from kg.network import paths as dependency

    one_of("format", format, FORMATS)
    with plain_errors():
        graph = _open(facts)
        found = dependency.between(graph, source, target, as_of=dependency.parse_as_of(as_of), length=length, most=most, lang=lang)
    if format != "table":
        steps = [(path, number, step) for path, steps in enumerate(found.paths, 1) for number, step in enumerate(steps, 1)]
        rows = [{"path": path, "step": number, **{key: getattr(step, key) for key in STEP[2:]}} for path, number, step in steps]
        print_rows(list(STEP), rows, format)
    if not found.paths:
        say("No path is recorded.")
    if found.backward:
        say("The second depends on the first: paths run from it.")
    for number, path in enumerate(found.paths if format == "table" else (), 1):
        print(f"{number}. {graph.label(path[0].source, lang)}")
        for step in path:
            print(
                f"   -> {graph.label(step.target, lang)}  "
                f"[{step.relation}{'' if step.forward else ', read backwards'}; "
                f"{step.certainty or 'reference'}; {step.place or slug_of(step.document)}]"
            )
    if not found.complete:
        say("There are more paths: raise --most, or shorten --length.")


def stats(
    lang: Lang = "en",
    format: FormatRdf = "table",
    facts: Facts = None,
) -> None:
    """How much the graph holds: things of each class, and statements in all; as Turtle, the dataset described (VoID).

    Example: lode stats --format csv
    """
    from kg.namespaces import ONTOLOGY, slug_of
    from kg.publish import dataset_description

    one_of("format", format, FORMATS_RDF)
    with plain_errors():
        graph = _open(facts)
        if format == "turtle":
            return print_bytes(graph.store.describe(dataset_description.service(graph, dataset_description.HERE), "turtle"))
        sizes = [(str(row["class"]), row["count"]) for row in graph.part("class-sizes")]
        rows = [
            {"class": slug_of(name), "label": graph.label(name, lang), "count": count} for name, count in sizes if name.startswith(ONTOLOGY)
        ]
        say(f"{len(graph.store):,} statements, {len(graph.queries):,} queries, data version {graph.version[:16]}")
    return print_rows(["class", "label", "count"], sorted(rows, key=lambda row: (-row["count"], row["class"])), format)


def list_(
    what: Annotated[str, typer.Argument(help="queries, kinds, formats, or a kind such as mineral.")] = "queries",
    lang: Lang = "en",
    format: Format = "table",
    facts: Facts = None,
) -> None:
    """List the named queries, the kinds of thing, the export formats, or all things of a kind.

    Example: lode list measure --lang ja
    """
    from kg.namespaces import KINDS
    from kg.views import lookup

    one_of("format", format, FORMATS)
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
            from kg.export import registry

            rows = [{"format": name, "media_type": kept.media_type, "about": kept.description} for name, kept in registry.FORMATS.items()]
        else:
            rows = [{key: item[key] for key in ("slug", "label", "other_label")} for item in lookup.things(graph, what, lang=lang)]
    print_rows(list(rows[0]) if rows else [], rows, format)
