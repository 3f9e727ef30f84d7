"""Pieces of an answer: a thing, a share in bounds, an edge with its statements, the part of a network to draw.

Knows the graph and the shape of ``kg.network.graphs.needs``; knows no algorithm and no web.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..graph.graph import Graph
from ..namespaces import DOC, INFERRED, STATES, kind_of, slug_of

if TYPE_CHECKING:
    import networkx as nx

CLOSE = 1e-9


def about(graph: Graph, iri: str, lang: str) -> dict[str, str]:
    """A thing in an answer: iri, kind, slug, label."""
    return {"iri": iri, "kind": kind_of(iri), "slug": slug_of(iri), "label": graph.label(iri, lang)}


def bounds(low: float, high: float) -> dict[str, Any]:
    """A share (0..1) as percent: ``low``, ``high``, and whether it is ``exact``, ``bounded`` or ``unknown``."""
    share = "exact" if high - low < CLOSE else "unknown" if low <= 0 and high >= 1 else "bounded"
    return {"low": round(low * 100, 4), "high": round(high * 100, 4), "share": share}


def steps(graph: Graph, net: nx.DiGraph[str], way: Sequence[str], lang: str) -> list[dict[str, Any]]:
    """The edges along a way, each with its labels and the statements that it rests on."""
    return [edge(graph, net, source, target, lang) for source, target in pairwise(way) if net.has_edge(source, target)]


def edge(graph: Graph, net: nx.DiGraph[str], source: str, target: str, lang: str) -> dict[str, Any]:
    """One edge: ends, relations, bounds of the share where it leads to a supplier, and its statements with document, place, certainty."""
    data = net.edges[source, target]
    return {
        "source": source,
        "source_label": graph.label(source, lang),
        "target": target,
        "target_label": graph.label(target, lang),
        "relations": sorted({str(claim["relation"]) for claim in data["all"]}),
        **(bounds(data["low"], data["high"]) if data["supply"] else {"low": None, "high": None, "share": None}),
        "statements": [
            {
                "statement": str(claim["statement"]),
                "document": str(claim["document"]),
                "place": claim["place"],
                "certainty": claim["certainty"],
                "share": claim["share"],
                "exact": claim["exact"],
                "origin": "computed" if claim.get("computed") else origin(str(claim["document"])),
            }
            for claim in data["all"]
        ],
    }


def origin(document: str) -> str:
    """Where a statement comes from: ``stated`` by a document, ``reference`` data, or ``inferred`` by a rule."""
    return "inferred" if document in (INFERRED, STATES) else "reference" if document.startswith(f"{DOC}reference/") else "stated"


def part(graph: Graph, net: nx.DiGraph[str], nodes: Iterable[str], lang: str) -> dict[str, Any]:
    """The part of a network between these nodes, in node-link form."""
    within = net.subgraph([node for node in nodes if node in net])
    return {
        "nodes": [about(graph, node, lang) for node in sorted(within)],
        "edges": [edge(graph, net, source, target, lang) for source, target in sorted(within.edges)],
    }
