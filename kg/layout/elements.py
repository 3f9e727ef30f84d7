"""A network as plain sorted nodes and edges, ready to be written to a file in any format.

Texts are one line and legal in XML; what is unknown is absent. Knows the shape of ``kg.network.graphs.network``, no file format.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..namespaces import ID

if TYPE_CHECKING:
    import networkx as nx

Value = str | float
Item = dict[str, Value]

NODE_TEXTS = ("label", "label_en", "label_ja", "kind", "iri", "start", "end")
EDGE_TEXTS = ("relation", "source_id", "document", "certainty", "place", "start", "end", "share_bound")
EDGE_NUMBERS = ("share", "weight")

# Control characters, line separators, halves of surrogate pairs and what XML forbids, with the spaces around them.
_NOT_ONE_LINE = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_NOT_IN_ID = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True)
class Drawing:
    """Nodes and edges in a fixed order, and one line on what they are.

    Nodes: ``id`` and those of NODE_TEXTS that are known. Edges: ``id``, ``source``, ``target`` (ids of nodes), ``weight``, and those of
    EDGE_TEXTS and EDGE_NUMBERS that are known. Days are written YYYY-MM-DD; ``end`` is the first day after the last;
    ``share_bound`` says whether a share is ``exact`` or a ``lower`` bound. ``net`` is what is
    drawn, ``iris`` its node of each id, ``kinds`` the name of each kind in the language where that is known.
    """

    nodes: list[Item]
    edges: list[Item]
    about: str
    lang: str
    net: nx.MultiDiGraph[str]
    iris: dict[str, str]
    kinds: Mapping[str, str]


def draw(net: nx.MultiDiGraph[str], lang: str = "en", about: str = "", kinds: Mapping[str, str] | None = None) -> Drawing:
    """The drawing of a network such as ``kg.network.graphs.network`` gives; ``label`` is the label in the language."""
    nodes = [_node(iri, data, lang) for iri, data in net.nodes(data=True)]
    edges = [_edge(source, target, data) for source, target, data in net.edges(data=True)]
    edges.sort(key=_order)
    for number, edge in enumerate(edges):
        edge["id"] = f"e{number}"
    nodes.sort(key=lambda node: str(node["id"]))
    return Drawing(nodes, edges, one_line(about), lang, net, {node_id(iri): iri for iri in net}, kinds or {})


def node_id(iri: str) -> str:
    """Id of a thing in a file, such as ``mineral.dysprosium``: a different one for every IRI, and an NMTOKEN of XML."""
    kind, between, slug = iri.removeprefix(ID).partition("/") if iri.startswith(ID) else (iri, "", "")
    return _escaped(kind) + ("." if between else "") + _escaped(slug)


def one_line(text: str) -> str:
    """A text with each run of white space and control characters turned into one space."""
    return _NOT_ONE_LINE.sub(" ", text).strip(" ")


def share_of(edge: Item) -> str:
    """The share of an edge in words, such as ``91.3 %`` or ``≥ 50 %``; empty where none is stated."""
    return f"{'' if edge.get('share_bound') == 'exact' else '≥ '}{edge['share']:g} %" if "share" in edge else ""


def last_day(end: Value) -> str:
    """The last day, from the first day after it (both YYYY-MM-DD)."""
    return (datetime.date.fromisoformat(str(end)) - datetime.timedelta(days=1)).isoformat()


def _node(iri: str, data: Mapping[str, object], lang: str) -> Item:
    known = _known({**data, "iri": iri}, NODE_TEXTS)
    name = node_id(iri)
    return {"id": name, "label": known.get(f"label_{lang}") or known.get("label_en") or name, **known}


def _edge(source: str, target: str, data: Mapping[str, object]) -> Item:
    edge: Item = {"source": node_id(source), "target": node_id(target), **_known({**data, "source_id": data.get("statement")}, EDGE_TEXTS)}
    share = data.get("share")
    if share is not None:
        edge["share"] = float(str(share))
        edge["share_bound"] = "exact" if data.get("exact") else "lower"
    edge["weight"] = max(1.0, float(edge.get("share", 1.0)))
    return edge


def _escaped(text: str) -> str:
    return _NOT_IN_ID.sub(lambda found: f"_{ord(found[0]):x}_", text)


def _known(data: Mapping[str, object], names: tuple[str, ...]) -> Item:
    found = {name: one_line(str(data[name])) for name in names if data.get(name) is not None}
    return {name: text for name, text in found.items() if text}


def _order(edge: Item) -> tuple[str, ...]:
    return tuple(str(edge.get(name, "")) for name in ("source", "target", *EDGE_TEXTS, *EDGE_NUMBERS))
