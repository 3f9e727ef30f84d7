"""The drawing as JSON: for Cytoscape (two ways), for D3 and for NetworkX. Knows these formats; knows nothing of the graph."""

from __future__ import annotations

import json
from typing import Any

from ..layout.columns import layout
from ..layout.elements import EDGE_NUMBERS, EDGE_TEXTS, NODE_TEXTS, Drawing, Item


def cyjs(drawing: Drawing) -> bytes:
    """Cytoscape JSON, for Cytoscape and Cytoscape.js, in columns; NetworkX reads it with ``nx.cytoscape_graph``."""
    places = layout(drawing.net, drawing.lang).places
    nodes = []
    for node in drawing.nodes:
        data = {**node, "name": node["label"], "shared_name": node["id"], "value": node["id"]}
        place = places[drawing.iris[str(node["id"])]]
        nodes.append({"data": data, "position": {"x": round(place.x, 1), "y": round(place.y, 1)}})
    edges = []
    for edge in drawing.edges:
        relation = edge.get("relation", "")
        name = f"{edge['source']} ({relation}) {edge['target']}"
        own = {"key": edge["id"], "interaction": relation, "shared_interaction": relation, "name": name, "shared_name": name}
        edges.append({"data": {**edge, **own}})
    head = {"format_version": "1.0", "generated_by": "Lodegraph", "target_cytoscapejs_version": "~3.0"}
    about = {"name": "Lodegraph", "shared_name": "Lodegraph", "about": drawing.about}
    return _json({**head, "directed": True, "multigraph": True, "data": about, "elements": {"nodes": nodes, "edges": edges}})


def d3(drawing: Drawing) -> bytes:
    """JSON with ``nodes`` and ``links``, as D3 wants them; NetworkX reads it with ``nx.node_link_graph(data, edges="links")``."""
    return _node_link(drawing, "links")


def networkx(drawing: Drawing) -> bytes:
    """JSON with ``nodes`` and ``edges``, as NetworkX reads it with ``nx.node_link_graph(data, edges="edges")``, since 3.6 its default."""
    return _node_link(drawing, "edges")


def _node_link(drawing: Drawing, name: str) -> bytes:
    edges = [{**{k: v for k, v in edge.items() if k != "id"}, "key": edge["id"]} for edge in drawing.edges]
    return _json({"directed": True, "multigraph": True, "graph": {"about": drawing.about}, "nodes": drawing.nodes, name: edges})


def cx2(drawing: Drawing) -> bytes:
    """CX2, for Cytoscape and NDEx: a list of aspects. Ids are whole numbers, the drawing's own id is an attribute, places are columns."""
    places = layout(drawing.net, drawing.lang).places
    numbers = {node["id"]: number for number, node in enumerate(drawing.nodes)}
    nodes = []
    for node in drawing.nodes:
        place = places[drawing.iris[str(node["id"])]]
        values = {"name": node["label"], "thing": node["id"], **_without(node, "id")}
        nodes.append({"id": numbers[node["id"]], "x": round(place.x, 1), "y": round(place.y, 1), "v": values})
    edges = []
    for number, edge in enumerate(drawing.edges):
        values = {"interaction": edge.get("relation", ""), **_without(edge, "id", "source", "target")}
        edges.append({"id": number, "s": numbers[edge["source"]], "t": numbers[edge["target"]], "v": values})
    counts = [{"name": name, "elementCount": len(items)} for name, items in (("nodes", nodes), ("edges", edges))]
    single = ("attributeDeclarations", "networkAttributes", "visualProperties")
    counts += [{"name": name, "elementCount": 1} for name in single]
    aspects: list[dict[str, Any]] = [
        {"CXVersion": "2.0", "hasFragments": False},
        {"metaData": counts},
        {"attributeDeclarations": [_declared()]},
        {"networkAttributes": [{"name": "Lodegraph", "description": drawing.about}]},
        {"nodes": nodes},
        {"edges": edges},
        {"visualProperties": [_STYLE]},
        {"status": [{"error": "", "success": True}]},
    ]
    return _json(aspects)


def _declared() -> dict[str, Any]:
    text = {"d": "string"}
    nodes = dict.fromkeys(("name", "thing", *NODE_TEXTS), text)
    edges = dict.fromkeys(("interaction", *EDGE_TEXTS), text) | {name: {"d": "double"} for name in EDGE_NUMBERS}
    return {"networkAttributes": {"name": text, "description": text}, "nodes": nodes, "edges": edges}


_STYLE = {
    "default": {
        "network": {"NETWORK_BACKGROUND_COLOR": "#FFFFFF"},
        "node": {"NODE_SHAPE": "round-rectangle", "NODE_WIDTH": 140, "NODE_HEIGHT": 36, "NODE_BACKGROUND_COLOR": "#EEF3F8"},
        "edge": {"EDGE_TARGET_ARROW_SHAPE": "triangle", "EDGE_LINE_COLOR": "#888888"},
    },
    "nodeMapping": {"NODE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "label", "type": "string"}}},
    "edgeMapping": {"EDGE_LABEL": {"type": "PASSTHROUGH", "definition": {"attribute": "relation", "type": "string"}}},
}


def _without(item: Item, *names: str) -> Item:
    return {name: value for name, value in item.items() if name not in names}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
