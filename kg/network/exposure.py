"""What hangs on one thing, and with which share: reach through a dependence graph whose shares are known, bounded or unknown.

Works on any NetworkX digraph whose edges run from what depends to what it depends on and have four attributes: ``supply`` (whether the
edge is one of several suppliers that make up a whole; every other edge is a need of its own), ``group`` (whether it runs from a member
to its group), ``low`` and ``high`` (bounds of a supplier's share, 0..1). Knows NetworkX; knows no store and no web.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..deadline import check

if TYPE_CHECKING:
    import networkx as nx


MAX_ROUNDS = 200
CLOSE = 1e-9


@dataclass(frozen=True)
class Reach:
    """How much of a node hangs on the target: bounds of the share (0..1), the steps to it, and the next node on a shortest way."""

    low: float
    high: float
    distance: int
    via: str | None

    @property
    def unknown(self) -> bool:
        """Whether nothing is known of the share but that there is a way."""
        return self.low <= 0 and self.high >= 1


def reach(net: nx.DiGraph[str], target: str) -> dict[str, Reach]:
    """Every node that depends on the target, directly or through others, with bounds of the share that reaches it.

    The target itself is not in the answer. See ``loss``. Raises KeyError for a target that is not in the graph.
    """
    import networkx as nx

    if target not in net:
        raise KeyError(target)
    distance = dict(nx.single_target_shortest_path_length(net, target))
    bounds = loss(net, {target: 1.0})
    return {
        node: Reach(*bounds[node], distance[node], _via(net, node, bounds, distance))
        for node in sorted(distance, key=lambda node: (distance[node], node))
        if node != target
    }


def loss(net: nx.DiGraph[str], lost: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Bounds of the share (0..1) that each node loses when these nodes lose these fractions; nodes that nothing reaches are left out.

    Suppliers of one node add up: its share is the sum over suppliers of (supplier's share x the supplier's own reach), at most 1; what
    no supplier accounts for may hang on the target too, so it widens the upper bound. Needs do not add up: a node that needs several
    inputs is as exposed as the most exposed of them. A node with suppliers of known share is judged by them and not by its group.
    """
    import networkx as nx

    held = {node: fraction for node, fraction in lost.items() if node in net}
    touched = sorted(set(held).union(*(nx.ancestors(net, node) for node in held)))
    low, high = dict.fromkeys(touched, 0.0) | held, dict.fromkeys(touched, 0.0) | held
    for _ in range(MAX_ROUNDS):
        check()
        moved = 0.0
        for node in touched:
            new_low, new_high = _bounds(net, node, low, high)
            moved = max(moved, new_low - low[node], new_high - high[node])
            low[node], high[node] = max(low[node], new_low), max(high[node], new_high)
        if moved < CLOSE:
            break
    return {node: (low[node], high[node]) for node in touched}


def way_to(found: dict[str, Reach], node: str, target: str) -> list[str]:
    """Nodes of a shortest way from a node of ``reach`` to its target, both included; of several, the one with the largest shares."""
    way = [node]
    while way[-1] != target:
        step = found[way[-1]].via
        if step is None or step in way:
            break
        way.append(step)
    return way


def _bounds(net: nx.DiGraph[str], node: str, low: dict[str, float], high: dict[str, float]) -> tuple[float, float]:
    suppliers = [(other, data) for other, data in net[node].items() if data["supply"]]
    judged = any(data["low"] > 0 for _, data in suppliers)
    needs = [other for other, data in net[node].items() if not data["supply"] and not (judged and data["group"])]
    floor = max((low.get(other, 0.0) for other in needs), default=0.0)
    roof = max((high.get(other, 0.0) for other in needs), default=0.0)
    if suppliers:
        floor = max(floor, min(1.0, sum(data["low"] * low.get(other, 0.0) for other, data in suppliers)))
        roof = max(roof, _roof(suppliers, high))
    return floor, roof


def _roof(suppliers: list[tuple[str, dict[str, Any]]], high: Mapping[str, float]) -> float:
    """Most that can hang on the target: all that other suppliers do not surely take, as far as each supplier's upper bound allows."""
    touched = [(other, data) for other, data in suppliers if high.get(other, 0.0) > 0]
    if not touched:
        return 0.0
    elsewhere: float = sum(data["low"] * (1.0 - high.get(other, 0.0)) for other, data in suppliers)
    most: float = sum(data["high"] * high.get(other, 0.0) for other, data in touched)
    rest: float = max(0.0, 1.0 - sum(data["high"] for _, data in suppliers))  # what no known supplier accounts for
    return max(0.0, min(1.0 - elsewhere, most + rest, 1.0))


def _via(net: nx.DiGraph[str], node: str, bounds: Mapping[str, tuple[float, float]], distance: Mapping[str, int]) -> str:
    def weight(other: str) -> tuple[float, float, str]:
        data = net.edges[node, other]
        least, most = (data["low"], data["high"]) if data["supply"] else (1.0, 1.0)
        return (-least * bounds[other][0], -most * bounds[other][1], other)

    nearer: list[str] = [other for other in net[node] if distance.get(other) == distance[node] - 1]
    return min(nearer, key=weight)


def removal(net: nx.DiGraph[str], node: str, suppliers: Iterable[str]) -> list[tuple[str, float, float]]:
    """The removal curve of a node: after each supplier is lost in this order, bounds of what is left of its supply (0..1)."""
    left: list[tuple[str, float, float]] = []
    gone_low = gone_high = 0.0
    for supplier in suppliers:
        data = net.edges[node, supplier]
        gone_low, gone_high = min(1.0, gone_low + data["low"]), min(1.0, gone_high + data["high"])
        left.append((supplier, 1.0 - gone_high, 1.0 - gone_low))
    return left
