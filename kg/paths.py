"""How one thing depends on another, on NetworkX: product -> component -> material -> mineral -> country -> measure.

Edges run from what depends to what it depends on. Knows the graph and NetworkX; knows nothing of the web.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import networkx as nx

from .errors import BadParameter
from .graph import Graph, read_day
from .terms import ID, kind_of

MAX_LENGTH = 8
MAX_PATHS = 100
MAX_STEPS = 300_000

# Relations along which dependence runs, and whether it runs from subject to object.
DEPENDENCE = {
    "uses": True,
    "formOf": True,
    "inGroup": True,
    "suppliedBy": True,
    "dependsOn": True,
    "produces": False,
    "imposedBy": False,
    "appliesTo": False,
}


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


def network(graph: Graph, as_of: datetime.date | None = None, lang: str = "en") -> nx.MultiDiGraph[str]:
    """Everything that is linked, as a MultiDiGraph.

    Nodes: IRI, with ``kind``, ``label_en``, ``label_ja``; measures also ``start`` and ``end`` (days, None where unknown).
    Edges: ``relation``, ``statement``, ``document``, ``certainty``, ``place``, ``start``, ``end``, ``share`` (percent, a lower bound
    where the source gives one). With ``as_of``, edges that begin later are left out, and measures that are not in force on that day.
    """
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    lives = _lives(graph)
    asleep = {measure for measure, spans in lives.items() if as_of and not any(_holds(start, end, as_of) for start, end in spans)}
    measures = {iri for iri, entry in graph.names.items() if "Measure" in entry["classes"]}
    left_out = (asleep | (measures - lives.keys())) if as_of else set()
    for row in graph.part("edges", lang=lang):
        source, target = str(row["source"]), str(row["target"])
        if not (source.startswith(ID) and target.startswith(ID)) or source in left_out or target in left_out:
            continue
        start, end = _day(row["firstDay"]), _day(row["dayAfter"])
        if as_of and start and start > as_of:
            continue
        share = row["share"]
        net.add_edge(
            source,
            target,
            relation=row["relation"],
            statement=row["statement"],
            document=row["document"],
            certainty=row["certainty"],
            place=row["place"],
            start=start,
            end=end,
            share=float(str(share)) if share is not None else None,
        )
    for node in net:
        starts, ends = zip(*lives[node], strict=True) if node in lives else ((), ())
        net.nodes[node].update(kind=kind_of(node), label_en=graph.label(node, "en"), label_ja=graph.label(node, "ja"))
        net.nodes[node].update(
            start=min((day for day in starts if day), default=None),
            end=max(ends) if ends and None not in ends else None,
        )
    return net


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


def dependence(graph: Graph, as_of: datetime.date | None = None, lang: str = "en") -> nx.DiGraph[str]:
    """The network turned so that every edge runs from what depends to what it depends on; parallel edges become one with ``all``."""
    turned: nx.DiGraph[str] = nx.DiGraph()
    net = network(graph, as_of, lang)
    for source, target, data in net.edges(data=True):
        forward = DEPENDENCE.get(data["relation"])
        if forward is None:
            continue
        a, b = (source, target) if forward else (target, source)
        if turned.has_edge(a, b):
            turned.edges[a, b]["all"].append({**data, "forward": forward})
        else:
            turned.add_edge(a, b, all=[{**data, "forward": forward}])
    return turned


def parse_as_of(text: str | None) -> datetime.date | None:
    """A day from text, or None. Raises BadParameter."""
    return read_day("as_of", text) if text else None


def _simple(net: nx.DiGraph[str], a: str, b: str, length: int) -> tuple[list[list[str]], bool]:
    """Simple paths from a to b of at most ``length`` steps, and whether these are all: the search ends after MAX_STEPS.

    A step is taken only where the goal can still be reached in time, so that few are in vain.
    """
    if a not in net or b not in net:
        return [], True
    left = dict(nx.single_target_shortest_path_length(net, b, cutoff=length))
    found: list[list[str]] = []
    path, ways = [a], [iter(net[a])]
    for _ in range(MAX_STEPS):
        if not ways:
            return found, True
        step = next(ways[-1], None)
        if step is None:
            ways.pop()
            path.pop()
        elif step == b:
            found.append([*path, b])
        elif step not in path and len(path) + left.get(step, length) <= length:
            path.append(step)
            ways.append(iter(net[step]))
    return found, False


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


def _lives(graph: Graph) -> dict[str, list[tuple[datetime.date | None, datetime.date | None]]]:
    """Each measure's spans in force: start (None where the document gives no day) and the day after the last (None where open)."""
    steps: dict[str, list[dict[str, Any]]] = {}
    for row in graph.part("life"):
        steps.setdefault(str(row["measure"]), []).append(row)
    spans: dict[str, list[tuple[datetime.date | None, datetime.date | None]]] = {}
    for measure, rows in steps.items():
        starts = [_day(r["firstDay"]) for r in rows if r["step"] == "effective"]
        if not starts:
            continue
        start = min((s for s in starts if s), default=None)
        end = min((d for r in rows if r["step"] == "ended" and (d := _day(r["firstDay"]))), default=None)
        pieces = [(start, end)]
        for r in rows:
            if r["step"] == "suspended" and (pause := _day(r["firstDay"])):
                last = pieces.pop()
                pieces.append((last[0], pause))
                if resume := _day(r["dayAfter"]):
                    pieces.append((resume, last[1]))
        spans[measure] = pieces
    return spans


def _holds(start: datetime.date | None, end: datetime.date | None, day: datetime.date) -> bool:
    return start is not None and start <= day and (end is None or day < end)


def _day(value: object) -> datetime.date | None:
    return datetime.date.fromisoformat(str(value)) if value else None
