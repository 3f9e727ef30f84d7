"""How one thing depends on another, on NetworkX: product -> component -> material -> mineral -> country -> measure.

Knows the graph and NetworkX; knows nothing of the web.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import networkx as nx

from .errors import BadParameter
from .graph import Graph, read_day
from .network import dependence

MAX_LENGTH = 8
MAX_PATHS = 100
MAX_EXAMINED = 20_000


@dataclass(frozen=True)
class Step:
    """One edge of a path: from what to what, by which relation, who says so and where."""

    source: str
    relation: str
    target: str
    statement: str
    document: str
    certainty: str | None
    place: str | None
    share: float | None
    forward: bool


@dataclass(frozen=True)
class Paths:
    """Paths from source to target; ``backward`` where dependence runs from target to source; ``complete`` where no limit cut the search."""

    source: str
    target: str
    as_of: datetime.date | None
    backward: bool
    complete: bool
    paths: list[list[Step]]


def between(
    graph: Graph, source: str, target: str, *, as_of: datetime.date | None = None, length: int = 6, lang: str = "en", most: int = 20
) -> Paths:
    """How ``source`` depends on ``target`` (slugs, ``kind/slug`` or IRIs): simple paths up to a length, shortest first.

    A path that comes to a measure through its country is given only where the measure touches a mineral on it. Where nothing runs
    that way, paths from target to source are given and ``backward`` is true. Raises UnknownName, BadParameter.
    """
    if not 1 <= length <= MAX_LENGTH:
        raise BadParameter(f"length is {length}.", f"It must be from 1 to {MAX_LENGTH}.", parameter="length")
    if not 1 <= most <= MAX_PATHS:
        raise BadParameter(f"most is {most}.", f"It must be from 1 to {MAX_PATHS}.", parameter="most")
    start, goal = graph.resolve(source), graph.resolve(target)
    if start == goal:
        raise BadParameter("source and target are the same thing.", "Name two things.", parameter="target")
    net = dependence(graph, as_of, lang)
    touched: dict[str, set[str]] = {}
    for row in graph.part("touched"):
        touched.setdefault(str(row["measure"]), set()).add(str(row["mineral"]))
    for backward, (a, b) in enumerate(((start, goal), (goal, start))):
        found, complete = _simple(net, a, b, length)
        found = [path for path in found if _reaches(net, path, touched)]
        if found:
            chosen = sorted(found, key=lambda path: (len(path), path))[:most]
            steps = [[_step(net, x, y) for x, y in pairwise(path)] for path in chosen]
            return Paths(start, goal, as_of, bool(backward), complete and len(chosen) == len(found), steps)
    return Paths(start, goal, as_of, False, True, [])


def parse_as_of(text: str | None) -> datetime.date | None:
    """A day from text, or None. Raises BadParameter."""
    return read_day("as_of", text) if text else None


def _simple(net: nx.DiGraph[str], a: str, b: str, length: int) -> tuple[list[list[str]], bool]:
    if a not in net or b not in net:
        return [], True
    reach = dict(nx.single_target_shortest_path_length(net, b, cutoff=length))
    if a not in reach:
        return [], True
    within = net.subgraph([n for n in nx.single_source_shortest_path_length(net, a, cutoff=length) if n in reach])
    walker: Iterator[list[str]] = nx.all_simple_paths(within, a, b, cutoff=length)
    found = list(islice(walker, MAX_EXAMINED + 1))
    return found[:MAX_EXAMINED], len(found) <= MAX_EXAMINED


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
    )
