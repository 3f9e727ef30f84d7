"""The drawing as GraphML, plain and for yEd, and as GEXF 1.3. Knows these formats and what their readers stumble over; not the graph."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from ..layout.columns import Place, layout
from ..layout.elements import EDGE_NUMBERS, EDGE_TEXTS, NODE_TEXTS, Drawing, Item, last_day

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
GEXF = "http://gexf.net/1.3"
YED = "http://www.yworks.com/xml/graphml"

# Parts of GEXF's own vocabulary are XML attributes there; the rest are declared attributes.
_GEXF_OWN = ("label", "start", "end", "weight")


def graphml(drawing: Drawing) -> bytes:
    """GraphML for Gephi, Cytoscape, igraph and NetworkX: one key for each attribute of nodes and of edges; ``end`` as in the drawing."""
    return _bytes(_graphml(drawing))


def graphml_yed(drawing: Drawing) -> bytes:
    """GraphML with boxes, labels and places, in columns, that yEd shows as they are; other readers take it as plain GraphML."""
    places = layout(drawing.net, drawing.lang).places
    root = _graphml(drawing)
    root.set("xmlns:y", YED)
    for owner in ("edge", "node"):
        root.insert(1, ET.Element("key", {"id": f"{owner}-graphics", "for": owner, "yfiles.type": f"{owner}graphics"}))
    for node in root.iter("node"):
        place = places[drawing.iris[str(node.get("id"))]]
        _shape(ET.SubElement(node, "data", {"key": "node-graphics"}), place)
    relations = {str(edge["id"]): str(edge.get("relation", "")) for edge in drawing.edges}
    for edge in root.iter("edge"):
        line = ET.SubElement(ET.SubElement(edge, "data", {"key": "edge-graphics"}), "y:PolyLineEdge")
        ET.SubElement(line, "y:LineStyle", {"color": "#888888", "type": "line", "width": "1.0"})
        ET.SubElement(line, "y:Arrows", {"source": "none", "target": "standard"})
        ET.SubElement(line, "y:EdgeLabel", {"fontSize": "9"}).text = relations[str(edge.get("id"))]
    return _bytes(root)


def _shape(data: ET.Element, place: Place) -> None:
    shape = ET.SubElement(data, "y:ShapeNode")
    sides = {"x": place.left, "y": place.top, "width": place.width, "height": place.height}
    ET.SubElement(shape, "y:Geometry", {name: f"{value:.1f}" for name, value in sides.items()})
    ET.SubElement(shape, "y:Fill", {"color": "#EEF3F8", "transparent": "false"})
    ET.SubElement(shape, "y:NodeLabel", {"fontSize": "12"}).text = "\n".join(place.lines)
    ET.SubElement(shape, "y:Shape", {"type": "roundrectangle"})


def _graphml(drawing: Drawing) -> ET.Element:
    root = ET.Element("graphml", {"xmlns": GRAPHML})
    ET.SubElement(root, "desc").text = drawing.about
    for owner, names, kind in (("node", NODE_TEXTS, "string"), ("edge", EDGE_TEXTS, "string"), ("edge", EDGE_NUMBERS, "double")):
        for name in names:
            ET.SubElement(root, "key", {"id": f"{owner}-{name}", "for": owner, "attr.name": name, "attr.type": kind})
    top = ET.SubElement(root, "graph", {"id": "lodegraph", "edgedefault": "directed"})
    for node in drawing.nodes:
        _data(ET.SubElement(top, "node", {"id": str(node["id"])}), "node", node, NODE_TEXTS)
    for edge in drawing.edges:
        ends = {name: str(edge[name]) for name in ("id", "source", "target")}
        _data(ET.SubElement(top, "edge", ends), "edge", edge, (*EDGE_TEXTS, *EDGE_NUMBERS))
    return root


def gexf(drawing: Drawing) -> bytes:
    """GEXF 1.3 for Gephi, with intervals on its time line; those of GEXF 1.3 include their end, so ``end`` is the last day.

    ``kind`` of an edge is its relation: Gephi keeps parallel edges apart by it.
    """
    root = ET.Element("gexf", {"xmlns": GEXF, "version": "1.3"})
    meta = ET.SubElement(root, "meta")
    ET.SubElement(meta, "creator").text = "Lodegraph"
    ET.SubElement(meta, "description").text = drawing.about
    dynamic = {"mode": "dynamic", "timeformat": "date", "timerepresentation": "interval"}
    top = ET.SubElement(root, "graph", {"defaultedgetype": "directed", **dynamic})
    for owner, texts, numbers in (("node", NODE_TEXTS, ()), ("edge", EDGE_TEXTS, EDGE_NUMBERS)):
        declared = ET.SubElement(top, "attributes", {"class": owner, "mode": "static"})
        for name in _declared((*texts, *numbers)):
            kind = "double" if name in numbers else "string"
            ET.SubElement(declared, "attribute", {"id": f"{owner}-{name}", "title": name, "type": kind})
    nodes = ET.SubElement(top, "nodes")
    for node in drawing.nodes:
        own = {name: str(node[name]) for name in ("id", "label")}
        _values(ET.SubElement(nodes, "node", {**own, **_interval(node)}), "node", node, NODE_TEXTS)
    edges = ET.SubElement(top, "edges")
    for edge in drawing.edges:
        own = {name: str(edge[name]) for name in ("id", "source", "target", "weight")}
        relation = str(edge.get("relation", ""))
        named = {"kind": relation, "label": relation} if relation else {}
        _values(ET.SubElement(edges, "edge", {**own, **named, **_interval(edge)}), "edge", edge, (*EDGE_TEXTS, *EDGE_NUMBERS))
    return _bytes(root)


def _data(element: ET.Element, owner: str, item: Item, names: Sequence[str]) -> None:
    for name in names:
        if name in item:
            ET.SubElement(element, "data", {"key": f"{owner}-{name}"}).text = str(item[name])


def _values(element: ET.Element, owner: str, item: Item, names: Sequence[str]) -> None:
    present = [name for name in _declared(names) if name in item]
    if present:
        values = ET.SubElement(element, "attvalues")
        for name in present:
            ET.SubElement(values, "attvalue", {"for": f"{owner}-{name}", "value": str(item[name])})


def _declared(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in _GEXF_OWN]


def _interval(item: Item) -> dict[str, str]:
    start = {"start": str(item["start"])} if "start" in item else {}
    return {**start, "end": last_day(item["end"])} if "end" in item else start


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
