"""Cause chains: from an event along the links that documents state to its effects, with what answers each link and what nobody answers.

A link is a stated cause, a sequence in time, or two things set beside each other; the three are never mixed up. Knows the graph and
NetworkX; knows nothing of the web.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..graph.graph import Graph
from .subgraph import about

if TYPE_CHECKING:
    import networkx as nx

KINDS = ("event", "condition", "measure", "line", "dispute", "programme", "meeting")


def chain(graph: Graph, start: str, end: str | None = None, *, causes_only: bool = False, lang: str = "en") -> dict[str, Any]:
    """Every link on a way from ``start`` (to ``end``, where given), in the order of the ways; each with its answers.

    Each link: ``link`` (``leads-to``, ``is-followed-by``, ``is-set-beside``), ``earlier``, ``later``, what is said, certainty, place,
    document, and ``answers``: responses that a document says address its later end. ``unanswered`` lists the later ends that none
    addresses. With ``causes_only``, only stated causes are followed. Raises UnknownName.
    """
    import networkx as nx

    first = str(graph.resolve(start))
    last = str(graph.resolve(end)) if end else None
    net = _links(graph, causes_only, lang)
    reached = {first, *nx.descendants(net, first)} if first in net else {first}
    if last is not None:
        reached &= {last, *nx.ancestors(net, last)} if last in net else set()
    answers: dict[str, list[dict[str, Any]]] = {}
    for row in graph.part("answers", lang=lang):
        entry = {name: row[name] for name in ("certainty", "place", "statement", "document")}
        answers.setdefault(str(row["addressed"]), []).append({"response": about(graph, str(row["response"]), lang), **entry})
    distance = nx.single_source_shortest_path_length(net, first) if first in net else {}
    links = [
        {
            "link": data["link"],
            "earlier": about(graph, earlier, lang),
            "later": about(graph, later, lang),
            **{name: data[name] for name in ("says", "certainty", "place", "statement", "document")},
            "answers": answers.get(later, []),
        }
        for earlier, later, data in sorted(
            net.edges(reached, data=True), key=lambda link: (distance[link[0]], distance[link[1]], str(link[2]["statement"]))
        )
        if later in reached
    ]
    ends = sorted({link["later"]["iri"] for link in links}, key=lambda node: (distance[node], node))
    return {
        "start": about(graph, first, lang),
        "end": about(graph, last, lang) if last else None,
        "links": links,
        "unanswered": [about(graph, node, lang) for node in ends if node not in answers],
        "graph": {
            "nodes": [about(graph, node, lang) for node in sorted({first, *ends})],
            "edges": [{"source": link["earlier"]["iri"], "target": link["later"]["iri"], "relation": link["link"]} for link in links],
        },
    }


def _links(graph: Graph, causes_only: bool, lang: str) -> nx.MultiDiGraph[str]:
    import networkx as nx

    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for row in graph.part("links", lang=lang):
        if row["link"] == "leads-to" or not causes_only:
            net.add_edge(str(row["earlier"]), str(row["later"]), **row)
    return net
