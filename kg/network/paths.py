"""How one thing depends on another, on NetworkX: product -> component -> material -> mineral -> country -> measure.

Knows the graph and NetworkX; knows nothing of the web.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..deadline import check
from ..errors import BadParameter, shown
from ..graph.graph import Graph, read_day
from .chokepoints import on_every_way
from .graphs import DEPENDENCE, dependence, needs
from .subgraph import origin

if TYPE_CHECKING:
    import networkx as nx

MAX_LENGTH = 8
MAX_PATHS = 100
EXAMINED_MOST = 2_000
ORDERS = ("shortest", "strongest")
STEP_WEIGHT = 1e-6  # of paths of one strength the shorter
UNKNOWN_WEIGHT = 1e3


@dataclass(frozen=True)
class Step:
    """One edge of a path: from what to what, by which relation, who says so and where, and ``origin`` as in ``kg.network.subgraph``."""

    source: str
    relation: str
    target: str
    statement: str
    document: str
    certainty: str | None
    place: str | None
    share: float | None
    forward: bool
    origin: str


@dataclass(frozen=True)
class Paths:
    """Paths from source to target; ``backward`` where dependence runs from target to source; ``complete`` where no limit cut the search,
    which looked at ``examined`` paths; ``passes``: what every way, of any length, goes through."""

    source: str
    target: str
    as_of: datetime.date | None
    backward: bool
    complete: bool
    examined: int
    paths: list[list[Step]]
    passes: list[str]


def between(
    graph: Graph,
    source: str,
    target: str,
    *,
    as_of: datetime.date | None = None,
    length: int = 6,
    lang: str = "en",
    most: int = 20,
    order: str = "shortest",
    relations: Sequence[str] = (),
) -> Paths:
    """How ``source`` depends on ``target`` (slugs, ``kind/slug`` or IRIs): simple paths up to a length, in an order of ORDERS.

    ``strongest``: by the product of the lower bounds of the suppliers' shares along the path, paths with an unknown share last. With
    ``relations``, paths run along those alone. A path that comes to a measure through its country is given only where the measure touches
    a mineral on it. Where nothing runs that way, paths from target to source are given and ``backward`` is true. The search looks at
    EXAMINED_MOST paths at most. Raises UnknownName, BadParameter.
    """
    _require("length", length, MAX_LENGTH)
    _require("most", most, MAX_PATHS)
    if order not in ORDERS:
        raise BadParameter(f"order is “{shown(order)}”.", f"It must be one of {', '.join(ORDERS)}.", parameter="order")
    for relation in relations:
        if relation not in DEPENDENCE:
            raise BadParameter(f"relation is “{shown(relation)}”.", f"It must be one of {', '.join(DEPENDENCE)}.", parameter="relation")
    start, goal = graph.resolve(source), graph.resolve(target)
    if start == goal:
        raise BadParameter("source and target are the same thing.", "Name two things.", parameter="target")
    net = _weighted(graph, as_of, lang, order, relations)
    touched: dict[str, set[str]] = {}
    for row in graph.part("touched"):
        touched.setdefault(str(row["measure"]), set()).add(str(row["mineral"]))
    examined = 0
    for backward, (a, b) in enumerate(((start, goal), (goal, start))):
        found: list[list[str]] = []
        complete = True
        for path in _simple(net, a, b, length, shortest=order == "shortest"):
            check()
            examined += 1
            if _reaches(net, path, touched):
                found.append(path)
            if len(found) > most or examined >= EXAMINED_MOST:
                complete = False
                break
        if found:
            steps = [[_step(net, x, y) for x, y in pairwise(path)] for path in found[:most]]
            return Paths(start, goal, as_of, bool(backward), complete, examined, steps, on_every_way(net, a, b))
    return Paths(start, goal, as_of, False, complete, examined, [], [])


def parse_as_of(text: str | None) -> datetime.date | None:
    """A day from text, or None. Raises BadParameter."""
    return None if text is None else read_day("as_of", text)


def _weighted(graph: Graph, as_of: datetime.date | None, lang: str, order: str, relations: Sequence[str]) -> nx.DiGraph[str]:
    """The dependence graph with the relations wanted and a weight per edge: one a step, or how little of the share it passes on."""
    import networkx as nx

    shares = needs(graph, as_of)
    net: nx.DiGraph[str] = nx.DiGraph()
    for a, b, data in dependence(graph, as_of, lang).edges(data=True):
        claims = [claim for claim in data["all"] if not relations or claim["relation"] in relations]
        if not claims:
            continue
        weight = 1.0
        if order == "strongest":
            known = shares.edges[a, b]["low"] if shares.has_edge(a, b) and shares.edges[a, b]["supply"] else 1.0
            weight = STEP_WEIGHT - math.log(known) if known > 0 else UNKNOWN_WEIGHT
        net.add_edge(a, b, all=claims, weight=weight)
    return net


def _simple(net: nx.DiGraph[str], a: str, b: str, length: int, shortest: bool) -> Iterator[list[str]]:
    """Simple paths of at most this length by rising weight (Yen 1971, as in NetworkX)."""
    import networkx as nx

    if a not in net or b not in net:
        return
    reach = dict(nx.single_target_shortest_path_length(net, b, cutoff=length))
    if a not in reach:
        return
    ahead = nx.single_source_shortest_path_length(net, a, cutoff=length)
    within = nx.DiGraph(net.subgraph([node for node, steps in ahead.items() if node in reach and steps + reach[node] <= length]))
    for path in nx.shortest_simple_paths(within, a, b, weight=None if shortest else "weight"):
        if len(path) - 1 <= length:
            yield path
        elif shortest:
            return


def _require(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise BadParameter(f"{name} is {value}.", f"It must be from 1 to {most}.", parameter=name)


def _reaches(net: nx.DiGraph[str], path: list[str], touched: dict[str, set[str]]) -> bool:
    """Whether each measure that a path comes to by way of the country that imposes it touches a mineral on the path."""
    return all(
        net.edges[a, b]["all"][0]["relation"] != "imposedBy" or not touched.get(b, set()).isdisjoint(path) for a, b in pairwise(path)
    )


def _step(net: nx.DiGraph[str], a: str, b: str) -> Step:
    data: dict[str, Any] = net.edges[a, b]["all"][0]
    return Step(
        a,
        data["relation"],
        b,
        str(data["statement"]),
        str(data["document"]),
        data["certainty"],
        data["place"],
        data["share"],
        data["forward"],
        origin(str(data["document"])),
    )
