"""The reference, written from what it describes: ontology, query files, OpenAPI document, command line, settings, source cards.

Each part is Markdown, made when the documentation is built. Knows nothing of how it is laid out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import typer
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS

from kg.settings import PREFIX, Settings
from kg.source import files, query_files
from service.cli.main import app as command_line

ROOT = files.root()
SCHEMA = Namespace("https://schema.org/")
LODE = Namespace("https://w3id.org/lodegraph/ontology#")
_SELECT = re.compile(r"^SELECT\s+(?:DISTINCT\s+)?", re.MULTILINE)
_READING = re.compile(r"\breading[:/]([a-z-]+)")
_COLUMN = re.compile(r"\?(\w+)")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars and line ends in cells are escaped."""
    lines = [list(head)]
    lines += [["---"] * len(lines[0])]
    lines += [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def core() -> Graph:
    """The classes and properties."""
    return Graph().parse(ROOT / "ontology" / "core.ttl")


def name(term: Any) -> str:
    """The last part of an IRI."""
    return re.split(r"[#/]", str(term))[-1]


def text(graph: Graph, term: Any, predicate: URIRef, lang: str) -> str:
    """The literal of a language. Raises StopIteration where there is none."""
    return next(str(value) for value in graph.objects(term, predicate) if getattr(value, "language", None) == lang)


def classes(graph: Graph) -> list[URIRef]:
    """Our classes by name."""
    return sorted({term for term in graph.subjects(RDF.type, OWL.Class) if isinstance(term, URIRef) and term in LODE}, key=name)


def properties(graph: Graph) -> list[URIRef]:
    """Our properties by name."""
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty)
    return sorted({term for kind in kinds for term in graph.subjects(RDF.type, kind) if term in LODE}, key=name)


def edges(graph: Graph) -> Iterator[tuple[str, str, str]]:
    """From class, over property, to class, for every property between two of our classes."""
    ours = set(classes(graph))
    for term in properties(graph):
        for source in sorted(graph.objects(term, SCHEMA.domainIncludes), key=name):
            for target in sorted(graph.objects(term, SCHEMA.rangeIncludes), key=name):
                if source in ours and target in ours:
                    yield name(source), name(term), name(target)


def subclasses(graph: Graph) -> list[tuple[str, str]]:
    """Class and the class above it."""
    ours = classes(graph)
    return [(name(term), name(above)) for term in ours for above in sorted(graph.objects(term, RDFS.subClassOf), key=name) if above in ours]


def diagram() -> str:
    """The classes as a picture (Graphviz) and as Mermaid text: what is a kind of what."""
    pairs = subclasses(core())
    dot = "\n".join(f'  "{above}" -> "{below}"' for below, above in pairs)
    mermaid = "\n".join(f"  {above} <|-- {below}" for below, above in pairs)
    graph = f'digraph {{\n  rankdir=LR node [shape=box fontname="sans-serif"]\n{dot}\n}}'
    picture = f"```{{graphviz}}\n:alt: Classes, each under the class that it is a kind of\n\n{graph}\n```"
    return f"{picture}\n\nThe same for Mermaid, with the properties between classes:\n\n```text\nclassDiagram\n{mermaid}\n{_links()}\n```\n"


def _links() -> str:
    return "\n".join(f"  {source} --> {target} : {label}" for source, label, target in edges(core()))


def ontology() -> str:
    """Classes and properties with labels and definitions in both languages."""
    graph = core()

    def row(term: URIRef) -> list[str]:
        labels = [text(graph, term, RDFS.label, lang) for lang in ("en", "ja")]
        return [f"`{name(term)}`", " / ".join(labels), " ".join(text(graph, term, SKOS.definition, lang) for lang in ("en", "ja"))]

    def ends(term: URIRef, predicate: URIRef) -> str:
        return ", ".join(f"`{name(value)}`" for value in sorted(graph.objects(term, predicate), key=name))

    above = table(("class", "label", "definition"), (row(term) for term in classes(graph)))
    rows = ([*row(term), ends(term, SCHEMA.domainIncludes), ends(term, SCHEMA.rangeIncludes)] for term in properties(graph))
    return f"## Classes\n\n{above}\n## Properties\n\n{table(('property', 'label', 'definition', 'of', 'to'), rows)}"


def columns(query: query_files.Query) -> list[str]:
    """The columns of a query's answer, in their order."""
    match = _SELECT.search(query.text)
    assert match, query.name
    found, depth, group = [], 0, ""
    for token in re.findall(r"[()]|[^()]+", query.text[match.end() :].split("WHERE", 1)[0]):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0 and token == ")":
            found += _COLUMN.findall(group)[-1:]
            group = ""
        elif depth:
            group += token
        else:
            found += _COLUMN.findall(token)
    return found


