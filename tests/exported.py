"""What readers find in exported files, told in one form, and a network by hand whose labels break writers."""

from __future__ import annotations

import datetime
import io
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pydot

from kg.namespaces import DOC, ID

DAY = datetime.timedelta(days=1)
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
GEXF = "{http://gexf.net/1.3}"
HOSTILE = {
    f"{ID}end": 'He said "end" & left',
    f"{ID}mineral/a:b/c": "<b>bold</b> -->|x| y; %%{init: {}}%%",
    f"{ID}mineral/レア": "back\\slash\\",
    f"{ID}measure/graph": "two\nlines\tand\x00control\x07s\x85\ufffe\u2028end",
    f"{ID}measure/none": "1. #quot; (`$$x$$`) style a:b#c; [x]{y}",
    f"{ID}country/x": "None of it",
    f"{ID}product/formula": '=HYPERLINK("x","y")|a',
    f"{ID}product/signs": "@SUM(A1), +1; -1",
    f"{ID}component/rtl": "عنصر «نادر» (A)",
    f"{ID}component/emoji": "👩‍🔬 レア 🧲",
}
CLEAN = {**HOSTILE, f"{ID}measure/graph": "two lines and control s end"}

Span = tuple[str | None, str | None]


@dataclass
class Content:
    """What a reader finds: Japanese label and span by IRI; how often each (source, relation, target, share, start, end) is there."""

    nodes: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    edges: Counter[tuple[Any, ...]] = field(default_factory=Counter)


def content(net: nx.MultiDiGraph[str]) -> Content:
    """The same of a network."""
    found = Content()
    for iri, data in net.nodes(data=True):
        found.nodes[iri] = (CLEAN.get(iri, data["label_ja"]), *span(data))
    for source, target, data in net.edges(data=True):
        found.edges[source, data["relation"], target, data["share"], *span(data)] += 1
    return found


def span(data: dict[str, Any], *, inclusive: bool = False) -> Span:
    start, end = (str(data[name]) if data.get(name) else None for name in ("start", "end"))
    if end and inclusive:
        end = (datetime.date.fromisoformat(end) + DAY).isoformat()
    return start, end


def gather(nodes: dict[Any, dict[str, Any]], edges: Iterable[tuple[Any, Any, dict[str, Any]]], *, inclusive: bool = False) -> Content:
    found = Content()
    for data in nodes.values():
        assert data["iri"] not in found.nodes
        found.nodes[data["iri"]] = (data["label_ja"], *span(data, inclusive=inclusive))
    for source, target, data in edges:
        assert data.get("weight") == max(1.0, data.get("share") or 1.0)
        ends = (nodes[source]["iri"], data["relation"], nodes[target]["iri"])
        found.edges[*ends, data.get("share"), *span(data, inclusive=inclusive)] += 1
    return found


def of_networkx(net: nx.Graph[Any], *, inclusive: bool = False) -> Content:
    assert net.is_directed()
    return gather(dict(net.nodes(data=True)), net.edges(data=True), inclusive=inclusive)


def graphml_by_networkx(body: bytes, folder: Path) -> Content:
    return of_networkx(nx.read_graphml(io.BytesIO(body)))


def graphml_by_igraph(body: bytes, folder: Path) -> Content:
    (folder / "x.graphml").write_bytes(body)
    read = igraph.Graph.Read_GraphML(str(folder / "x.graphml"))
    nodes = {node.index: node.attributes() for node in read.vs}
    edges = ((e.source, e.target, {k: None if v != v else v for k, v in e.attributes().items()}) for e in read.es)  # noqa: PLR0124  # NaN
    return gather(nodes, edges)


def gexf_by_networkx(body: bytes, folder: Path) -> Content:
    return of_networkx(nx.read_gexf(io.BytesIO(body)), inclusive=True)


def dot_by_pydot(body: bytes, folder: Path) -> Content:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* deprecated - use .*", DeprecationWarning)  # pydot 4 calls pyparsing 3 by its old names
        (read,) = pydot.graph_from_dot_data(body.decode())
    nodes = {
        _plain(n.get_name()): _plain_all(n.get_attributes()) for n in read.get_nodes() if n.get_name() not in ("node", "edge", "graph")
    }
    edges = ((_plain(e.get_source()), _plain(e.get_destination()), _plain_all(e.get_attributes())) for e in read.get_edges())
    return gather(nodes, edges)


def _plain(quoted: str) -> str:
    assert quoted[0] == quoted[-1] == '"'
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])


def _plain_all(attributes: dict[str, str]) -> dict[str, Any]:
    return {k: float(_plain(v)) if k in ("share", "weight") else _plain(v) for k, v in attributes.items()}


