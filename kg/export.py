"""The graph, or what surrounds one thing, as a file for another tool.

    kg.export.write(graph, "gexf", center="dysprosium", depth=2)

``start`` and ``end`` are days, YYYY-MM-DD. ``end`` is the first day after the last, except in GEXF and Mermaid, which show the last day.
``share`` is in percent and a lower bound where the source gives one. ``weight`` is for drawing only: the share, but at least 1, and 1 where
no share is stated. Knows the network of ``kg.network`` and the formats; knows nothing of the web.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .drawing import Drawing, Item, draw, last_day
from .errors import BadParameter
from .export_xml import gexf, graphml
from .graph import Graph, unknown
from .network import network
from .terms import KINDS

if TYPE_CHECKING:
    import networkx as nx

MAX_DEPTH = 4
MAX_MERMAID_EDGES = 450  # Mermaid's readers refuse 500
MAX_MERMAID_SIZE = 50_000  # and more than this many UTF-16 units of text
COLUMN, ROW = 320, 70  # distances of Cytoscape's first layout, in pixels

# Characters that mean something to Mermaid or to the Markdown in its labels.
_MERMAID = re.compile(r"[!-$&*:-@\[-`{-~]|\.(?!\d)|^[-+]")


@dataclass(frozen=True)
class Format:
    """A file format: its media type, its file extension without dot, what it is for, and its writer."""

    media_type: str
    extension: str
    description: str
    write: Callable[[Drawing], bytes]


def write(
    graph: Graph,
    format: str,
    *,
    center: str | None = None,
    depth: int = 1,
    as_of: datetime.date | None = None,
    lang: str = "en",
) -> bytes:
    """The whole network as a file in a format of FORMATS, or what lies within ``depth`` edges (0 to 4) of ``center``.

    ``center`` is a slug, ``kind/slug`` or IRI; ``as_of`` as in ``kg.network.network``; ``lang`` is the language of ``label`` and of places.
    The same graph gives the same bytes. Raises UnknownName (format, center) and BadParameter (depth, lang, nothing linked, too big).
    """
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    _check_depth(depth)
    iri = graph.resolve(center) if center is not None else None
    net = network(graph, as_of, lang)
    if iri is not None:
        net = neighbourhood(net, iri, depth)
    about = [f"Lodegraph, data version {graph.version}"]
    about += [f"within {depth} of {iri}"] if iri is not None else []
    about += [f"as of {as_of.isoformat()}"] if as_of else []
    return serialise(net, format, lang=lang, about=", ".join(about))


def serialise(net: nx.MultiDiGraph[str], format: str, *, lang: str = "en", about: str = "") -> bytes:
    """A network such as ``kg.network`` gives, as a file. Raises UnknownName, and BadParameter where it is too big for the format."""
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
    return FORMATS[format].write(draw(net, lang, about))


def neighbourhood(net: nx.MultiDiGraph[str], center_iri: str, depth: int) -> nx.MultiDiGraph[str]:
    """What lies within ``depth`` edges of a thing, in either direction, with all edges among it. Raises BadParameter."""
    import networkx as nx

    _check_depth(depth)
    if center_iri not in net:
        raise BadParameter(f"Nothing is linked to {center_iri}.", "Name another center, or leave out as_of.", parameter="center")
    near: nx.MultiDiGraph[str] = nx.ego_graph(net, center_iri, radius=depth, undirected=True)
    return near


def _check_depth(depth: int) -> None:
    if not 0 <= depth <= MAX_DEPTH:
        raise BadParameter(f"depth is {depth}.", f"It must be from 0 to {MAX_DEPTH}.", parameter="depth")


def dot(drawing: Drawing) -> bytes:
    """Graphviz DOT. Nodes have their kind as ``class`` and edges their relation as ``label``; every id and text is quoted."""
    lines = ["digraph lodegraph {", f"  graph [rankdir=LR, comment={_quoted(drawing.about)}];"]
    lines += [f'  {part} [fontname="Noto Sans CJK JP"];' for part in ("node", "edge")]
    for node in drawing.nodes:
        lines.append(f"  {_quoted(node['id'])} [{_attributes({**node, 'class': node.get('kind', 'thing')}, ('id',))}];")
    for edge in drawing.edges:
        ends = f"{_quoted(edge['source'])} -> {_quoted(edge['target'])}"
        lines.append(f"  {ends} [{_attributes({**edge, 'label': edge.get('relation', '')}, ('id', 'source', 'target'))}];")
    return _utf8([*lines, "}"])


def cyjs(drawing: Drawing) -> bytes:
    """Cytoscape JSON, for Cytoscape and Cytoscape.js: a column for each kind of thing; NetworkX reads it with ``nx.cytoscape_graph``."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    rows: dict[int, int] = {}
    nodes = []
    for node in drawing.nodes:
        column = order.get(str(node.get("kind")), len(order))
        rows[column] = rows.get(column, -1) + 1
        data = {**node, "name": node["label"], "shared_name": node["id"], "value": node["id"]}
        nodes.append({"data": data, "position": {"x": column * COLUMN, "y": rows[column] * ROW}})
    edges = []
    for edge in drawing.edges:
        relation = edge.get("relation", "")
        name = f"{edge['source']} ({relation}) {edge['target']}"
        own = {"key": edge["id"], "interaction": relation, "shared_interaction": relation, "name": name, "shared_name": name}
        edges.append({"data": {**edge, **own}})
    head = {"format_version": "1.0", "generated_by": "Lodegraph", "target_cytoscapejs_version": "~3.0"}
    about = {"name": "Lodegraph", "shared_name": "Lodegraph", "about": drawing.about}
    return _json({**head, "directed": True, "multigraph": True, "data": about, "elements": {"nodes": nodes, "edges": edges}})


