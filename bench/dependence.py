"""Time and memory of the analysis as the graph grows, beside plain NetworkX doing the nearest thing, in one run.

    python bench/dependence.py [edges ...]      default: 10000 100000 1000000

The graphs are made up: products over components, materials and minerals to suppliers, four edges a node, shares that sum to 1.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

import networkx as nx

from kg.network import chokepoints, exposure

LAYERS = (0.35, 0.3, 0.2, 0.1, 0.05)
DEGREE = 4


def made_up(edges: int, seed: int = 7) -> tuple[nx.DiGraph[str], str, str]:
    """A layered dependence graph of about this many edges, one of its products and one of its suppliers."""
    rng = random.Random(seed)
    count = edges // DEGREE
    layers = [[f"{layer}-{place}" for place in range(max(3, int(count * part)))] for layer, part in enumerate(LAYERS)]
    net: nx.DiGraph[str] = nx.DiGraph()
    for layer, nodes in enumerate(layers[:-1]):
        supply = layer == len(layers) - 2
        for node in nodes:
            others = rng.sample(layers[layer + 1], min(DEGREE, len(layers[layer + 1])))
            for other in others:
                share = 1 / len(others) if supply else 1.0
                net.add_edge(node, other, supply=supply, group=False, low=share, high=share)
    product = layers[0][0]
    return net, product, next(node for node in sorted(nx.descendants(net, product)) if not net.out_degree(node))


def timed(what: Callable[[], Any]) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def rows(net: nx.DiGraph[str], product: str, supplier: str) -> list[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    """Name, ours, plain NetworkX."""
    part = nx.DiGraph(net.subgraph({product, *nx.descendants(net, product)}))
    paths = nx.shortest_simple_paths
    return [
        ("reach of a supplier, ancestors", lambda: exposure.reach(net, supplier), lambda: nx.ancestors(net, supplier)),
        ("what fails with a supplier, ancestors", lambda: chokepoints.failing(net, [supplier]), lambda: nx.ancestors(net, supplier)),
        (
            "on every way, dominators",
            lambda: chokepoints.on_every_way(part, product, supplier),
            lambda: nx.immediate_dominators(net, product),
        ),
        ("smallest cuts, node cut", lambda: chokepoints.smallest_cuts(part, product), lambda: nx.minimum_node_cut(net, product, supplier)),
        (
            "10 best paths",
            lambda: list(islice(paths(part, product, supplier), 10)),
            lambda: list(islice(paths(net, product, supplier), 10)),
        ),
    ]


def main() -> None:
    """Print one table."""
    sizes = [int(word) for word in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    print("| edges | what (ours, plain NetworkX) | ours, s | NetworkX, s | ratio | peak memory, MB |")
    print("|---|---|---|---|---|---|")
    for size in sizes:
        net, product, supplier = made_up(size)
        for name, ours, plain in rows(net, product, supplier):
            mine, theirs = timed(ours), timed(plain)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"| {net.number_of_edges():,} | {name} | {mine:.3f} | {theirs:.3f} | {mine / max(theirs, 1e-6):.1f} | {peak:,} |",
                flush=True,
            )
        mine = timed(lambda net=net: chokepoints.centrality(net)) if size <= 100_000 else None
        if mine is not None:
            print(f"| {net.number_of_edges():,} | PageRank and exact betweenness | {mine:.3f} | - | - | - |", flush=True)


if __name__ == "__main__":
    main()