def queries() -> str:
    """Each named query: question, parameters, columns."""
    parts = []
    for query in query_files.read_all(ROOT / "queries").values():
        rows = (
            [f"`{param.name}`", param.type + "".join(f" {kind}" for kind in param.kinds), f"{param.about} {param.about_ja}"]
            for param in query.params
        )
        parts.append(
            f"## `{query.name}`\n\n{query.title} / {query.title_ja}\n\n{query.answers}\n\n{query.answers_ja}\n\n"
            + (table(("parameter", "type", "meaning"), rows) + "\n" if query.params else "No parameters.\n\n")
            + "Columns: "
            + ", ".join(f"`{column}`" for column in columns(query))
            + ".\n"
        )
    return "\n".join(parts)


def routes() -> str:
    """Each call of the service, from its OpenAPI document; the named queries, which are calls too, stand on a page of their own."""
    from service.app import create_app

    parts = []
    for path, calls in create_app().openapi()["paths"].items():
        if path.startswith("/queries/"):
            continue
        for method, call in calls.items():
            about = call.get("description") or call.get("summary", "")
            rows = (
                [f"`{param['name']}`", "yes" if param.get("required") else "", param.get("description", "")]
                for param in call.get("parameters", ())
            )
            parts.append(
                f"## `{method.upper()} {path}`\n\n{about}\n\n"
                + (table(("parameter", "required", "meaning"), rows) if call.get("parameters") else "")
            )
    return "\n".join(parts)


def commands() -> str:
    """Each command with its options, from the command line itself."""
    group: Any = typer.main.get_command(command_line)
    parts = []
    for label, command in sorted(group.commands.items()):
        rows = (
            [f"`{' '.join(param.opts) if param.param_type_name == 'option' else param.name.upper()}`", getattr(param, "help", "") or ""]
            for param in command.params
            if param.name != "help"
        )
        parts.append(
            f"## `lode {label}`\n\n{command.help}\n\n" + (table(("argument or option", "meaning"), rows) if command.params else "")
        )
    return "\n".join(parts)


def settings() -> str:
    """Each setting with its default."""
    rows = (
        [f"`{PREFIX}{key.upper()}`", f"`{field.default}`" if field.default not in ("", None) else "", field.description or ""]
        for key, field in Settings.model_fields.items()
    )
    return table(("setting", "default", "meaning"), rows)


def _card(path: Path) -> tuple[Graph, Any]:
    graph = Graph().parse(path, publicID=f"https://w3id.org/lodegraph/doc/table/{path.parent.name}")
    return graph, next(iter(graph.subjects(RDF.type, LODE.Source)))


def _licences(lang: str) -> Iterator[list[str]]:
    for path in sorted((ROOT / "ontology" / "tables").glob("*/source.ttl")):
        graph, card = _card(path)
        publisher = ", ".join(
            sorted(str(value) for value in graph.objects(card, DCTERMS.publisher) if getattr(value, "language", None) in (None, lang))
        )
        cited = " ".join(sorted(str(value) for value in graph.objects(card, DCTERMS.bibliographicCitation)))
        yield [f"`{path.parent.name}`", text(graph, card, RDFS.label, lang), publisher, text(graph, card, DCTERMS.rights, lang), cited]


def licences() -> str:
    """Each table with publisher, rights and how its publisher wants it cited."""
    return table(("table", "what it is", "publisher", "rights", "cited as"), _licences("en"))


def licences_ja() -> str:
    """The same in Japanese."""
    return table(("表", "内容", "発行者", "権利", "引用"), _licences("ja"))


def _readings(lang: str) -> Iterator[list[str]]:
    codes = Graph().parse(ROOT / "ontology" / "codes.ttl")
    read = [_READING.findall(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "ontology").glob("[ft]a*/**/*.ttl"))]
    for code in sorted(codes.subjects(SKOS.inScheme, URIRef("https://w3id.org/lodegraph/code/reading")), key=name):
        count = sum(name(code) in found for found in read)
        yield [text(codes, code, SKOS.prefLabel, lang), text(codes, code, SKOS.definition, lang), str(count)]


def readings() -> str:
    """How documents and tables were read, counted."""
    return table(("read", "meaning", "documents and tables"), _readings("en"))


def readings_ja() -> str:
    """The same in Japanese."""
    return table(("読み取り方", "意味", "文書と表の数"), _readings("ja"))


PARTS: dict[str, Callable[[], str]] = {
    part.__name__: part for part in (diagram, ontology, queries, routes, commands, settings, licences, licences_ja, readings, readings_ja)
}