def node_link(drawing: Drawing) -> bytes:
    """JSON with ``nodes`` and ``links``, as D3 wants them; NetworkX reads it with ``nx.node_link_graph(data, edges="links")``."""
    links = [{**{k: v for k, v in edge.items() if k != "id"}, "key": edge["id"]} for edge in drawing.edges]
    return _json({"directed": True, "multigraph": True, "graph": {"about": drawing.about}, "nodes": drawing.nodes, "links": links})


def mermaid(drawing: Drawing) -> bytes:
    """A Mermaid flowchart with shares and days in its labels, and each node a link to its IRI. Raises BadParameter where it is too big."""
    if len(drawing.edges) > MAX_MERMAID_EDGES:
        raise _too_big(f"Mermaid cannot show these {len(drawing.edges)} edges: at most {MAX_MERMAID_EDGES} are possible.")
    names = {node["id"]: f"n{number}" for number, node in enumerate(drawing.nodes)}
    about = re.sub("[{}]", "", drawing.about)  # %%{...}%% would be an order to Mermaid, even in a comment
    lines = [f"%% {about}", "flowchart LR"]
    lines += [f'  {names[node["id"]]}["{_mermaid(node, "label")}"]' for node in drawing.nodes]
    lines += [f'  {names[e["source"]]} -->|"{_mermaid(e, "relation")}"| {names[e["target"]]}' for e in drawing.edges]
    lines += [f'  click {names[node["id"]]} href "{node["iri"]}"' for node in drawing.nodes if _is_web(node)]
    text = _utf8(lines)
    size = len(text.decode().encode("utf-16-le")) // 2
    if size > MAX_MERMAID_SIZE:
        raise _too_big(f"Mermaid cannot show these {size:,} characters: at most {MAX_MERMAID_SIZE:,} are possible.")
    return text


def _mermaid(item: Item, name: str) -> str:
    parts = [_MERMAID.sub(lambda found: f"#{ord(found[0])};", str(item.get(name, "")))]
    if "share" in item:
        parts.append(f"{item['share']:g} %")
    if "start" in item or "end" in item:
        parts.append(f"{item.get('start', '..')}/{last_day(item['end']) if 'end' in item else '..'}")
    return " ".join(parts)


def _is_web(node: Item) -> bool:
    return re.fullmatch(r"https?://[^\s\"<>;]+", str(node["iri"])) is not None


def _too_big(detail: str) -> BadParameter:
    return BadParameter(detail, "Name a center, or a smaller depth.", parameter="format")


def _attributes(item: Item, without: tuple[str, ...]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in sorted(item.items()) if name not in without)


def _quoted(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf8(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


FORMATS = {
    "graphml": Format("application/graphml+xml", "graphml", "GraphML, for Gephi, Cytoscape, igraph and NetworkX", graphml),
    "gexf": Format("application/gexf+xml", "gexf", "GEXF 1.3 with a time line, for Gephi; ends are last days", gexf),
    "dot": Format("text/vnd.graphviz", "dot", "DOT, for Graphviz", dot),
    "cyjs": Format("application/json", "cyjs", "Cytoscape JSON, for Cytoscape and Cytoscape.js", cyjs),
    "json": Format("application/json", "json", "Node-link JSON, for D3 and NetworkX", node_link),
    "mermaid": Format("text/vnd.mermaid", "mmd", "Mermaid flowchart, for Obsidian, GitHub and documents; up to 450 edges", mermaid),
}
