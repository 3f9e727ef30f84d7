"""Where a product breaks: single nodes and smallest sets whose loss cuts it off, and what every way passes.

Works on a dependence graph as ``kg.network.exposure`` describes. A node fails when it is lost, when one of its needs fails, or when it has
suppliers and all of them fail. Knows NetworkX; knows no store and no web.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..deadline import check

if TYPE_CHECKING:
    import networkx as nx


_SOURCE, _SINK = "source:", "sink:"


@dataclass(frozen=True)
class Single:
    """A node whose loss alone makes products fail: which products, and which of their inputs fail on the way."""

    node: str
    products: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Cut:
    """A smallest set of suppliers whose loss makes one needed input fail, and with it the product."""

    product: str
    input: str
    nodes: tuple[str, ...]


def failing(net: nx.DiGraph[str], lost: Iterable[str]) -> set[str]:
    """Everything that fails when these nodes are lost, they themselves among it."""
    found = {node for node in lost if node in net}
    queue = list(found)
    left: dict[str, int] = {}
    while queue:
        gone = queue.pop()
        for node in net.predecessors(gone):
            if node in found:
                continue
            data = net.edges[node, gone]
            if data["supply"]:
                left[node] = left.get(node, sum(1 for _, other in net[node].items() if other["supply"])) - 1
                if left[node]:
                    continue
            found.add(node)
            queue.append(node)
    return found


def singles(net: nx.DiGraph[str], products: Collection[str]) -> list[Single]:
    """Nodes whose loss alone makes at least one of the products fail; those that hit most products and inputs first."""
    import networkx as nx

    within = {product: {product, *nx.descendants(net, product)} for product in products if product in net}
    inputs = {product: set(needed(net, product)) for product in within}
    found = []
    for node in sorted(set().union(*within.values()) - set(products) if within else set()):
        check()
        fallen = failing(net.subgraph(set().union(*(nodes for nodes in within.values() if node in nodes))), [node])
        hit = tuple(product for product in sorted(within) if product in fallen)
        if hit:
            gone = {item for product in hit for item in inputs[product] & fallen} - {node, *products}
            found.append(Single(node, hit, tuple(sorted(gone))))
    return sorted(found, key=lambda single: (-len(single.products), -len(single.inputs), single.node))


def needed(net: nx.DiGraph[str], product: str) -> list[str]:
    """A product and every input that it needs: what it reaches without passing to one of several suppliers."""
    found, queue = {product}, [product]
    while queue:
        for other, data in net[queue.pop()].items():
            if not data["supply"] and other not in found:
                found.add(other)
                queue.append(other)
    return sorted(found)


def smallest_cuts(net: nx.DiGraph[str], product: str) -> list[Cut]:
    """For each input of a product that has suppliers, a smallest set of nodes on the suppliers' side whose loss leaves it without any.

    Smallest first. Minimum vertex cut by maximum flow (Esfahanian, as in NetworkX); a supplier that depends on another supplier (transit)
    falls with it.
    """
    import networkx as nx

    found = []
    for item in needed(net, product):
        suppliers = [other for other, data in net[item].items() if data["supply"]]
        if not suppliers:
            continue
        side = nx.DiGraph(net.subgraph(set(suppliers).union(*(nx.descendants(net, other) for other in suppliers)) - {item}))
        side.add_edges_from((_SOURCE, other) for other in suppliers)
        side.add_edges_from([(node, _SINK) for node in side if node not in (_SOURCE, _SINK) and not side.out_degree(node)])
        side.add_node(_SINK)
        if nx.has_path(side, _SOURCE, _SINK):
            found.append(Cut(product, item, tuple(sorted(nx.minimum_node_cut(side, _SOURCE, _SINK)))))
    return sorted(found, key=lambda cut: (len(cut.nodes), cut.input))


def on_every_way(net: nx.DiGraph[str], source: str, target: str) -> list[str]:
    """Nodes that every way from source to target passes, in order, both ends left out; empty where there is no way.

    Dominators (Cooper, Harvey and Kennedy 2001, as in NetworkX).
    """
    import networkx as nx

    if source == target or source not in net or target not in net or not nx.has_path(net, source, target):
        return []
    nearest = nx.immediate_dominators(net, source)
    way = []
    node = nearest[target]
    while node != source:
        way.append(node)
        node = nearest[node]
    return way[::-1]


def articulations(net: nx.DiGraph[str], product: str) -> list[str]:
    """Nodes whose loss takes apart what a product reaches, direction left aside."""
    import networkx as nx

    within = net.subgraph({product, *nx.descendants(net, product)}).to_undirected()
    return sorted(set(nx.articulation_points(within)) - {product})


def centrality(net: nx.DiGraph[str], most: int = 20) -> dict[str, list[tuple[str, float]]]:
    """Secondary views: nodes by PageRank (damping 0.85) and by betweenness (normalised), by rustworkx, since NetworkX's need scipy."""
    import rustworkx

    names = list(net)
    turned: rustworkx.PyDiGraph[str, None] = rustworkx.PyDiGraph()
    places = dict(zip(names, turned.add_nodes_from(names), strict=True))
    turned.add_edges_from([(places[a], places[b], None) for a, b in net.edges])
    views = {"pagerank": rustworkx.pagerank(turned), "betweenness": rustworkx.betweenness_centrality(turned)}
    return {
        view: sorted(((names[place], score) for place, score in scores.items()), key=lambda item: (-item[1], item[0]))[:most]
        for view, scores in views.items()
    }
