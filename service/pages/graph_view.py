"""What of the network a picture shows: around which things, how far, which kinds and measures; and what is left out of it.

Knows the shape of ``kg.network.graphs.network``; knows nothing of requests and of where things stand in the picture.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from kg import Graph
from kg.namespaces import kind_of
from kg.network import paths
from kg.network.graphs import network

if TYPE_CHECKING:
    import networkx as nx

    Net: TypeAlias = nx.MultiDiGraph[str]

MOST = 150  # things in a picture
OVERVIEW = ("country", "bloc", "measure", "dispute", "mineral", "component", "product", "project", "programme", "pillar")
MARKED = 3  # paths that are marked


@dataclass(frozen=True)
class Wanted:
    """What was asked for. ``centers``: IRIs, the first with all within ``depth``, the others with what is linked to them. Of ``kinds`` and
    ``measures``, where given, only these are shown besides the centers and the path from ``start`` to ``goal``."""

    centers: Sequence[str] = ()
    depth: int = 1
    kinds: Sequence[str] = ()
    measures: Sequence[str] = ()
    start: str = ""
    goal: str = ""


@dataclass
class View:
    """``net``: what is shown. ``hidden``: how many things linked to each one are not. ``left_out``: things within reach that there is no
    room for, by kind. ``centers``: those of the centers that are linked to anything. ``undated``: whether those had links on no day but
    the one asked about. ``path`` and ``steps``: things and links on the paths marked."""

    net: Net
    hidden: dict[str, int] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    centers: list[str] = field(default_factory=list)
    undated: bool = False
    path: set[str] = field(default_factory=set)
    steps: set[tuple[str, str]] = field(default_factory=set)


def view(graph: Graph, wanted: Wanted, day: datetime.date, lang: str, most: int = MOST) -> View:
    """What a picture shows on a day; of any day where the first center has no link on that one. Raises BadParameter, UnknownName."""
    net, undated = network(graph, day, lang), False
    if wanted.centers and wanted.centers[0] not in net:
        net, undated = network(graph, None, lang), True
    found = View(net, undated=undated, centers=[iri for iri in wanted.centers if iri in net])
    if wanted.start and wanted.goal:
        _mark(graph, found, wanted, None if undated else day, lang)
    near = _near(net, found.centers, wanted.depth) if wanted.centers else _every(net)
    pinned = {*found.centers, *(iri for iri in found.path if iri in net)}
    kinds = set(wanted.kinds) or (set() if wanted.centers else {*OVERVIEW})
    fits = {iri for iri in near if (not kinds or kind_of(iri) in kinds) and _is_wanted(iri, wanted.measures)}
    if not wanted.centers:
        fits = {iri for iri in fits if any(other in fits for other in _linked(net, iri))}
    ranked = sorted(fits - pinned, key=lambda iri: (near[iri], -net.degree(iri), iri))
    room = max(0, most - len(pinned))
    shown = pinned | set(ranked[:room])
    found.left_out = Counter(kind_of(iri) for iri in ranked[room:])
    found.net = net.subgraph(shown)
    found.hidden = {iri: len({other for other in _linked(net, iri) if other not in shown}) for iri in shown}
    return found


def _mark(graph: Graph, found: View, wanted: Wanted, day: datetime.date | None, lang: str) -> None:
    told = paths.between(graph, wanted.start, wanted.goal, as_of=day, lang=lang, most=MARKED)
    for path in told.paths:
        for step in path:
            found.steps |= {(step.source, step.target), (step.target, step.source)}
            found.path |= {step.source, step.target}


def _near(net: Net, centers: Sequence[str], depth: int) -> dict[str, int]:
    """Things within reach of the centers, with their distance: of the first up to ``depth``, of the others up to one."""
    found: dict[str, int] = {}
    for number, center in enumerate(centers):
        edge = {center}
        for distance in range((depth if number == 0 else 1) + 1):
            for iri in edge:
                found[iri] = min(distance, found.get(iri, distance))
            edge = {other for iri in edge for other in _linked(net, iri) if other not in found}
    return found


def _every(net: Net) -> dict[str, int]:
    return dict.fromkeys(net, 0)


def _linked(net: Net, iri: str) -> Iterable[str]:
    yield from net.successors(iri)
    yield from net.predecessors(iri)


def _is_wanted(iri: str, measures: Sequence[str]) -> bool:
    return not measures or kind_of(iri) != "measure" or iri in measures
