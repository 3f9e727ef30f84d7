"""How to cite: a source, or a statement, series or figure in it, with the place where it stands. Knows the graph; knows no page."""

from __future__ import annotations

from typing import Any

from kg import Graph
from kg.graph.graph import unknown
from kg.namespaces import DOC
from kg.views import lookup

TITLE = {"en": "Lodegraph, a knowledge graph of critical-mineral policy", "ja": "Lodegraph（重要鉱物政策の知識グラフ）"}


def cite(graph: Graph, name: str, lang: str = "en") -> dict[str, Any]:
    """A source (path or IRI) or what stands in it (``path#name`` or IRI): the reference to it, its locator, and its licence.

    ``reference`` is a line for a list of references, ``locator`` the place in the source. Raises UnknownName.
    """
    path, hash_, part = name.removeprefix(DOC).partition("#")
    source = str(graph.resolve(path, ["document"])) if not hash_ or DOC + path not in graph.names else DOC + path
    about: dict[str, list[str]] = {}
    for item in lookup.thing(graph, source, lang)["properties"]:
        about.setdefault(item["property"].removeprefix("dcterms:"), []).append(str(item["value_label"] or item["value"]))
    found = _within(graph, f"{source}#{part}", lang) if hash_ else {}
    authors = ", ".join(about.get("creator") or about.get("publisher") or about.get("issuedBy") or [])
    title, issued = graph.label(source, lang), (about.get("issued") or about.get("date") or [""])[0]
    locator = found.get("place") or (f"line {found['line']}" if found.get("line") else "")
    reference = ". ".join(filter(None, (authors, title if issued in title or not issued else f"{title} ({issued})", locator)))
    return {
        "reference": f"{reference}. {TITLE[lang]}, {graph.version[:16]}, {source}{hash_}{part}",
        "title": title,
        "authors": authors,
        "issued": issued,
        "locator": locator,
        **found,
        "statement": f"{source}#{part}" if hash_ else None,
        "document": source,
        "iri": f"<{source}{hash_}{part}>",
        "addresses": about.get("source", []),
        "citation_asked_for": about.get("bibliographicCitation", []),
        "rights": about.get("rights", []),
        "read": about.get("reading", []),
    }


def _within(graph: Graph, iri: str, lang: str) -> dict[str, Any]:
    rows = graph.part("cited", iri=iri, lang=lang)
    if not rows:
        said = [str(row["statement"]) for row in graph.part("statements-of-source", source=iri.partition("#")[0], lang=lang)]
        raise unknown("statement, series or figure", iri.removeprefix(DOC), (name.removeprefix(DOC) for name in said))
    return {key: rows[0][key] for key in ("label", "says", "certainty", "place", "of", "year", "line")}