def cyjs_by_networkx(body: bytes, folder: Path) -> Content:
    return of_networkx(nx.cytoscape_graph(json.loads(body)))


def json_by_networkx(body: bytes, folder: Path) -> Content:
    return of_networkx(nx.node_link_graph(json.loads(body), edges="links"))


QUOTED = r'"((?:[^"#\n]|#\d+;)*)"'  # a label: what Mermaid's text state takes, `#` only in a numeric entity
NODE_LINE = re.compile(rf"  (n\d+)\[{QUOTED}\]")
EDGE_LINE = re.compile(rf"  (n\d+) -->\|{QUOTED}\| (n\d+)")
LINK_LINE = re.compile(r'  click (n\d+) href "(https?://[^\s"<>;]+)"')
SPAN = re.compile(r" (\d{4}-\d{2}-\d{2}|\.\.)/(\d{4}-\d{2}-\d{2}|\.\.)$")
SHARE = re.compile(r" (?:≥ )?(\d+(?:\.\d+)?) %$")


def json_by_networkx_default(body: bytes, folder: Path) -> Content:
    return of_networkx(nx.node_link_graph(json.loads(body), edges="edges"))


def mermaid_strictly(body: bytes, folder: Path) -> Content:
    """Reads only the four kinds of line that are written; everything else is an error."""
    comment, head, *lines = body.decode().removesuffix("\n").split("\n")
    assert re.fullmatch("%% [^{}]*", comment)
    assert head == "flowchart LR"
    nodes, edges, links = {}, [], {}
    for line in lines:
        if found := NODE_LINE.fullmatch(line):
            nodes[found[1]] = _entities(found[2])
        elif found := EDGE_LINE.fullmatch(line):
            edges.append((found[1], _entities(found[2]), found[3]))
        else:
            found = LINK_LINE.fullmatch(line)
            assert found, line
            links[found[1]] = found[2]
    return _of_mermaid(nodes, edges, links)


def _of_mermaid(nodes: dict[str, str], edges: list[tuple[str, str, str]], links: dict[str, str]) -> Content:
    found = Content()
    for name, text in nodes.items():
        label, span = _cut_span(text)
        found.nodes[links[name]] = (label, *span)
    for source, text, target in edges:
        label, span = _cut_span(text)
        share = SHARE.search(label)
        found.edges[links[source], SHARE.sub("", label), links[target], float(share[1]) if share else None, *span] += 1
    return found


def _entities(text: str) -> str:
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


def _cut_span(text: str) -> tuple[str, Span]:
    found = SPAN.search(text)
    days = {name: found[place] for place, name in ((1, "start"), (2, "end")) if found[place] != ".."} if found else {}
    return SPAN.sub("", text), span(days, inclusive=True)


def hostile_net() -> nx.MultiDiGraph[str]:
    """A network by hand: labels that break writers, parallel edges, a loop, every combination of known and unknown days."""
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    days = [
        (None, None),
        (datetime.date(2010, 7, 1), datetime.date(2015, 1, 1)),
        (datetime.date(2010, 7, 1), None),
        (None, datetime.date(2012, 3, 1)),
    ]
    for number, (iri, label) in enumerate(HOSTILE.items()):
        start, end = days[number % 4]
        net.add_node(iri, kind=iri.removeprefix(ID).split("/")[0], label_en=f"{label} (en)", label_ja=label, start=start, end=end)
    names = list(HOSTILE)
    for number, (source, target) in enumerate([(0, 1), (0, 1), (1, 0), (2, 3), (3, 3), (4, 0), (5, 4)]):
        start, end = days[number % 4]
        given = {"statement": f"{DOC}x#{number}", "document": f"{DOC}x", "certainty": "stated", "place": None if number else 'p. "1" <&>'}
        share = [91.3, None, 0.0, None][number % 4]
        net.add_edge(names[source], names[target], relation=["suppliedBy", "uses"][number % 2], start=start, end=end, share=share, **given)
    return net


READERS: list[tuple[str, Callable[[bytes, Path], Content]]] = [
    ("graphml", graphml_by_networkx),
    ("graphml", graphml_by_igraph),
    ("graphml-yed", graphml_by_networkx),
    ("graphml-yed", graphml_by_igraph),
    ("gexf", gexf_by_networkx),
    ("dot", dot_by_pydot),
    ("cyjs", cyjs_by_networkx),
    ("json", json_by_networkx),
    ("json-networkx", json_by_networkx_default),
    ("mermaid", mermaid_strictly),
]
