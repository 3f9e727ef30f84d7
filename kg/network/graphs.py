"""The graph as NetworkX graphs: everything that is linked, what depends on what, and what analysis works on.

Kept for each data version and day, so that many questions share one reading. Knows the graph and NetworkX; knows nothing of the web.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..deadline import checked
from ..derive.lifecycle import IN_FORCE
from ..derive.times import undated_from
from ..graph.graph import Graph, Rows
from ..graph.periods import period_start
from ..namespaces import ID, kind_of
from ..views import states
from ..views.headlines import suppliers

if TYPE_CHECKING:
    import networkx as nx

KEPT = 16
SHARES = ("trade", "stated")

# Relations along which dependence runs, and whether it runs from subject to object.
DEPENDENCE = {
    "uses": True,
    "formOf": True,
    "inGroup": True,
    "suppliedBy": True,
    "dependsOn": True,
    "locatedIn": True,
    "produces": False,
    "imposedBy": False,
    "appliesTo": False,
}
PLACED = ("project", "region")  # what falls with the country that it lies in
LOOKED_UP = ("deposit",)  # kinds that are no part of the network
# Relations that come and go: where a document gives no time, they are taken to hold from ``known_from``.
PASSING = ("suppliedBy", "produces", "dependsOn", "covers", "hasStakeIn", "exhibits")
MEASURED = ("imposedBy", "appliesTo")  # relations to a measure
# Relations to one of several that make up a whole; of every other the thing needs each.
SUPPLY = ("suppliedBy", "produces", "dependsOn")


def network(graph: Graph, as_of: datetime.date | None = None, lang: str = "en") -> nx.MultiDiGraph[str]:
    """Everything that is linked, as a MultiDiGraph; deposits, of which there are thousands, are left to look-ups.

    Nodes: IRI, with ``kind``, ``label_en``, ``label_ja``; measures also ``start`` and ``end`` (days, None where unknown).
    Edges: ``relation``, ``statement``, ``document``, ``certainty``, ``place``, ``start``, ``end``, ``share`` (percent) and ``exact``
    (whether the share is that and no lower bound). With ``as_of``, edges that begin later are left out, and measures that are not in
    force on that day. Frozen, since it is shared by all days of a period in which nothing changes.
    """
    return _network(graph, period_start(graph, as_of), lang)


@lru_cache(maxsize=KEPT)
def _network(graph: Graph, as_of: datetime.date | None, lang: str) -> nx.MultiDiGraph[str]:
    import networkx as nx

    net: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    lives = _lives(graph)
    measures = {iri for iri, entry in graph.names.items() if "Measure" in entry["classes"]}
    left_out = measures - in_force(graph, as_of) if as_of else set()
    for row in checked(_rows(graph, "edges", lang)):
        source, target = str(row["source"]), str(row["target"])
        if not (source.startswith(ID) and target.startswith(ID)) or source in left_out or target in left_out:
            continue
        if kind_of(source) in LOOKED_UP:
            continue
        start, end = _day(row["firstDay"]), _day(row["dayAfter"])
        undated = start is None and end is None and row["relation"] in PASSING
        begins = known_from(graph, str(row["document"])) if undated else start
        if as_of and begins and begins > as_of:
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
            exact=row["exact"] is not None,
        )
    for node in checked(net):
        starts, ends = zip(*lives[node], strict=True) if node in lives else ((), ())
        net.nodes[node].update(kind=kind_of(node), label_en=graph.label(node, "en"), label_ja=graph.label(node, "ja"))
        net.nodes[node].update(
            start=min((day for day in starts if day), default=None),
            end=max(ends) if ends and None not in ends else None,
        )
    return nx.freeze(net)


def issued_year(graph: Graph, document: str) -> int | None:
    """The year in which a document was issued, where its card says so."""
    return _issued(graph).get(document)


def known_from(graph: Graph, document: str) -> datetime.date | None:
    """From when a relation that its document gives no time is taken to hold; see ``kg.derive.times.undated_from``."""
    year = _issued(graph).get(document)
    return undated_from(f"{year:04d}") if year else None


@lru_cache(maxsize=KEPT)
def _issued(graph: Graph) -> dict[str, int]:
    return {str(row["document"]): int(str(row["issued"])[:4]) for row in graph.part("issued")}


def dependence(graph: Graph, as_of: datetime.date | None = None, lang: str = "en") -> nx.DiGraph[str]:
    """The network turned so that every edge runs from what depends to what it depends on; parallel edges become one with ``all``."""
    return _dependence(graph, period_start(graph, as_of), lang)


@lru_cache(maxsize=KEPT)
def _dependence(graph: Graph, as_of: datetime.date | None, lang: str) -> nx.DiGraph[str]:
    import networkx as nx

    turned: nx.DiGraph[str] = nx.DiGraph()
    net = network(graph, as_of, lang)
    for source, target, data in checked(net.edges(data=True)):
        forward = DEPENDENCE.get(data["relation"])
        if forward is None or (data["relation"] == "locatedIn" and kind_of(source) not in PLACED):
            continue
        a, b = (source, target) if forward else (target, source)
        if turned.has_edge(a, b):
            turned.edges[a, b]["all"].append({**data, "forward": forward})
        else:
            turned.add_edge(a, b, all=[{**data, "forward": forward}])
    return nx.freeze(turned)


def needs(graph: Graph, as_of: datetime.date | None = None, by: str = "trade") -> nx.DiGraph[str]:
    """What ``kg.network.exposure`` works on: ``dependence`` without measures, with ``supply``, ``group``, ``low``, ``high``.

    ``low`` and ``high`` bound a supplier's share (0..1). ``by`` as in SHARES: ``stated``: they enclose all that documents state of
    it, 0 and 1 where none does. ``trade``: where the mineral has a headline of Japan's suppliers as of the day's year, the shares
    of that; what documents state stays on the edge beside it. Nodes have ``kind``, ``label_en``, ``label_ja``; edges keep
    ``all``, the claims that they rest on; the graph has ``by`` and ``year``. Frozen.
    """
    return _needs(graph, period_start(graph, as_of), by)


@lru_cache(maxsize=KEPT)
def _needs(graph: Graph, as_of: datetime.date | None, by: str) -> nx.DiGraph[str]:
    import networkx as nx

    found: nx.DiGraph[str] = nx.DiGraph(by=by, year=None)
    for source, target, data in checked(dependence(graph, as_of).edges(data=True)):
        claims = [claim for claim in data["all"] if claim["relation"] not in MEASURED and claim["certainty"] != "denied"]
        if not claims:
            continue
        supply = all(claim["relation"] in SUPPLY for claim in claims)
        low, high = _enclosed(claims) if supply else (1.0, 1.0)
        group = all(claim["relation"] == "inGroup" for claim in claims)
        found.add_edge(source, target, supply=supply, group=group, low=low, high=high, all=claims)
    if by == "trade":
        _put_trade(graph, found, as_of)
    for node in found:
        found.nodes[node].update(kind=kind_of(node), label_en=graph.label(node, "en"), label_ja=graph.label(node, "ja"))
    return nx.freeze(found)


def _enclosed(claims: list[dict[str, Any]]) -> tuple[float, float]:
    shares = [claim for claim in claims if claim["share"] is not None]
    low = min((claim["share"] for claim in shares), default=0.0) / 100
    return low, max((claim["share"] if claim["exact"] else 100.0 for claim in shares), default=100.0) / 100


def _put_trade(graph: Graph, net: nx.DiGraph[str], as_of: datetime.date | None) -> None:
    """Give minerals that have a headline of Japan's suppliers those suppliers, and no others."""
    held = suppliers(graph, as_of.year if as_of else None)
    net.graph["year"] = max((found.year for found in held.values()), default=None)
    for mineral, found in held.items():
        partners = {one.country: float(one.share) for one in found.shares}
        for other in [other for other, data in net[mineral].items() if data["supply"]] if mineral in net else []:
            if kind_of(other) in ("country", "bloc") and other not in partners:
                net.remove_edge(mineral, other)
        for partner, share in partners.items():
            stated = net.edges[mineral, partner]["all"] if net.has_edge(mineral, partner) else []
            claim: dict[str, Any] = {
                "relation": "suppliedBy",
                "statement": found.document,
                "document": found.document,
                "certainty": "stated",
                "place": str(found.year),
            }
            claim |= {"share": share, "exact": True, "computed": True, "forward": True}
            net.add_edge(mineral, partner, supply=True, group=False, low=share / 100, high=share / 100, all=[claim, *stated])


@lru_cache(maxsize=KEPT)
def _rows(graph: Graph, part: str, lang: str) -> Rows:
    """Rows of a query that knows no day: read once, whatever the day."""
    return graph.part(part, lang=lang)


@lru_cache(maxsize=KEPT)
def _lives(graph: Graph) -> dict[str, list[tuple[datetime.date | None, datetime.date | None]]]:
    """Each measure's spans in force: the first day, and the day after the last (None where open)."""
    spans: dict[str, list[tuple[datetime.date | None, datetime.date | None]]] = {}
    for row in graph.part("state-periods"):
        if row["state"] == IN_FORCE:
            after = _day(row["dayAfter"])
            spans.setdefault(str(row["measure"]), []).append((_day(row["firstDay"]), None if after == datetime.date.max else after))
    return spans


def in_force(graph: Graph, day: datetime.date) -> frozenset[str]:
    """Measures in force on a day; one that no document of the last three years confirms is not among them."""
    return frozenset(measure for measure, entry in states.on(graph, day).items() if entry["state"] in states.IN_FORCE)


def _day(value: object) -> datetime.date | None:
    return datetime.date.fromisoformat(str(value)) if value else None
